"""Every code that Zalo's lists name, and what the bot does about it: through the relay, over HTTP, to a pretended Zalo.

The tables below are the lists (platform facts 7.1, 7.3, 3.5), written down a second time: the program's own is held
against them.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from tests import services
from tests.mailbox import FROM, mailbox
from tests.town import Town
from tests.town import town as new_town
from zalobot import app, outbox, reference
from zalobot.channels import routing
from zalobot.config import Settings
from zalobot.errors import ConsentNeeded, OutcomeUnknown, Undeliverable, ZaloError
from zalobot.mail import Postbox
from zalobot.outbox import Directions, Leaving
from zalobot.relay import ByPhone, alarms
from zalobot.relay.attempting import HELD_UP, attempt
from zalobot.simulator.account import SendApi
from zalobot.simulator.app import Effect
from zalobot.store.blobs import BlobStore
from zalobot.store.ids import new_id
from zalobot.store.models import Attempt, Channel, Officer, OutboxState, Role, Upload
from zalobot.store.models import Person as PersonRow
from zalobot.zalo import codes, oauth
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.zbs import ZbsClient

# What the bot does, in the words of the tables below.
RENEWS = "renews the token, sends again"
WAITS = "waits, sends again"
LOOKS = "looks whether it arrived, sends again"
TURNS = "takes another channel"
HOLDS = "holds it, calls a human"
GIVES_UP = "gives up, lists it"
WONDERS = "gives up, lists it, calls a human"
UPLOADS = "uploads again, sends again"
ASKS = "asks for consent"
REPORTS = "reports a setting"


def table(**rows: str) -> dict[int, str]:
    reactions = {
        "renews": RENEWS, "waits": WAITS, "looks": LOOKS, "turns": TURNS, "holds": HOLDS, "gives_up": GIVES_UP,
        "wonders": WONDERS, "uploads": UPLOADS, "asks": ASKS, "reports": REPORTS,
    }  # fmt: skip
    return {int(code): reactions[name] for name, listed in rows.items() for code in listed.split()}


CHAT = table(
    renews="-216 -220 401 -401 216 220",
    waits="-32 -214 -234",
    looks="-200",
    uploads="-100",
    turns="-211 -213 -217 -218 -227 -230 -232 -244 -249 -305 -311 -320 -321",
    holds="-204 -205 -209 -212 -215 -219 -221 -222 -223 -224 -237 -238 -240 -241 -242 404",
    gives_up="-201 -202 -207 -208 -210 -233 -248 -403 -1340 -1341",
    wonders="-1 -199 -9999 77",
)  # -235 has a test of its own: it is about the account

TEMPLATES = table(
    renews="-124",
    waits="-100 -133 -144 -1441 -147 -160",
    turns="-110 -114 -118 -119 -134 -139 -140 -141 -1471 -1472"
    " -101 -102 -103 -104 -105 -109 -1091 -115 -117 -120 -1201 -1202 -1241 -125 -126 -127 -128 -129 -131 -135 -1351"
    " -136 -137 -138 -1381 -142 -143 -145 -146 -151 -152"
    " -106 -107 -108 -111 -112 -1121 -1122 -1123 -1124 -113 -1131 -116 -121 -122 -123 -130 -132 -148 -149 -1491 -150"
    " -153 -158 -159 -161 -162",
)

CONSENT = table(
    asks="-14005 -14014 -14019 -14020 -118",
    looks="-32",
    reports="-14001 -14002 -14003 -14004 -14012 -14018 -14024 -14999",
)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    settings = replace(Settings(), database_url=services.sqlite_database(tmp_path), secret_key="tests only")
    store, _ = app.open_store(settings, datetime.now(UTC))
    async with new_town(store, tmp_path) as made:
        yield made
    await store.close()


async def what_happens(town: Town, code: int) -> str:
    """Refuse one message with this code, let the relay do what it does, and name it."""
    person, renewals = await town.person(str(code)), town.token.renewals
    row_id = town.say(person, f"tin {code}")
    town.simulator.faults.start(Effect.REFUSE, code=code, count=1, person_id=person.id)
    alarmed = set(town.store.read_now(alarms.today, town.clock.now()))
    await town.relay.drain()
    (row,) = [row for row in town.rows() if row.id == row_id]
    told = code in set(town.store.read_now(alarms.today, town.clock.now())) - alarmed
    now, phone = town.clock.now(), town.phone(person)
    if row.state is OutboxState.SENT:
        assert (phone, town.token.renewals - renewals, row.attempts) == ([f"tin {code}"], 1, 1)
        return RENEWS
    met = town.store.read_now(lambda s: [one.code for one in s.exec(select(Attempt)) if one.outbox_id == row_id])
    assert phone == []
    assert code in (row.error_code, *met)
    match row.state:
        case OutboxState.UNKNOWN:
            return LOOKS
        case OutboxState.WAITING:
            return TURNS
        case OutboxState.FAILED:
            return WONDERS if told else GIVES_UP
        case OutboxState.QUEUED if told:
            assert timedelta(seconds=HELD_UP - 60) < row.not_before - now <= timedelta(seconds=HELD_UP)
            return HOLDS
    assert row.state is OutboxState.QUEUED
    assert row.not_before > now
    return WAITS


async def test_what_the_bot_does_about_every_code_of_a_message(town: Town) -> None:
    without_files = {code: reaction for code, reaction in CHAT.items() if reaction != UPLOADS}
    assert {code: await what_happens(town, code) for code in without_files} == without_files


async def test_a_file_that_zalo_has_no_more_is_uploaded_again_at_once(town: Town) -> None:
    """-100, and nobody notices."""
    person = await town.person()
    picture = (Path(__file__).parent.parent / "zalobot/simulator/sample.jpg").read_bytes()
    blob = BlobStore(town.folder).put(picture)
    row = Leaving("row", person.id, Outgoing("Ảnh", image_blob=blob), 1)
    assert (await town.relay.attempt(row)).state is OutboxState.SENT
    (before,) = town.store.read_now(lambda s: s.exec(select(Upload)).all())
    town.simulator.faults.start(Effect.REFUSE, code=-100, count=1)
    assert (await town.relay.attempt(row)).state is OutboxState.SENT
    (after,) = town.store.read_now(lambda s: s.exec(select(Upload)).all())
    assert before.asset_id != after.asset_id
    assert len(town.simulator.received(person)) == 2


async def test_a_code_is_told_to_people_once_a_day_however_many_messages_meet_it(town: Town) -> None:
    """In Zalo, and by letter, for Zalo may not carry the news of it."""
    coordinator = await town.person("Hà")
    town.store.run_now(_coordinator, coordinator.id, town.clock.now())
    async with mailbox() as box:
        postbox = Postbox(box.url, FROM)
        for code in (-224, -9999):
            for name in ("a", "b"):
                person = await town.person(name)
                town.say(person, name)
                town.simulator.faults.start(Effect.REFUSE, code=code, count=1, person_id=person.id)
                await town.relay.drain()
                await alarms.write(town.store, town.clock.now(), postbox.send, ["a@example.vn"])
        town.clock.wait(hours=24)
        assert town.store.read_now(alarms.today, town.clock.now()) == []
        letters = box.words()
    told = [row.body["text"] for row in town.rows() if row.person_id == coordinator.id]
    assert [next(code for code in ("-224", "-9999") if code in text) for text in told] == ["-224", "-9999"]
    assert letters == [text.partition("\n\nKiểm tra tin này tại ")[0] for text in told]


def _coordinator(session: Session, person_id: str, now: datetime) -> None:
    session.add(PersonRow(id=person_id, created_at=now))
    session.flush()
    agency = next(iter(reference.current(session).agencies))
    session.add(
        Officer(id=new_id(), agency=agency, name="Hà", role=Role.COORDINATOR, person_id=person_id, created_at=now)
    )


async def test_what_was_held_for_a_human_goes_by_itself_once_the_account_is_mended(town: Town) -> None:
    person = await town.person()
    town.say(person, "tin")
    rule = town.simulator.faults.start(Effect.REFUSE, code=-221)
    for _ in range(3):
        await town.relay.drain()
        town.clock.wait(seconds=HELD_UP)
    town.simulator.faults.stop(rule.id)
    await town.relay.drain()
    assert (town.states(), town.phone(person)) == ([OutboxState.SENT], ["tin"])


@pytest.mark.parametrize("v2_open", [True, False])
async def test_an_account_that_v3_is_closed_to_sends_by_v2_or_calls_a_human(town: Town, v2_open: bool) -> None:
    """-235; a restart knows it still, and after a day it is tried anew."""
    people = [await town.person(name) for name in "abc"]
    town.simulator.account.send_api = SendApi.V2 if v2_open else SendApi.NONE
    for person in people[:2]:
        town.say(person, "tin")
        await town.another(town.new_client()).drain()
    v3, v2 = "/v3.0/oa/message/cs", "/v2.0/oa/message"
    assert town.paths == ([v3, v2, v2] if v2_open else [v3, v2])
    state = OutboxState.SENT if v2_open else OutboxState.WAITING
    assert town.states() == [state] * 2
    assert town.store.read_now(alarms.today, town.clock.now()) == ([] if v2_open else [-235])
    town.clock.wait(hours=25)
    town.simulator.account.send_api = SendApi.V3
    town.say(people[2], "tin")
    await town.another(town.new_client()).drain()
    assert town.states()[2] is OutboxState.SENT
    assert town.paths[-1] == v3


async def test_what_the_bot_does_about_every_code_of_a_template(town: Town) -> None:
    client = ByPhone(ZbsClient(town.client.calls, town.simulator.base_url))
    ways = {Channel.ZBS_PHONE: client}

    async def happens(code: int) -> str:
        renewals = town.token.renewals
        town.simulator.faults.start(Effect.REFUSE, "zbs", code=code, count=1)
        directions = Directions(address="0912345678", template_id="1", values={"a": "b"})
        leaving = Leaving("row", "lan", Outgoing("tin"), 1, channel=Channel.ZBS_PHONE, directions=directions)
        outcome = routing.judged(leaving, await attempt(ways, leaving, town.clock.now), town.clock.now())
        if town.token.renewals > renewals:
            return RENEWS
        assert (outcome.state, outcome.error_code) == (OutboxState.QUEUED, code)
        return TURNS if outcome.channel is Channel.WAIT else WAITS

    assert {code: await happens(code) for code in TEMPLATES} == TEMPLATES


async def test_what_the_bot_does_about_every_code_of_a_token_renewal() -> None:
    """The keeper of tokens acts on these three errors (`tests/test_credentials.py`)."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    answer: dict[str, object] = {}

    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps(answer), content_type="application/json")

    zalo = web.Application()
    zalo.router.add_post("/v4/oa/access_token", refuse)
    found = {}
    async with TestServer(zalo) as server, aiohttp.ClientSession() as http:
        for code in CONSENT:
            answer.update(error=str(code), error_name="refused", error_reason="because", error_description="words")
            with pytest.raises(ZaloError) as raised:
                await oauth.refresh(http, str(server.make_url("/")), "app", "secret", "token", now)
            assert (raised.value.code, raised.value.message.endswith("refused")) == (code, True)
            found[code] = {ConsentNeeded: ASKS, OutcomeUnknown: LOOKS, Undeliverable: REPORTS}[raised.type]
    assert found == CONSENT


def test_the_tables_of_the_program_name_no_code_that_these_do_not() -> None:
    assert set(codes.OA) == set(CHAT) - {code for code, what in CHAT.items() if what == WONDERS} | {-235}
    assert set(codes.ZBS) == set(TEMPLATES)
    assert set(codes.OAUTH) == set(CONSENT) - {-14999}


async def test_only_what_zalo_answers_counts_as_unheard_of() -> None:
    assert [code for code in (0, -32, -124, -14014, -9999) if codes.unheard_of(code)] == [-9999]
    assert outbox.Outcome("row", OutboxState.FAILED).alarm is False


NOT_DONE = [(Effect.RESET, 0), (Effect.STATUS, 502), (Effect.HTML, 0), (Effect.REFUSE, -200)]
DONE = [(Effect.ANSWER_LOST, 0), (Effect.ANSWER_STATUS, 502), (Effect.ANSWER_HTML, 0), (Effect.ANSWER_REFUSED, -200)]


@pytest.mark.parametrize("arrived", [False, True])
async def test_what_is_in_doubt_is_on_the_phone_once_whether_it_had_arrived_or_not(town: Town, arrived: bool) -> None:
    """A reset, a 5xx, a page instead of an answer, -200: the conversation tells. Nothing is called before it."""
    people = []
    for effect, code in DONE if arrived else NOT_DONE:
        people.append(person := await town.person(str(effect)))
        town.simulator.faults.start(effect, code=code, count=1, person_id=person.id)
        town.say(person, f"tin {effect}")
    await town.relay.drain()
    assert town.states() == [OutboxState.UNKNOWN] * 4
    assert town.paths == ["/v3.0/oa/message/cs"] * 4
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 4
    assert town.states() == [OutboxState.SENT if arrived else OutboxState.QUEUED] * 4
    town.clock.wait(seconds=4)
    await town.relay.drain()
    assert town.states() == [OutboxState.SENT] * 4
    assert [len(town.phone(person)) for person in people] == [1] * 4
