"""What may be said of people and the channel."""

from typing import Final

from zalobot import spoken
from zalobot.placeholders.making import placeholder

PEOPLE: Final = (
    placeholder("ten_can_bo", "officer", lambda o: o.name),
    placeholder("ten_co_quan_can_bo", "officer", lambda o: o.agency_name),
    placeholder("ten_khach", "person", lambda p: p.display_name),
    placeholder("noi_dung_tin", "letter", lambda letter: letter.text),
    placeholder("ma_ho_so_tin", "letter", lambda letter: letter.code),
    placeholder("ma_kiem_tra_tin", "letter", lambda letter: letter.check_code),
    placeholder("so_tin_cho", "waiting", lambda waiting: str(waiting)),
    placeholder("lien_ket_zalo", "letter", lambda letter: letter.chat_url),
    placeholder("ten_kenh", "channel", lambda c: c.oa_name),
    placeholder("ten_tinh", "channel", lambda c: c.own_name),
    placeholder("ma_vi_du", "channel", lambda c: f"{c.prefix}-2611-00042"),
    placeholder("so_khan_cap", "channel", lambda _: spoken.spoken("emergency")),
)
