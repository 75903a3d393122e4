"""A person sees what is kept of them, takes a copy, takes back the consent, has everything erased."""

import json
from datetime import timedelta

from sqlalchemy import text as sql
from sqlmodel import select

from tests.journeys.stage import Stage, finish, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import consents, exports
from zalobot.store.models import Conversation, Purpose, Withdrawal

AGREED = consents.VERSIONS[Purpose.HANDLING]
WORDS = f"{WAREHOUSE} Liên hệ ông Nguyễn Văn Bình, 0912 000 345."
WHO = "Công ty TNHH Hải Long, 5701880016, kho bãi, phường Móng Cái 2, chị Lan 0912 345 678"


def token(said: str) -> str:
    return said.partition(exports.PATH + "/")[2].split()[0]


def test_the_copy_holds_what_was_written_and_the_link_ends_after_half_an_hour(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WORDS, who=WHO)
    (said,) = lan.says("dữ liệu của tôi")
    assert "1 phản ánh" in said
    assert "Công ty TNHH Hải Long, MST 5701880016" in said
    assert lan.buttons() == ["1. Rút đồng ý", "2. Xóa dữ liệu", "3. Gặp cán bộ"]
    assert exports.whose("x", token(said), stage.now + timedelta(minutes=29)) == "lan"
    assert exports.whose("x", token(said), stage.now + timedelta(minutes=31)) == ""
    assert exports.whose("another key", token(said), stage.now) == ""
    found = stage.store.read_now(exports.copy, "lan")
    (ticket,) = found["tickets"]
    assert ticket["description"] == WORDS
    assert ticket["business"]["tax_code"] == "5701880016"
    assert "[SĐT]" in ticket["public_copy"]
    assert found["person"]["agrees_to"] == {"handling": AGREED, "naming": "", "notices": ""}
    assert WORDS in json.dumps(found["you_wrote"], ensure_ascii=False)
    assert any("Đã tiếp nhận" in told["text"] for told in found["we_wrote"])
    assert stage.store.read_now(exports.copy, "nobody") == {}


def test_a_consent_is_taken_back_and_asked_for_again(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WORDS, who=WHO)
    assert "Quý doanh nghiệp có chắc không?" in lan.says("rút đồng ý")[0]
    assert "chắc không" in lan.says("ok")[0] or "Xin gõ số" in lan.texts()[0]
    assert "Đã rút đồng ý" in lan.says("1")[0]
    assert _talk(stage).consent_version == ""
    assert _talk(stage).business == {}
    lan.says("Một việc khác: nước thải của nhà máy bên cạnh chảy sang kho của chúng tôi ở phường Hà Tu")
    lan.says("việc mới")
    assert "có đồng ý không?" in lan.texts()[-1]
    assert len(stage.tickets()) == 1


def test_who_thinks_better_of_it_keeps_everything(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WORDS)
    for words in ("rút đồng ý", "xoá dữ liệu"):
        lan.says(words)
        assert "giữ nguyên" in lan.says("2")[0]
    assert _talk(stage).consent_version == AGREED
    assert stage.tickets()[0].description == WORDS


def test_newer_words_are_agreed_to_anew(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WORDS)

    def older(session):  # type: ignore[no-untyped-def]
        session.get_one(Conversation, "lan").consent_version = "2025-01"

    stage.store.run_now(older)
    lan.says("Quầy đất đai ở trung tâm hành chính công quá tải, ngồi chờ từ 7 giờ mà 11 giờ chưa đến lượt")
    assert "có đồng ý không?" in (lan.says("việc mới") if "việc mới" in lan.texts()[0] else lan.texts())[0]
    assert "xem lại" in lan.says("1")[0]
    assert _talk(stage).consent_version == AGREED


def test_everything_is_erased_by_a_plain_word_and_nothing_else(stage: Stage) -> None:
    lan = stage.person("lan")
    code = report(lan, WORDS, who=WHO)
    assert "không khôi phục được" in lan.says("xoá dữ liệu")[0]
    assert "Chưa xóa gì" in lan.says("ok")[0]
    assert stage.tickets()[0].description == WORDS
    (said,) = lan.says("xóa hết")
    assert "tin cuối cùng" in said
    (ticket,) = stage.tickets()
    assert (ticket.code, ticket.description, ticket.contact, ticket.business, ticket.person_id) == (
        code,
        "",
        "",
        {},
        "",
    )
    assert stage.store.read_now(exports.copy, "lan") == {}
    assert len(stage.store.read_now(lambda s: list(s.exec(select(Withdrawal))))) == 1
    assert _everything(stage).count("Nguyễn Văn Bình") == 0
    assert _everything(stage).count("5701880016") == 0
    assert "có đồng ý không?" in lan.says("xin chào")[0]  # a new beginning


def test_the_agency_reads_what_was_written_byte_for_byte(stage: Stage) -> None:
    """However much is masked in public: shown and hidden pieces change the public copy alone."""
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WORDS)
    lan.says(WHO)
    lan.says("bản công khai")
    lan.says("hiện 2")
    lan.says("che Móng Cái 2")
    lan.says("xong")
    finish(lan)
    (ticket,) = stage.tickets()
    assert ticket.description.encode() == WORDS.encode()
    assert ticket.public_text == WORDS.replace("Nguyễn Văn Bình", "[HỌ TÊN]").replace("Móng Cái 2", "[ĐÃ CHE]")


def test_what_is_hidden_stays_hidden_in_later_words(stage: Stage) -> None:
    lan, ha = stage.person("lan"), stage.officer("ha", "SXD")
    lan.agrees()
    lan.says(WORDS)
    lan.says(WHO)
    for words in ("bản công khai", "che Móng Cái 2", "xong"):
        lan.says(words)
    finish(lan)
    ha.says("Hỏi thêm QN-2611-00001/1")
    ha.says("Kho nằm ở đâu, diện tích bao nhiêu?")
    lan.says("Kho ở Móng Cái 2, rộng 500 m2")
    lan.says("gửi")
    words = _public_words(stage)
    assert "Kho ở [ĐÃ CHE], rộng 500 m2" in words
    assert "Móng Cái 2" not in words


def _talk(stage: Stage) -> Conversation:
    return stage.store.read_now(lambda session: session.get_one(Conversation, "lan"))


def _everything(stage: Stage) -> str:
    tables = ("ticket", "inbox", "outbox", "conversation", "addition", "ledger_salt", "attachment")
    return stage.store.read_now(
        lambda session: "\n".join(
            str(row) for table in tables for row in session.execute(sql(f"SELECT * FROM {table}"))
        )
    )


def _public_words(stage: Stage) -> str:
    """What the public history quotes of them."""
    return stage.store.read_now(
        lambda session: "\n".join(
            str(row) for row in session.execute(sql("SELECT text FROM ledger_salt WHERE name = 'why'")).scalars()
        )
    )
