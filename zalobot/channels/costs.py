"""What speaking costs: messages and money by channel, calls for each ticket, and what a month will cost at this rate.

The one rule: money is counted by the prices that held when a message went; the forecast takes off what the package has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from zalobot.channel_policy import Policy
from zalobot.store.models import Attempt, Channel, OutboxMessage, OutboxState, Ticket

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Costs:
    """A span of time. `sent` and `spent` (VND) by channel; `calls` are sends that were tried, whatever came of them."""

    span: timedelta
    tickets: int
    calls: int
    sent: Mapping[Channel, int]
    spent: Mapping[Channel, int]
    package: int = 0
    paid_price: int = 0

    @property
    def calls_per_ticket(self) -> float:
        """How many sends a ticket takes from the first word to the last; 0 where there was none."""
        return self.calls / self.tickets if self.tickets else 0.0

    @property
    def month(self) -> int:
        """What thirty days cost at this rate, in VND, after the paid messages that the package holds."""
        months = MONTH / self.span
        paid = self.sent.get(Channel.CS_PAID, 0) * months
        free = min(paid, self.package) * self.paid_price
        return round(sum(self.spent.values()) * months - free)


def of(session: Session, since: datetime, now: datetime, policy: Policy) -> Costs:
    """What was sent since an instant, and what it cost."""
    sent = dict(
        session.execute(
            select(col(OutboxMessage.channel), func.count())
            .where(col(OutboxMessage.state) == OutboxState.SENT, col(OutboxMessage.sent_at) >= since)
            .group_by(col(OutboxMessage.channel))
        ).all()
    )
    # What nobody knows the outcome of may have been charged: it counts.
    charged = or_(col(Attempt.code) == 0, col(Attempt.code).is_(None))
    spent = dict(
        session.execute(
            select(col(Attempt.channel), func.sum(col(Attempt.price)))
            .where(col(Attempt.at) >= since, charged)
            .group_by(col(Attempt.channel))
        ).all()
    )
    calls = select(func.coalesce(func.sum(col(OutboxMessage.attempts)), 0)).where(
        col(OutboxMessage.created_at) >= since
    )
    tickets = select(func.count()).select_from(Ticket).where(col(Ticket.received_at) >= since)
    return Costs(
        span=now - since,
        tickets=session.execute(tickets).scalar_one(),
        calls=int(session.execute(calls).scalar_one() or 0),
        sent={channel: int(number) for channel, number in sent.items()},
        spent={channel: int(money) for channel, money in spent.items() if money},
        package=policy.paid_messages_included,
        paid_price=policy.price[Channel.CS_PAID],
    )


def lines(costs: Costs) -> list[str]:
    """The same for a terminal."""
    days = costs.span / timedelta(days=1)
    found = [f"{days:.0f} days, {costs.tickets} tickets, {costs.calls} sends: {costs.calls_per_ticket:.1f} a ticket"]
    for channel in Channel:
        if channel in costs.sent or channel in costs.spent:
            found.append(f"{channel}: {costs.sent.get(channel, 0)} sent, {costs.spent.get(channel, 0)} VND")
    return [*found, f"a month at this rate: {costs.month} VND"]
