"""What is being put together, chosen from, or to be done."""

from datetime import date
from typing import Any, Final

from zalobot import spoken, templating
from zalobot.placeholders.making import EXCERPT, LISTED, agency_of, placeholder
from zalobot.store.models import Purpose


def work_lines(work: Any) -> str:
    return "\n".join(templating.render("list/work", part=part).text for part in work[:LISTED])


def ticket_lines(tickets: Any) -> str:
    return "\n".join(templating.render("list/proposal", ticket=ticket).text for ticket in tickets[:LISTED])


def _codes(work: Any) -> str:
    """The codes of all of it, as one phrase."""
    rest = len(work) - LISTED
    codes = ", ".join(part.part.code for part in work[:LISTED])
    return f"{codes} (+{rest})" if rest > 0 else codes


def _answers(parts: Any) -> str:
    return "\n\n".join(templating.render("list/answer", part=part).text for part in parts)


def _pieces(draft: Any) -> str:
    """Each piece of the public copy on a line: what it is, why it is masked, and how it stands."""
    said, why = spoken.spoken("pieces"), spoken.spoken("personal")
    return spoken.numbered(
        f"{spoken.excerpt(piece.words, 40)}: {why[piece.kind]}, {said['shown' if piece.shown else 'hidden']}"
        for piece in draft.pieces
    )


def _found_agency(draft: Any) -> str:
    return agency_of(draft.province, str(draft.found_answer.get("agency", ""))) if draft.found_answer else ""


def _found_day(draft: Any) -> str:
    return spoken.day(date.fromisoformat(draft.found_answer["on"])) if draft.found_answer else ""


def _agencies_with_it(draft: Any) -> str:
    return ", ".join(agency_of(draft.province, code) for code in draft.found_ticket.get("agencies", ()))


def _stands(own: Any, purpose: Purpose) -> str:
    """How it stands with a consent, and since when."""
    state, since = own.stands(purpose)
    return " ".join(filter(None, (spoken.state("consent_state", state), spoken.day(since) if since else "")))


DRAFT: Final = (
    placeholder("noi_dung_nhap", "draft", lambda d: spoken.excerpt(d.description, EXCERPT)),
    placeholder("linh_vuc_nhap", "draft", lambda d: d.topic_name),
    placeholder("co_quan_nhap", "draft", lambda d: ", ".join(d.agency_names)),
    placeholder("chua_ro_co_quan", "draft", lambda d: "" if d.agencies_sure else spoken.spoken("unclear_agency")),
    placeholder("vi_sao_co_quan", "draft", lambda d: spoken.excerpt(", ".join(d.agency_reasons), 120)),
    placeholder("so_tep_nhap", "draft", lambda d: str(d.file_count or "")),
    placeholder("lien_he_nhap", "draft", lambda d: d.contact),
    placeholder("ban_cong_khai_nhap", "draft", lambda d: spoken.excerpt(d.public_text, EXCERPT)),
    placeholder("thieu_gi", "draft", lambda d: ", ".join(spoken.state("aspect", aspect) for aspect in d.missing)),
    placeholder("trung_lap", "draft", lambda d: str(d.alike or "")),
    placeholder("ten_doanh_nghiep_nhap", "draft", lambda d: d.public_name),
    placeholder("doanh_nghiep_nhap", "draft", lambda d: spoken.business(d.who)),
    placeholder("doanh_nghiep_da_biet", "draft", lambda d: spoken.business(d.known)),
    placeholder("ma_so_thue_nhap", "draft", lambda d: d.doubt),
    placeholder("cac_cho_che", "draft", _pieces),
    placeholder("so_cho_che", "draft", lambda d: str(sum(not piece.shown for piece in d.pieces) or "")),
    placeholder("hoi_thong_bao", "draft", lambda d: spoken.state("purpose", "notices") if d.asks_notices else ""),
    placeholder("muc_cong_khai_nhap", "draft", lambda d: spoken.state("tier", d.tier)),
)

FOUND: Final = (
    placeholder("tra_loi_san", "draft", lambda d: str(d.found_answer.get("answer", ""))),
    placeholder("co_quan_tra_loi_san", "draft", _found_agency),
    placeholder("can_cu_tra_loi_san", "draft", lambda d: str(d.found_answer.get("source", ""))),
    placeholder("ngay_tra_loi_san", "draft", _found_day),
    placeholder("ho_so_tra_loi_san", "draft", lambda d: str(d.found_answer.get("ticket", ""))),
    placeholder("ma_cung_viec", "draft", lambda d: str(d.found_ticket.get("code", ""))),
    placeholder("tieu_de_cung_viec", "draft", lambda d: str(d.found_ticket.get("title", ""))),
    placeholder("co_quan_cung_viec", "draft", _agencies_with_it),
)

OWN: Final = (
    placeholder("duoc_bao", "told", lambda told: spoken.state("purpose", "notices") if told else ""),
    placeholder("so_ho_so_cua_toi", "own", lambda own: str(own.tickets)),
    placeholder("doanh_nghiep_cua_toi", "own", lambda own: spoken.business(own.talk.business)),
    placeholder("dong_y_xu_ly", "own", lambda own: _stands(own, Purpose.HANDLING)),
    placeholder("dong_y_neu_ten", "own", lambda own: _stands(own, Purpose.NAMING)),
    placeholder("dong_y_thong_bao", "own", lambda own: _stands(own, Purpose.NOTICES)),
    placeholder("link_ban_sao", "own", lambda own: own.link),
)

LISTS: Final = (
    placeholder("lua_chon", "options", spoken.numbered),
    placeholder("lua_chon_ngan", "options", lambda o: ", ".join(f"{n} {name}" for n, name in enumerate(o, 1))),
    placeholder("so_viec", "work", lambda work: str(len(work) or "")),
    placeholder("danh_sach_viec", "work", work_lines),
    placeholder("cac_tra_loi", "answers", _answers),
    placeholder("cac_ma_viec", "work", _codes),
    placeholder("so_ho_so", "tickets", lambda tickets: str(len(tickets) or "")),
    placeholder("danh_sach_ho_so", "tickets", ticket_lines),
    placeholder("so_ho_so_khac", "tickets", lambda tickets: str(max(0, len(tickets) - LISTED) or "")),
    placeholder("so_viec_khac", "work", lambda work: str(max(0, len(work) - LISTED) or "")),
)
