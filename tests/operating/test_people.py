"""Agencies, topics, officers and accounts managed on the console; every change stands in the admin chain."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from tests.operating.conftest import operator
from zalobot import reference
from zalobot.accounts import log, managing
from zalobot.errors import Refused
from zalobot.operating import reference_rows, staff, users
from zalobot.operating.reference_rows import AgencyEdit, TopicEdit
from zalobot.store.models import Account, AccountRole, AdminEvent, Agency, Officer, Topic

NAMES = AgencyEdit("Sở Xây dựng Quảng Ninh", "Sở XD", ("so xay dung", "so xay dung", " xây  dựng "), "tầng 3")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine for each rule; the last test goes through all of them on the other."""
    return sqlite_url


@pytest.fixture
def do(stage: Stage, huy: Account) -> Callable[..., Any]:
    """A verb as the operator Huy."""

    def run(verb: Any, *words: Any, **more: Any) -> Any:
        def inside(session: Session) -> Any:
            return verb(session, *words, stage.now, by=session.get_one(Account, huy.id), **more)

        return stage.store.run_now(inside)

    return run


def seen(stage: Stage, model: type[Agency | Topic], code: str) -> str:
    return stage.store.read_now(lambda session: reference_rows.state(session.get_one(model, code)))


def kinds(stage: Stage) -> list[str]:
    def read(session: Session) -> list[str]:
        assert log.verify(session) is None
        return list(session.exec(select(AdminEvent.kind).order_by(col(AdminEvent.seq))))

    return [kind for kind in stage.store.read_now(read) if kind != "account_added"]


def person(stage: Stage, name: str) -> staff.Member:
    return next(one for one in stage.store.read_now(staff.listed, stage.now) if one.name == name)


def test_an_agency_is_called_otherwise_from_the_next_message_on(stage: Stage, do: Callable[..., Any]) -> None:
    do(reference_rows.edit_agency, "SXD", NAMES, seen(stage, Agency, "SXD"))
    here = stage.store.run_now(reference.fresh)
    assert (here.agencies["SXD"].short, here.agencies["SXD"].aliases) == ("Sở XD", ("so xay dung", "xây dựng"))
    assert kinds(stage) == ["agency_changed"]


def test_of_two_edits_of_one_agency_the_second_is_refused_and_nothing_is_lost(
    stage: Stage, do: Callable[..., Any]
) -> None:
    state = seen(stage, Agency, "SXD")
    do(reference_rows.edit_agency, "SXD", NAMES, state)
    with pytest.raises(Refused, match="reference_changed"):
        do(reference_rows.edit_agency, "SXD", replace(NAMES, short="Khác"), state)
    assert stage.store.run_now(reference.fresh).agencies["SXD"].short == "Sở XD"


def test_an_agency_has_its_names(stage: Stage, do: Callable[..., Any]) -> None:
    for change in ({"name": "  "}, {"short": ""}):
        with pytest.raises(Refused, match="name_missing"):
            do(reference_rows.edit_agency, "SXD", replace(NAMES, **change), seen(stage, Agency, "SXD"))
    assert stage.province.agencies["SXD"].name == "Sở Xây dựng"


def test_a_new_agency_can_take_over_the_work_of_another(stage: Stage, do: Callable[..., Any]) -> None:
    do(reference_rows.add_agency, " sxd2 ", NAMES)
    assert stage.store.run_now(reference.fresh).working_agencies["SXD2"].short == "Sở XD"
    for code, reason in (("SXD2", "agency_taken"), ("Sở", "agency_code"), ("2A", "agency_code")):
        with pytest.raises(Refused, match=reason):
            do(reference_rows.add_agency, code, NAMES)
    do(reference_rows.succeed, "SXD", "SXD2", "Quyết định 12/QĐ-UBND", stage.now.date())
    assert stage.store.run_now(reference.fresh).agencies["SXD"].successor == "SXD2"
    assert kinds(stage) == ["agency_added", "agency_succeeded"]


def test_a_topic_leads_to_other_agencies_from_now_on(stage: Stage, do: Callable[..., Any]) -> None:
    code, about = next(iter(stage.province.topics.items()))
    lead = next(one for one in stage.province.working_agencies if one != about.lead)
    edit = TopicEdit(about.name, lead, "", (lead, about.lead), "simple", ("từ mới",))
    do(reference_rows.edit_topic, code, edit, seen(stage, Topic, code))
    topic = stage.store.run_now(reference.fresh).topics[code]
    assert (topic.lead, topic.others, topic.klass, topic.keywords) == (lead, (about.lead,), "simple", ("từ mới",))
    for wrong in (replace(edit, lead="KHONG"), replace(edit, others=("KHONG",))):
        with pytest.raises(Refused, match="no_such_agency"):
            do(reference_rows.edit_topic, code, wrong, seen(stage, Topic, code))


def test_a_succession_takes_everything_along_once(stage: Stage, do: Callable[..., Any]) -> None:
    lan = stage.person("lan")
    lan.agrees()
    report(lan, WAREHOUSE)
    agency = stage.parts()[0].agency
    to = next(one for one in stage.province.working_agencies if one not in {part.agency for part in stage.parts()})
    moved = do(reference_rows.succeed, agency, to, "Quyết định 12/QĐ-UBND", stage.now.date())
    assert stage.parts()[0].agency == to
    assert len(moved) == 1
    with pytest.raises(Refused, match="already_succeeded"):
        do(reference_rows.succeed, agency, to, "Quyết định 12/QĐ-UBND", stage.now.date())
    with pytest.raises(Refused, match="no_source"):
        do(reference_rows.succeed, to, agency, " ", stage.now.date())


def test_an_officer_is_entered_and_linked_by_the_code(stage: Stage, do: Callable[..., Any]) -> None:
    code = do(staff.enter, "SXD", " Nguyễn  Thị Hà ", "officer", "")
    member = person(stage, "Nguyễn Thị Hà")
    assert (member.linked_at, member.code_until) == (None, stage.now + timedelta(days=7))
    stage.person("ha").says(code)
    member = person(stage, "Nguyễn Thị Hà")
    assert (member.linked_at, member.code_until) == (stage.now, None)


def test_a_new_code_makes_the_former_one_worthless(stage: Stage, do: Callable[..., Any]) -> None:
    old = do(staff.enter, "SXD", "Hà", "officer", "")
    new = do(staff.new_code, person(stage, "Hà").id)
    phone = stage.person("ha")
    phone.says(old)
    assert person(stage, "Hà").linked_at is None
    phone.says(new)
    assert person(stage, "Hà").linked_at == stage.now
    assert kinds(stage) == ["officer_added", "officer_code_renewed"]


def test_an_officer_who_makes_no_sense_is_not_entered(stage: Stage, do: Callable[..., Any]) -> None:
    for words, reason in (
        (("SXD", " ", "officer", ""), "name_missing"),
        (("SXD", "Hà", "boss", ""), "no_such_role"),
        (("KHONG", "Hà", "officer", ""), "no_such_agency"),
        (("SXD", "Hà", "officer", "hà@"), "not_an_address"),
    ):
        with pytest.raises(Refused, match=reason):
            do(staff.enter, *words)
    assert stage.store.read_now(staff.listed, stage.now) == []


def test_who_has_left_gets_nothing_and_comes_in_no_more(stage: Stage, do: Callable[..., Any]) -> None:
    ha = stage.officer("Hà", "SXD")
    ha.pushes()
    stage.store.run_now(lambda s: managing.of_officer(s, s.exec(select(Officer)).one(), stage.now))
    key = person(stage, "Hà").id
    do(staff.stop, key)
    assert not person(stage, "Hà").active
    assert not stage.store.read_now(lambda s: s.exec(select(Account).where(Account.officer_id == key)).one()).active
    lan = stage.person("lan")
    lan.agrees()
    report(lan, WAREHOUSE)
    assert ha.pushes() == []
    with pytest.raises(Refused, match="no_such_officer"):
        do(staff.new_code, key)


def test_who_holds_open_parts_is_not_stopped(stage: Stage, do: Callable[..., Any]) -> None:
    lan = stage.person("lan")
    lan.agrees()
    code = report(lan, WAREHOUSE)
    ha = stage.officer("Hà", stage.parts()[0].agency)
    ha.says(f"nhận {code}/1")
    assert person(stage, "Hà").holds == 1
    with pytest.raises(Refused, match="officer_holds_parts"):
        do(staff.stop, person(stage, "Hà").id)
    assert person(stage, "Hà").active


def test_an_absence_is_shown_and_ended(stage: Stage, do: Callable[..., Any]) -> None:
    stage.officer("Hà", "SXD")
    stage.officer("Minh", "SXD")
    today = stage.now.date()
    do(staff.set_absence, person(stage, "Hà").id, person(stage, "Minh").id, today, today + timedelta(days=2))
    assert person(stage, "Hà").away == (today, today + timedelta(days=2), "Minh")
    do(staff.end_absence, person(stage, "Hà").id)
    assert person(stage, "Hà").away is None


def test_an_administrator_manages_accounts_but_not_their_own(
    stage: Stage, huy: Account, do: Callable[..., Any]
) -> None:
    name, first = do(users.add, "Vũ Quang", "leader", "")
    assert (name, [one.name for one in stage.store.read_now(users.listed) if one.waits]) == (
        "vu.quang",
        [huy.name, name],
    )
    again, second = do(users.reset_password, name)
    assert (again, first != second) == ("vu.quang", True)
    do(users.reset_second_factor, name)
    do(users.stop, name)
    assert [one.active for one in stage.store.read_now(users.listed) if one.name == name] == [False]
    for verb in (users.stop, users.reset_password, users.reset_second_factor):
        with pytest.raises(Refused, match="account_self"):
            do(verb, huy.name)
    with pytest.raises(Refused, match="no_such_role"):
        do(users.add, "Ai Đó", "king", "")
    assert kinds(stage) == ["password_reset", "second_factor_reset", "account_stopped"]
    assert stage.store.read_now(users.listed)[0].role is AccountRole.OPERATOR


@pytest.mark.postgres
def test_all_of_it_on_postgresql(postgres_url: str) -> None:
    stage = Stage(postgres_url)
    huy = operator(stage, "Phạm Quốc Huy")

    def do(verb: Any, *words: Any) -> Any:
        def inside(session: Session) -> Any:
            return verb(session, *words, stage.now, by=session.get_one(Account, huy.id))

        return stage.store.run_now(inside)

    code = do(staff.enter, "SXD", "Hà", "officer", "")
    stage.person("ha").says(code)
    do(staff.enter, "SXD", "Minh", "officer", "")
    do(staff.new_code, person(stage, "Minh").id)
    do(staff.set_email, person(stage, "Minh").id, "minh@example.vn")
    do(staff.set_absence, person(stage, "Hà").id, person(stage, "Minh").id, stage.now.date(), stage.now.date())
    do(reference_rows.edit_agency, "SXD", NAMES, seen(stage, Agency, "SXD"))
    do(reference_rows.add_agency, "SXD2", NAMES)
    topic, about = next(iter(stage.province.topics.items()))
    edit = TopicEdit(about.name, "SXD", "", (), "simple", ())
    do(reference_rows.edit_topic, topic, edit, seen(stage, Topic, topic))
    do(reference_rows.succeed, "SXD", "SXD2", "Quyết định 12/QĐ-UBND", stage.now.date())
    do(staff.stop, person(stage, "Hà").id)
    name, _ = do(users.add, "Vũ Quang", "leader", "")
    do(users.stop, name)
    weight = stage.store.read_now(reference_rows.weights)["SXD2"]
    assert (weight.officers, weight.linked, weight.topics > 0) == (1, 0, True)
    assert [one.name for one in stage.store.read_now(users.listed)] == [huy.name, name]
    assert len(kinds(stage)) == 11
    stage.store.close_now()
