"""Failed tries to sign in: each makes the next wait longer, and nobody is locked out.

The one rule: a wait belongs to a name *and* the network it was tried from, so that whoever guesses elsewhere does not
keep the real person out; and a network that guesses many names waits as well, for far more tries. A browser that the
name has signed in with before is a network of its own (web/sign_in/browsers.py).
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from zalobot.errors import Refused
from zalobot.store.models import SignInTries

FREE: Final = 5  # tries of one name from one network before the first wait
FREE_OF_NETWORK: Final = 50  # tries of any names: an office shares one address
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=12)


def check(session: Session, name: str, network: str, now: datetime) -> None:
    """Raise Refused (`sign_in_wait`, with `until`) while the next try has to wait."""
    for key, _ in _keys(name, network):
        row = session.get(SignInTries, key)
        if row is not None and row.next_at > now:
            raise Refused("sign_in_wait", until=row.next_at)


def failed(session: Session, name: str, network: str, now: datetime) -> None:
    """Count a failed try."""
    for key, free in _keys(name, network):
        row = session.get(SignInTries, key, with_for_update=True)
        if row is None:
            session.add(SignInTries(id=key, failures=1, next_at=now, last_at=now))
            continue
        row.failures = row.failures + 1 if row.last_at > now - FORGOTTEN else 1
        row.last_at, row.next_at = now, now + wait(row.failures - free)


def succeeded(session: Session, name: str, network: str) -> None:
    """Forget the tries of this name from this network; those of the network stay."""
    key, _ = _keys(name, network)[0]
    session.execute(delete(SignInTries).where(col(SignInTries.id) == key))


def sweep(session: Session, now: datetime) -> None:
    """Drop what is forgotten anyway."""
    session.execute(delete(SignInTries).where(col(SignInTries.last_at) < now - FORGOTTEN))


def wait(beyond: int) -> timedelta:
    """How long the next try waits after so many failures beyond the free ones: 2 s, doubling, up to 15 minutes."""
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2.0 ** min(beyond + 1, 12)))


def whole(network: str) -> str:
    """What one subscriber is given: of IPv6 the first 64 bits, for the rest is theirs to change with every try."""
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return network
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _keys(name: str, network: str) -> tuple[tuple[str, int], tuple[str, int]]:
    network = whole(network)
    return (_key(f"{name}\n{network}"), FREE), (_key(f"\n{network}"), FREE_OF_NETWORK)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
