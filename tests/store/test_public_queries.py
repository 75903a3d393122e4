"""What pages and health read gives the same on both engines."""

from tests.web import sample
from zalobot.store.database import Store
from zalobot.store.queries import figures, health, public
from zalobot.store.queries.public_rows import Filter
from zalobot.web.home_view import bounds_of_today

DAY = bounds_of_today(sample.NOW)


async def test_figures_count_parts(store: Store) -> None:
    await store.run(sample.a_week)
    found = await store.read(figures.figures, sample.NOW, DAY)
    assert (found.open, found.today, found.late, found.late_agencies) == (6, 1, 1, 1)
    assert dict(found.by_topic) == {"xay-dung": 4, "dat-dai": 2, "ho-tro": 4}


async def test_the_list_turns_its_pages_both_ways(store: Store) -> None:
    await store.run(sample.a_week)

    async def page(**place: str) -> tuple[list[str], str, str]:
        found = await store.read(public.sheet, Filter(), sample.NOW, size=4, **place)
        return [ticket.code[-2:] for ticket in found.tickets], found.older[-2:], found.newer[-2:]

    first = await page()
    second = await page(before="QN-2611-00050")
    third = await page(before="QN-2611-00042")
    back = await page(after="QN-2611-00040")
    assert first == (["53", "52", "51", "50"], "50", "")
    assert second == (["46", "45", "44", "42"], "42", "46")
    assert third == (["40", "31"], "", "40")
    assert back == (["46", "45", "44", "42"], "42", "46")


async def test_the_latest_answers_and_the_longest_overdue_come_first(store: Store) -> None:
    await store.run(sample.a_week)
    answers = await store.read(public.latest_answers, 3)
    late = await store.read(public.overdue, sample.NOW, 5)
    assert [ticket.code[-2:] for ticket in answers] == ["52", "42", "50"]
    assert [ticket.code[-2:] for ticket in late] == ["31"]


async def test_a_story_has_parts_history_and_receipts_but_nothing_private(store: Store) -> None:
    await store.run(sample.a_week)
    story = await store.read(public.story, "QN-2611-00042")
    assert story
    assert ([p.number for p in story.ticket.parts], len(story.events), len(story.receipts)) == ([1, 2], 7, 2)
    assert [private for private in sample.PRIVATE if private in repr(story)] == []


async def test_an_unknown_code_has_no_story(store: Store) -> None:
    assert await store.read(public.story, "QN-2611-99999") is None
    assert await store.read(public.exists, "QN-2611-99999") is False


async def test_an_empty_database_has_no_backlog_and_no_token(store: Store) -> None:
    assert await store.read(health.backlog, sample.NOW) == health.Backlog(0, None, 0, {}, None)
    assert await store.read(health.token, "42") is None
