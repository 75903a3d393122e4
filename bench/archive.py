"""Two years of tickets as rows, for pages to be measured over: most answered, two in a hundred under way.

The one rule: rows are inserted as the verbs would have left them; only hashes of the ledger are left out.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel

from zalobot.deadlines import count
from zalobot.ledger import days
from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import (
    DeadlineReceipt,
    EventKind,
    LedgerHead,
    Part,
    PartState,
    Ticket,
    TicketEvent,
    TicketState,
    Tier,
    Verdict,
)

DAYS = 600  # the calendar of the pack does not reach back much further
_STEP = timedelta(hours=2)  # received at so many instants only, so that counting due times does not cost most
_CHUNK = 5_000
_TWO_PARTS, _OPEN, _LATE, _MOVED, _REOPENED = 0.3, 0.02, 0.08, 0.05, 0.03
_SYLLABLES = [
    first + last
    for first in ("b", "ch", "d", "gi", "h", "kh", "l", "ng", "th", "v")
    for last in ("an", "o", "ich", "uong", "e")
]
_UNCONFIRMED = 40
_VERDICTS = (Verdict.SOLVED, Verdict.SOLVED, Verdict.SOLVED, Verdict.PARTLY, Verdict.GENERIC, None)


@dataclass(slots=True)
class _Rows:
    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, model: type[SQLModel], **values: Any) -> None:
        self.rows.setdefault(model, []).append(values)


class Archive:
    """Fills one database that is migrated and has its province."""

    def __init__(self, province: Province, now: datetime) -> None:
        self._province = province
        self._now = now
        self._dice = random.Random(2026)
        self._seq = 0
        self._agencies = sorted(province.agencies)
        self._topics = sorted(province.topics)
        self._words = [f"{first}{second}" for first in _SYLLABLES for second in _SYLLABLES]
        self._due = cache(self._counted)

    def fill(self, store: Store, tickets: int) -> None:
        """Insert so many tickets, the oldest first."""
        for first in range(0, tickets, _CHUNK):
            rows = _Rows()
            for number in range(first, min(first + _CHUNK, tickets)):
                self._ticket(rows, number, tickets)
            store.run_now(_write, rows.rows)
        store.run_now(_settle, self._seq)
        store.run_now(days.close_days, self._now)

    def _counted(self, received: datetime, klass: Klass) -> tuple[datetime, dict[str, Any]]:
        receipt = count(received, self._province.rules[-1], klass, self._province.calendar)
        return receipt.due, receipt.to_json()

    def _ticket(self, rows: _Rows, number: int, tickets: int) -> None:
        dice, ids = self._dice, f"{number:026d}"
        slots = timedelta(days=DAYS) // _STEP
        received = self._now - _STEP * (slots - number * slots // tickets)
        topic = self._province.topics[dice.choice(self._topics)]
        under_way = (dice.random() < _OPEN and received > self._now - timedelta(days=60)) or number >= tickets * 0.985
        code = f"{self._province.prefix}-{received:%y%m}-{number:05d}"
        words = f"{topic.name}: hồ sơ {' '.join(dice.choices(self._words, k=10))} nộp từ tháng trước chưa có kết quả"
        lead = topic.lead if dice.random() < 0.5 else dice.choice(self._agencies)
        agencies = [lead, *(dice.sample(self._agencies, 1) if dice.random() < _TWO_PARTS else ())]
        agencies = list(dict.fromkeys(agencies))
        due, receipt = self._due(received, Klass.HARD)
        answered = None if under_way else self._answered(received, due)
        state = TicketState.IN_PROGRESS if under_way else TicketState.CLOSED
        rows.add(
            Ticket, id=ids, code=code, person_id=f"79{number % 40_000:012}", topic=topic.code, klass=Klass.HARD,
            state=state, tier=dice.choice((Tier.NO_NAME, Tier.NO_NAME, Tier.PUBLIC, Tier.SEALED)), title=words[:200],
            description=words, public_text=words, business_name=f"Công ty {number}", contact="0912000345",
            rule_version=self._province.rules[-1].version, received_at=received, answered_at=answered,
            closed_at=answered and answered + timedelta(days=3),
            confirmed_at=None if number >= tickets - _UNCONFIRMED else received,
            version=3, business={}, masks={}, followers=[],
            joined=[],
        )  # fmt: skip
        self._event(rows, ids, code, None, EventKind.RECEIVED, received, "")
        for place, agency in enumerate(agencies, 1):
            self._part(rows, ids, code, place, agency, received, due, receipt, answered, words)

    def _answered(self, received: datetime, due: datetime) -> datetime:
        late = self._dice.random() < _LATE
        share = self._dice.uniform(1.01, 1.6) if late else self._dice.uniform(0.05, 0.98)
        return min(received + (due - received) * share, self._now - timedelta(hours=1))

    def _part(
        self, rows: _Rows, ids: str, code: str, place: int, agency: str, received: datetime, due: datetime,
        receipt: dict[str, Any], answered: datetime | None, words: str,
    ) -> None:  # fmt: skip
        dice, part = self._dice, f"{ids[2:]}.{place}"
        accepted = received + timedelta(minutes=dice.randint(5, 110))
        verdict = dice.choice(_VERDICTS) if answered else None
        moved = self._agencies[(self._agencies.index(agency) + 1) % len(self._agencies)]
        handed = dice.random() < _MOVED
        said = f"Đã giải quyết: {words}. Quý doanh nghiệp nhận kết quả tại Trung tâm." if answered else ""
        open_state = PartState.WAITING if dice.random() < 0.3 else PartState.ACCEPTED
        rows.add(
            Part, id=part, ticket_id=ids, code=f"{code}/{place}", number=place, agency=agency, klass=Klass.HARD,
            state=PartState.CLOSED if answered else open_state, received_at=received, clock_started_at=received,
            due_at=due, first_due_at=due, accepted_at=accepted, answered_at=answered,
            closed_at=answered and answered + timedelta(days=3), hand_overs=int(handed), verdict=verdict,
            verdict_at=answered and verdict and answered + timedelta(days=1), version=3,
            answer=said, public_answer=said,
            answer_facts={"conclusion": "Được."} if answered else {}, question="", declined_reason="", explanation="",
            verdict_reason="",
        )  # fmt: skip
        rows.add(
            DeadlineReceipt, id=part, part_id=part, clock=1, due_at=due, data=receipt, made_at=received,
            struck_at=None, struck_reason="",
        )  # fmt: skip
        self._event(rows, ids, code, place, EventKind.ASSIGNED, received, agency)
        if handed:
            self._event(rows, ids, code, place, EventKind.TRANSFERRED, accepted, agency, {"former": moved})
        self._event(rows, ids, code, place, EventKind.ACCEPTED, accepted, agency)
        if answered:
            self._event(rows, ids, code, place, EventKind.ANSWERED, answered, agency)
        if verdict:
            self._event(rows, ids, code, place, EventKind.VERDICT_GIVEN, answered or received, agency)

    def _event(
        self, rows: _Rows, ids: str, code: str, place: int | None, kind: EventKind, at: datetime, agency: str,
        data: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._seq += 1
        rows.add(
            TicketEvent, seq=self._seq, ticket_id=ids, ticket_code=code, part_number=place, kind=kind, at=at,
            actor_role="officer", agency=agency, public=True, data=data or {}, commitments={}, prev_hash="", hash="",
        )  # fmt: skip


def _write(session: Session, rows: dict[type[SQLModel], list[dict[str, Any]]]) -> None:
    for model in (Ticket, Part, DeadlineReceipt, TicketEvent):
        session.execute(insert(model), rows[model])


def _settle(session: Session, seq: int) -> None:
    """The ledger goes on after these entries; statistics are gathered, as autovacuum would have done long since."""
    session.add(LedgerHead(id=1, installation=new_id(), seq=seq, hash="0" * 64))
    session.flush()
    session.execute(text("ANALYZE"))


def open_codes(session: Session, limit: int) -> Iterator[tuple[str, int, str]]:
    """Code, number and agency of the open parts."""
    rows = session.execute(
        text("SELECT code, agency FROM part WHERE answered_at IS NULL ORDER BY id DESC LIMIT :limit"), {"limit": limit}
    )
    return ((code.rpartition("/")[0], int(code.rpartition("/")[2]), agency) for code, agency in rows)
