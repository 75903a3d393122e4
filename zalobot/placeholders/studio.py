"""What is said of the words themselves to those who write them."""

from typing import Final

from zalobot.placeholders.making import placeholder

STUDIO: Final = (
    placeholder("ten_tai_khoan", "facts", lambda f: str(f.get("account") or "")),
    placeholder("ten_loi_nhan", "facts", lambda f: str(f.get("message") or "")),
    placeholder("so_ban", "facts", lambda f: str(f.get("number") or "")),
    placeholder("so_dong", "facts", lambda f: str(f.get("line") or "")),
    placeholder("noi_dung_thu", "facts", lambda f: str(f.get("words") or "")),
    placeholder("link_loi_nhan", "facts", lambda f: str(f.get("address") or "")),
)
