"""What exists in the fake Zalo: people, messages, uploaded assets, and a log of what happened.

The one rule: no HTTP here and no refusing; this only remembers, and tells whoever waits that something changed.
"""

import asyncio
import random
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import count


class Role(StrEnum):
    """Which of the page's two phones a person is shown on. Zalo itself knows no roles."""

    BUSINESS = "business"
    OFFICER = "officer"


class By(StrEnum):
    """Who wrote a message: the person, the bot through the API, or staff in the OA's own inbox."""

    PERSON = "person"
    OA = "oa"
    STAFF = "staff"


@dataclass(slots=True)
class Person:
    """Somebody with Zalo on the phone.

    refuses, refuses_templates: the code Zalo answers for this person to messages (-217, -244 …) and to templates by
    phone (-139 …), 0 for none. phone: `84…`. admin: administrates the OA, may be sent test templates. shared: personal
    data that were given to the OA.
    """

    id: str
    name: str
    role: Role = Role.BUSINESS
    note: str = ""
    following: bool = False
    left: bool = False
    last_interaction: datetime | None = None
    refuses: int = 0
    phone: str = ""
    refuses_templates: int = 0
    admin: bool = False
    shared: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """A button as the bot sent it: `value` is the payload, the address or the number."""

    title: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class File:
    """A picture or a file as it lies on the simulator. `family` is that of the upload, "" for what a person sent."""

    id: str
    name: str
    type: str
    data: bytes
    at: datetime
    url: str = ""
    family: str = ""


@dataclass(slots=True)
class Message:
    """One message in one chat. `refused` is Zalo's code when it never arrived; hidden ones the phone does not show."""

    id: str
    person_id: str
    by: By
    at: datetime
    kind: str = "text"
    text: str = ""
    buttons: tuple[Button, ...] = ()
    image: str = ""
    file: File | None = None
    elements: tuple[dict[str, str], ...] = ()
    quote_id: str = ""
    hidden: bool = False
    delivered_at: datetime | None = None
    seen_at: datetime | None = None
    place: tuple[str, str] | None = None
    reaction: str = ""
    reactions: int = 0
    refused: int = 0


@dataclass(slots=True)
class LogEntry:
    """One line of the page's log. `facts` hold codes and figures only: the page has the words."""

    seq: int
    at: datetime
    kind: str
    person_id: str
    facts: dict[str, object] = field(default_factory=dict)


class World:
    """The state. `quiet` keeps no log, for benches."""

    def __init__(self, *, quiet: bool = False, keep_log: int = 400) -> None:
        self.quiet = quiet
        self.people: dict[str, Person] = {}
        self.files: dict[str, File] = {}
        self.log: deque[LogEntry] = deque(maxlen=keep_log)
        self.refused: list[Message] = []
        self.sent = 0
        self.unsubscribed = False
        self._chats: dict[str, list[Message]] = {}
        self._by_id: dict[str, Message] = {}
        self._seq = count(1)
        self._message_prefix = secrets.token_hex(4)
        self._waiting: set[asyncio.Event] = set()

    def add_person(self, person: Person) -> Person:
        """Somebody new, by id."""
        self.people[person.id] = person
        self._chats.setdefault(person.id, [])
        self.touch()
        return person

    def new_message_id(self) -> str:
        """20 hex digits, as Zalo's look."""
        return f"{self._message_prefix}{next(self._seq):012x}"

    def add_message(self, message: Message) -> Message:
        """Put a message into its chat, newest last."""
        self._chats[message.person_id].append(message)
        self._by_id[message.id] = message
        self.touch()
        return message

    def message(self, message_id: str) -> Message | None:
        """A message by Zalo's id."""
        return self._by_id.get(message_id)

    def chat(self, person_id: str) -> list[Message]:
        """All messages with one person, oldest first."""
        return self._chats.get(person_id, [])

    def chats(self) -> Iterable[list[Message]]:
        """Every chat with at least one message."""
        return (chat for chat in self._chats.values() if chat)

    def note(self, at: datetime, kind: str, person_id: str = "", **facts: object) -> LogEntry | None:
        """Write a line of the log (none when quiet); the returned entry may be completed, followed by `touch`."""
        if self.quiet:
            return None
        entry = LogEntry(next(self._seq), at, kind, person_id, facts)
        self.log.append(entry)
        self.touch()
        return entry

    def touch(self) -> None:
        """Tell everybody who waits that something changed."""
        for event in self._waiting:
            event.set()

    async def changed(self, seconds: float) -> bool:
        """Wait for the next change; False when there was none for `seconds`."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
            return True
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(event)


def phone_of(person_id: str) -> str:
    """A phone number for somebody of whom none is known."""
    return f"849{int(person_id) % 10**8:08}" if person_id.isdigit() else ""


def new_person_id() -> str:
    """19 digits, above 2^53, as Zalo's ids are: a number type would lose the last ones."""
    return str(random.randint(10**18, 9 * 10**18))
