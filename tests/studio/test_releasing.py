"""From a draft to what the bot says, and back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from tests.journeys.stage import Stage
from tests.studio.conftest import Text, add
from zalobot import app, reference, released
from zalobot.accounts import log, own_zalo
from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.standing import WARN, service
from zalobot.store.models import (
    Account,
    AccountRole,
    AdminEvent,
    OutboxMessage,
    WordingOrigin,
    WordingState,
    WordingVersion,
)
from zalobot.studio import releasing, versions
from zalobot.templating import titles

MENU = "Chào Quý doanh nghiệp. Xin chọn một việc:\n---\nGửi phản ánh -> gửi phản ánh\n"


def rows(text: Text) -> Sequence[WordingVersion]:
    query = select(WordingVersion).where(col(WordingVersion.name) == text.name).order_by(col(WordingVersion.id))
    return text.stage.store.read_now(lambda session: session.exec(query).all())


def test_the_bot_says_what_a_second_person_released_and_each_message_keeps_its_version(
    stage: Stage, huy: Account, lan: Account
) -> None:
    menu, person = Text(stage, "welcome/menu"), stage.person("ai-do")
    before = person.says("menu")
    version = menu.ask(huy, MENU)
    assert person.says("menu") == before
    menu.run(releasing.release, version.id, lan)
    assert person.says("menu")[-1].startswith("Chào Quý doanh nghiệp. Xin chọn một việc:")
    query = select(col(OutboxMessage.template_version)).where(col(OutboxMessage.template) == menu.name)
    kept = stage.store.read_now(lambda s: list(s.exec(query.order_by(col(OutboxMessage.id)))))
    shipped = menu.words.shipped[DEFAULT][menu.name].version
    assert kept == [shipped, shipped, "1"]


def test_nobody_releases_their_own_words_or_sends_them_back(text: Text, huy: Account) -> None:
    version = text.ask(huy, text.with_first("Kính chào."))
    assert text.refusal(releasing.release, version.id, huy) == "wording_own"
    assert text.refusal(releasing.send_back, version.id, "không được", huy) == "wording_own"


def test_only_operators_and_administrators_release_and_undo(text: Text, huy: Account) -> None:
    leader = add(text.stage, "Lãnh đạo", AccountRole.LEADER)
    version = text.ask(huy, text.with_first("Kính chào."))
    assert text.refusal(releasing.release, version.id, leader) == "not_allowed"
    assert text.refusal(releasing.undo, text.name, DEFAULT, "1", leader) == "not_allowed"


def test_a_release_happens_once(text: Text, huy: Account, lan: Account) -> None:
    version = text.release(text.with_first("Kính chào."), huy, lan)
    assert text.refusal(releasing.release, version.id, lan) == "not_waiting"


def test_two_drafts_of_one_text_lose_neither(text: Text, huy: Account, lan: Account) -> None:
    """The second is told that something was released meanwhile, keeps their words, and may put them upon it."""
    other = text.with_first("Mời xem.")
    first, second = text.ask(huy, text.with_first("Kính chào.")), text.ask(lan, other)
    text.run(releasing.release, first.id, lan)
    assert text.refusal(releasing.release, second.id, huy) == "wording_stale"
    text.run(versions.take_back, second.id, lan)
    assert text.refusal(versions.ask, text.name, DEFAULT, "mời thì hơn", lan) == "wording_stale"
    assert text.draft(lan) == other
    text.run(versions.rebase, text.name, DEFAULT, lan)
    text.run(releasing.release, text.ask(lan).id, huy)
    assert text.said().startswith("Mời xem.")


def test_of_two_releases_at_the_same_instant_one_is_said_and_the_other_refused(
    text: Text, huy: Account, lan: Account
) -> None:
    asked = [(text.ask(huy, text.with_first("Một.")), lan), (text.ask(lan, text.with_first("Hai.")), huy)]

    def release(version: WordingVersion, by: Account) -> str:
        try:
            text.run(releasing.release, version.id, by)
        except Refused as refused:
            return refused.reason
        return version.text

    with ThreadPoolExecutor() as pool:
        done = [future.result() for future in [pool.submit(release, *one) for one in asked]]
    assert done.count("wording_stale") == 1
    released_words = next(one for one in done if one != "wording_stale")
    assert text.words.source(text.name) == released_words
    assert [row.state for row in rows(text)].count(WordingState.RELEASED) == 1


def test_what_must_be_mended_is_neither_asked_for_nor_released(text: Text, huy: Account, lan: Account) -> None:
    """It is looked at again when it is released: the program may have been updated meanwhile."""
    text.save("Chào {{ khong_co }}\n", huy)
    assert text.refusal(versions.ask, text.name, DEFAULT, "rõ hơn", huy) == "wording_stop"
    version = text.ask(huy, text.with_first("Kính chào."))
    spoilt = sql("UPDATE wording_version SET text = :text WHERE id = :id")
    text.stage.store.run_now(lambda s: s.execute(spoilt, {"text": "Chào {{ khong_co }}\n", "id": version.id}))
    assert text.refusal(releasing.release, version.id, lan) == "wording_stop"
    assert text.said() == text.shipped.strip()


def test_a_draft_is_ones_own(text: Text, huy: Account, lan: Account) -> None:
    text.save(text.with_first("Kính chào."), huy)
    assert text.draft(lan) is None
    text.save("Chào.\n", lan)
    assert (text.draft(huy), text.draft(lan)) == (text.with_first("Kính chào."), "Chào.\n")


def test_words_as_they_are_in_use_are_no_draft(text: Text, huy: Account) -> None:
    text.save(text.with_first("Kính chào."), huy)
    assert text.save(text.shipped.replace("\n", "\r\n"), huy) is None
    assert text.draft(huy) is None


def test_what_waits_is_not_changed_under_the_reader(text: Text, huy: Account, lan: Account) -> None:
    version = text.ask(huy, text.with_first("Kính chào."))
    assert text.refusal(versions.save, text.name, DEFAULT, "Khác.", huy) == "wording_waits"
    assert text.refusal(versions.take_back, version.id, lan) == "not_allowed"
    text.run(versions.take_back, version.id, huy)
    assert text.refusal(releasing.release, version.id, lan) == "not_waiting"


def test_what_was_sent_back_is_its_authors_draft_again_and_stays_on_record(
    text: Text, huy: Account, lan: Account
) -> None:
    words = text.with_first("Kính chào.")
    version = text.ask(huy, words)
    assert text.refusal(releasing.send_back, version.id, "  ", lan) == "reason_missing"
    text.run(releasing.send_back, version.id, "thiếu lời chào", lan)
    assert [(row.state, row.answer, row.text) for row in rows(text)] == [
        (WordingState.REJECTED, "thiếu lời chào", words),
        (WordingState.DRAFT, "", words),
    ]


def test_a_reason_is_asked_for(text: Text, huy: Account) -> None:
    text.save(text.with_first("Kính chào."), huy)
    assert text.refusal(versions.ask, text.name, DEFAULT, "ok", huy) == "reason_missing"


def test_undoing_says_the_words_before_as_a_new_version(text: Text, huy: Account, lan: Account) -> None:
    before = text.said()
    text.release(text.with_first("Kính chào."), huy, lan)
    undone = text.run(releasing.undo, text.name, DEFAULT, "1", huy)
    assert (undone.number, undone.origin, undone.state) == (2, WordingOrigin.UNDO, WordingState.RELEASED)
    assert text.said() == before
    assert text.refusal(releasing.undo, text.name, DEFAULT, "1", lan) == "wording_stale"
    text.run(releasing.undo, text.name, DEFAULT, "2", lan)
    assert text.said() != before


def test_shipped_words_have_nothing_before_them(text: Text, huy: Account) -> None:
    shipped = text.words.shipped[DEFAULT][text.name].version
    assert text.refusal(releasing.undo, text.name, DEFAULT, shipped, huy) == "nothing_to_undo"


def test_every_act_is_in_the_admin_chain_and_drafts_are_not(text: Text, huy: Account, lan: Account) -> None:
    text.run(versions.take_back, text.ask(huy, text.with_first("Kính chào.")).id, huy)
    text.run(releasing.send_back, text.ask(huy).id, "chưa được", lan)
    text.run(releasing.release, text.ask(huy).id, lan)
    text.run(releasing.undo, text.name, DEFAULT, "1", lan)
    query = select(AdminEvent).order_by(col(AdminEvent.seq))
    chain = text.stage.store.read_now(lambda s: s.exec(query).all())
    assert [entry.kind for entry in chain if entry.data.get("message") == text.name] == [
        *("wording_asked", "wording_taken_back", "wording_asked", "wording_sent_back"),
        *("wording_asked", "wording_released", "wording_undone"),
    ]
    assert text.stage.store.read_now(log.verify) is None


@pytest.mark.parametrize("change", ["UPDATE wording_version SET text = 'x'", "DELETE FROM wording_version"])
def test_history_is_not_rewritten(text: Text, huy: Account, lan: Account, change: str) -> None:
    text.release(text.with_first("Kính chào."), huy, lan)
    with pytest.raises(DatabaseError, match="never rewritten"):
        text.stage.store.run_now(lambda session: session.execute(sql(change)))


def test_another_process_speaks_so_after_one_look_and_one_that_starts_later_at_once(
    text: Text, huy: Account, lan: Account
) -> None:
    words, (other, _) = text.with_first("Kính chào."), app.open_store(text.stage.settings, text.stage.now)
    spoken = other.info[released.WORDS]
    version = text.release(words, huy, lan)
    assert spoken.source(text.name) == text.shipped
    other.read_now(reference.refresh)
    assert (spoken.source(text.name), spoken.message(text.name).version) == (words, str(version.number))
    other.close_now()
    later, _ = app.open_store(text.stage.settings, text.stage.now)
    assert later.info[released.WORDS].source(text.name) == words
    later.close_now()


def test_a_release_that_is_rolled_back_changes_nothing(text: Text, huy: Account, lan: Account) -> None:
    version, before = text.ask(huy, text.with_first("Kính chào.")), text.said()

    def fail(session: Any) -> None:
        releasing.release(session, version.id, text.stage.now, by=lan)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        text.stage.store.run_now(fail)
    assert text.said() == before


def test_a_transaction_speaks_the_words_of_one_moment(text: Text, huy: Account, lan: Account) -> None:
    """What is released while it runs is said from the next one on, whole."""
    words = text.words
    other = next(name for name in words.names if name != text.name and name.startswith("asides/"))

    def turn(_session: Any) -> list[str]:
        before = words.source(text.name), words.source(other)
        words.speak(
            {("vi", text.name): type(words.message(text.name))("Mới.\n", "9"), ("vi", other): words.message(other)},
            words.revision + 1,
        )
        return [words.source(text.name) == before[0], words.source(other) == before[1]]

    assert text.stage.store.run_now(turn) == [True, True]
    assert words.source(text.name) == "Mới.\n"
    words.revision = -1
    text.stage.store.read_now(reference.refresh)
    assert words.source(text.name) == text.shipped


def test_released_words_that_the_program_no_longer_understands_are_not_said(
    text: Text, huy: Account, lan: Account
) -> None:
    """An update of the program may drop a placeholder: the shipped words are said rather than none."""
    version = text.release(text.with_first("Kính chào."), huy, lan)

    def spoil(session: Any) -> None:
        named = {"name": text.name}
        session.execute(sql("UPDATE wording_version SET state = 'retired' WHERE name = :name"), named)
        kept = version.model_dump() | {"id": f"x{version.id[1:]}", "number": 2, "state": WordingState.RELEASED}
        session.add(WordingVersion(**kept | {"text": "{{ mat_roi }}\n"}))

    text.stage.store.run_now(spoil)
    later, _ = app.open_store(text.stage.settings, text.stage.now)
    assert later.info[released.WORDS].source(text.name) == text.shipped
    check = later.read_now(service.wording)
    assert (check.state, check.problem, check.facts) == (WARN, "not_said", {"not_said": 1})
    later.close_now()


def test_operators_whose_zalo_is_known_hear_of_an_undo(text: Text, huy: Account, lan: Account) -> None:
    stage = text.stage
    code = stage.store.run_now(own_zalo.issue_code, lan.id, stage.now)
    assert "Lan" in stage.person("lan-zalo").says(code)[-1]
    text.release(text.with_first("Kính chào."), huy, lan)
    text.run(releasing.undo, text.name, DEFAULT, "1", huy)
    stage.person("lan-zalo").pushes()
    stage.send()
    [said] = stage.person("lan-zalo").pushes()
    assert said.startswith(f"Huy vừa hoàn tác lời nhắn “{titles.title(text.name)}”: ")
