"""The bot's mouth with everything it can speak through: a simulated Zalo, templates of the pack, a real mail server.

The one rule: time stands where the test puts it; the simulator and the bot share one clock.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import Session, col, select

from tests.mailbox import FROM, Mailbox, mailbox
from tests.rooms import OA, incoming, outbox_rows, text_event
from zalobot import app, channel_policy, inbox, outbox
from zalobot.config import Settings
from zalobot.handlers.dispatch import dispatcher
from zalobot.mail import Postbox
from zalobot.relay import ByPhone, ByUserId, Chat, Letters, Relay, Uploads
from zalobot.rules import Klass
from zalobot.simulator.app import Person, SimClock, SimSettings, Simulator
from zalobot.simulator.payloads import millis
from zalobot.simulator.templates import Param, Template
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import (
    Attempt,
    Channel,
    Conversation,
    Officer,
    OutboxMessage,
    OutboxState,
    Part,
    PartState,
    Priority,
    Role,
    TemplateApproval,
    TemplateState,
    Ticket,
    TicketState,
    Tier,
)
from zalobot.store.models import Person as PersonRow
from zalobot.store.presence import Presence
from zalobot.templating import Rendered
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.zbs import ZbsClient

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Hạ Long
CHECK_CODE = "7KQ2M-XW4TB"


class Token:
    """The access token of the simulator's grant."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    async def access(self) -> str:
        self.simulator.grant.issued = self.simulator.stage.now()  # renewed in good time
        return self.simulator.grant.access

    async def renewed(self, rejected: str) -> str:
        return self.simulator.grant.access


@dataclass
class Office:
    """A store with a province, the simulated Zalo, a mail server, and the relay between them."""

    store: Store
    simulator: Simulator
    box: Mailbox
    clock: SimClock
    relay: Relay
    numbers: list[str] = field(default_factory=list)

    def later(self, **delta: float) -> None:
        """Let time pass without anybody doing anything."""
        self.clock.set(self.clock.now() + timedelta(**delta))

    def business(self, *, contact: str = "", phone: str = "", name: str = "Lan") -> Person:
        """Somebody with an open ticket who has just written; `contact` is what the ticket says, `phone` is Zalo's."""
        person = self._somebody(name, phone)
        code = f"QN-2611-{len(self.numbers) + 1:05}"
        self.numbers.append(person.id)
        ticket = Ticket(
            id=new_id(), code=code, person_id=person.id, topic="khac", klass=Klass.HARD, state=TicketState.ANSWERED,
            tier=Tier.NO_NAME, title="Cấp phép", description="…", public_text="…", contact=contact,
            rule_version="1", received_at=self.clock.now(),
        )  # fmt: skip
        agency = next(iter(self.store.info["province"].agencies))
        part = Part(
            id=new_id(), ticket_id=ticket.id, code=f"{code}/1", number=1, agency=agency, state=PartState.ANSWERED,
            klass=Klass.HARD, received_at=self.clock.now(), clock_started_at=self.clock.now(),
        )  # fmt: skip

        def add(session: Session) -> None:
            session.add(ticket)
            session.flush()
            session.add(part)

        self.store.run_now(add)
        return person

    def officer(self, *, email: str = "") -> Person:
        """An officer who has just written."""
        person = self._somebody("Hà", "")
        agency = next(iter(self.store.info["province"].agencies))
        row = Officer(
            id=new_id(), agency=agency, name="Hà", role=Role.OFFICER, person_id=person.id, email=email,
            created_at=self.clock.now(),
        )  # fmt: skip
        self.store.run_now(lambda session: session.add(row))
        return person

    def _somebody(self, name: str, phone: str) -> Person:
        person, now = self.simulator.add_person(name), self.clock.now()
        person.phone, person.last_interaction, person.following = phone, now, True

        def add(session: Session) -> None:
            session.add(PersonRow(id=person.id, created_at=now))
            session.flush()
            session.add(Conversation(person_id=person.id, consent_version="1", last_interaction_at=now, updated_at=now))

        self.store.run_now(add)
        return person

    def approve(self, key: str, *, by_uid: bool = True, by_phone: bool = True) -> None:
        """Zalo has approved a template of the pack."""
        template = next(one for one in self.store.info["province"].message_templates if one.key == key)
        params = tuple(Param(one.name, one.most) for one in template.parameters)
        ours = Template(f"t-{key}", template.title, template.text, params, by_uid=by_uid)
        self.simulator.stage.templates[ours.id] = ours
        row = TemplateApproval(
            key=key, template_id=ours.id, state=TemplateState.ENABLED, by_uid=by_uid, by_phone=by_phone,
            changed_at=self.clock.now(),
        )  # fmt: skip
        self.store.run_now(lambda session: session.add(row))

    def say(
        self, person: Person, text: str, *buttons: tuple[str, str], template: str = "status/answered",
        priority: Priority = Priority.STATUS,
    ) -> str:  # fmt: skip
        """Queue a message about the person's ticket."""
        said = Rendered(text, buttons, template, "1")

        def enqueue(session: Session) -> str:
            ticket = session.exec(select(Ticket).where(col(Ticket.person_id) == person.id)).first()
            ticket_id = ticket.id if ticket else None
            return outbox.enqueue(
                session, person.id, said, now=self.clock.now(), priority=priority, ticket_id=ticket_id,
                check_code=None if priority is Priority.REPLY else CHECK_CODE,
            )  # fmt: skip

        return self.store.run_now(enqueue)

    async def hears(self, person: Person, text: str) -> None:
        """The person writes to the account, and the bot handles it."""
        await self.simulator.says(person, text)
        self.tells(text_event(person.id, text, at=self.clock.now()))

    def tells(self, body: dict[str, Any]) -> None:
        """Zalo tells the bot something, and the bot handles it."""
        self.store.run_now(inbox.keep, [incoming({"timestamp": millis(self.clock.now()), **body}, self.clock.now())])
        while self.store.run_now(inbox.work, dispatcher(OA), self.clock.now(), careful=True).handled:
            pass

    def rows(self) -> list[OutboxMessage]:
        """Every message in order."""
        return self.store.read_now(outbox_rows)

    def fates(self) -> list[tuple[OutboxState, Channel]]:
        """Where each message is, and by which channel."""
        return [(row.state, row.channel) for row in self.rows()]

    def attempts(self) -> list[tuple[Channel, int | None]]:
        """Every attempt that left a row, in order, with its code."""
        query = select(Attempt).order_by(col(Attempt.id))
        return [(one.channel, one.code) for one in self.store.read_now(lambda s: list(s.exec(query)))]

    def phone(self, person: Person) -> list[str]:
        """What came to the person's phone."""
        return [message.text for message in self.simulator.received(person)]

    def refused(self) -> list[int]:
        """The codes of what Zalo refused, one for each call."""
        return [message.refused for message in self.simulator.stage.world.refused]


@asynccontextmanager
async def office(
    url: str, folder: Path, *, may_pay: bool = True, start: datetime = MONDAY, hash_phone: bool = False,
    without: Sequence[Channel] = (), **settings: Any,
) -> AsyncIterator[Office]:  # fmt: skip
    """Everything opened; `without` some of the ways."""
    clock = SimClock(start)
    made = Settings(database_url=url, secret_key="x", zalo_oa_id=OA, burst_seconds=0)
    store, _ = app.open_store(made, start)
    async with (
        mailbox() as box,
        Simulator(SimSettings(**{"echo": False, "receipts": False, **settings}), clock) as simulator,
        aiohttp.ClientSession() as http,
    ):
        client = ZaloClient(http, simulator.base_url, Token(simulator), timeout=3.0)
        ways: dict[Channel, Any] = {
            Channel.CS: Chat(client, Uploads(client, BlobStore(folder), store, OA, clock.now)),
            Channel.ZBS_UID: ByUserId(client),
            Channel.ZBS_PHONE: ByPhone(ZbsClient(client.calls, simulator.base_url, hash_phone=hash_phone)),
            Channel.MAIL: Letters(Postbox(box.url, FROM)),
        }
        relay = Relay(
            store,
            {channel: way for channel, way in ways.items() if channel not in without},
            InProcess(),
            clock.now,
            presence=Presence("sqlite://", "relay"),
            policy=channel_policy.policy(may_pay=may_pay),
        )
        yield Office(store, simulator, box, clock, relay)
    await store.close()
