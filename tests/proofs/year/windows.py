"""The year with Zalo's windows: everything that leaves goes by the way that is chosen for it, to a Zalo that refuses.

The one rule: the sky has a memory of its own of who did what when. What the service remembers may be wrong (an event
got lost, Zalo counts otherwise), and the sky says so as Zalo would.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import select, update
from sqlmodel import Session, col

from tests.proofs.year.machine import Machine
from tests.proofs.year.play import _batch
from tests.proofs.year.walls import local
from zalobot import channel_policy, conversations, relay
from zalobot.channels import approvals, costs, undelivered
from zalobot.channels.choosing import CHAT
from zalobot.channels.costs import Costs
from zalobot.channels.routing import Desk
from zalobot.errors import OtherChannel, Retryable, Undeliverable
from zalobot.handlers import talking
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.choosing import attempt_by_choice
from zalobot.relay.ways import completed
from zalobot.store.models import Channel, Officer, OutboxMessage, OutboxState, Ticket
from zalobot.zalo.client import Sent

FINAL = ("status/answered", "status/answers")
SPEAKS = ("report", "reply", "verdict", "withdraw", "add")
FREE, WEEK = timedelta(hours=48), timedelta(days=7)
LISTED = (OutboxState.WAITING, OutboxState.FAILED, OutboxState.UNCLEAR)


def lot(person: str, what: str) -> float:
    """A number of this person's from 0 to 1, the same whenever it is asked for."""
    return crc32(f"{what}:{person}".encode()) / 2**32


@dataclass
class Sky:
    """Zalo, the mail server, and the people's thumbs. `wrong` is everything the service should not have done."""

    chance: random.Random
    wrote: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)  # what the service was told of it
    taken: dict[str, Channel] = field(default_factory=dict)  # what arrived, by which channel
    refusals: dict[tuple[str, Channel], datetime] = field(default_factory=dict)
    shut: dict[str, datetime] = field(default_factory=dict)  # people to whom the chat was refused
    codes: Counter[int] = field(default_factory=Counter)
    taps: list[tuple[datetime, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, row: Leaving, channel: Channel, now: datetime) -> Sent:
        """A call arrives: taken, or refused as Zalo refuses."""
        person, call = row.person_id, Channel.CS if channel in CHAT else channel
        heard = max((at for at in (self.wrote.get(person), self.told.get(person)) if at), default=None)
        since = self.refusals.get((row.id, call))
        if since is not None and (heard is None or heard <= since):
            self.wrong.append(f"{now}: {row.id} was given to {call} again, which had refused it at {since}")
        if call is Channel.CS and person in self.shut and (heard is None or heard <= self.shut[person]):
            self.wrong.append(f"{now}: the chat was asked again for {person}, who has not written since")
        if self.chance.random() < 0.003:
            raise Retryable(-32, "too many calls", 60.0)
        code = self._refusal(person, channel, now)
        if code:
            self.codes[code] += 1
            self.refusals[row.id, call] = now
            if call is Channel.CS:
                self.shut[person] = now
            raise OtherChannel(code, "refused") if call is not Channel.MAIL else Undeliverable(code, "bounced")
        self.taken[row.id] = channel
        if channel in CHAT and row.outgoing.buttons and self.chance.random() < 0.12:
            self.taps.append((now + timedelta(hours=self.chance.expovariate(0.2)), person))
        return Sent(f"z{row.id}")

    def _refusal(self, person: str, channel: Channel, now: datetime) -> int:
        match channel:
            case Channel.CS | Channel.CS_PAID:
                return self._chat(person, now)
            case Channel.ZBS_UID:
                return -217 if lot(person, "blocks") < 0.02 else 0
            case Channel.ZBS_PHONE:
                if not 6 <= local(now).hour < 22:
                    self.wrong.append(f"{now}: a template by phone left at night")
                return -118 if lot(person, "phone") < 0.2 else 0
        return 550 if lot(person, "mailbox") < 0.1 else 0

    def _chat(self, person: str, now: datetime) -> int:
        if lot(person, "blocks") < 0.02:
            return -217
        last = self.wrote.get(person)
        if last is None or now - last < WEEK:
            return 0
        if self.told.get(person) == last:
            self.wrong.append(f"{now}: {person} was written to {now - last} after their last word, which was known")
        return -230


@dataclass
class Way:
    """A channel that leads into the sky."""

    machine: "SkyMachine"
    channel: Channel

    async def deliver(self, row: Leaving) -> Sent:
        return self.machine.sky.take(row, row.channel, self.machine.now)

    async def traces(self, row: Leaving) -> list[str]:
        raise Undeliverable(0, "nothing is told")


class SkyMachine(Machine):
    """The service, with a mouth that chooses and people who write."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sky = Sky(random.Random(self.chance.random()))
        ways = {channel: Way(self, channel) for channel in Channel if channel not in (Channel.WAIT, Channel.CS_PAID)}
        self.ways = completed(ways)
        self.desk = Desk(channel_policy.policy(), frozenset(self.ways))
        self.approve_at = {
            "co_tra_loi": self.now + timedelta(days=20),
            "nhac_viec_can_bo": self.now + timedelta(days=9),
        }
        self.last_ticket = ""
        self.known: set[str] = set()

    def run(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        """As ever; and whoever acted by a word in Zalo has written."""
        done = super().run(verb, *args, **kwargs)
        if verb is _batch:
            people = [
                (act.who, at) for at, act, _, error in done if not error and act.what in SPEAKS and act.what != "report"
            ]
            staff = [(act.who, at) for at, act, _, error in done if not error and act.what not in SPEAKS and act.who]
            self.store.run_now(self._hear, people, staff)
        return done

    def send(self) -> list[str]:
        """What may leave goes the way that is chosen; people tap what came to them."""
        for key, at in list(self.approve_at.items()):
            if at <= self.now:
                self.store.run_now(approvals.approve, key, f"t-{key}", self.now)
                del self.approve_at[key]
        taps = [(person, at) for at, person in self.sky.taps if at <= self.now]
        self.sky.taps = [(at, person) for at, person in self.sky.taps if at > self.now]
        if taps:
            self.store.run_now(self._write, taps)
        sent: list[str] = []
        outcomes: list[Outcome] = []
        while self.relay_up and (leaving := self.store.run_now(relay.exchange, outcomes, self.now, 500)):
            outcomes = self.runner.run(self._carry(leaving))
            sent += [outcome.id for outcome in outcomes if outcome.state is OutboxState.SENT]
        return sent

    async def _carry(self, leaving: list[Leaving]) -> list[Outcome]:
        store = self.duties.services.store
        made = [await attempt_by_choice(store, self.ways, self.desk, row, lambda: self.now) for row in leaving]
        return [outcome for outcome in made if outcome is not None]

    def _hear(self, session: Session, people: list[tuple[str, datetime]], staff: list[tuple[str, datetime]]) -> None:
        """Businesses act in Zalo, staff half the time. New tickets say how to reach their business."""
        new = select(Ticket).where(col(Ticket.id) > self.last_ticket).order_by(col(Ticket.id))
        for ticket in session.execute(new).scalars():
            self.last_ticket = ticket.id
            ticket.contact = _contact(ticket.person_id)
            people = [*people, (ticket.person_id, ticket.received_at)]
        found = select(col(Officer.id), col(Officer.person_id))
        by_id = dict(session.execute(found).all()) if staff else {}
        by_zalo = [(by_id.get(one) or "", at) for one, at in staff if self.sky.chance.random() < 0.5]
        for person in {person for person in by_id.values() if person} - self.known:
            self.known.add(person)
            if lot(person, "mail") < 0.6:
                mine = update(Officer).where(col(Officer.person_id) == person)
                session.execute(mine.values(email=f"{person}@so.example.vn"))
        self._write(session, [(person, at) for person, at in [*people, *by_zalo] if person])

    def _write(self, session: Session, people: list[tuple[str, datetime]]) -> None:
        for person, at in people:
            if self.sky.chance.random() > 0.03:  # now and then Zalo does not count what we were told
                self.sky.wrote[person] = max(self.sky.wrote.get(person, at), at)
            if self.sky.chance.random() < 0.03:
                continue  # the event got lost
            self.sky.told[person] = max(self.sky.told.get(person, at), at)
            talk = conversations.of(session, person, self.now)
            talking.heard(session, talk, at, self.now)
            conversations.save(session, talk, self.now)


def _contact(person: str) -> str:
    phone = "0912 000 345" if lot(person, "number") < 0.5 else ""
    return ", ".join(one for one in (phone, f"{person}@congty.example.vn" if lot(person, "mail") < 0.3 else "") if one)


@dataclass(frozen=True)
class Verdict:
    """How the year of windows went. `ends` counts final answers by what became of them."""

    violations: list[str]
    ends: Counter[str]
    states: Counter[str]
    costs: Costs


def judge(machine: SkyMachine, begins: datetime) -> Verdict:
    """Every final answer reached its sender by a permitted channel, or is listed; nothing refused was repeated."""
    rows = machine.store.read_now(lambda s: list(s.execute(select(OutboxMessage)).scalars()))
    listed = {one.id for one in machine.store.read_now(undelivered.listed, 1_000_000)}
    by_id, ends = {row.id: row for row in rows}, Counter[str]()
    violations = list(machine.sky.wrong)
    for row in rows:
        carrier = row
        while carrier.merged_into:
            carrier = by_id[carrier.merged_into]
        came = machine.sky.taken.get(carrier.id)
        if (carrier.state is OutboxState.SENT) is not (came is not None):
            violations.append(f"{row.id} is {carrier.state}, but the sky has {came}")
        if row.template not in FINAL:
            continue
        if came is not None:
            ends[f"reached by {came}"] += 1
        elif carrier.state in LISTED and carrier.id in listed:
            ends["listed"] += 1
        elif carrier.state is OutboxState.QUEUED and (
            carrier.not_before > machine.now or machine.now - row.created_at < FREE
        ):
            ends["on its way"] += 1
        else:
            violations.append(f"the answer {row.id} of {row.created_at} reached nobody and is not listed: {row.state}")
    found = machine.store.read_now(costs.of, begins, machine.now, machine.desk.policy)
    return Verdict(violations, ends, Counter(row.state.value for row in rows), found)


def report(machine: SkyMachine, verdict: Verdict) -> str:
    """What the year looked like, for a terminal."""
    lines = [f"{number:>9} final answers {what}" for what, number in sorted(verdict.ends.items())]
    lines += [f"{number:>9} messages {state}" for state, number in sorted(verdict.states.items())]
    lines += [f"{number:>9} refusals {code}" for code, number in sorted(machine.sky.codes.items())]
    return "\n".join([*lines, *costs.lines(verdict.costs)])
