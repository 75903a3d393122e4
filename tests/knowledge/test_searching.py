"""What is known is found in other words, quickly on either engine, and only what may be shown."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import Session

from tests.journeys.stage import MONDAY, Stage
from zalobot import knowledge_command, province
from zalobot.errors import ConfigError, Refused
from zalobot.knowledge import keeping, paraphrasing, searching
from zalobot.knowledge.measuring import measured, shown_wrongly
from zalobot.knowledge.ranking import Index, Known, index_of
from zalobot.knowledge.shelf import SHELF, Shelf, read_older, refreshed
from zalobot.pack import Notes
from zalobot.pack_knowledge import KnownAnswer, read_knowledge, written
from zalobot.store.models import EventKind, KnowledgeEntry, Part, PartState, Ticket, Tier
from zalobot.tickets.opening import Draft, open_ticket
from zalobot.tickets.record import SYSTEM, record
from zalobot.vietnamese import fold

PACK = province.load("quang-ninh")
ENTRIES = [Known(one.key, one.questions, one.answer) for one in PACK.knowledge]
ROWS = paraphrasing.corpus("quang-ninh", 5000 - len(ENTRIES))
NEW = KnownAnswer(
    "moi", "thue", "THUE", ("Thuế rùa biển nộp khi nào?",), "Trước ngày 20.", "Công văn 1", date(2027, 1, 1)
)


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of([*(known for known, _ in ROWS), *ENTRIES])


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    made.store.close_now()


def found(stage: Stage, words: str, now: datetime = MONDAY, *, at_once: bool = False) -> list[str]:
    return [one.key for one in stage.store.read_now(searching.answers, words, now, at_once=at_once)]


def test_other_words_without_accents_find_the_answer_among_five_thousand(index: Index):
    assert len(index.docs) == 5000
    for questions in (paraphrasing.asked(ROWS, 300), paraphrasing.by_hand()):
        got = measured(index, questions, searching.ENOUGH)
        assert got.hit_at_1 >= 0.6
        assert got.hit_at_5 >= 0.85
        assert got.precision >= 0.9


def test_what_nothing_answers_is_not_answered_at_once():
    assert shown_wrongly(index_of(ENTRIES), paraphrasing.strange(), searching.ENOUGH) == 0


def test_no_question_measured_is_one_the_answer_is_known_by():
    known = {fold(question) for one in ENTRIES for question in one.questions}
    assert known.isdisjoint(fold(asked.text) for asked in paraphrasing.by_hand())


def test_five_thousand_answers_are_found_through_either_engine(stage: Stage):
    """How long it takes is printed by `./run eval search`."""
    stage.store.run_now(_fill)
    asked = paraphrasing.asked(ROWS, 40)
    among_five = sum(one.key in found(stage, one.text)[:5] for one in asked)
    assert among_five >= 0.85 * len(asked)


def _fill(session: Session) -> None:
    """Rows as `keeping.add` writes them, at once."""
    same = {"topic": "thue", "agency": "THUE", "source": "x", "review": date(2027, 1, 1), "updated_at": MONDAY}
    rows = [
        {"id": f"{number:026}", "key": known.key, "questions": list(known.questions), "answer": known.answer, **same}
        for number, (known, _) in enumerate(ROWS)
    ]
    session.execute(insert(KnowledgeEntry), [{"state": "active", "version": 1, **row} for row in rows])
    keeping.add(session, NEW, "test", MONDAY)


def test_an_entry_is_found_from_its_commit_on_and_not_after_its_retirement_or_review(stage: Stage):
    words = "thue rua bien nop khi nao"
    assert "moi" not in found(stage, words)
    stage.store.run_now(keeping.add, NEW, "test", MONDAY)
    assert found(stage, words)[0] == "moi"
    assert found(stage, words, datetime(2027, 1, 1, 16, tzinfo=UTC))[0] == "moi"
    assert "moi" not in found(stage, words, datetime(2027, 1, 1, 17, tzinfo=UTC))
    stage.store.run_now(keeping.retire, "moi", "test", MONDAY)
    assert "moi" not in found(stage, words)


def test_each_version_is_kept_and_an_old_screen_changes_nothing(stage: Stage):
    entry = stage.store.run_now(keeping.add, NEW, "a", MONDAY)
    changed = KnownAnswer(**{**{n: getattr(NEW, n) for n in NEW.__dataclass_fields__}, "answer": "Trước ngày 30."})
    stage.store.run_now(keeping.change, changed, "b", MONDAY, seen=1)
    with pytest.raises(Refused, match="knowledge_changed"):
        stage.store.run_now(keeping.change, NEW, "c", MONDAY, seen=1)
    kept = stage.store.read_now(keeping.versions, entry)
    assert [(one.version, one.made_by, one.data["answer"]) for one in kept] == [
        (2, "b", "Trước ngày 30."),
        (1, "a", "Trước ngày 20."),
    ]


def test_a_public_answer_is_found_masked_and_a_sealed_one_never(stage: Stage):
    officer, person = stage.officer("cán bộ", "CAT"), stage.person("an")
    person.agrees()
    for line in (
        "Kho lạnh ở Móng Cái chờ nghiệm thu PCCC 40 ngày chưa ai xuống kiểm tra, gọi tôi 0912 345 678",
        "Công ty A",
        "gửi",
    ):
        person.says(line)
    code = stage.tickets()[0].code
    for line in (f"Nhận {code}/1", f"Trả lời {code}/1"):
        officer.says(line)
    officer.says("Đạt. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ 0912345678.")
    officer.says("gửi")
    got = stage.store.read_now(searching.answers, "nghiem thu pccc kho lanh mong cai", stage.now)
    assert got[0].key == f"{code}/1"
    assert "0912345678" not in got[0].answer
    assert f"{code}/1" in found(stage, "nghiem thu pccc kho lanh mong cai", stage.now + timedelta(days=400))
    assert f"{code}/1" not in found(
        stage, "nghiem thu pccc kho lanh mong cai", stage.now + timedelta(days=400), at_once=True
    )
    stage.store.run_now(lambda s: s.execute(update(Ticket).values(tier="sealed")))
    assert f"{code}/1" not in found(stage, "nghiem thu pccc kho lanh mong cai", stage.now)


def test_a_conversation_does_not_wait_while_all_answers_are_read_for_the_first_time(stage: Stage):
    reading = Shelf()
    stage.store.info[SHELF] = reading
    held, over = threading.Event(), threading.Event()

    def read() -> None:
        with reading.lock:
            held.set()
            over.wait(10)

    thread = threading.Thread(target=read)
    thread.start()
    held.wait(10)
    asked = "Phòng cháy thẩm định thiết kế do Sở Xây dựng hay Công an?"
    try:
        assert stage.store.read_now(searching.same_matter, asked, "lan") is None
        assert stage.store.read_now(lambda s: searching.answers(s, asked, stage.now, at_once=True)) == []
    finally:
        over.set()
        thread.join()
    assert found(stage, asked, stage.now)


def test_a_file_is_exported_edited_and_imported(stage: Stage, tmp_path: Path):
    file = tmp_path / "known.toml"
    assert knowledge_command.give(stage.settings, file).startswith(f"{len(ENTRIES)} entries")
    assert read_knowledge(file, PACK.topics, PACK.agencies, Notes()) == tuple(
        sorted(PACK.knowledge, key=lambda k: k.key)
    )
    file.write_text(file.read_text().replace("10 ngày làm việc.", "9 ngày làm việc.", 1) + written([NEW]))
    said = knowledge_command.take(stage.settings, file)
    assert said == f"1 added, 1 changed, {len(ENTRIES) - 1} as they were."
    assert any(line.startswith("moi  THUE  until 2027-01-01  v1") for line in knowledge_command.listed(stage.settings))


def test_a_file_with_a_mistake_changes_nothing_and_names_it(stage: Stage, tmp_path: Path):
    file = tmp_path / "known.toml"
    file.write_text(written([NEW]).replace('"THUE"', '"KHONG_CO"'))
    with pytest.raises(ConfigError, match="moi: agency: no agency KHONG_CO"):
        knowledge_command.take(stage.settings, file)
    assert not any(line.startswith("moi") for line in knowledge_command.listed(stage.settings))


# — tickets older than those whose answers are shown at once —


@pytest.fixture
def archive(stage: Stage) -> Stage:
    """Four tickets, of which a process takes the newest two for its answers and reads the others beside."""
    for place in ("rùa biển mắc lưới", "cột đèn gãy đổ", "bến phà đóng cửa", "chợ đêm ồn ào"):
        draft = Draft(place, f"Phản ánh {place} đã hai tháng mà chưa ai xử lý.", "thue", ("THUE",))
        stage.store.run_now(open_ticket, draft, stage.now)
    stage.store.info[SHELF] = Shelf(newest=2)
    return stage


def sought(stage: Stage, words: str) -> searching.Near:
    return stage.store.read_now(searching.near, words)


def found_by(stage: Stage, words: str) -> list[str]:
    """The titles of the tickets found by these words that have enough of them."""
    near = sought(stage, words)
    titles = dict(stage.store.read_now(lambda s: s.execute(select(Ticket.code, Ticket.title)).all()))
    return [titles[key] for key in near.keys if key in titles] if near.close else []


def test_a_search_says_how_many_it_looked_at_until_the_older_tickets_are_read_too(archive: Stage) -> None:
    assert found_by(archive, "cho dem on ao")
    assert not found_by(archive, "rua bien mac luoi")
    assert sought(archive, "rua bien").looked_at == 2
    assert archive.store.read_now(read_older) is False
    assert sought(archive, "rua bien").looked_at is None
    for words in ("rua bien mac luoi", "Cột đèn gãy", "cot den gay", "ben pha dong cua"):
        assert len(found_by(archive, words)) == 1, words


def test_an_older_ticket_is_found_by_its_answer_and_by_what_became_of_it_since(archive: Stage) -> None:
    archive.store.read_now(read_older)
    code = sought(archive, "rua bien mac luoi").keys[0]
    archive.store.run_now(_answer, code, "Kiểm ngư đã gỡ lưới và thả về vịnh.")
    assert sought(archive, "kiem ngu go luoi tha ve vinh").keys[0] == code
    archive.store.info[SHELF] = Shelf(newest=2)
    archive.store.read_now(read_older)
    assert sought(archive, "kiem ngu go luoi tha ve vinh").keys[0] == code


def test_an_older_ticket_that_was_sealed_is_forgotten_with_its_words(archive: Stage) -> None:
    archive.store.read_now(read_older)
    code = sought(archive, "rua bien mac luoi").keys[0]
    archive.store.run_now(_seal, code)
    assert code not in sought(archive, "rua bien mac luoi").keys
    shelf: Shelf = archive.store.info[SHELF]
    assert len(shelf.older) == 1


def test_what_changes_while_older_tickets_are_read_is_not_taken_in_as_it_was(archive: Stage) -> None:
    shelf: Shelf = archive.store.info[SHELF]
    archive.store.read_now(refreshed)
    oldest = archive.store.read_now(lambda s: s.execute(select(Ticket).order_by(Ticket.id)).scalars().first())
    archive.store.run_now(_seal, oldest.code)
    archive.store.read_now(refreshed)
    archive.store.run_now(lambda s: s.execute(update(Ticket).values(tier=Tier.NO_NAME)))  # an old snapshot, in effect
    archive.store.read_now(read_older)
    assert len(shelf.older) == 1
    assert oldest.code not in sought(archive, "rua bien mac luoi").keys


def _seal(session: Session, code: str) -> None:
    ticket = session.execute(select(Ticket).where(Ticket.code == code)).scalar_one()
    ticket.tier = Tier.SEALED
    record(session, ticket, EventKind.ERASED, SYSTEM, MONDAY)


def _answer(session: Session, code: str, words: str) -> None:
    ticket = session.execute(select(Ticket).where(Ticket.code == code)).scalar_one()
    part = session.execute(select(Part).where(Part.ticket_id == ticket.id)).scalar_one()
    part.state, part.public_answer, part.answered_at = PartState.ANSWERED, words, MONDAY
    record(session, ticket, EventKind.ANSWERED, SYSTEM, MONDAY)
