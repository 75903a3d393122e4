"""A person is erased: nothing of them is left in any table, and the ledger still holds."""

from pathlib import Path

from sqlalchemy import select, text, update
from sqlmodel import Session

from tests.journeys.stage import Stage, report
from zalobot.ledger import erase_person, files, reading
from zalobot.store import models
from zalobot.tickets.record import business, record

MARK = "Kho hàng đặc biệt ở Móng Cái"
PERSON = "7777666655554444"


def everything(session: Session) -> str:
    """Every row of every table, as text."""
    rows = []
    for table in models.metadata.sorted_tables:
        rows += [str(tuple(row)) for row in session.execute(text(f'SELECT * FROM "{table.name}"'))]
    return "\n".join(rows)


def a_whole_story(stage: Stage) -> str:
    person, officer = stage.person(PERSON), stage.person("officer")
    code = report(person, f"{MARK} chờ thẩm định thiết kế, gọi 0912345678")
    for said in (f"Nhận {code}/1", f"Hỏi thêm {code}/1", "Quý doanh nghiệp cho biết số hồ sơ đã nộp?", "1"):
        officer.says(said)
    person.says(f"{MARK}: hồ sơ số 118 nộp ngày 12/11")
    person.says("1")
    for said in (f"Trả lời {code}/1", "Được. Nộp hồ sơ song song tại Trung tâm hành chính công.", "1"):
        officer.says(said)
    person.sends_photo()
    return code


def test_nothing_of_a_person_is_left_and_the_chain_holds(stage: Stage, tmp_path: Path) -> None:
    code = a_whole_story(stage)
    before = stage.store.read_now(everything)
    assert all(word in before for word in (MARK, PERSON, "0912345678"))
    gone = stage.store.run_now(erase_person, PERSON, stage.now)
    after = stage.store.read_now(everything)
    assert [word for word in (MARK, PERSON, "0912345678") if word in after] == []
    assert gone.tickets == (code,)
    assert "Nộp hồ sơ song song" in after  # the agency's own words are public and stay
    assert stage.store.read_now(reading.verify) is None
    stage.store.read_now(files.export, tmp_path / "ledger.jsonl", stage.now)
    assert files.verify(tmp_path / "ledger.jsonl") is None
    assert '"kind":"erased"' in (tmp_path / "ledger.jsonl").read_text().splitlines()[-1]


def test_another_person_is_left_alone_and_the_erased_one_may_come_back(stage: Stage) -> None:
    a_whole_story(stage)
    other = report(stage.person("other"), "Giá thuê đất ở xã Quảng La tăng gấp ba")
    stage.store.run_now(erase_person, PERSON, stage.now)
    assert "Quảng La" in stage.store.read_now(everything)
    assert stage.tickets()[-1].code == other
    assert stage.person(PERSON).says("xin chào") != []
    assert stage.failures() == []


def test_files_that_nobody_else_sent_are_named_for_removal(stage: Stage) -> None:
    stage.person(PERSON).sends_photo()
    stage.person("other").sends_photo()

    def fetched(session: Session) -> None:
        session.execute(text("UPDATE attachment SET sha256 = 'shared', state = 'kept'"))

    def another(session: Session) -> None:
        session.execute(text("UPDATE attachment SET sha256 = 'mine' WHERE person_id = :it"), {"it": PERSON})

    report(stage.person(PERSON), MARK)
    stage.store.run_now(fetched)
    assert stage.store.run_now(erase_person, PERSON, stage.now).files == ()
    stage.person(PERSON).agrees()
    stage.person(PERSON).sends_photo()
    stage.store.run_now(another)
    assert stage.store.run_now(erase_person, PERSON, stage.now).files in (("mine",), ())


def test_a_ticket_still_open_goes_on_and_nobody_is_told(stage: Stage) -> None:
    code = report(stage.person(PERSON), f"{MARK} chờ thẩm định thiết kế")
    stage.store.run_now(erase_person, PERSON, stage.now)
    stage.person(PERSON).got.clear()
    for said in (f"Nhận {code}/1", f"Trả lời {code}/1", "Được. Nộp hồ sơ song song.", "1"):
        stage.person("officer").says(said)
    assert stage.failures() == []
    assert stage.parts()[0].answer == "Được. Nộp hồ sơ song song."
    assert stage.person(PERSON).texts() == stage.person("").texts() == []
    assert stage.store.read_now(reading.verify) is None


def test_a_person_no_longer_follows_the_ticket_into_which_theirs_was_merged(stage: Stage) -> None:
    report(stage.person("other"), "Giá thuê đất ở xã Quảng La tăng gấp ba")

    def follow(session: Session) -> None:
        session.execute(update(models.Ticket).values(followers=[PERSON, "somebody"]))

    stage.store.run_now(follow)
    stage.store.run_now(erase_person, PERSON, stage.now)
    assert stage.tickets()[0].followers == ["somebody"]


def test_what_a_person_wrote_to_the_ticket_of_another_goes_too_and_the_other_s_words_stay(stage: Stage) -> None:
    report(stage.person("other"), "Giá thuê đất ở xã Quảng La tăng gấp ba")

    def add(session: Session) -> None:
        ticket = session.execute(select(models.Ticket)).scalar_one()
        record(session, ticket, models.EventKind.ADDED, business(PERSON), stage.now, texts={"addition": MARK})

    stage.store.run_now(add)
    stage.store.run_now(erase_person, PERSON, stage.now)
    left = stage.store.read_now(everything)
    assert [word for word in (MARK, PERSON, "Quảng La") if word in left] == ["Quảng La"]
    assert stage.store.read_now(reading.verify) is None
