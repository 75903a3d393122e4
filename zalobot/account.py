"""What Zalo says of the Official Account, asked now and then: is it verified, of which kind, with which package.

The one rule: it is asked as a look-up, which waits for its share of the allowance, and kept, so that every page and
process reads it from the database.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.errors import ZaloError
from zalobot.store.models import OaAccount
from zalobot.store.types import storable
from zalobot.workdays import LOCAL
from zalobot.zalo.client import ZaloClient

LOOK_EVERY = timedelta(hours=6)
AFTER_REFUSAL = timedelta(minutes=15)
GOVERNMENT = 4

_table = OaAccount.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Account:
    """The account as Zalo last told it. `refused`: the code with which it would not (0: it did)."""

    asked_at: datetime
    answered_at: datetime | None = None
    refused: int = 0
    name: str = ""
    verified: bool = False
    oa_type: int = 0
    package: str = ""
    package_until: date | None = None
    skew: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def find(session: Session, oa_id: str) -> Account | None:
    """What was kept; None before the account was ever asked about."""
    row = session.get(OaAccount, oa_id)
    return Account(**{name: getattr(row, name) for name in Account.__slots__}) if row else None


def due(session: Session, oa_id: str, now: datetime) -> bool:
    """Whether it is time to ask again."""
    known = find(session, oa_id)
    return known is None or now - known.asked_at >= (AFTER_REFUSAL if known.refused else LOOK_EVERY)


def keep(session: Session, oa_id: str, account: Account) -> None:
    """Keep what was told. A refusal leaves what was known before."""
    values = {name: getattr(account, name) for name in Account.__slots__}
    if account.refused:
        values = {"asked_at": account.asked_at, "refused": account.refused}
        if account.skew is not None:
            values["skew"] = account.skew
    new = {name: getattr(account, name) for name in Account.__slots__} | {"oa_id": oa_id}
    session.execute(insert(_table).values(**new).on_conflict_do_update(index_elements=["oa_id"], set_=values))


async def look(client: ZaloClient, now: datetime) -> Account:
    """Ask Zalo. Never raises: what it refuses with is part of the answer."""
    try:
        told = await client.account()
    except ZaloError as error:
        return Account(now, refused=error.code or -1, skew=client.skew)
    try:
        quota: list[dict[str, Any]] = await client.paid_quota()
    except ZaloError:
        quota = []
    return _read(told, quota, now, client.skew)


def _read(told: dict[str, Any], quota: list[dict[str, Any]], now: datetime, skew: float | None) -> Account:
    """Zalo's answer, whatever types it comes in."""
    linked = next((told[name] for name in told if name.lower() == "linked_zca"), "")
    return Account(
        asked_at=now,
        answered_at=now,
        name=_text(told.get("name"), 200),
        verified=str(told.get("is_verified")).lower() in ("true", "1"),
        oa_type=_number(told.get("oa_type")),
        package=_text(told.get("package_name"), 100),
        package_until=day_of(told.get("package_valid_through_date")),
        skew=skew,
        facts={"linked": bool(linked) and str(linked).lower() not in ("false", "0"), "quota": _left(quota)},
    )


def day_of(value: object) -> date | None:
    """A day as Zalo may write it (31/12/2026, 2026-12-31, or milliseconds); None for anything else."""
    text = str(value or "").strip()
    if found := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        numbers = int(found[3]), int(found[2]), int(found[1])
    elif found := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        numbers = int(found[1]), int(found[2]), int(found[3])
    elif text.isdecimal() and 12 <= len(text) <= 13:
        return datetime.fromtimestamp(int(text) / 1000, LOCAL).date()
    else:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _left(quota: list[dict[str, Any]]) -> dict[str, int] | None:
    """How many paid messages the package still has, of how many; None where Zalo tells nothing."""
    if not quota:
        return None
    return {key: sum(_number(one.get(key)) for one in quota) for key in ("remain", "total")}


def _number(value: object) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _text(value: object, most: int) -> str:
    return storable(str(value or ""))[:most]
