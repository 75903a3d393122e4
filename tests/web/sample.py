"""A small province and a week of its tickets, at one moment: Thu 26/11/2026 10:20. Plain inserts, no verbs.

The story of QN-2611-00042 is that of the design's pictures, so its sums are known.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.calendars import WEEK, at, off
from zalobot.deadlines import RuleVersion, count
from zalobot.province import Agency, Contact, Province, Topic
from zalobot.rules import Klass
from zalobot.store import models
from zalobot.store.ids import new_id
from zalobot.workdays import WorkCalendar

NOW = at("2026-11-26 10:20")
LAW = "Điều 147, 148 Bộ luật Dân sự 2015."
RULE = RuleVersion("3", "Quyết định số 12/QĐ-UBND", date(2026, 1, 1), law=LAW)
CULTURE_DAY = off(date(2026, 11, 24), name="Ngày Văn hóa Việt Nam")
CALENDAR = WorkCalendar("2026.7", WEEK, (CULTURE_DAY,), date(2025, 1, 1), date(2027, 12, 31))
LATER = CALENDAR.with_days("2026.8", [off(date(2026, 11, 27))])
PRIVATE = ("0912 345 678", "Nguyễn Văn Bí", "8888777766665555")
HOSTILE = "<script>alert(1)</script> {{7*7}} {% if x %} '; DROP TABLE ticket; -- \"><img src=x onerror=alert(2)>"


def province(**changes: Any) -> Province:
    """Five agencies, three topics."""
    agencies = [
        ("SXD", "Sở Xây dựng"),
        ("CA", "Công an tỉnh"),
        ("SNNMT", "Sở Nông nghiệp và Môi trường"),
        ("STC", "Sở Tài chính"),
        ("BQLKKT", "Ban Quản lý Khu kinh tế"),
    ]
    topics = [
        ("xay-dung", "Thẩm định thiết kế", "build", "SXD"),
        ("dat-dai", "Giao đất, cho thuê đất", "land", "SNNMT"),
    ]
    topics.append(("ho-tro", "Hỗ trợ doanh nghiệp", "invest", "STC"))
    values: dict[str, Any] = {
        "key": "quang-ninh",
        "name": "tỉnh Quảng Ninh",
        "prefix": "QN",
        "oa_name": "Doanh nghiệp Quảng Ninh",
        "agencies": {code: Agency(code, name, name, (), "so") for code, name in agencies},
        "topics": {c: Topic(c, name, kind, lead, (), Klass.HARD, ()) for c, name, kind, lead in topics},
        "operator": "Văn phòng UBND tỉnh",
        "units": (),
        "contacts": (Contact("fire", "114", "cháy, cứu nạn", True), Contact("help", "1022", "tổng đài", False)),
        "fallback_topic": "ho-tro",
        "zone_words": (),
        "fields": (("build", "Xây dựng, PCCC"), ("land", "Đất đai"), ("invest", "Đầu tư")),
        "calendar": CALENDAR,
        "rules": (RULE,),
    }
    return Province(**values | changes)


@dataclass
class PartSample:
    """A part to be inserted; the due time is counted unless given."""

    agency: str
    state: str = "accepted"
    columns: dict[str, Any] = field(default_factory=dict)


def add_ticket(
    session: Session,
    number: int,
    title: str,
    received: str,
    *parts: PartSample,
    events: tuple[Any, ...] = (),
    **columns: Any,
) -> str:
    """Insert a ticket with parts, receipts and history; gives back its code."""
    code = f"QN-2611-{number:05d}"
    klass = columns.pop("klass", "hard")
    values: dict[str, Any] = {
        "topic": "xay-dung",
        "state": "in_progress",
        "tier": "no_name",
        "description": f"{title}. Gọi {PRIVATE[0]}, gặp {PRIVATE[1]}.",
        "public_text": f"{title}. Gọi [SĐT], gặp [HỌ TÊN].",
        "business_name": "Công ty Kho vận Kín",
        "contact": PRIVATE[0],
        "person_id": PRIVATE[2],
    }
    ticket = models.Ticket(
        id=new_id(), code=code, title=title, klass=klass, rule_version="3",
        received_at=at(received), **values | columns,
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    for place, part in enumerate(parts, 1):
        _add_part(session, ticket, place, part, klass)
    for moment, kind, agency, part_number, data in events:
        session.add(
            models.TicketEvent(
                seq=_next(session), ticket_id=ticket.id, ticket_code=code, part_number=part_number, kind=kind,
                at=at(moment), actor_role="officer", agency=agency, data=data, commitments={}, prev_hash="", hash="",
            )
        )  # fmt: skip
        session.flush()
    return code


def _next(session: Session) -> int:
    """The number of the next entry of the ledger."""
    return (session.execute(select(func.max(col(models.TicketEvent.seq)))).scalar_one() or 0) + 1


def _add_part(session: Session, ticket: models.Ticket, number: int, sample: PartSample, klass: str) -> None:
    receipt = count(ticket.received_at, RULE, klass, CALENDAR)
    values = {
        "clock_started_at": ticket.received_at,
        "due_at": receipt.due,
        "first_due_at": receipt.due,
        "public_answer": sample.columns.get("answer", ""),
        **sample.columns,
    }
    struck = values.pop("struck", None)
    recounted = count(ticket.received_at, RULE, klass, LATER) if struck else receipt
    values["due_at"] = recounted.due if struck else values["due_at"]
    part = models.Part(
        id=new_id(), ticket_id=ticket.id, code=f"{ticket.code}/{number}", number=number, agency=sample.agency,
        state=sample.state, klass=klass, received_at=ticket.received_at, **values,
    )  # fmt: skip
    session.add(part)
    session.flush()
    if struck:
        session.add(
            _receipt(part.id, receipt, at("2026-11-20 09:00"), struck_at=at("2026-11-26 10:00"), struck_reason=struck)
        )
        session.flush()
    session.add(_receipt(part.id, recounted, ticket.received_at))


def _receipt(part_id: str, receipt: Any, made: datetime, **columns: Any) -> models.DeadlineReceipt:
    return models.DeadlineReceipt(
        id=new_id(), part_id=part_id, due_at=receipt.due, data=receipt.to_json(), made_at=made, **columns
    )


WAREHOUSE = "Kho hàng ở Móng Cái 2: thẩm định thiết kế và phòng cháy, hai cơ quan hướng dẫn chờ nhau"
WAREHOUSE_TEXT = (
    "Công ty tôi xây kho ở Móng Cái 2, nộp hồ sơ thẩm định thiết kế thì Sở Xây dựng bảo bổ sung PCCC, bên PCCC lại bảo "
    "chờ Sở Xây dựng thẩm định trước. Cứ đá bóng thế này thì doanh nghiệp chết. Liên hệ [HỌ TÊN] [SĐT]"
)
POLICE_ANSWER = (
    "Với công trình kho thuộc Phụ lục III, cơ quan Công an chỉ thẩm định hệ thống phòng cháy. Các nội dung an toàn "
    "cháy còn lại do cơ quan chuyên môn về xây dựng thẩm định cùng thiết kế.\nViệc yêu cầu doanh nghiệp chờ là "
    "chưa đúng quy trình; Phòng Cảnh sát PCCC và CNCH đã nhắc bộ phận tiếp nhận."
)
POLICE_FACTS = {
    "conclusion": "Được. Hai việc nộp song song, không phải chờ nhau.",
    "basis": "Điều 16 Luật số 55/2024/QH15 (điểm e, g); Phụ lục III Nghị định số 105/2025/NĐ-CP.",
    "next_step": "Nộp hồ sơ hệ thống phòng cháy tại Trung tâm Phục vụ hành chính công tỉnh, ghi mã QN-2611-00042.",
    "contact": "Phòng Cảnh sát PCCC và CNCH, Công an tỉnh, qua tổng đài 1022.",
}


def a_week(session: Session) -> None:
    """Ten tickets in every state a page must show."""
    known = set(session.execute(select(models.Agency.code)).scalars())
    for agency in (one for one in province().agencies.values() if one.code not in known):
        session.add(models.Agency(code=agency.code, name=agency.name, short=agency.short, aliases=[], former=[]))
    session.flush()
    answered = {"accepted_at": at("2026-11-19 09:00"), "answered_at": at("2026-11-23 10:00")}
    add_ticket(
        session, 31, "Hồ sơ chuyển mục đích đất trồng rừng ở xã Quảng La bị trả lại 3 lần", "2026-11-18 09:00",
        PartSample("SNNMT", columns={"accepted_at": at("2026-11-18 10:00")}), topic="dat-dai",
        events=(
            ("2026-11-18 09:00", "received", "", None, {}),
            ("2026-11-18 09:05", "assigned", "SNNMT", 1, {}),
            ("2026-11-18 10:00", "accepted", "SNNMT", 1, {}),
            ("2026-11-23 17:00", "overdue", "SNNMT", 1, {}),
            ("2026-11-25 07:30", "escalated", "SNNMT", 1, {}),
        ),
    )  # fmt: skip
    add_ticket(
        session, 40, "Ổ gà trên đường dẫn vào Khu công nghiệp Việt Hưng, xe container không qua được",
        "2026-11-18 14:00",
        PartSample("SXD", "closed", answered | {"verdict": "solved", "answer": "Đơn vị bảo trì vá xong đoạn 300 m ngày "
                   "25/11/2026; đoạn còn lại hoàn thành trước 05/12/2026."}),
        state="closed", tier="public", events=(("2026-11-23 09:20", "closed", "SXD", 1, {}),),
    )  # fmt: skip
    _warehouse(session)
    add_ticket(
        session, 44, "Đổi nhà đầu tư của dự án trong khu kinh tế Vân Đồn", "2026-11-25 08:00",
        PartSample("BQLKKT", columns={"accepted_at": at("2026-11-25 09:00"), "struck": "thêm ngày nghỉ 27/11"}),
        topic="ho-tro",
    )  # fmt: skip
    add_ticket(
        session, 45, "Chi phí thuê đất tăng gấp ba", "2026-11-24 20:10",
        PartSample("SNNMT", "paused", {"accepted_at": at("2026-11-25 08:00"), "paused_at": at("2026-11-25 15:10"),
                   "question": "Quý doanh nghiệp cho biết số hợp đồng thuê đất và kỳ đã nộp?"}),
        topic="dat-dai", state="waiting",
    )  # fmt: skip
    add_ticket(
        session, 46, "Bị ép nộp thêm phí", "2026-11-25 09:00",
        PartSample("STC", "answered", {"accepted_at": at("2026-11-25 09:30"), "answered_at": at("2026-11-26 08:00"),
                   "answer": "Câu trả lời riêng", "question": "Câu hỏi riêng"}),
        PartSample("CA", "declined", {"declined_to": "STC", "declined_reason": "Lý do riêng"}),
        topic="ho-tro", tier="sealed", state="partly_answered",
        events=(("2026-11-25 09:00", "received", "", None, {}),
                ("2026-11-26 09:00", "declined", "CA", 2, {"to": "STC", "reason": "Lý do riêng"})),
    )  # fmt: skip
    add_ticket(
        session, 50, "Hộ kinh doanh chuyển lên doanh nghiệp được hỗ trợ gì, làm thủ tục ở đâu?", "2026-11-25 14:00",
        PartSample("STC", "answered", {"accepted_at": at("2026-11-25 14:10"), "answered_at": at("2026-11-25 16:36"),
                   "answer": "Nộp tại Trung tâm Phục vụ hành chính công tỉnh hoặc bất kỳ điểm phục vụ cấp xã."}),
        klass="simple", topic="ho-tro", state="answered",
    )  # fmt: skip
    add_ticket(
        session, 51, "Giờ làm việc của bộ phận một cửa phường Hồng Gai", "2026-11-26 08:05",
        PartSample("STC", "waiting"), klass="simple", topic="ho-tro", state="assigned",
    )  # fmt: skip
    add_ticket(session, 52, HOSTILE, "2026-11-26 09:00", PartSample("SXD", "answered", {
        "answered_at": at("2026-11-26 10:00"), "answer": HOSTILE, "answer_facts": {"conclusion": HOSTILE}}),
        public_text=HOSTILE, tier="public", business_name=HOSTILE, state="answered")  # fmt: skip
    add_ticket(session, 53, "Xin cấp lại giấy phép", "2026-11-26 10:15", state="received")


def _warehouse(session: Session) -> None:
    add_ticket(
        session, 42, WAREHOUSE, "2026-11-23 09:00",
        PartSample("SXD", columns={"accepted_at": at("2026-11-23 14:10"), "hand_overs": 1}),
        PartSample("CA", "answered", {"accepted_at": at("2026-11-23 09:51"), "answered_at": at("2026-11-26 08:47"),
                   "answer": POLICE_ANSWER, "answer_facts": POLICE_FACTS | {"replies": [PRIVATE[1]]}}),
        state="partly_answered", public_text=WAREHOUSE_TEXT,
        events=(
            ("2026-11-23 09:00", "received", "", None, {}),
            ("2026-11-23 09:00", "assigned", "BQLKKT", 1, {"told": 2}),
            ("2026-11-23 09:00", "assigned", "CA", 2, {"told": 1}),
            ("2026-11-23 09:51", "accepted", "CA", 2, {}),
            ("2026-11-23 10:35", "declined", "BQLKKT", 1, {"to": "SXD"}),
            ("2026-11-23 14:10", "transferred", "SXD", 1, {"former": "BQLKKT"}),
            ("2026-11-26 08:47", "answered", "CA", 2, {"text": "không được đưa ra đây"}),
        ),
    )  # fmt: skip


def the_longest(session: Session) -> None:
    """A ticket of five agencies whose words have no place to break."""
    unbroken = "https://example.vn/" + "a" * 160
    parts = [
        PartSample(
            "BQLKKT", "answered", {"answered_at": at("2026-11-26 10:00"), "answer": unbroken, "accepted_at": NOW}
        ),
        PartSample("SNNMT", "paused", {"paused_at": at("2026-11-26 10:00"), "question": unbroken}),
        PartSample("SNNMT", "declined", {"declined_to": "BQLKKT", "declined_reason": unbroken}),
        PartSample("CA", "reopened", {"answer": unbroken, "verdict": "generic", "clock": 2, "hand_overs": 12}),
        PartSample("STC", "withdrawn"),
    ]
    add_ticket(
        session, 99999, "W" * 200, "2026-11-20 09:00", *parts, public_text=unbroken + " [LIÊN KẾT CÁ NHÂN]" * 9,
        tier="public", business_name="Công ty " + "Đ" * 150, state="reopened",
        events=(("2026-11-26 10:00", "declined", "SNNMT", 3, {"to": "BQLKKT"}),),
    )  # fmt: skip
