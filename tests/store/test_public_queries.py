"""What pages and health read gives the same on both engines."""

from sqlmodel import Session

from tests.calendars import at
from tests.web import sample
from tests.web.sample import PartSample, add_ticket
from zalobot.store.database import Store
from zalobot.store.queries import answers, figures, health, public, stories
from zalobot.store.queries.answers import latest_answers
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
    answered = await store.read(latest_answers, 3)
    late = await store.read(public.overdue, sample.NOW, 5)
    assert [ticket.code[-2:] for ticket in answered] == ["52", "42", "50"]
    assert [ticket.code[-2:] for ticket in late] == ["31"]


async def test_a_story_has_parts_history_and_receipts_but_nothing_private(store: Store) -> None:
    await store.run(sample.a_week)
    story = await store.read(stories.story, "QN-2611-00042")
    assert story
    assert ([p.number for p in story.ticket.parts], len(story.events), len(story.receipts)) == ([1, 2], 7, 2)
    assert [private for private in sample.PRIVATE if private in repr(story)] == []


async def test_an_unknown_code_has_no_story(store: Store) -> None:
    assert await store.read(stories.story, "QN-2611-99999") is None
    assert await store.read(public.exists, "QN-2611-99999") is False


async def test_an_empty_database_has_no_backlog_and_no_token(store: Store) -> None:
    assert await store.read(health.backlog, sample.NOW) == health.Backlog(0, None, 0, {}, None)
    assert await store.read(health.token, "42") is None


async def test_answers_are_leafed_through_without_a_gap_also_those_of_one_instant(store: Store) -> None:
    await store.run(sample.a_week)
    await store.run(_three_at_once)
    whole = (await store.read(answers.page, 100)).answers
    assert [f"{one.code}/{one.number}" for one in whole[:3]] == [f"QN-2611-0009{n}/1" for n in (2, 1, 0)]
    assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
    there, back = [await store.read(answers.page, 2)], []
    assert there[0].newer is None
    while there[-1].older:
        there.append(await store.read(answers.page, 2, before=answers.Place.read(str(there[-1].older))))
    assert [one for page in there for one in page.answers] == list(whole)
    back.append(there[-1])
    while back[-1].newer:
        back.append(await store.read(answers.page, 2, after=answers.Place.read(str(back[-1].newer))))
    assert [page.answers for page in back if page.answers] == [page.answers for page in there[::-1]]


def _three_at_once(session: Session) -> None:
    for number in (90, 91, 92):
        done = {"answered_at": at("2026-11-26 10:10"), "answer": "Đã sửa."}
        add_ticket(session, number, "Đèn", "2026-11-26 09:00", PartSample("SXD", "answered", done), state="answered")
