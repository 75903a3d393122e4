"""The service as it is started, over a week of tickets, with somebody of each role who is signed in.

The one rule: whoever is here has a browser that says nothing of itself and follows nowhere, so a test sees each answer.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from tests.web import sample
from tests.web.test_coordinator import to_be_sorted
from tests.web.test_officer import head
from zalobot import app as wiring
from zalobot.accounts import secrets, sessions
from zalobot.config import Settings
from zalobot.services import SERVICES
from zalobot.store.database import Store
from zalobot.store.models import Account, AccountRole, Level, Officer, Part, Role, Ticket
from zalobot.web.access import COOKIE, Row
from zalobot.web.routes import CONSOLES
from zalobot.web.sign_in.forms import BEFORE

KEY = "a key of these tests"
PASSWORD = "con ngua van bay qua doi"
HOLDER = "SXD"  # the agency of the part that everything is tried on
OTHER = "STC"
PART = "QN-2611-00042/1"
TOPICS = {"xay-dung": "xay_dung", "dat-dai": "dat_dai", "ho-tro": "ho_tro_doanh_nghiep"}
PASSING = ("web_session", "part_presence")  # what merely looking changes


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEPT = QUICK.hash(PASSWORD)  # compared as it was made: a test that guesses a hundred times has no minute for it


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def way(self) -> str:
        """Where it leads; '' for nowhere."""
        return str(self.headers.get("Location", ""))

    @property
    def hidden(self) -> dict[str, str]:
        """What a form of the page carries unseen."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.text))

    def cookie(self, name: str) -> str:
        """The line that sets this cookie; '' for none."""
        return next((one for one in self.headers.getall("Set-Cookie", []) if one.startswith(f"{name}=")), "")


@dataclass
class Who:
    """Somebody before a browser; `token` is their session's, '' for nobody."""

    address: str
    http: aiohttp.ClientSession
    account: Account | None = None
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def csrf(self) -> str:
        """What stands in this person's forms."""
        return hashlib.sha256(f"csrf:{self.token}".encode()).hexdigest()

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Answer:
        cookies = self.cookies | ({COOKIE: self.token} if self.token else {})
        told = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        url = path if path.startswith("http") else self.address + path
        more = {"allow_redirects": False} | more
        async with self.http.request(method, url, headers=told | (headers or {}), **more) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    def keep(self, answer: Answer) -> Answer:
        """Keep the cookies of signing in, as a browser does."""
        for name in (BEFORE, COOKIE):
            if line := answer.cookie(name):
                self.cookies[name] = line.partition("=")[2].partition(";")[0]
        return answer

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, /, *, csrf: str | None = None, **typed: str) -> Answer:
        """Send a form with one's own token, or with another."""
        return await self.ask("POST", path, data={"csrf": self.csrf if csrf is None else csrf} | typed)


@dataclass
class Place:
    """The running service, its store, and who is signed in."""

    address: str
    store: Store
    http: aiohttp.ClientSession
    people: dict[AccountRole, Who]
    files: str

    @property
    def nobody(self) -> Who:
        return Who(self.address, self.http)

    def somebody_of(self, row: Row) -> Who:
        """A person whose role may ask for this page."""
        return next(self.people[role] for role in AccountRole if role in row.roles)

    def enter(self, name: str, role: AccountRole, agency: str = OTHER, **columns: Any) -> Who:
        """Somebody new, signed in."""
        account, token = self.store.run_now(_enter, name, role, agency, columns)
        return Who(self.address, self.http, account, token)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database but what merely looking changes."""
        return self.store.read_now(_rows)


def _enter(session: Session, name: str, role: AccountRole, agency: str, columns: dict[str, Any]) -> tuple[Account, str]:
    officer_id = None
    if str(role) in set(Role):
        officer_id = f"of-{name}"[:26]
        made = Officer(id=officer_id, agency=agency, name=name, role=Role(role), created_at=sample.NOW)
        session.add(made)
        session.flush()
    values = {"full_name": name, "role": role, "agency": agency, "officer_id": officer_id, "password": KEPT}
    account = Account(id=f"ac-{name}"[:26], name=name, created_at=sample.NOW, **values | columns)
    session.add(account)
    session.flush()
    return account, sessions.begin(session, account, Level.FULL, sample.NOW)


def _rows(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in PASSING:
            lines = [tuple(row) for row in session.execute(select(table))]
            found[table.name] = sorted(lines, key=lambda line: json.dumps(line, default=str))
    return found


def a_week(session: Session, rule: str) -> None:
    """The sample week under the pack's own rule and topics; some of its tickets wait to be sorted."""
    sample.a_week(session)
    to_be_sorted(session)
    head(session)
    for ticket in session.execute(select(Ticket)).scalars():
        ticket.rule_version, ticket.topic = rule, TOPICS[ticket.topic]


@asynccontextmanager
async def opened(url: str, folder: Any, **changes: Any) -> AsyncIterator[Place]:
    """The service with a database of its own."""
    known: dict[str, Any] = {"secret_key": KEY, "public_url": "http://127.0.0.1", "zalo_oa_id": "42"}
    settings = replace(Settings(), database_url=url, files_folder=str(folder), **known | changes)
    first, pack = wiring.open_store(settings, sample.NOW)
    first.run_now(a_week, pack.rules[0].version)
    first.close_now()
    app = wiring.build(settings, now=lambda: sample.NOW + timedelta(minutes=1), workers=False)
    store = app[SERVICES].store
    jar = aiohttp.DummyCookieJar()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "_hasher", QUICK)
        patch.setattr(secrets, "_NOBODY", KEPT)
        async with TestServer(app) as server, aiohttp.ClientSession(cookie_jar=jar) as http:
            yield _peopled(Place(str(server.make_url("")).rstrip("/"), store, http, {}, str(folder)))


def _peopled(place: Place) -> Place:
    for role in AccountRole:
        agency = HOLDER if role in (AccountRole.OFFICER, AccountRole.HEAD) else OTHER
        place.people[role] = place.enter(f"{role}.a", role, agency)
    return place


def part(store: Store, code: str = PART) -> Part:
    """A part as it is now."""
    return store.read_now(lambda session: session.execute(select(Part).where(col(Part.code) == code)).scalar_one())


EXAMPLES: Sequence[tuple[str, str]] = (
    ("code", "QN-2611-00042"), ("number", "1"), ("name", "welcome/menu"), ("act", "bo"), ("person", sample.PRIVATE[2]),
)  # fmt: skip


def example(row: Row, known: Callable[[str], str] = lambda name: "") -> str:
    """An address of a page: each blank is filled with what is there, or with what the pattern takes."""

    def fill(found: re.Match[str]) -> str:
        name, _, pattern = found[1].partition(":")
        tried = [known(name), *(value for key, value in EXAMPLES if key == name), "1", "a", *pattern.split("|")]
        return next(one for one in tried if one and re.fullmatch(pattern or "[^{}/]+", one))

    return re.sub(r"\{([^}]+)\}", fill, row.path)


def streams(row: Row) -> bool:
    """Whether its answer never ends."""
    return row.path.endswith("/song")


def asked() -> list[Row]:
    """Every page that is read."""
    return [row for row in CONSOLES if row.method == "GET" and not streams(row)]


def sent() -> list[Row]:
    """Every form that is sent."""
    return [row for row in CONSOLES if row.method == "POST"]
