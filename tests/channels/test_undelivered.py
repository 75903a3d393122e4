"""What reached nobody is listed with its reason, and only an operator moves it."""

from pathlib import Path

import pytest

from tests.channels.office import Office, office
from zalobot.channels import undelivered
from zalobot.errors import Refused
from zalobot.store.models import Channel, OutboxState

CS, MAIL = Channel.CS, Channel.MAIL
WITHOUT_TEMPLATES = (Channel.ZBS_UID, Channel.ZBS_PHONE)


async def silent(here: Office, contact: str = "") -> str:
    """A message to somebody whom nothing reaches; its key."""
    lan = here.business(contact=contact)
    here.later(days=10)
    key = here.say(lan, "Trả lời")
    await here.relay.drain()
    return key


async def test_the_list_says_what_was_tried_and_why_nothing_is_left(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        key = await silent(here, "lan@congty.example.vn")
        (one,) = here.store.read_now(undelivered.listed)
        assert (one.id, one.state, one.ticket) == (key, OutboxState.WAITING, "QN-2611-00001")
        assert [(tried.channel, tried.code) for tried in one.tried] == [(MAIL, 550)]
        assert one.reason.endswith("zbs_phone: not_set_up, mail: refused")


async def test_nothing_in_the_list_is_tried_again_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        await silent(here, "lan@congty.example.vn")
        here.box.refuse = ""
        for _ in range(3):
            here.later(days=1)
            await here.relay.settle_unknown()
            await here.relay.drain()
        assert (here.attempts(), here.box.letters) == ([(MAIL, 550)], [])


async def test_an_operator_has_it_tried_again_by_what_had_refused_it(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=WITHOUT_TEMPLATES) as here:
        here.box.refuse = "550 no such user"
        key = await silent(here, "lan@congty.example.vn")
        here.box.refuse = ""
        here.later(hours=1)
        here.store.run_now(undelivered.retry, key, here.clock.now())
        await here.relay.drain()
        assert here.fates() == [(OutboxState.SENT, MAIL)]
        assert here.attempts() == [(MAIL, 550), (MAIL, 0)]
        assert here.store.read_now(undelivered.listed) == []


async def test_what_was_settled_otherwise_is_off_the_list_and_waits_no_longer(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, without=(*WITHOUT_TEMPLATES, MAIL)) as here:
        key = await silent(here)
        here.store.run_now(undelivered.resolve, key, "called on the phone", here.clock.now())
        (row,) = here.rows()
        assert (row.state, row.error) == (OutboxState.RESOLVED, "2026-12-03: called on the phone")
        lan = next(iter(here.simulator.stage.world.people.values()))
        await here.hears(lan, "xin chào")
        await here.relay.drain()
        assert "Trả lời" not in here.phone(lan)
        with pytest.raises(Refused, match="no_undelivered_message"):
            here.store.run_now(undelivered.retry, key, here.clock.now())
