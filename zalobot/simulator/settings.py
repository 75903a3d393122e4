"""What a simulator is told at its birth.

The one rule: a frozen value, passed in; nothing here is read from the environment.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from .templates import Template, shipped
from .week import Week
from .world import Role

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the OA's menu: its title and what a tap sends (as `oa.query.show`)."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """Somebody who is there from the start. An empty id gets one."""

    name: str
    role: Role = Role.BUSINESS
    note: str = ""
    id: str = ""
    following: bool = False
    phone: str = ""
    admin: bool = False


Menus = Mapping[Role, tuple[MenuItem, ...]]


def shipped_menus() -> Menus:
    """The menus of `menus.json`."""
    raw = json.loads((HERE / "menus.json").read_text(encoding="utf-8"))
    return {Role(role): tuple(MenuItem(**item) for item in items) for role, items in raw.items()}


@dataclass(frozen=True, slots=True)
class SimSettings:
    """One app, one OA, one webhook address.

    ladder: seconds between the tries of an event that could not be delivered (Zalo: 30 s, 5 min, 15 min, 30 min, 1 h).
    retry_any: also retry answers other than 200 (the documentation promises it only for connection failures).
    unsubscribes: stop delivering after the last try, until somebody switches the webhook on again.
    echo, receipts: whether sends come back as `oa_send_*` and `user_received_message`. quiet: no log, for benches.
    package: a key of `packages.json`. valid_through: its last day. templates: the ZBS templates of the account.
    asks: the consent page waits for a click of the administrator, instead of agreeing at once.
    links: (title, address) pairs in the page's head. public_url: the base of media addresses, "" for the own port.
    """

    app_id: str = "360846524940903967"
    app_secret: str = "SIM_APP_SECRET"
    oa_id: str = "388613280878808645"
    oa_secret: str = "SIM_OA_SECRET"
    oa_name: str = ""
    oa_type: int = 4
    webhook_url: str = ""
    redirect_uri: str = ""
    access_token: str = ""
    refresh_token: str = ""
    start: datetime | None = None
    people: tuple[PersonSeed, ...] = ()
    menus: Menus = field(default_factory=shipped_menus)
    week: Week = field(default_factory=Week)
    links: tuple[tuple[str, str], ...] = ()
    package: str = "open"
    valid_through: date | None = None
    templates: tuple[Template, ...] = field(default_factory=shipped)
    asks: bool = False
    ladder: tuple[float, ...] = (1, 3, 10, 30, 60)
    timeout: float = 2.0
    retry_any: bool = True
    unsubscribes: bool = True
    echo: bool = True
    receipts: bool = True
    quiet: bool = False
    public_url: str = ""
