"""Each day of the province leaves one head, written once, however late and by however many."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from tests.journeys.stage import Stage
from tests.ledger.test_writing import open_one
from zalobot import jobs
from zalobot.ledger import days
from zalobot.services import Services
from zalobot.store.coordination import InProcess
from zalobot.store.models import EventKind, LedgerDay, LedgerHead, Ticket
from zalobot.tickets.record import SYSTEM, record


def heads(session: Session) -> list[tuple[date, int]]:
    return [(day.day, day.seq) for day in session.exec(select(LedgerDay).order_by(col(LedgerDay.day)))]


def test_nothing_is_due_while_nothing_happened(stage: Stage) -> None:
    assert not stage.store.read_now(days.due, stage.now + timedelta(days=9))
    assert stage.store.run_now(days.close_days, stage.now + timedelta(days=9)) == 0


def test_a_day_is_closed_after_midnight_in_the_province_and_once(stage: Stage) -> None:
    stage.store.run_now(open_one)  # Monday 09:00 there
    before, after = stage.now + timedelta(hours=14, minutes=59), stage.now + timedelta(hours=15)
    assert not stage.store.read_now(days.due, before)
    assert stage.store.run_now(days.close_days, before) == 0
    assert stage.store.read_now(days.due, after)
    assert stage.store.run_now(days.close_days, after) == 1
    assert stage.store.run_now(days.close_days, after) == 0
    assert stage.store.read_now(heads) == [(date(2026, 11, 23), 2)]


def test_days_that_were_missed_are_caught_up_each_with_what_it_had(stage: Stage) -> None:
    def monday_and_wednesday(session: Session) -> None:
        ticket = open_one(session)
        record(session, ticket, EventKind.REMINDED, SYSTEM, stage.now + timedelta(days=2))

    stage.store.run_now(monday_and_wednesday)
    assert stage.store.run_now(days.close_days, stage.now + timedelta(days=4)) == 4
    assert [seq for _, seq in stage.store.read_now(heads)] == [2, 2, 3, 3]


def test_an_entry_that_was_on_its_way_at_midnight_belongs_to_the_next_head(stage: Stage) -> None:
    stage.store.run_now(open_one)
    stage.store.run_now(days.close_days, stage.now + timedelta(days=1))

    def of_monday(session: Session) -> None:
        ticket = session.exec(select(Ticket)).one()
        record(session, ticket, EventKind.REMINDED, SYSTEM, stage.now + timedelta(hours=14))

    stage.store.run_now(of_monday)
    assert stage.store.run_now(days.close_days, stage.now + timedelta(days=3)) == 2
    assert [seq for _, seq in stage.store.read_now(heads)] == [2, 3, 3]


def test_what_is_published_ends_with_the_head_while_nothing_else_happens(stage: Stage) -> None:
    stage.store.run_now(open_one)
    stage.store.run_now(days.close_days, stage.now + timedelta(days=1))
    published = stage.store.read_now(days.published)
    head = stage.store.read_now(lambda session: session.exec(select(LedgerHead)).one())
    assert (published.installation, published.days[-1].hash) == (head.installation, head.hash)
    assert stage.store.read_now(days.latest) == published.days[-1]


async def test_the_duty_closes_the_days_that_ended(stage: Stage) -> None:
    tomorrow = stage.now + timedelta(days=1)
    services = Services(stage.settings, stage.store, InProcess(), stage.province, lambda: tomorrow)
    nothing: Any = None  # no other duty is played
    duties = jobs.Duties(services, nothing, nothing, nothing, nothing, nothing)
    await jobs.close_days(duties)
    assert stage.store.read_now(heads) == []
    stage.store.run_now(open_one)
    await jobs.close_days(duties)
    assert stage.store.read_now(heads) == [(date(2026, 11, 23), 2)]
