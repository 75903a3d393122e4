"""How the installation stands: each problem is seen, has its words for operators and its remedy for administrators."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from tests.calendars import at
from tests.web import sample
from zalobot import account, doctor, standing, troubles
from zalobot.account import Account
from zalobot.pack_templates import MessageTemplate
from zalobot.standing import OK, RED, WARN, Check
from zalobot.store import tokens
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import (
    Channel,
    InboxEvent,
    InboxState,
    OaToken,
    OutboxMessage,
    OutboxState,
    TemplateApproval,
    TemplateState,
)
from zalobot.web import status_words

NOW = sample.NOW  # Thursday 10:20
OA = "42"
GOOD = Account(NOW, NOW, name="Kênh", verified=True, oa_type=4, package="Tăng trưởng")


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = Store(sqlite_url)
    yield opened
    opened.close_now()


def heard(session: Session, when: datetime, text: str = "", person: str = "p", name: str = "user_send_text") -> None:
    body = json.dumps({"event_name": name, "message": {"text": text, "msg_id": "m"}})
    event = InboxEvent(id=new_id(), key=new_id(), person_id=person, name=name, at=when, received_at=when, body=body)
    event.state = InboxState.DONE
    session.add(event)
    session.flush()


def sent(session: Session, when: datetime, channel: Channel = Channel.CS) -> None:
    row = OutboxMessage(id=new_id(), person_id="p", priority=0, template="t", template_version="1", body={}, attempts=1)
    row.state, row.channel, row.not_before, row.created_at, row.sent_at = OutboxState.SENT, channel, when, when, when
    session.add(row)
    session.flush()


def token(session: Session, **given: object) -> None:
    life = {"expires_at": NOW + timedelta(hours=4), "obtained_at": NOW - timedelta(hours=21), "status": tokens.OK}
    session.add(OaToken(oa_id=OA, access="x", refresh="x", **life | given))


def check(store: Store, name: str, now: datetime = NOW, known: Account | None = GOOD) -> Check:
    checks = store.read_now(standing.status, sample.province(), OA, now, known)
    return next(one for one in checks if one.name == name)


def seen(store: Store, name: str, now: datetime = NOW, known: Account | None = GOOD) -> tuple[str, str]:
    """The state and the problem of a check; both kinds of words must be there."""
    found = check(store, name, now, known)
    told = status_words.told(found)
    assert told.title
    if found.problem:
        assert told.says
        assert "{" not in told.says
        assert told.remedy
        assert doctor.REMEDIES[f"{name}.{found.problem}"]
    return found.state, found.problem


def test_every_problem_has_words_for_operators_and_for_administrators() -> None:
    words = status_words.wording()
    known = {f"{name}.{problem}" for name, one in words.items() for problem in one if problem != "title"}
    assert known == doctor.REMEDIES.keys()


def test_an_installation_that_is_well_says_so(store: Store) -> None:
    store.run_now(token)
    store.run_now(heard, NOW - timedelta(minutes=1))
    checks = store.read_now(standing.status, sample.province(), OA, NOW, GOOD)
    assert [(one.name, one.state) for one in checks if one.state != OK] == []
    assert standing.worst(checks) == OK


@pytest.mark.parametrize(
    ("known", "state", "problem"),
    [
        (GOOD, OK, ""),
        (replace(GOOD, verified=False), RED, "unverified"),
        (replace(GOOD, package="Gói Tiêu chuẩn"), RED, "no_openapi"),
        (replace(GOOD, package_until=date(2026, 11, 25)), RED, "package_ended"),
        (replace(GOOD, package_until=date(2026, 11, 26)), RED, "package_ends"),
        (replace(GOOD, package_until=date(2026, 12, 26)), WARN, "package_ends"),
        (replace(GOOD, package_until=date(2026, 12, 27)), OK, ""),
        (replace(GOOD, package=""), OK, ""),
        (Account(NOW, refused=-224), RED, "no_openapi"),
        (Account(NOW, refused=-221), RED, "unverified"),
        (Account(NOW, refused=-223), RED, "permissions"),
        (Account(NOW, refused=-219), RED, "app_off"),
        (Account(NOW, refused=-1), RED, "refused"),
        (None, OK, ""),
    ],
)
def test_the_account_and_its_package(store: Store, known: Account | None, state: str, problem: str) -> None:
    assert seen(store, "account", known=known) == (state, problem)


def test_a_kept_account_is_read_and_a_refusal_leaves_what_was_known(store: Store) -> None:
    store.run_now(account.keep, OA, replace(GOOD, package_until=date(2027, 5, 1), facts={"linked": True}))
    assert check(store, "account", known=None).facts["package_days_left"] == 156
    later = NOW + timedelta(hours=6)
    assert store.read_now(account.due, OA, later - timedelta(seconds=1)) is False
    assert store.read_now(account.due, OA, later) is True
    store.run_now(account.keep, OA, Account(later, refused=-32))
    found = store.read_now(account.find, OA)
    assert (found.refused, found.package, found.answered_at) == (-32, "Tăng trưởng", NOW)
    assert store.read_now(account.due, OA, later + timedelta(minutes=15)) is True


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("2026-12-31 23:59:59", date(2026, 12, 31)),
        ("1798736399000", date(2026, 12, 31)),
        (1798736399000, date(2026, 12, 31)),
        ("", None),
        (None, None),
        ("99/99/2026", None),
        ("never", None),
    ],
)
def test_zalo_s_days_are_read_however_they_are_written(written: object, day: date | None) -> None:
    assert account.day_of(written) == day


def test_silence_counts_in_working_time(store: Store) -> None:
    """Heard on Wednesday at 16:30; Thursday begins at 07:30."""
    store.run_now(heard, at("2026-11-25 16:30"))
    assert seen(store, "webhook", at("2026-11-26 10:59")) == (OK, "")
    assert seen(store, "webhook", at("2026-11-26 11:00")) == (WARN, "quiet")


def test_a_night_and_a_weekend_are_no_silence(store: Store) -> None:
    store.run_now(heard, at("2026-11-27 16:00"))
    assert seen(store, "webhook", at("2026-11-30 07:30")) == (OK, "")


def test_a_sent_message_that_nobody_tells_of_betrays_a_dead_webhook(store: Store) -> None:
    store.run_now(heard, NOW - timedelta(minutes=40))
    store.run_now(sent, NOW - timedelta(minutes=16), Channel.MAIL)
    assert seen(store, "webhook") == (OK, "")
    store.run_now(sent, NOW - timedelta(minutes=15))
    assert seen(store, "webhook") == (OK, "")
    assert seen(store, "webhook", NOW + timedelta(seconds=1)) == (RED, "deaf")
    store.run_now(heard, NOW + timedelta(seconds=1), name="oa_send_text")
    assert seen(store, "webhook", NOW + timedelta(seconds=2)) == (OK, "")


def test_a_webhook_that_never_spoke(store: Store) -> None:
    assert seen(store, "webhook") == (WARN, "never")
    store.run_now(sent, NOW - timedelta(minutes=16))
    assert seen(store, "webhook") == (RED, "never")


def test_events_dropped_at_the_door_are_told(store: Store) -> None:
    store.run_now(heard, NOW)
    store.run_now(troubles.note, "wrong_signature", 3, NOW - timedelta(hours=1))
    assert seen(store, "webhook") == (WARN, "dropped")
    assert check(store, "webhook").facts["dropped_wrong_signature"] == 3
    assert seen(store, "webhook", NOW + timedelta(hours=24)) != (WARN, "dropped")


@pytest.mark.parametrize(
    ("texts", "people", "problem"),
    [
        (["#tra cứu"] * 5, 2, "only_hash"),
        (["#tra cứu"] * 5, 1, ""),
        (["#tra cứu"] * 4, 2, ""),
        (["#tra cứu"] * 9 + ["xin chào"], 3, ""),
        ([], 1, ""),
    ],
)
def test_a_syntax_filter_is_suspected_when_only_hashes_arrive(
    store: Store, texts: list[str], people: int, problem: str
) -> None:
    for number, text in enumerate(texts):
        store.run_now(heard, NOW - timedelta(hours=1), text, f"p{number % people}")
    store.run_now(heard, NOW - timedelta(days=8), "xin chào", "long ago")
    assert seen(store, "syntax_filter")[1] == problem


@pytest.mark.parametrize(
    ("skew", "state"), [(None, OK), (29.9, OK), (-30.0, WARN), (299.0, WARN), (300.0, RED), (-4000.0, RED)]
)
def test_clocks_that_differ(store: Store, skew: float | None, state: str) -> None:
    assert seen(store, "clock", known=replace(GOOD, skew=skew))[0] == state


@pytest.mark.parametrize(
    ("given", "state", "problem"),
    [
        ({}, OK, ""),
        ({"status": tokens.CONSENT_NEEDED}, RED, "consent_needed"),
        ({"failing_since": NOW - timedelta(minutes=1)}, WARN, "failing"),
        ({"failing_since": NOW, "expires_at": NOW}, RED, "failing"),
        ({"obtained_at": NOW - timedelta(days=61)}, WARN, "old"),
    ],
)
def test_the_tokens(store: Store, given: dict[str, object], state: str, problem: str) -> None:
    assert seen(store, "token") == (WARN, "none")
    store.run_now(lambda session: token(session, **given))
    assert seen(store, "token") == (state, problem)


def test_templates_that_zalo_has_not_approved(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    template = MessageTemplate("tin", 1, (), (), 500, 800, "", "")
    here = replace(sample.province(), message_templates=(template,))
    monkeypatch.setattr(sample, "province", lambda: here)
    assert seen(store, "templates") == (WARN, "missing")

    def approve(session: Session, state: TemplateState) -> None:
        session.merge(TemplateApproval(key="tin", template_id="1", state=state, changed_at=NOW))

    for state, problem in [
        (TemplateState.PENDING, ""),
        (TemplateState.ENABLED, ""),
        (TemplateState.REJECTED, "refused"),
        (TemplateState.DISABLED, "refused"),
    ]:
        store.run_now(approve, state)
        assert seen(store, "templates")[1] == problem


@pytest.mark.parametrize(("remain", "state"), [(50, OK), (49, WARN), (0, WARN)])
def test_paid_messages_that_run_out(store: Store, remain: int, state: str) -> None:
    known = replace(GOOD, facts={"quota": {"remain": remain, "total": 500}})
    assert seen(store, "quota", known=known)[0] == state
    assert seen(store, "quota", known=replace(GOOD, facts={"quota": None})) == (OK, "")
