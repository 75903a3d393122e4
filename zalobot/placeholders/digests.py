"""What may be said of a morning of a member of staff (morning.Digest)."""

from collections.abc import Callable
from typing import Any, Final

from zalobot import spoken, templating
from zalobot.placeholders.making import LISTED, agency_of, placeholder
from zalobot.placeholders.work import ticket_lines, work_lines

_OF_A_GROUP: Final = 3  # lines of each group; its number says how many there are


def _group_lines(name: str) -> Callable[[Any], str]:
    return lambda digest: work_lines(getattr(digest, name)[:_OF_A_GROUP])


def _group_size(name: str) -> Callable[[Any], str]:
    return lambda digest: str(len(getattr(digest, name)) or "")


def _late_lines(digest: Any) -> str:
    return "\n".join(templating.render("list/late_agency", late=late).text for late in digest.late_agencies[:LISTED])


_GROUPS: Final = {
    "qua_han": "overdue",
    "hom_nay": "today",
    "ngay_toi": "next_day",
    "cho_nhan": "untaken",
    "duoc_nhac": "reminded",
    "tranh_chap": "disputed",
}
DIGEST: Final = (
    *(placeholder(f"viec_{word}", "digest", _group_lines(name)) for word, name in _GROUPS.items()),
    *(placeholder(f"so_{word}", "digest", _group_size(name)) for word, name in _GROUPS.items()),
    placeholder("ho_so_xac_nhan", "digest", lambda d: ticket_lines(d.proposals[:_OF_A_GROUP])),
    placeholder("so_xac_nhan", "digest", lambda d: str(len(d.proposals) or "")),
    placeholder("ngay_sang", "digest", lambda d: spoken.day(d.now)),
    placeholder("co_quan_sang", "digest", lambda d: agency_of(d.province, d.officer.agency)),
    placeholder("co_quan_tre", "digest", _late_lines),
    placeholder("so_tre", "digest", lambda d: str(sum(number for _, number in d.late_agencies) or "")),
    placeholder("ten_co_quan_tre", "late", lambda late: late[0]),
    placeholder("so_viec_tre", "late", lambda late: str(late[1])),
    placeholder("ten_nguoi_vang", "absent", lambda absent: ", ".join(officer.name for officer in absent)),
)
