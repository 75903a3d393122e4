"""An agency was merged: its open parts go on at the other with their clocks. On both engines."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import province
from zalobot.accounts import managing
from zalobot.errors import ConfigError, Refused
from zalobot.store.models import Account, LedgerSalt, Officer, Part, PartState, SuccessionRow, TicketEvent
from zalobot.tickets import colleagues, saved_answers, succeeding

CODE = "QN-2611-00001"
DECISION = "Quyết định số 1234/QĐ-UBND ngày 12/10/2026"
ON = date(2026, 11, 23)
FULL = "Được nộp song song hai hồ sơ. Căn cứ Điều 16 Luật số 55/2024/QH15. Đề nghị doanh nghiệp nộp lại. Liên hệ 1022."


@pytest.fixture
def ha(stage: Stage) -> Person:
    """Officer of Sở Xây dựng, who holds a part of a ticket of `lan`."""
    made = stage.officer("ha", "SXD")
    report(stage.person("lan"), WAREHOUSE)
    return made


def succeed(stage: Stage, old: str = "SXD", new: str = "STC") -> None:
    stage.store.run_now(succeeding.succeed, old, new, DECISION, ON, stage.now)
    stage.send()


def test_open_parts_go_on_with_their_clocks_and_everybody_is_told_once(stage: Stage, ha: Person) -> None:
    chi, lan = stage.officer("chi", "STC"), stage.person("lan")
    for person in (ha, chi, lan):
        person.pushes()
    before = stage.parts()[0]
    succeed(stage)
    after = stage.parts()[0]
    assert (after.agency, after.due_at, after.remind_at) == ("STC", before.due_at, before.remind_at)
    assert (after.state, after.hand_overs, after.version) == (PartState.WAITING, 0, before.version + 1)
    assert stage.parts()[1].agency == "CAT"
    (told,) = chi.pushes()
    assert f"Sở Tài chính tiếp nhận công việc của Sở Xây dựng theo {DECISION}" in told
    assert f"{CODE}/1" in told
    assert len(ha.pushes()) == 1  # the people went along with their work
    (heard,) = lan.pushes()
    assert "Hạn trả lời không đổi" in heard
    assert f"{CODE}/1" in ha.says("việc của tôi")[0]
    events = stage.store.read_now(lambda s: list(s.exec(select(TicketEvent).where(TicketEvent.kind == "succeeded"))))
    assert [(event.data["former"], event.data["to"]) for event in events] == [("SXD", "STC")]
    whys = select(LedgerSalt.text).where(LedgerSalt.seq == events[0].seq, LedgerSalt.name == "why")
    assert stage.store.read_now(lambda s: list(s.exec(whys))) == [DECISION]


def test_on_the_web_they_go_along_too_with_the_answers_and_notes_they_keep(stage: Stage, ha: Person) -> None:
    code, text = f"{CODE}/1", "Được nộp song song hai hồ sơ."

    def before(session: Session) -> str:
        officer = session.exec(select(Officer).where(Officer.name == "ha")).one()
        colleagues.note(session, code, "Đã gọi Ban Quản lý.", "", officer, stage.now)
        saved_answers.save(session, "Nộp song song", {"text": text}, officer, stage.now)
        return managing.of_officer(session, officer, stage.now).id

    account = stage.store.run_now(before)
    succeed(stage)

    def after(session: Session) -> tuple[str, list[str], list[str]]:
        agency, part = (
            session.get_one(Account, account).agency,
            session.exec(select(Part).where(Part.code == code)).one(),
        )
        kept = [one.title for one in saved_answers.of_agency(session, agency)]
        return agency, kept, [one.text for one in colleagues.notes(session, part.id, agency)]

    assert stage.store.read_now(after) == ("STC", ["Nộp song song"], ["Đã gọi Ban Quản lý."])


def test_it_is_done_once_and_new_matters_go_to_the_new_agency(stage: Stage, ha: Person) -> None:
    succeed(stage)
    stage.person("lan").pushes()
    succeed(stage)
    assert stage.person("lan").pushes() == []
    assert len(stage.store.read_now(lambda s: list(s.exec(select(SuccessionRow))))) == 1
    report(stage.person("minh"), WAREHOUSE)
    assert [part.agency for part in stage.parts()[2:]] == ["STC", "CAT"]
    assert "Sở Tài chính" in stage.person("minh").says("của tôi")[0]


def test_a_verdict_on_an_answer_of_the_former_agency_reaches_the_new_one(stage: Stage, ha: Person) -> None:
    ha.says(f"Trả lời {CODE}/1")
    ha.says(FULL)
    ha.says("gửi")
    chi = stage.officer("chi", "STC")
    succeed(stage)
    assert stage.parts()[0].agency == "SXD"  # what it answered stays its own
    chi.pushes()
    stage.person("lan").says(f"Trả lời chung chung {CODE}/1")
    assert (stage.parts()[0].agency, stage.parts()[0].state) == ("STC", PartState.REOPENED)
    assert "được mở lại" in chi.pushes()[0]


def test_what_makes_no_sense_is_refused(stage: Stage, ha: Person) -> None:
    for old, new in (("SXD", "SXD"), ("SXD", "KHONG"), ("KHONG", "SXD")):
        with pytest.raises(Refused, match="no_such_agency"):
            succeed(stage, old, new)
    succeed(stage)
    with pytest.raises(Refused, match="no_such_agency"):
        succeed(stage, "CAT", "SXD")  # it is gone itself


def test_a_pack_names_successions_that_are_carried_out_on_their_day(stage: Stage, ha: Person, tmp_path: Path) -> None:
    pack = _pack(tmp_path, to="STC")
    (one,) = province.load(pack).successions
    assert (one.old, one.new, one.on, one.decision) == ("SXD", "STC", date(2026, 11, 25), DECISION)
    stage.store.info["province"] = replace(stage.store.info["province"], successions=(one,))
    assert stage.store.run_now(succeeding.carry_out, stage.now) == 0
    stage.now += timedelta(days=2)
    assert stage.store.run_now(succeeding.carry_out, stage.now) == 1
    assert stage.store.run_now(succeeding.carry_out, stage.now) == 0
    assert stage.parts()[0].agency == "STC"


def test_a_pack_that_names_an_unknown_agency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no agency KHONG in agencies"):
        province.load(_pack(tmp_path, to="KHONG"))


def _pack(folder: Path, to: str) -> Path:
    made = folder / "pack"
    copytree(Path(province.__file__).parent / "provinces" / "quang-ninh", made)
    text = f'[[succession]]\nfrom = "SXD"\nto = "{to}"\non = 2026-11-25\ndecision = "{DECISION}"\n'
    (made / "succession.toml").write_text(text, encoding="utf-8")
    return made
