"""What is known is answered at once, and one matter need not be reported twice."""

from datetime import date

from sqlalchemy import update
from sqlmodel import col, select

from tests.journeys.stage import Person, Stage
from zalobot import conversations
from zalobot.conversations import Talk
from zalobot.knowledge import instant
from zalobot.store.models import InstantAnswer, KnowledgeEntry, Liked, Role, Ticket, TicketEvent

ASKED = "cho em hoi gpld cho nguoi nuoc ngoai mat bao nhieu ngay"
CLOGGED = "Kho lạnh của công ty tôi ở Móng Cái nộp hồ sơ nghiệm thu PCCC đã 40 ngày mà chưa ai xuống kiểm tra"
THE_SAME = "kho lanh cua ben em o mong cai nop ho so nghiem thu pccc 40 ngay roi chua ai xuong kiem tra"


def told(stage: Stage) -> dict[Liked, int]:
    return stage.store.read_now(instant.counted, stage.now.replace(year=2020))


def reported(person: Person, text: str) -> str:
    """A report sent to its end; gives back its code."""
    person.agrees()
    person.says(text)
    person.says("Công ty Hải Long")
    person.says("gửi")
    return person.stage.tickets()[-1].code


def talk_of(stage: Stage, person: str) -> Talk:
    return stage.store.run_now(conversations.of, person, stage.now)


def test_a_known_question_is_answered_with_source_and_day_and_ends_without_a_ticket(stage: Stage):
    person = stage.person("an")
    person.agrees()
    said = person.says(ASKED)[0]
    assert "10 ngày làm việc" in said
    assert "219/2025/NĐ-CP" in said
    assert "Sở Nội vụ" in said
    assert "ngày 23/11/2026" in said
    assert [title.split(". ")[1] for title in person.buttons()] == ["Đúng ý tôi", "Chưa đúng"]
    assert "Cảm ơn" in person.says("Đúng ý tôi")[0]
    assert stage.tickets() == []
    assert told(stage) == {Liked.RIGHT: 1, Liked.WRONG: 0}


def test_not_that_goes_on_with_the_words_that_were_written(stage: Stage):
    person = stage.person("an")
    person.agrees()
    person.says(ASKED)
    person.says("chưa đúng")
    talk = talk_of(stage, "an")
    assert (talk.flow, talk.answers["description"]) == ("report_issue", ASKED)
    assert told(stage) == {Liked.RIGHT: 0, Liked.WRONG: 1}


def test_more_words_instead_of_a_button_are_more_of_the_question(stage: Stage):
    person = stage.person("an")
    person.agrees()
    person.says(ASKED)
    person.says("ý em là hồ sơ nộp từ tháng trước vẫn chưa có kết quả")
    assert talk_of(stage, "an").answers["description"].endswith("vẫn chưa có kết quả")


def test_an_answer_past_its_review_is_shown_to_nobody(stage: Stage):
    stage.store.run_now(lambda s: s.execute(update(KnowledgeEntry).values(review=date(2026, 11, 22))))
    person = stage.person("an")
    person.agrees()
    assert "219/2025" not in person.says(ASKED)[0]


def test_a_report_of_trouble_is_not_answered_away(stage: Stage):
    person = stage.person("an")
    person.agrees()
    said = person.says("hồ sơ xin giấy phép lao động của công ty tôi nộp 3 tháng rồi vẫn chưa có kết quả, xin xem lại")
    assert "219/2025" not in said[0]


def test_somebody_with_the_same_trouble_joins_by_one_tap_and_hears_the_outcome_only(stage: Stage):
    officer = stage.officer("cán bộ", "CAT")
    code = reported(stage.person("an"), CLOGGED)
    other = stage.person("bình")
    other.agrees()
    offered = other.says(THE_SAME)[0]
    assert code in offered
    assert "Tôi cũng gặp" in other.buttons()[0]
    assert code in other.says("Tôi cũng gặp")[0]
    assert len(stage.tickets()) == 1
    officer.says(f"Nhận {code}/1")
    other.pushes()
    officer.says(f"Trả lời {code}/1")
    officer.says("Đã kiểm tra ngày 24/11, kho đạt yêu cầu. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ 1022.")
    officer.says("gửi")
    news = "\n".join(other.pushes())
    assert "kho đạt yêu cầu" in news
    assert "Hải Long" not in news
    assert "do doanh nghiệp khác gửi" in other.says(f"Đã giải quyết {code}/1")[0]


def test_joining_is_on_record_and_says_nothing_of_who(stage: Stage):
    code = reported(stage.person("an"), CLOGGED)
    other = stage.person("bình")
    other.agrees()
    for _ in range(2):
        assert code in other.says(f"tôi cũng gặp {code}")[0]
    kinds = stage.store.read_now(
        lambda s: [str(e.kind) for e in s.exec(select(TicketEvent).order_by(col(TicketEvent.seq)))]
    )
    assert kinds.count("joined") == 1
    assert stage.tickets()[0].joined == ["bình"]


def test_a_ticket_that_is_sealed_is_offered_to_nobody_and_cannot_be_joined(stage: Stage):
    code = reported(stage.person("an"), CLOGGED)
    stage.store.run_now(lambda s: s.execute(update(Ticket).values(tier="sealed")))
    other = stage.person("bình")
    other.agrees()
    assert code not in other.says(THE_SAME)[0]
    assert "bình" not in stage.tickets()[0].followers


def test_whoever_joins_before_agreeing_is_asked_to_agree_first(stage: Stage):
    code = reported(stage.person("an"), CLOGGED)
    other = stage.person("bình")
    other.says(THE_SAME)
    other.says("Tôi cũng gặp")
    assert stage.tickets()[0].joined == []
    assert code in other.says("đồng ý")[0]
    assert stage.tickets()[0].joined == ["bình"]


def test_a_question_to_the_business_is_not_asked_of_who_joined(stage: Stage):
    officer = stage.officer("cán bộ", "CAT", Role.OFFICER)
    code = reported(stage.person("an"), CLOGGED)
    other = stage.person("bình")
    other.agrees()
    other.says(f"tôi cũng gặp {code}")
    other.pushes()
    officer.says(f"Hỏi thêm {code}/1")
    officer.says("Quý doanh nghiệp cho biết số hồ sơ đã nộp?")
    assert other.pushes() == []


def test_what_was_said_to_answers_names_nobody(stage: Stage):
    columns = set(InstantAnswer.__table__.columns.keys())
    assert columns == {"id", "shown_key", "agency", "confidence", "liked", "shown_at"}
