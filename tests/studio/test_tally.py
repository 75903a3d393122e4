"""How many messages Zalo accepted with each version."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from tests.journeys.stage import Stage
from zalobot import outbox, templating
from zalobot.languages import DEFAULT
from zalobot.outbox import Outcome
from zalobot.store.models import Account, Channel, OutboxMessage, OutboxState, WordingPending
from zalobot.studio import history, releasing, tally, versions

MENU = "welcome/menu"
NEW = "Chào Quý doanh nghiệp.\n---\nGửi phản ánh -> gửi phản ánh\n"
SPAM = "common/spam"
S = OutboxState


def released(stage: Stage, huy: Account, lan: Account) -> None:
    stage.store.run_now(versions.save, MENU, DEFAULT, NEW, stage.now, by=huy)
    version = stage.store.run_now(versions.ask, MENU, DEFAULT, "ngắn hơn", stage.now, by=huy)
    stage.store.run_now(releasing.release, version.id, stage.now, by=lan)


def counted(stage: Stage, name: str = MENU) -> dict[str, int]:
    return stage.store.read_now(tally.of, name, DEFAULT)


def test_messages_are_counted_by_their_version_once(stage: Stage, huy: Account, lan: Account) -> None:
    """By the minute along the key, and what is newer when somebody looks: together each message once."""
    released(stage, huy, lan)
    for _ in range(3):
        stage.person("a").says("menu")
    real = datetime.now(UTC)  # keys are made by the machine's own clock
    assert stage.store.run_now(tally.count, real) == 0
    assert counted(stage) == {"1": 3}
    assert stage.store.run_now(tally.count, real + timedelta(hours=1)) > 0
    assert stage.store.run_now(tally.count, real + timedelta(hours=1)) == 0
    assert counted(stage) == {"1": 3}
    stage.person("a").says("menu")
    assert [(one.number, one.messages) for one in stage.store.read_now(history.of, MENU, DEFAULT)] == [(1, 4)]


def test_what_is_written_counts_when_zalo_has_accepted_it_however_late(stage: Stage) -> None:
    """Sent, held, failed, sent with another, settled otherwise, by mail, erased: looked at before and after."""
    version = templating.current().message(SPAM).version
    later = datetime.now(UTC) + timedelta(hours=1)

    def write(session: Session) -> list[str]:
        said = templating.render(SPAM)
        return [outbox.enqueue(session, f"p{n}", said, now=stage.now) for n in range(7)]

    def become(session: Session, states: dict[str, S], **more: object) -> None:
        for row in session.exec(select(OutboxMessage).where(col(OutboxMessage.id).in_(states))):
            row.sqlmodel_update({"state": states[row.id], **more})

    sent, held, failed, merged, settled, letter, erased = keys = stage.store.run_now(write)
    assert counted(stage, SPAM) == {version: 0}
    stage.store.run_now(tally.count, later)
    stage.store.run_now(outbox.settle, [Outcome(sent, S.SENT, "m")], stage.now)
    assert counted(stage, SPAM) == {version: 1}
    stage.store.run_now(become, {held: S.WAITING, failed: S.FAILED, settled: S.RESOLVED})
    stage.store.run_now(become, {merged: S.MERGED}, merged_into=held)
    stage.store.run_now(become, {letter: S.SENT}, channel=Channel.MAIL)
    stage.store.run_now(lambda s: s.delete(s.get_one(OutboxMessage, erased)))
    for _ in range(2):
        stage.store.run_now(tally.count, later)
        assert counted(stage, SPAM) == {version: 1}
    stage.store.run_now(outbox.settle, [Outcome(held, S.SENT, "n")], stage.now)
    assert counted(stage, SPAM) == {version: 3}, "what was held, and what went with it"
    assert stage.store.run_now(tally.count, later) == 2
    assert counted(stage, SPAM) == {version: 3}
    left = stage.store.read_now(lambda s: list(s.exec(select(WordingPending.outbox_id))))
    assert [key for key in keys if key in left] == [failed], "an operator may send it yet"
