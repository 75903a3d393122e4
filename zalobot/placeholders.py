"""Every word an operator may write in double braces: what it is read from, how, and a sample for previews.

The one rule: a value is text and nothing else; what it says of time is said as of the instant in its facts.
"""

from datetime import timedelta
from typing import Any, Final

from zalobot import spoken, templating
from zalobot.deadlines import Receipt
from zalobot.templating import Placeholder

_AGENCY: Final = "Sở Xây dựng"
_LONG_AGENCY: Final = "Sở Nông nghiệp và Môi trường tỉnh Quảng Ninh"
_TEXT: Final = "Hồ sơ xin cấp giấy phép xây dựng nhà xưởng bị trả lại ba lần, mỗi lần một lý do khác nhau."
_DUE: Final = "17h00 Thứ Sáu 27/11/2026"
_COUNT: Final = "3 ngày làm việc, tính từ 25/11/2026"
_PARTS: Final = "1. Sở Xây dựng, hạn 17h00 Thứ Sáu 27/11/2026\n2. Công an tỉnh, hạn 17h00 Thứ Sáu 27/11/2026"
_EXCERPT: Final = 500
_LISTED: Final = 8  # lines of work in one message; the rest are a number


# -- a ticket and its parts (tickets.facts) ---------------------------------------------------------------------------


def _field(ticket: Any) -> str:
    topic = ticket.province.topics.get(ticket.ticket.topic)
    return topic.name if topic else ""


def _part_lines(parts: Any) -> str:
    return spoken.numbered(templating.render("list/part", part=part).text for part in parts)


def _agency(province: Any, code: str) -> str:
    agency = province.agencies.get(code)
    return agency.name if agency else ""


def _due(part: Any) -> str:
    return spoken.due(part.part.due_at) if part.part.due_at else ""


def _left(part: Any) -> str:
    if part.part.due_at is None or part.now >= part.part.due_at:
        return ""
    return spoken.working_time(part.province.calendar.working_between(part.now, part.part.due_at))


def _late(part: Any) -> str:
    due = part.part.due_at
    if due is None or part.now <= due:
        return ""
    return spoken.working_time(part.province.calendar.working_between(due, part.now))


def _how_counted(part: Any) -> str:
    return templating.render("counted/short", receipt=part.receipt).text if part.receipt else ""


TICKET: Final = (
    Placeholder("ma_ho_so", "ticket", lambda t: t.ticket.code, "QN-2611-00042"),
    Placeholder("tieu_de", "ticket", lambda t: t.ticket.title, "Hồ sơ bị trả lại ba lần", "t" * 90),
    Placeholder("noi_dung", "ticket", lambda t: spoken.excerpt(t.ticket.description, _EXCERPT), _TEXT, "n" * _EXCERPT),
    Placeholder("link_cong_khai", "ticket", lambda t: t.link, "https://kenh.example.vn/hoi-dap/QN-2611-00042"),
    Placeholder("gio_nhan", "ticket", lambda t: spoken.at(t.ticket.received_at), "09h00 ngày 23/11/2026"),
    Placeholder("ten_linh_vuc", "ticket", _field, "Giấy phép xây dựng", "Ứng dụng công nghệ thông tin, chuyển đổi số"),
    Placeholder("danh_sach_phan_viec", "ticket", lambda t: _part_lines(t.parts), _PARTS, _PARTS + "\n" + _PARTS),
    Placeholder("cach_dem_han_chung", "ticket", lambda t: _how_counted(t.parts[0]) if t.parts else "", _COUNT),
    Placeholder(
        "hinh_thuc_cong_khai", "ticket", lambda t: spoken.state("tier", t.ticket.tier), "công khai, không nêu tên"
    ),
    Placeholder("so_tep", "ticket", lambda t: str(t.files or ""), "2", "12"),
    Placeholder("lien_he", "ticket", lambda t: t.ticket.contact, "Chị Lan, 0912 345 678", "l" * 150),
    Placeholder("trang_thai_ho_so", "ticket", lambda t: spoken.state("status", t.ticket.state), "Đang xử lý"),
)

PART: Final = (
    Placeholder("ma_phan_viec", "part", lambda p: p.part.code, "QN-2611-00042/1", "QN-2611-00042/12"),
    Placeholder("ten_co_quan", "part", lambda p: _agency(p.province, p.part.agency), _AGENCY, _LONG_AGENCY),
    Placeholder("tieu_de_viec", "part", lambda p: p.ticket.title, "Hồ sơ bị trả lại ba lần", "t" * 90),
    Placeholder("ten_phan_viec", "part", _field, "Giấy phép xây dựng", "Ứng dụng công nghệ thông tin, chuyển đổi số"),
    Placeholder("han", "part", _due, _DUE),
    Placeholder("cach_dem_han", "part", _how_counted, _COUNT, _COUNT + " (không tính 24/11, Ngày Văn hóa Việt Nam)"),
    Placeholder("con_lai", "part", _left, "1 ngày 5 giờ làm việc", "12 ngày 7 giờ làm việc"),
    Placeholder("qua_han", "part", _late, "2 giờ làm việc", "12 ngày 7 giờ làm việc"),
    Placeholder("trang_thai", "part", lambda p: spoken.state("part_status", p.part.state), "Đang xử lý", "t" * 40),
    Placeholder(
        "tra_loi", "part", lambda p: p.part.answer, "Hồ sơ đã đủ; giấy phép được cấp ngày 26/11/2026.", "t" * 1200
    ),
    Placeholder("cau_hoi", "part", lambda p: p.part.question, "Xin gửi bản vẽ mặt bằng tầng 1.", "c" * 1000),
    Placeholder(
        "ly_do",
        "part",
        lambda p: p.part.declined_reason,
        "Việc thuộc khu kinh tế, do Ban Quản lý Khu kinh tế giải quyết.",
        "l" * 1000,
    ),
    Placeholder(
        "co_quan_dung",
        "part",
        lambda p: _agency(p.province, p.part.declined_to),
        "Ban Quản lý Khu kinh tế Quảng Ninh",
    ),
    Placeholder("ly_do_danh_gia", "part", lambda p: p.part.verdict_reason, "Chưa nêu căn cứ.", "l" * 1000),
    Placeholder("danh_gia", "part", lambda p: spoken.state("verdict", p.part.verdict or ""), "trả lời chung chung"),
    Placeholder(
        "bo_sung",
        "part",
        lambda p: spoken.excerpt("\n".join(p.part.answer_facts.get("replies", [])[-1:]), _EXCERPT),
        "Bản vẽ đã gửi kèm.",
        "b" * _EXCERPT,
    ),
)


# -- people and the channel -------------------------------------------------------------------------------------------


PEOPLE: Final = (
    Placeholder("ten_can_bo", "officer", lambda o: o.name, "Nguyễn Văn An", "Nguyễn Hoàng Phương Thảo Nguyên"),
    Placeholder("ten_co_quan_can_bo", "officer", lambda o: o.agency_name, _AGENCY, _LONG_AGENCY),
    Placeholder("ten_khach", "person", lambda p: p.display_name or p.person_id, "Công ty Hạ Long", "k" * 100),
    Placeholder("ten_kenh", "channel", lambda c: c.oa_name, "Doanh nghiệp Quảng Ninh", "k" * 60),
    Placeholder("ten_tinh", "channel", lambda c: c.name, "tỉnh Quảng Ninh", "thành phố Hồ Chí Minh"),
    Placeholder("ma_vi_du", "channel", lambda c: f"{c.prefix}-2611-00042", "QN-2611-00042"),
    Placeholder("so_khan_cap", "channel", lambda _: spoken.spoken("emergency"), "112, 113, 114, 115"),
)


# -- what is being put together, chosen from, or to be done -----------------------------------------------------------


def _work_lines(work: Any) -> str:
    return "\n".join(templating.render("list/work", part=part).text for part in work[:_LISTED])


def _short_options(labels: Any) -> str:
    return ", ".join(f"{number} {label}" for number, label in enumerate(labels, 1))


DRAFT: Final = (
    Placeholder("noi_dung_nhap", "draft", lambda d: spoken.excerpt(d.description, _EXCERPT), _TEXT, "n" * _EXCERPT),
    Placeholder("linh_vuc_nhap", "draft", lambda d: d.field_name, "Xây dựng"),
    Placeholder("co_quan_nhap", "draft", lambda d: ", ".join(d.agency_names), f"{_AGENCY}, Công an tỉnh", "c" * 150),
    Placeholder("so_tep_nhap", "draft", lambda d: str(d.file_count or ""), "2", "12"),
    Placeholder("lien_he_nhap", "draft", lambda d: d.contact, "Chị Lan, 0912 345 678", "l" * 150),
    Placeholder(
        "ban_cong_khai_nhap", "draft", lambda d: spoken.excerpt(d.public_text, _EXCERPT), _TEXT, "b" * _EXCERPT
    ),
    Placeholder("muc_cong_khai_nhap", "draft", lambda d: spoken.state("tier", d.tier), "công khai, không nêu tên"),
)

LISTS: Final = (
    Placeholder("lua_chon", "options", spoken.numbered, "1. Đất đai\n2. Xây dựng\n3. Thuế, hóa đơn", "1. " + "l" * 500),
    Placeholder("lua_chon_ngan", "options", _short_options, "1 Nhận xử lý, 2 Trả lời", "l" * 300),
    Placeholder("so_viec", "work", lambda work: str(len(work) or ""), "3", "120"),
    Placeholder("danh_sach_viec", "work", _work_lines, "QN-2611-00042/1: hạn 17h00 Thứ Sáu 27/11/2026", "d" * 1200),
    Placeholder("so_viec_khac", "work", lambda work: str(max(0, len(work) - _LISTED) or ""), "4", "112"),
)


# -- how a due time was counted, what happened, what was refused, what is wrong with a message ------------------------


def _counted_days(receipt: Receipt) -> str:
    return ", ".join(templating.render("counted/day", counted=day).text for day in receipt.counted)


def _skipped_days(receipt: Receipt) -> str:
    """The named days off; weekly rest days need no explanation."""
    named = (day for day in receipt.skipped if day.kind != "weekend")
    return ", ".join(templating.render("counted/skipped", skipped=day).text for day in named)


def _first_day(receipt: Receipt) -> str:
    return spoken.day(receipt.counted[0].date) if receipt.counted else ""


def _waited(receipt: Receipt) -> str:
    length = sum((pause.working for pause in receipt.waits), timedelta())
    return spoken.working_time(length) if length else ""


RECEIPT: Final = (
    Placeholder("ngay_nhan", "receipt", lambda r: spoken.day(r.day0), "23/11/2026"),
    Placeholder("so_ngay", "receipt", lambda r: str(r.amount) if r.counted else "", "3"),
    Placeholder("so_gio", "receipt", lambda r: "" if r.counted else str(r.amount), "4"),
    Placeholder("ngay_dau", "receipt", _first_day, "25/11/2026"),
    Placeholder("cac_ngay_dem", "receipt", _counted_days, "ngày 1 là 25/11, ngày 2 là 26/11, ngày 3 là 27/11"),
    Placeholder("cac_ngay_nghi", "receipt", _skipped_days, "24/11 (Ngày Văn hóa Việt Nam)", "n" * 200),
    Placeholder("da_cho", "receipt", _waited, "4 giờ làm việc"),
    Placeholder("han_dem", "receipt", lambda r: spoken.due(r.due), _DUE),
    Placeholder("ngay_dem", "counted", lambda c: spoken.short_day(c.date), "25/11"),
    Placeholder("so_thu_tu", "counted", lambda c: str(c.number), "1"),
    Placeholder("ngay_nghi", "skipped", lambda s: spoken.short_day(s.date), "24/11"),
    Placeholder("ten_ngay_nghi", "skipped", lambda s: s.name, "Ngày Văn hóa Việt Nam"),
)

OTHERS: Final = (
    Placeholder("ten_co_quan_viec", "event", lambda e: e.agency_name, _AGENCY, _LONG_AGENCY),
    Placeholder("ten_co_quan_khac", "event", lambda e: e.other_agency_name, "Công an tỉnh", _LONG_AGENCY),
    Placeholder("so_phan", "event", lambda e: str(e.part_number or ""), "1"),
    Placeholder("ket_qua", "event", lambda e: spoken.state("verdict", e.verdict), "đã giải quyết"),
    Placeholder("tre_han", "event", lambda e: str(e.late or ""), "2 giờ làm việc"),
    Placeholder("loai_viec", "event", lambda e: spoken.state("klass", e.klass), "phức tạp"),
    Placeholder(
        "ma_duoc_nhac",
        "facts",
        lambda f: str(next((f[key] for key in ("part", "code", "agency") if f.get(key)), "")),
        "QN-2611-00042/1",
    ),
    Placeholder("gioi_han", "facts", lambda f: str(f.get("limit") or ""), "20 MB"),
    Placeholder("dong", "problem", lambda p: str(p.line), "3"),
    Placeholder("chi_tiet", "problem", lambda p: p.detail, "ma_hoso", "c" * 120),
    Placeholder("goi_y", "problem", lambda p: p.suggestion, "ma_ho_so"),
)

PLACEHOLDERS: Final = (*TICKET, *PART, *PEOPLE, *DRAFT, *LISTS, *RECEIPT, *OTHERS)
