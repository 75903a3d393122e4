"""A ticket's page shows where the ledger stood; every daily head is there for everybody to copy."""

import json
from datetime import date

from sqlmodel import Session

from tests.web.conftest import Town
from tests.web.sample import NOW
from zalobot.store.models import LedgerDay, LedgerHead

HASH = "9f3a71c204bed8a1" + "0" * 44 + "5e77"


def a_head(session: Session) -> None:
    session.add(LedgerHead(id=1, installation="01INSTALLATION", seq=13, hash=HASH))
    session.add(LedgerDay(day=date(2026, 11, 24), seq=9, hash="1" * 64, made_at=NOW))
    session.add(LedgerDay(day=date(2026, 11, 25), seq=12, hash=HASH, made_at=NOW))


async def test_before_the_first_day_has_ended_no_head_is_shown(town: Town) -> None:
    assert "Đầu sổ" not in await town.get("/hoi-dap/QN-2611-00042")
    published = json.loads(await town.get("/du-lieu/so-cai/dau-so.json"))
    assert published == {"format": "zalobot-ledger/1", "installation": "", "days": []}


async def test_a_ticket_shows_the_last_head_and_the_numbers_of_its_entries(town: Town) -> None:
    town.write(a_head)
    page = await town.get("/hoi-dap/QN-2611-00042")
    assert "Đầu sổ ngày 25/11/2026:" in page
    assert "9f3a 71c2 04be d8a1 … 5e77" in page
    assert 'href="/du-lieu/so-cai/dau-so.json"' in page
    assert '<span class="seal">#8–9</span>' in page


async def test_every_daily_head_is_published_as_verify_takes_it(town: Town) -> None:
    town.write(a_head)
    said = json.loads(await town.get("/du-lieu/so-cai/dau-so.json"))
    assert said["installation"] == "01INSTALLATION"
    assert said["days"] == [
        {"day": "2026-11-24", "seq": 9, "hash": "1" * 64},
        {"day": "2026-11-25", "seq": 12, "hash": HASH},
    ]
