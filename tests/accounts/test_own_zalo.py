"""The Zalo of whoever has an account: bound by a code of their own, to one account at a time."""

from datetime import timedelta

import pytest

from tests.journeys.stage import MONDAY
from zalobot import withdrawals
from zalobot.accounts import own_zalo
from zalobot.errors import Refused
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole


def add(rooms: Store, name: str) -> Account:
    made = Account(id=new_id(), name=name, full_name=name, role=AccountRole.OPERATOR, created_at=MONDAY)
    rooms.run_now(lambda session: session.add(made))
    return made


def person(rooms: Store, account: Account) -> str:
    return rooms.read_now(lambda session: own_zalo.person_of(session, session.get_one(Account, account.id)))


def test_a_code_binds_once_and_however_it_is_typed(rooms: Store) -> None:
    huy = add(rooms, "huy")
    code = rooms.run_now(own_zalo.issue_code, huy.id, MONDAY)
    assert own_zalo.read_code(f"mã {code.lower().replace('-', ' ')}") == code
    assert rooms.run_now(own_zalo.bind, "zalo-1", code, MONDAY).id == huy.id
    assert person(rooms, huy) == "zalo-1"
    with pytest.raises(Refused, match="link_unknown"):
        rooms.run_now(own_zalo.bind, "zalo-2", code, MONDAY)


def test_a_code_is_good_for_seven_days_and_the_newest_only(rooms: Store) -> None:
    huy = add(rooms, "huy")
    first, second = (rooms.run_now(own_zalo.issue_code, huy.id, MONDAY) for _ in range(2))
    with pytest.raises(Refused, match="link_unknown"):
        rooms.run_now(own_zalo.bind, "zalo-1", first, MONDAY)
    with pytest.raises(Refused, match="link_expired"):
        rooms.run_now(own_zalo.bind, "zalo-1", second, MONDAY + timedelta(days=7, seconds=1))


def test_a_zalo_account_belongs_to_one_account_and_is_let_go_when_its_person_is_erased(rooms: Store) -> None:
    huy, lan = add(rooms, "huy"), add(rooms, "lan")
    for one in (huy, lan):
        rooms.run_now(own_zalo.bind, "zalo-1", rooms.run_now(own_zalo.issue_code, one.id, MONDAY), MONDAY)
    assert (person(rooms, huy), person(rooms, lan)) == ("", "zalo-1")
    assert rooms.read_now(own_zalo.people_of, [AccountRole.OPERATOR]) == ["zalo-1"]
    rooms.info[withdrawals.KEY] = "a key"
    rooms.run_now(withdrawals.withdraw, "zalo-1", MONDAY, MONDAY)
    assert person(rooms, lan) == ""
