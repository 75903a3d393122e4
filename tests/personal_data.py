"""Texts with personal data in them, and with numbers that look like it and must stay: made up, but always the same."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zalobot.redaction import Kind

Piece = tuple[str, Kind | None]
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương"]
MIDDLE = ["Văn", "Thị", "Minh", "Quốc", "Thu", "Đức", "Hữu"]
GIVEN = ["An", "Bình", "Hoa", "Lan", "Huy", "Nam", "Hùng", "Phong", "Công", "Mai", "Thắng", "Ngọc", "Hà"]
STREETS = ["Cao Thắng", "Trần Phú", "Lê Lợi", "Nguyễn Văn Cừ", "Kim Đồng", "Hạ Long", "25/4"]
WARDS = ["phường Hồng Gai", "phường Hà Lầm", "phường Cẩm Phả", "xã Quảng La", "phường Móng Cái 1", "đặc khu Cô Tô"]
BANKS = ["Vietcombank", "VCB", "Techcombank", "BIDV", "Agribank", "MB Bank", "VietinBank", "ACB", "VPBank", "TPBank"]
HOSTS = ["gmail.com", "yahoo.com.vn", "cong-ty.vn", "quangninh.gov.vn", "outlook.com", "abc.com.vn", "gmail.con"]
OPENINGS = [
    "Kính gửi quý cơ quan, ", "Chào ad, ", "", "Cho em hỏi: ", "Hồ sơ của chúng tôi nộp đã lâu chưa trả. ",
    "- ", "Đề nghị tỉnh xem xét; ", "Bên em vướng thủ tục đất đai, ",
]  # fmt: skip
CLOSINGS = [" nhé", ", cảm ơn", ".", "", " ạ!", " xin trả lời sớm", "; mong được giải quyết", " (trong giờ hành chính)"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and what is personal in it: kind, start, end."""

    text: str
    entities: frozenset[tuple[Kind, int, int]]


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def grouped(rng: random.Random, number: str) -> str:
    """The number as people separate it, or as it is."""
    style = rng.randrange(8)
    if style < 4:
        return number
    if style == 7 and len(number) <= 12:
        return " ".join(number)
    mark = rng.choice(" .-")
    first = len(number) % 3 or 3
    first = first + 3 if first < 3 else first
    return mark.join([number[:first], *(number[i : i + 3] for i in range(first, len(number), 3))])


def phone(rng: random.Random) -> list[Piece]:
    body = rng.choice("35789") + digits(rng, 8)
    forms: list[Callable[[], str]] = [
        lambda: grouped(rng, "0" + body),
        lambda: grouped(rng, "0" + body),
        lambda: "+84" + rng.choice(["", " "]) + grouped(rng, body),
        lambda: f"+84 (0) {body[:3]} {body[3:6]} {body[6:]}",
        lambda: "84" + body,
        lambda: "0084" + body,
        lambda: grouped(rng, "0203" + rng.choice("3569") + digits(rng, 6)),
        lambda: f"(0203) {digits(rng, 4)}.{digits(rng, 3)}",
        lambda: ("0" + body).replace("0", rng.choice("oO"), 1) if "0" not in body else "o" + body,
    ]
    cue = rng.choice(
        ["sđt ", "gọi ", "Zalo: ", "số ", "liên hệ anh/chị theo số ", "ĐT:", "tel ", "", "hotline công ty "]
    )
    return [(cue, None), (rng.choice(forms)(), Kind.PHONE)]


def identity(rng: random.Random) -> list[Piece]:
    if rng.random() < 0.25:
        cue = rng.choice(["CMND ", "số chứng minh nhân dân: ", "cmt ", "chứng minh thư số "])
        return [(cue, None), (digits(rng, 9), Kind.IDENTITY)]
    number = f"0{rng.choice(['01', '22', '31', '33', '36', '79', '96'])}{rng.choice('0123')}{digits(rng, 8)}"
    cue = rng.choice(
        ["CCCD ", "cccd của giám đốc: ", "căn cước công dân số ", "MST hộ kinh doanh: ", "", "số định danh "]
    )
    if cue:
        return [(cue, None), (grouped(rng, number), Kind.IDENTITY)]
    return [(number, Kind.IDENTITY)]


def email(rng: random.Random) -> list[Piece]:
    local = rng.choice(["ketoan", "nguyen.van.an", "info_qn", "a+b", "hoa1990", "0912000345"])
    at = rng.choice(["@", "@", "@", "＠"])
    return [(rng.choice(["email ", "mail: ", "gửi về ", ""]), None), (local + at + rng.choice(HOSTS), Kind.EMAIL)]


def account(rng: random.Random) -> list[Piece]:
    number = rng.choice("123456789") + digits(rng, rng.choice([7, 8, 9, 11, 12, 13]))
    number = rng.choice([number, "0" + number[1:], grouped(rng, number)]).rstrip("0") + "7"
    bank = rng.choice(BANKS)
    form = rng.randrange(5)
    if form == 0:
        return [(f"STK{rng.choice([' ', ': ', ':'])}{number}", Kind.ACCOUNT), (f" {bank}", None)]
    if form == 1:
        return [("số tài khoản ", None), (number, Kind.ACCOUNT), (f" tại {bank}", None)]
    if form == 2:
        return [("chuyển vào ", None), (number.replace(".", " "), Kind.ACCOUNT), (f" {bank}", None)]
    if form == 3:
        return [(f"tk {bank}: ", None), (number, Kind.ACCOUNT)]
    return [(rng.choice(["tài khoản công ty là ", "số TK: ", "tài khoản lương "]), None), (number, Kind.ACCOUNT)]


def plate(rng: random.Random) -> list[Piece]:
    series = rng.choice(["A", "C", "B1", "LD", "AA", "H", "K2"])
    number = digits(rng, 5)
    form = rng.randrange(5)
    text = f"14{series}-{number[:3]}.{number[3:]}"
    if form == 1:
        text = f"14{series}{number}"
    if form == 2:
        text = f"14{series} {number[:3]}.{number[3:]}"
    if form == 3:
        text = f"14{series[0]}-{number[:4]}"
    if form == 4:
        text = f"14-{series} {number}".lower()
    return [(rng.choice(["xe ", "biển số ", "BKS: ", "ô tô tải biển kiểm soát "]), None), (text, Kind.PLATE)]


def address(rng: random.Random) -> list[Piece]:
    number = f"{rng.randrange(1, 400)}{rng.choice(['', '', 'A', '/12'])}"
    parts = [
        rng.choice([f"số nhà {number}", f"số {number}", f"ngõ {number}", f"tổ {rng.randrange(1, 30)}"]),
        rng.choice([f"đường {rng.choice(STREETS[:5])}", f"khu {rng.randrange(1, 9)}", f"thôn {rng.randrange(1, 9)}"]),
        rng.choice(WARDS),
    ]
    text = rng.choice([", ", ", ", " "]).join(parts) + rng.choice(["", "", ", Quảng Ninh", ", TP. Hạ Long"])
    cue = rng.choice(
        ["nhà riêng của tôi tại ", "hộ khẩu thường trú: ", "chỗ ở hiện nay: ", "tôi ở ", "em đang ở ", "nhà em ở "]
    )
    return [(cue, None), (text, Kind.ADDRESS)]


def person(rng: random.Random) -> list[Piece]:
    name = f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"
    return [(rng.choice(["ông ", "bà ", "anh ", "chị ", "gặp ", "ký tên: "]), None), (name, Kind.NAME)]


def stays(rng: random.Random) -> list[Piece]:
    """Something that looks like personal data and is none."""
    big, tail = rng.randrange(1, 999), digits(rng, 6)
    number, code = digits(rng, 10), digits(rng, 4)
    return [(rng.choice([
        f"MST 57{number[:8]}", f"mã số thuế của công ty: 03{number[:8]}", f"MST 57{number[:8]}-001",
        f"tờ khai số 10{number}", f"tờ khai nhập khẩu 03{number}", f"hóa đơn số {tail}", f"hợp đồng số {number}",
        f"{big}.{tail[:3]}.{tail[3:]}.000 đồng", f"84.350.{tail[:3]}.{tail[3:]} đồng", f"{big} {tail[:3]} 000 đồng",
        f"trong tài khoản còn {big}.{tail[:3]}.000 đồng", "từ 12/10/2026 đến 15-11-2026", "ngày 08.10.2026 14h30",
        f"thửa đất số {big}, tờ bản đồ số 12", f"diện tích 2.{tail[:3]} m2", f"toạ độ 20.95{tail}, 107.07{tail}",
        f"mã QN-2611-0{code}", f"hồ sơ H49.12-261005-{code}", f"hồ sơ 000.00.12.H49-250701-{code}",
        f"{code}/QĐ-UBND", f"công văn {big}/STC-QLDN", f"Nghị định {big}/2026/NĐ-CP", f"quốc lộ 18A km {big}",
        "hotline 1900 0000", "gọi 114, 115", "tổng đài 1800 1091", "làm việc 7h30-17h00", f"trạm 35KV số {big}",
        f"trụ sở công ty: số {big} đường Trần Phú, phường Cẩm Phả", f"nhà xưởng ở số {big}, tổ 5, phường Hà Tu",
        "đường Nguyễn Văn Cừ", "Công ty CP Lê Lợi", "đặc khu Cô Tô", "gặp Chủ tịch tỉnh", "dự án ở xã Thống Nhất",
    ]), None)]  # fmt: skip


MAKERS = (phone, identity, email, account, plate, address)


def unmarked(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def wide(text: str) -> str:
    return text.translate({ord("0") + i: 0xFF10 + i for i in range(10)})


def as_typed(text: str) -> str:
    return text


FORMS: tuple[Callable[[str], str], ...] = (
    as_typed,
    as_typed,
    lambda text: unicodedata.normalize("NFD", text),
    unmarked,
    wide,
)


def samples(count: int, seed: int) -> Iterator[Sample]:
    """This many texts; each holds one to three pieces of personal data or look-alikes, on one line or several."""
    rng = random.Random(seed)
    for _ in range(count):
        form = rng.choice(FORMS)
        pieces: list[Piece] = [(rng.choice(OPENINGS), None)]
        for at in range(rng.randrange(1, 4)):
            maker = rng.choice((*MAKERS, *MAKERS, person, stays, stays, stays, stays))
            pieces += [(rng.choice([", ", "; ", "\n", " và ", ". "]) if at else "", None), *maker(rng)]
        pieces.append((rng.choice(CLOSINGS), None))
        text, entities = "", set()
        for said, kind in pieces:
            said = form(said)
            if kind:
                entities.add((kind, len(text), len(text) + len(said)))
            text += said
        yield Sample(text, frozenset(entities))
