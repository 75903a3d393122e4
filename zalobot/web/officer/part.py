"""One part on one page: what was asked, until when, what was said, and the form to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zalobot.province import Province
from zalobot.store.models import AccountRole, PartState
from zalobot.store.queries.public_rows import Story
from zalobot.store.queries.work import Behind, WorkRow
from zalobot.tickets.at_desk import Beside, Draft
from zalobot.tickets.colleagues import Note
from zalobot.tickets.directing import Direction
from zalobot.tickets.saved_answers import Kept
from zalobot.web.meter import Look
from zalobot.web.public_view import PartView, TicketPage, ticket_page


@dataclass(frozen=True, slots=True)
class Form:
    """What is typed so far, and what was said about it. `aspects` are what an answer should name."""

    values: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False
    missing: tuple[str, ...] = ()
    alike: int = 0
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Able:
    """What this person may do with this part now."""

    accept: bool
    answer: bool
    ask: bool
    decline: bool
    explain: bool
    reassign: bool


@dataclass(frozen=True, slots=True)
class AtDesk:
    """What lies beside a part: who else has it open, notes, colleagues, answers that can be begun with."""

    draft: Draft | None = None
    beside: tuple[Beside, ...] = ()
    notes: tuple[Note, ...] = ()
    colleagues: tuple[tuple[str, str], ...] = ()
    saved: tuple[Kept, ...] = ()
    before: tuple[Kept, ...] = ()
    directions: tuple[Direction, ...] = ()


@dataclass(frozen=True, slots=True)
class PartPage:
    """What `consoles/officer/part.html` shows."""

    code: str
    row: WorkRow
    part: PartView
    ticket: TicketPage
    behind: Behind
    able: Able
    form: Form
    agencies: tuple[tuple[str, str], ...]
    desk: AtDesk


_OPEN = (PartState.ACCEPTED, PartState.REOPENED, PartState.WAITING, PartState.DECLINED, PartState.PAUSED)


def part_page(
    row: WorkRow,
    story: Story,
    behind: Behind,
    agency: str,
    role: AccountRole,
    now: datetime,
    province: Province,
    form: Form,
    desk: AtDesk,
    officer_id: str = "",
) -> PartPage:
    """The page of a part as its agency sees it at `now`."""
    ticket = ticket_page(story, now, province)
    part = next(view for view in ticket.parts if view.number == row.number)
    return PartPage(
        code=row.code,
        row=row,
        part=part,
        ticket=ticket,
        behind=behind,
        able=_able(row, part, agency, role, officer_id),
        form=form,
        agencies=tuple((code, one.name) for code, one in province.working_agencies.items() if code != row.agency),
        desk=desk,
    )


def _able(row: WorkRow, part: PartView, agency: str, role: AccountRole, officer_id: str) -> Able:
    holds = row.agency == agency
    offered = row.state is PartState.DECLINED and row.declined_to == agency
    is_open = row.state in _OPEN
    late = part.meter is not None and part.meter.look is Look.LATE
    return Able(
        accept=offered or (holds and row.state is PartState.WAITING),
        answer=holds and is_open,
        ask=holds and is_open and row.state is not PartState.PAUSED,
        decline=offered or (holds and is_open and row.state is not PartState.DECLINED),
        explain=holds and late and role is AccountRole.HEAD,
        reassign=holds and is_open and (role is AccountRole.HEAD or row.officer_id in (None, officer_id)),
    )
