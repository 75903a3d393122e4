"""Signing in: what lets somebody in, what does not, and what is left behind."""

from datetime import timedelta

import pyotp
import pytest
from sqlmodel import Session, select

from tests.accounts.conftest import NOW
from zalobot.accounts import log, managing, sessions, signing_in, tries
from zalobot.accounts.secrets import fits
from zalobot.errors import Refused
from zalobot.sealing import Seal
from zalobot.store.database import Store
from zalobot.store.models import Account, AccountRole, AdminEvent, Level, Officer, Role

HERE = "192.0.2.7"
SEAL = Seal("a key", "second factor")


def added(store: Store, role: AccountRole, agency: str = "", name: str = "Phạm Quang Huy") -> tuple[Account, str]:
    return store.run_now(managing.add, name, role, NOW, agency=agency)


def who(store: Store, token: str) -> sessions.SignedIn:
    found = store.read_now(sessions.find, token, NOW)
    assert found is not None
    return found


def test_a_name_is_found_however_it_is_typed(rooms: Store) -> None:
    account, password = added(rooms, AccountRole.OPERATOR)
    assert account.name == "pham.quang.huy"
    shown = rooms.read_now(signing_in.look, " Phạm Quang Huy ", HERE, NOW)
    assert shown.account_id == account.id
    assert fits(shown.kept, password)
    assert not fits(shown.kept, password + "x")


def test_an_unknown_name_is_compared_as_long_and_never_fits(rooms: Store) -> None:
    shown = rooms.read_now(signing_in.look, "nobody", HERE, NOW)
    assert shown.account_id == ""
    assert not fits(shown.kept, "")


def test_an_officer_is_in_with_the_password_and_acts_as_an_officer(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.OFFICER, "SXD")
    token = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    inside = who(rooms, token)
    assert inside.level is Level.FULL
    assert not inside.full  # the one-time password has to be changed first
    rooms.run_now(managing.change_password, account.id, "kept", NOW, but=inside.session_id)
    assert who(rooms, token).full

    def officer(session: Session) -> Officer | None:
        return session.get(Officer, account.officer_id)

    acting = rooms.read_now(officer)
    assert acting is not None
    assert (acting.agency, acting.role, acting.name) == ("SXD", Role.OFFICER, "Phạm Quang Huy")


def test_a_head_without_an_agency_is_refused(rooms: Store) -> None:
    with pytest.raises(Refused, match="account_agency"):
        added(rooms, AccountRole.HEAD)
    with pytest.raises(Refused, match="no_such_agency"):
        added(rooms, AccountRole.HEAD, "XYZ")


def test_a_name_is_given_once(rooms: Store) -> None:
    added(rooms, AccountRole.OPERATOR)
    with pytest.raises(Refused, match="account_taken"):
        added(rooms, AccountRole.ADMIN, name="pham quang huy")


def test_a_leader_needs_the_second_factor_and_a_code_works_once(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.LEADER)
    first = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    assert who(rooms, first).level is Level.PASSWORD
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(NOW)
    second, spare = rooms.run_now(signing_in.set_up, who(rooms, first), secret, code, SEAL, NOW)
    assert who(rooms, second).level is Level.FULL
    assert rooms.read_now(sessions.find, first, NOW) is None  # the token of the step before is worth nothing

    again = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    assert rooms.run_now(signing_in.confirm, who(rooms, again), code, SEAL, HERE, NOW) == ""
    later = NOW + timedelta(seconds=60)
    fresh = pyotp.TOTP(secret).at(later)
    third = rooms.run_now(signing_in.confirm, who(rooms, again), f"{fresh[:3]} {fresh[3:]}", SEAL, HERE, later)
    assert who(rooms, third).level is Level.FULL

    last = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    recovered = rooms.run_now(signing_in.confirm, who(rooms, last), spare[0].upper(), SEAL, HERE, later)
    assert who(rooms, recovered).level is Level.FULL
    once_more = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    assert rooms.run_now(signing_in.confirm, who(rooms, once_more), spare[0], SEAL, HERE, later) == ""


def test_a_second_authenticator_cannot_replace_the_first(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.LEADER)
    token = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    secret = pyotp.random_base32()
    rooms.run_now(signing_in.set_up, who(rooms, token), secret, pyotp.TOTP(secret).at(NOW), SEAL, NOW)
    again = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    other = pyotp.random_base32()
    with pytest.raises(Refused, match="second_factor_there"):
        rooms.run_now(signing_in.set_up, who(rooms, again), other, pyotp.TOTP(other).at(NOW), SEAL, NOW)


def test_guessing_makes_the_guesser_wait_and_nobody_else(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.OPERATOR)
    for _ in range(5):
        rooms.run_now(signing_in.refuse, account.name, HERE, NOW)
    with pytest.raises(Refused, match="sign_in_wait"):
        rooms.read_now(signing_in.look, account.name, HERE, NOW)
    assert rooms.read_now(signing_in.look, account.name, "198.51.100.1", NOW).account_id == account.id
    later = NOW + timedelta(minutes=15)
    assert rooms.read_now(signing_in.look, account.name, HERE, later).account_id == account.id


def test_one_network_that_tries_many_names_waits_too(rooms: Store) -> None:
    for number in range(50):
        rooms.run_now(signing_in.refuse, f"name{number}", HERE, NOW)
    with pytest.raises(Refused, match="sign_in_wait"):
        rooms.read_now(signing_in.look, "somebody", HERE, NOW)


def test_guesses_that_were_compared_at_once_are_told_to_wait_right_or_wrong(rooms: Store) -> None:
    """All of them looked before the first was counted; none learns anything once the wait has begun."""
    account, _ = added(rooms, AccountRole.OPERATOR)
    for _ in range(5):
        rooms.run_now(signing_in.refuse, account.name, HERE, NOW)
    for verb, whose in ((signing_in.refuse, account.name), (signing_in.accept, account.id)):
        with pytest.raises(Refused, match="sign_in_wait"):
            rooms.run_now(verb, whose, HERE, NOW)


def test_six_digits_are_guessed_five_times_and_then_slowly(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.LEADER)
    secret = pyotp.random_base32()
    first = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    rooms.run_now(signing_in.set_up, who(rooms, first), secret, pyotp.TOTP(secret).at(NOW), SEAL, NOW)
    half_way = who(rooms, rooms.run_now(signing_in.accept, account.id, HERE, NOW))
    for _ in range(5):
        assert rooms.run_now(signing_in.confirm, half_way, "000000", SEAL, HERE, NOW) == ""
    later = NOW + timedelta(seconds=60)
    right = pyotp.TOTP(secret).at(later)
    with pytest.raises(Refused, match="sign_in_wait"):
        rooms.run_now(signing_in.confirm, half_way, right, SEAL, HERE, NOW)
    assert rooms.run_now(signing_in.confirm, half_way, right, SEAL, HERE, later) != ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("unknown", "unknown", True),
    ],
)
def test_who_changes_the_free_half_of_an_address_is_the_same_network(one: str, other: str, same: bool) -> None:
    assert (tries.whole(one) == tries.whole(other)) == same


def test_who_is_stopped_is_out_at_once(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.OPERATOR)
    token = rooms.run_now(signing_in.accept, account.id, HERE, NOW)

    def stop(session: Session) -> None:
        managing.stop(session, managing.named(session, account.name), NOW)

    rooms.run_now(stop)
    assert rooms.read_now(sessions.find, token, NOW) is None
    assert rooms.read_now(signing_in.look, account.name, HERE, NOW).account_id == ""


def test_a_session_ends_after_a_working_day(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.OFFICER, "SXD")
    token = rooms.run_now(signing_in.accept, account.id, HERE, NOW)
    assert rooms.read_now(sessions.find, token, NOW + sessions.LIFE) is None
    assert rooms.read_now(sessions.find, token, NOW + sessions.LIFE - timedelta(seconds=1)) is not None


def test_everything_is_in_the_admin_chain_and_a_change_is_found(rooms: Store) -> None:
    account, _ = added(rooms, AccountRole.OFFICER, "SXD")
    rooms.run_now(signing_in.refuse, account.name, HERE, NOW)
    rooms.run_now(signing_in.accept, account.id, HERE, NOW)

    def kinds(session: Session) -> list[str]:
        return list(session.exec(select(AdminEvent.kind).order_by(AdminEvent.seq)).all())  # type: ignore[arg-type]

    assert rooms.read_now(kinds) == ["account_added", "sign_in_failed", "signed_in"]
    assert rooms.read_now(log.verify) is None
