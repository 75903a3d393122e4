"""Disputes to decide, and who waits on whom, as plain values.

The one rule: a dispute shows what each agency said and the clock of the decision; the answer's own clock runs on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zalobot.province import Province
from zalobot.store.models import PartState
from zalobot.store.queries.triage import Refusal, Waiting
from zalobot.web.coordinator.clocks import calmed
from zalobot.web.meter import Clock, Look, Meter, meter
from zalobot.web.public_view import agency_name


@dataclass(frozen=True, slots=True)
class Said:
    """What an agency that refused a part said."""

    agency: str
    to: str
    reason: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A part refused twice. `owners` are those who were named: one of them, or any other, gets it."""

    part: Waiting
    meter: Meter
    said: tuple[Said, ...]
    owners: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody is waited for. `kind` is `agency` (to take it up), `business`, or `offered` (another agency)."""

    part: Waiting
    kind: str
    whom: str
    since: datetime
    late: bool
    today: bool


def dispute(part: Waiting, refusals: Sequence[Refusal], now: datetime, province: Province) -> Dispute:
    """A part refused twice, with the clock of the decision."""
    mine = [one for one in refusals if one.ticket_id == part.ticket_id and one.part_number == part.number]
    said = tuple(
        Said(agency_name(province, one.agency), agency_name(province, one.to), one.reason, one.agency == part.agency)
        for one in mine
    )
    named = [one.to for one in mine] or [part.declined_to]
    owners = [code for code in dict.fromkeys([*reversed(named), part.agency]) if code in province.working_agencies]
    start = mine[-1].at if mine else part.received_at
    face = meter(Clock(True, start, part.decide_by), now, province.calendar)
    return Dispute(part, calmed(face), said, tuple((code, agency_name(province, code)) for code in owners))


def wait(part: Waiting, refusals: Sequence[Refusal], now: datetime, province: Province) -> Wait:
    """Who is waited for, and since when: for another agency since the part was refused to it."""
    holder = agency_name(province, part.agency)
    look = meter(Clock(part.klass == "simple", part.clock_started_at, part.due_at), now, province.calendar).look
    if part.state is PartState.PAUSED:
        return Wait(part, "business", holder, part.paused_at or part.received_at, late=False, today=False)
    offered = part.state is PartState.DECLINED
    whom = agency_name(province, part.declined_to) if offered else holder
    kind = "offered" if offered else "agency"
    asked = [
        one.at for one in refusals if offered and (one.ticket_id, one.part_number) == (part.ticket_id, part.number)
    ]
    return Wait(part, kind, whom, max(asked, default=part.received_at), look is Look.LATE, look is Look.TODAY)
