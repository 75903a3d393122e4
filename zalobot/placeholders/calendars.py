"""The working calendar, and due times counted again by it."""

from typing import Any, Final

from zalobot import spoken, templating
from zalobot.placeholders.making import EXCERPT, LISTED, agency_of, placeholder


def _moved_lines(told: Any) -> str:
    return "\n".join(templating.render("list/recounted", moved=moved).text for moved in told.moved[:LISTED])


def _changed_days(change: Any) -> str:
    return "; ".join(templating.render("counted/changed_days", run=run).text for run in change.runs[:LISTED])


def _run(run: Any) -> str:
    days = [spoken.day(run.first), spoken.day(run.last)]
    return days[0] if run.first == run.last else f"{days[0]}–{days[1]}"


def _become(run: Any) -> str:
    """What the days are now: by their name, else by their kind, a half day with its hours."""
    hours = ", ".join(f"{shift.start:%H:%M}–{shift.end:%H:%M}" for shift in run.day.shifts)
    words = run.day.name or spoken.state("day_kind", run.day.kind)
    return f"{words} ({hours})" if run.day.kind == "half" else words


def _agency(facts: Any, key: str) -> str:
    """The name of an agency that is given by its code."""
    return agency_of(facts["province"], facts[key]) if facts.get(key) else ""


CALENDAR: Final = (
    placeholder("cac_han_doi", "recount", _moved_lines),
    placeholder("so_han_doi_khac", "recount", lambda r: str(max(0, len(r.moved) - LISTED) or "")),
    placeholder("ly_do_doi_han", "recount", lambda r: r.reason),
    placeholder("ma_han_doi", "moved", lambda m: m.code),
    placeholder("co_quan_han_doi", "moved", lambda m: agency_of(m.province, m.agency)),
    placeholder("han_cu", "moved", lambda m: spoken.due(m.before) if m.before else ""),
    placeholder("han_moi", "moved", lambda m: spoken.due(m.due) if m.due else ""),
    placeholder("cac_ngay_doi", "change", _changed_days),
    placeholder("so_ngay_doi_khac", "change", lambda c: str(max(0, len(c.runs) - LISTED) or "")),
    placeholder("lich_den_ngay", "change", lambda c: spoken.day(c.until) if c.until else ""),
    placeholder("van_ban_doi", "change", lambda c: spoken.excerpt(c.source, 200)),
    placeholder("ngay_doi", "run", _run),
    placeholder("ngay_doi_thanh", "run", _become),
    placeholder("ma_loi_zalo", "trouble", lambda t: str(t.code)),
    placeholder("loi_cua_zalo", "trouble", lambda t: t.message[:200]),
    placeholder("loi_gia_han", "loss", lambda loss: spoken.excerpt(loss.error, 200)),
    placeholder("het_quyen_luc", "loss", lambda loss: spoken.at(loss.until) if loss.left else ""),
    placeholder("da_het_quyen", "loss", lambda loss: "" if loss.left else spoken.at(loss.until)),
    placeholder("ngay_het_lich", "horizon", lambda h: spoken.day(h.last)),
    placeholder("so_ngay_het_lich", "horizon", lambda h: str(h.days) if h.days > 0 else ""),
    placeholder("chi_tiet_lich", "facts", lambda f: spoken.excerpt(str(f.get("problems") or ""), 300)),
)

OTHERS: Final = (
    placeholder("ten_co_quan_viec", "event", lambda e: e.agency_name),
    placeholder("ten_co_quan_khac", "event", lambda e: e.other_agency_name),
    placeholder("so_phan", "event", lambda e: str(e.part_number or "")),
    placeholder("ket_qua", "event", lambda e: spoken.state("verdict", e.verdict)),
    placeholder("tre_han", "event", lambda e: str(e.late or "")),
    placeholder("loai_viec", "event", lambda e: spoken.state("klass", e.klass)),
    placeholder(
        "ma_duoc_nhac", "facts", lambda f: str(next((f[key] for key in ("part", "code", "agency") if f.get(key)), ""))
    ),
    placeholder("thay_doi", "facts", lambda f: "\n".join(f.get("changes") or ())),
    placeholder("con_giu", "facts", lambda f: str(f.get("kept") or "")),
    placeholder("ly_do_neu", "facts", lambda f: str(f.get("reason") or "")),
    placeholder("noi_dung_them", "facts", lambda f: spoken.excerpt(str(f.get("text") or ""), EXCERPT)),
    placeholder("ten_dong_nghiep", "facts", lambda f: str(f.get("colleague") or "")),
    placeholder("link_vao_web", "facts", lambda f: str(f.get("link") or "")),
    placeholder("ma_kiem_tra", "facts", lambda f: str(f.get("check") or "")),
    placeholder("trang_kiem_tra", "facts", lambda f: f"{f.get('site') or ''}/xac-thuc"),
    placeholder("so_tep_them", "facts", lambda f: str(f.get("files") or "")),
    placeholder("quyet_dinh", "facts", lambda f: str(f.get("decision") or "")),
    placeholder("ngay_hieu_luc", "facts", lambda f: spoken.day(f["on"]) if f.get("on") else ""),
    placeholder("co_quan_cu", "facts", lambda f: _agency(f, "old")),
    placeholder("co_quan_moi", "facts", lambda f: _agency(f, "new")),
    placeholder("co_quan_thieu", "facts", lambda f: ", ".join(f.get("lacking") or ())),
    placeholder("gioi_han", "facts", lambda f: str(f.get("limit") or "")),
    placeholder("dong", "problem", lambda p: str(p.line)),
    placeholder("chi_tiet", "problem", lambda p: p.detail),
    placeholder("goi_y", "problem", lambda p: p.remedy),
)
