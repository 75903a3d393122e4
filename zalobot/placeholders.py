"""Every word an operator may write in double braces: what it is read from, how, and a sample for previews.

The one rule: a value is text and nothing else; what it says of time is said as of the instant in its facts.
"""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from zalobot import spoken, templating
from zalobot.deadlines import Receipt
from zalobot.errors import PastHorizon
from zalobot.paths import templates_folder
from zalobot.templating import Placeholder
from zalobot.workdays import LOCAL

_EXCERPT: Final = 500
_LISTED: Final = 8  # lines of work in one message; the rest are a number


@cache
def _samples() -> dict[str, dict[str, Any]]:
    return tomllib.loads((templates_folder() / "samples.toml").read_text(encoding="utf-8"))


def _placeholder(name: str, needs: str, value: Callable[[Any], str]) -> Placeholder:
    """A placeholder with its sample from `templates/samples.toml`, where a number stands for a text of this length."""
    given = _samples()[name]
    longest = given.get("longest", "")
    return Placeholder(name, needs, value, given["sample"], "m" * longest if isinstance(longest, int) else longest)


# -- a ticket and its parts (tickets.facts) ---------------------------------------------------------------------------


def _field(ticket: Any) -> str:
    return getattr(ticket.province.topics.get(ticket.ticket.topic), "name", "")


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
    _placeholder("ma_ho_so", "ticket", lambda t: t.ticket.code),
    _placeholder("tieu_de", "ticket", lambda t: t.ticket.title),
    _placeholder("noi_dung", "ticket", lambda t: spoken.excerpt(t.ticket.description, _EXCERPT)),
    _placeholder("link_cong_khai", "ticket", lambda t: t.link),
    _placeholder("gio_nhan", "ticket", lambda t: spoken.at(t.ticket.received_at)),
    _placeholder("ten_linh_vuc", "ticket", _field),
    _placeholder("danh_sach_phan_viec", "ticket", lambda t: _part_lines(t.parts)),
    _placeholder("cach_dem_han_chung", "ticket", lambda t: _how_counted(t.parts[0]) if t.parts else ""),
    _placeholder("hinh_thuc_cong_khai", "ticket", lambda t: spoken.state("tier", t.ticket.tier)),
    _placeholder("so_tep", "ticket", lambda t: str(t.files or "")),
    _placeholder("lien_he", "ticket", lambda t: t.ticket.contact),
    _placeholder("ho_so_xong", "ticket", lambda t: spoken.state("status", "answered") if _all_answered(t) else ""),
    _placeholder("loai_ho_so", "ticket", lambda t: spoken.state("klass", t.ticket.klass)),
    _placeholder("noi_dung_sau", "ticket", lambda t: spoken.excerpt("\n".join(t.additions), _EXCERPT)),
    _placeholder("duoc_cong_khai", "ticket", lambda t: "" if t.ticket.tier == "sealed" else t.ticket.code),
    _placeholder("co_quan_ho_so", "ticket", lambda t: ", ".join({p.agency.name: 0 for p in t.parts})),
    _placeholder("trang_thai_ho_so", "ticket", lambda t: spoken.state("status", t.ticket.state)),
)

PART: Final = (
    _placeholder("ma_phan_viec", "part", lambda p: p.part.code),
    _placeholder("ten_co_quan", "part", lambda p: _agency(p.province, p.part.agency)),
    _placeholder("tieu_de_viec", "part", lambda p: p.ticket.title),
    _placeholder("ten_phan_viec", "part", _field),
    _placeholder("han", "part", _due),
    _placeholder("cach_dem_han", "part", _how_counted),
    _placeholder("con_lai", "part", _left),
    _placeholder("qua_han", "part", _late),
    _placeholder("trang_thai", "part", lambda p: spoken.state("part_status", p.part.state)),
    _placeholder("tra_loi", "part", lambda p: p.part.answer),
    _placeholder("cau_hoi", "part", lambda p: p.part.question),
    _placeholder("ly_do", "part", lambda p: p.part.declined_reason),
    _placeholder("co_quan_dung", "part", lambda p: _agency(p.province, p.part.declined_to)),
    _placeholder("han_quyet_dinh", "part", lambda p: spoken.due(p.part.decide_by) if p.part.decide_by else ""),
    _placeholder("giai_trinh", "part", lambda p: spoken.excerpt(p.part.explanation, _EXCERPT)),
    _placeholder("ngay_tra_loi_moi", "part", lambda p: _day(p.part.new_date) if p.part.new_date else ""),
    _placeholder("ngay_goi_y", "part", _a_day_ahead),
    _placeholder("ly_do_danh_gia", "part", lambda p: p.part.verdict_reason),
    _placeholder("danh_gia", "part", lambda p: spoken.state("verdict", p.part.verdict or "")),
    _placeholder(
        "bo_sung", "part", lambda p: spoken.excerpt("\n".join(p.part.answer_facts.get("replies", [])[-1:]), _EXCERPT)
    ),
)


# -- people and the channel -------------------------------------------------------------------------------------------


PEOPLE: Final = (
    _placeholder("ten_can_bo", "officer", lambda o: o.name),
    _placeholder("ten_co_quan_can_bo", "officer", lambda o: o.agency_name),
    _placeholder("ten_khach", "person", lambda p: p.display_name),
    _placeholder("noi_dung_tin", "letter", lambda letter: letter.text),
    _placeholder("ma_ho_so_tin", "letter", lambda letter: letter.code),
    _placeholder("so_tin_cho", "waiting", lambda waiting: str(waiting)),
    _placeholder("lien_ket_zalo", "letter", lambda letter: letter.chat_url),
    _placeholder("ten_kenh", "channel", lambda c: c.oa_name),
    _placeholder("ten_tinh", "channel", lambda c: c.name),
    _placeholder("ma_vi_du", "channel", lambda c: f"{c.prefix}-2611-00042"),
    _placeholder("so_khan_cap", "channel", lambda _: spoken.spoken("emergency")),
)


# -- what is being put together, chosen from, or to be done -----------------------------------------------------------


def _work_lines(work: Any) -> str:
    return "\n".join(templating.render("list/work", part=part).text for part in work[:_LISTED])


def _ticket_lines(tickets: Any) -> str:
    return "\n".join(templating.render("list/proposal", ticket=ticket).text for ticket in tickets[:_LISTED])


def _codes(work: Any) -> str:
    """The codes of all of it, as one phrase."""
    rest = len(work) - _LISTED
    codes = ", ".join(part.part.code for part in work[:_LISTED])
    return f"{codes} (+{rest})" if rest > 0 else codes


def _answers(parts: Any) -> str:
    return "\n\n".join(templating.render("list/answer", part=part).text for part in parts)


DRAFT: Final = (
    _placeholder("noi_dung_nhap", "draft", lambda d: spoken.excerpt(d.description, _EXCERPT)),
    _placeholder("linh_vuc_nhap", "draft", lambda d: d.field_name),
    _placeholder("co_quan_nhap", "draft", lambda d: ", ".join(d.agency_names)),
    _placeholder("chua_ro_co_quan", "draft", lambda d: "" if d.agencies_sure else spoken.spoken("unclear_agency")),
    _placeholder("vi_sao_co_quan", "draft", lambda d: spoken.excerpt(", ".join(d.agency_reasons), 120)),
    _placeholder("so_tep_nhap", "draft", lambda d: str(d.file_count or "")),
    _placeholder("lien_he_nhap", "draft", lambda d: d.contact),
    _placeholder("ban_cong_khai_nhap", "draft", lambda d: spoken.excerpt(d.public_text, _EXCERPT)),
    _placeholder("thieu_gi", "draft", lambda d: ", ".join(spoken.state("aspect", aspect) for aspect in d.missing)),
    _placeholder("trung_lap", "draft", lambda d: str(d.alike or "")),
    _placeholder("ten_doanh_nghiep_nhap", "draft", lambda d: d.business),
    _placeholder("muc_cong_khai_nhap", "draft", lambda d: spoken.state("tier", d.tier)),
)

LISTS: Final = (
    _placeholder("lua_chon", "options", spoken.numbered),
    _placeholder("lua_chon_ngan", "options", lambda o: ", ".join(f"{n} {name}" for n, name in enumerate(o, 1))),
    _placeholder("so_viec", "work", lambda work: str(len(work) or "")),
    _placeholder("danh_sach_viec", "work", _work_lines),
    _placeholder("cac_tra_loi", "answers", _answers),
    _placeholder("cac_ma_viec", "work", _codes),
    _placeholder("so_ho_so", "tickets", lambda tickets: str(len(tickets) or "")),
    _placeholder("danh_sach_ho_so", "tickets", _ticket_lines),
    _placeholder("so_ho_so_khac", "tickets", lambda tickets: str(max(0, len(tickets) - _LISTED) or "")),
    _placeholder("so_viec_khac", "work", lambda work: str(max(0, len(work) - _LISTED) or "")),
)


# -- a morning of a member of staff (morning.Digest) ------------------------------------------------------------------

_OF_A_GROUP: Final = 3  # lines of each group; its number says how many there are


def _group_lines(name: str) -> Callable[[Any], str]:
    return lambda digest: _work_lines(getattr(digest, name)[:_OF_A_GROUP])


def _group_size(name: str) -> Callable[[Any], str]:
    return lambda digest: str(len(getattr(digest, name)) or "")


def _late_lines(digest: Any) -> str:
    return "\n".join(templating.render("list/late_agency", late=late).text for late in digest.late_agencies[:_LISTED])


_GROUPS: Final = {
    "qua_han": "overdue",
    "hom_nay": "today",
    "ngay_toi": "next_day",
    "cho_nhan": "untaken",
    "duoc_nhac": "reminded",
    "tranh_chap": "disputed",
}
DIGEST: Final = (
    *(_placeholder(f"viec_{word}", "digest", _group_lines(name)) for word, name in _GROUPS.items()),
    *(_placeholder(f"so_{word}", "digest", _group_size(name)) for word, name in _GROUPS.items()),
    _placeholder("ho_so_xac_nhan", "digest", lambda d: _ticket_lines(d.proposals[:_OF_A_GROUP])),
    _placeholder("so_xac_nhan", "digest", lambda d: str(len(d.proposals) or "")),
    _placeholder("ngay_sang", "digest", lambda d: spoken.day(d.now)),
    _placeholder("co_quan_sang", "digest", lambda d: _agency(d.province, d.officer.agency)),
    _placeholder("co_quan_tre", "digest", _late_lines),
    _placeholder("so_tre", "digest", lambda d: str(sum(number for _, number in d.late_agencies) or "")),
    _placeholder("ten_co_quan_tre", "late", lambda late: late[0]),
    _placeholder("so_viec_tre", "late", lambda late: str(late[1])),
    _placeholder("ten_nguoi_vang", "absent", lambda absent: ", ".join(officer.name for officer in absent)),
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
    _placeholder("ngay_nhan", "receipt", lambda r: spoken.day(r.day0)),
    _placeholder("so_ngay", "receipt", lambda r: str(r.amount) if r.counted else ""),
    _placeholder("so_gio", "receipt", lambda r: "" if r.counted else str(r.amount)),
    _placeholder("ngay_dau", "receipt", _first_day),
    _placeholder("cac_ngay_dem", "receipt", _counted_days),
    _placeholder("cac_ngay_nghi", "receipt", _skipped_days),
    _placeholder("da_cho", "receipt", _waited),
    _placeholder("han_dem", "receipt", lambda r: spoken.due(r.due)),
    _placeholder("ngay_dem", "counted", lambda c: spoken.short_day(c.date)),
    _placeholder("so_thu_tu", "counted", lambda c: str(c.number)),
    _placeholder("ngay_nghi", "skipped", lambda s: spoken.short_day(s.date)),
    _placeholder("ten_ngay_nghi", "skipped", lambda s: s.name),
)

# -- the working calendar, and due times counted again by it -----------------------------------------------------------


def _moved_lines(told: Any) -> str:
    return "\n".join(templating.render("list/recounted", moved=moved).text for moved in told.moved[:_LISTED])


def _changed_days(change: Any) -> str:
    return "; ".join(templating.render("counted/changed_days", run=run).text for run in change.runs[:_LISTED])


def _run(run: Any) -> str:
    days = [spoken.day(run.first), spoken.day(run.last)]
    return days[0] if run.first == run.last else f"{days[0]}–{days[1]}"


def _become(run: Any) -> str:
    """What the days are now: by their name, else by their kind, a half day with its hours."""
    hours = ", ".join(f"{shift.start:%H:%M}–{shift.end:%H:%M}" for shift in run.day.shifts)
    words = run.day.name or spoken.state("day_kind", run.day.kind)
    return f"{words} ({hours})" if run.day.kind == "half" else words


CALENDAR: Final = (
    _placeholder("cac_han_doi", "recount", _moved_lines),
    _placeholder("so_han_doi_khac", "recount", lambda r: str(max(0, len(r.moved) - _LISTED) or "")),
    _placeholder("ly_do_doi_han", "recount", lambda r: r.reason),
    _placeholder("ma_han_doi", "moved", lambda m: m.code),
    _placeholder("co_quan_han_doi", "moved", lambda m: m.agency_name),
    _placeholder("han_cu", "moved", lambda m: spoken.due(m.before) if m.before else ""),
    _placeholder("han_moi", "moved", lambda m: spoken.due(m.due) if m.due else ""),
    _placeholder("cac_ngay_doi", "change", _changed_days),
    _placeholder("so_ngay_doi_khac", "change", lambda c: str(max(0, len(c.runs) - _LISTED) or "")),
    _placeholder("lich_den_ngay", "change", lambda c: spoken.day(c.until) if c.until else ""),
    _placeholder("van_ban_doi", "change", lambda c: spoken.excerpt(c.source, 200)),
    _placeholder("ngay_doi", "run", _run),
    _placeholder("ngay_doi_thanh", "run", _become),
    _placeholder("ma_loi_zalo", "trouble", lambda t: str(t.code)),
    _placeholder("loi_cua_zalo", "trouble", lambda t: t.message[:200]),
    _placeholder("loi_gia_han", "loss", lambda loss: spoken.excerpt(loss.error, 200)),
    _placeholder("het_quyen_luc", "loss", lambda loss: spoken.at(loss.until) if loss.left else ""),
    _placeholder("da_het_quyen", "loss", lambda loss: "" if loss.left else spoken.at(loss.until)),
    _placeholder("ngay_het_lich", "horizon", lambda h: spoken.day(h.last)),
    _placeholder("so_ngay_het_lich", "horizon", lambda h: str(h.days) if h.days > 0 else ""),
    _placeholder("chi_tiet_lich", "facts", lambda f: spoken.excerpt(str(f.get("problems") or ""), 300)),
)

OTHERS: Final = (
    _placeholder("ten_co_quan_viec", "event", lambda e: e.agency_name),
    _placeholder("ten_co_quan_khac", "event", lambda e: e.other_agency_name),
    _placeholder("so_phan", "event", lambda e: str(e.part_number or "")),
    _placeholder("ket_qua", "event", lambda e: spoken.state("verdict", e.verdict)),
    _placeholder("tre_han", "event", lambda e: str(e.late or "")),
    _placeholder("loai_viec", "event", lambda e: spoken.state("klass", e.klass)),
    _placeholder(
        "ma_duoc_nhac", "facts", lambda f: str(next((f[key] for key in ("part", "code", "agency") if f.get(key)), ""))
    ),
    _placeholder("thay_doi", "facts", lambda f: "\n".join(f.get("changes") or ())),
    _placeholder("con_giu", "facts", lambda f: str(f.get("kept") or "")),
    _placeholder("ly_do_neu", "facts", lambda f: str(f.get("reason") or "")),
    _placeholder("noi_dung_them", "facts", lambda f: spoken.excerpt(str(f.get("text") or ""), _EXCERPT)),
    _placeholder("so_tep_them", "facts", lambda f: str(f.get("files") or "")),
    _placeholder("quyet_dinh", "facts", lambda f: str(f.get("decision") or "")),
    _placeholder("ngay_hieu_luc", "facts", lambda f: spoken.day(f["on"]) if f.get("on") else ""),
    _placeholder("co_quan_cu", "facts", lambda f: str(f.get("old") or "")),
    _placeholder("co_quan_moi", "facts", lambda f: str(f.get("new") or "")),
    _placeholder("gioi_han", "facts", lambda f: str(f.get("limit") or "")),
    _placeholder("dong", "problem", lambda p: str(p.line)),
    _placeholder("chi_tiet", "problem", lambda p: p.detail),
    _placeholder("goi_y", "problem", lambda p: p.suggestion),
)

PLACEHOLDERS: Final = (*TICKET, *PART, *PEOPLE, *DRAFT, *LISTS, *DIGEST, *RECEIPT, *CALENDAR, *OTHERS)
