"""One-time links from Zalo: for one officer, one page, one use, a quarter of an hour."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.accounts.conftest import NOW
from zalobot.accounts import links, sessions
from zalobot.errors import Refused
from zalobot.store.database import Store
from zalobot.store.models import AccountRole, Level, Officer, Role


def officer(session: Session) -> Officer:
    made = Officer(id="01J", agency="SXD", name="Nguyễn Thu Hà", role=Role.OFFICER, created_at=NOW)
    session.add(made)
    session.flush()
    return made


def issued(store: Store) -> str:
    def give(session: Session) -> str:
        return links.issue(session, session.get(Officer, "01J") or officer(session), "/can-bo/QN-2611-00001/1", NOW)

    return store.run_now(give)


def test_a_link_lets_its_officer_in_once(rooms: Store) -> None:
    token = issued(rooms)
    assert rooms.read_now(links.look, token, NOW)[1].name == "Nguyễn Thu Hà"
    cookie, path = rooms.run_now(links.use, token, NOW)
    inside = rooms.read_now(sessions.find, cookie, NOW)
    assert inside is not None
    assert inside.full
    assert (inside.account.role, inside.account.officer_id, path) == (
        AccountRole.OFFICER,
        "01J",
        "/can-bo/QN-2611-00001/1",
    )
    with pytest.raises(Refused, match="link_used"):
        rooms.run_now(links.use, token, NOW)


def test_who_has_to_show_a_second_factor_shows_it_after_a_link_too(rooms: Store) -> None:
    def leader(session: Session) -> str:
        made = Officer(id="01K", agency="SXD", name="Lê Văn Lãnh", role=Role.LEADER, created_at=NOW)
        session.add(made)
        session.flush()
        return links.issue(session, made, "/dieu-hanh", NOW)

    cookie, _ = rooms.run_now(links.use, rooms.run_now(leader), NOW)
    inside = rooms.read_now(sessions.find, cookie, NOW)
    assert inside is not None
    assert (inside.level, inside.full) == (Level.PASSWORD, False)


def test_looking_does_not_use_it_up(rooms: Store) -> None:
    token = issued(rooms)
    for _ in range(3):
        rooms.read_now(links.look, token, NOW)
    assert rooms.run_now(links.use, token, NOW)[1]


def test_it_expires(rooms: Store) -> None:
    token = issued(rooms)
    with pytest.raises(Refused, match="link_expired"):
        rooms.run_now(links.use, token, NOW + links.LIFE + timedelta(seconds=1))


def test_what_is_no_link_is_none(rooms: Store) -> None:
    with pytest.raises(Refused, match="link_unknown"):
        rooms.read_now(links.look, "x" * 5000, NOW)


def test_a_second_link_belongs_to_the_same_account(rooms: Store) -> None:
    first, _ = rooms.run_now(links.use, issued(rooms), NOW)
    second, _ = rooms.run_now(links.use, issued(rooms), NOW)
    one, other = rooms.read_now(sessions.find, first, NOW), rooms.read_now(sessions.find, second, NOW)
    assert one is not None
    assert other is not None
    assert one.account.id == other.account.id
