"""What may be said of a ticket and its parts (tickets.facts)."""

from datetime import date
from typing import Any, Final

from zalobot import spoken, templating
from zalobot.errors import PastHorizon
from zalobot.placeholders.making import EXCERPT, agency_of, placeholder
from zalobot.workdays import LOCAL


def _field(ticket: Any) -> str:
    return str(ticket.province.topic_name(ticket.ticket.topic))


def _part_lines(parts: Any) -> str:
    return spoken.numbered(templating.render("list/part", part=part).text for part in parts)


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


def _day(on: date) -> str:
    return f"{spoken.weekday(on)} {spoken.day(on)}"


def _a_day_ahead(part: Any) -> str:
    """The working day after tomorrow's, as an example of a date."""
    try:
        return spoken.day(part.province.calendar.nth_working_day(part.now.astimezone(LOCAL).date(), 2))
    except PastHorizon:
        return ""


def _how_counted(part: Any) -> str:
    return templating.render("counted/short", receipt=part.receipt).text if part.receipt else ""


def _all_answered(ticket: Any) -> bool:
    return str(ticket.ticket.state) in ("answered", "closed")


TICKET: Final = (
    placeholder("ma_ho_so", "ticket", lambda t: t.ticket.code),
    placeholder("tieu_de", "ticket", lambda t: t.ticket.title),
    placeholder("noi_dung", "ticket", lambda t: spoken.excerpt(t.ticket.description, EXCERPT)),
    placeholder("link_cong_khai", "ticket", lambda t: t.link),
    placeholder("link_can_bo", "ticket", lambda t: f"{t.public_url}/can-bo/{t.parts[0].part.code if t.parts else ''}"),
    placeholder("gio_nhan", "ticket", lambda t: spoken.at(t.ticket.received_at)),
    placeholder("ten_linh_vuc", "ticket", _field),
    placeholder("danh_sach_phan_viec", "ticket", lambda t: _part_lines(t.parts)),
    placeholder("cach_dem_han_chung", "ticket", lambda t: _how_counted(t.parts[0]) if t.parts else ""),
    placeholder("hinh_thuc_cong_khai", "ticket", lambda t: spoken.state("tier", t.ticket.tier)),
    placeholder("so_tep", "ticket", lambda t: str(t.files or "")),
    placeholder("lien_he", "ticket", lambda t: t.ticket.contact),
    placeholder("ho_so_xong", "ticket", lambda t: spoken.state("status", "answered") if _all_answered(t) else ""),
    placeholder("loai_ho_so", "ticket", lambda t: spoken.state("klass", t.ticket.klass)),
    placeholder("noi_dung_sau", "ticket", lambda t: spoken.excerpt("\n".join(t.additions), EXCERPT)),
    placeholder("duoc_cong_khai", "ticket", lambda t: "" if t.ticket.tier == "sealed" else t.ticket.code),
    placeholder(
        "co_quan_ho_so", "ticket", lambda t: ", ".join({agency_of(t.province, p.part.agency): 0 for p in t.parts})
    ),
    placeholder("trang_thai_ho_so", "ticket", lambda t: spoken.state("status", t.ticket.state)),
)

PART: Final = (
    placeholder("ma_phan_viec", "part", lambda p: p.part.code),
    placeholder("ten_co_quan", "part", lambda p: agency_of(p.province, p.part.agency)),
    placeholder("tieu_de_viec", "part", lambda p: p.ticket.title),
    placeholder("ten_phan_viec", "part", _field),
    placeholder("han", "part", _due),
    placeholder("cach_dem_han", "part", _how_counted),
    placeholder("con_lai", "part", _left),
    placeholder("qua_han", "part", _late),
    placeholder("trang_thai", "part", lambda p: spoken.state("part_status", p.part.state)),
    placeholder("tra_loi", "part", lambda p: p.answer),
    placeholder("cau_hoi", "part", lambda p: p.part.question),
    placeholder("cau_hoi_dang_cho", "part", lambda p: p.part.question if p.part.paused_at else ""),
    placeholder("ly_do", "part", lambda p: p.part.declined_reason),
    placeholder("co_quan_dung", "part", lambda p: agency_of(p.province, p.part.declined_to)),
    placeholder("han_quyet_dinh", "part", lambda p: spoken.due(p.part.decide_by) if p.part.decide_by else ""),
    placeholder("giai_trinh", "part", lambda p: spoken.excerpt(p.part.explanation, EXCERPT)),
    placeholder("ngay_tra_loi_moi", "part", lambda p: _day(p.part.new_date) if p.part.new_date else ""),
    placeholder("ngay_goi_y", "part", _a_day_ahead),
    placeholder("ly_do_danh_gia", "part", lambda p: p.part.verdict_reason),
    placeholder("danh_gia", "part", lambda p: spoken.state("verdict", p.part.verdict or "")),
    placeholder(
        "bo_sung", "part", lambda p: spoken.excerpt("\n".join(p.part.answer_facts.get("replies", [])[-1:]), EXCERPT)
    ),
)
