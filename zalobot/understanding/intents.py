"""What a message wants: the intents, by the names of the data they are trained from."""

from enum import StrEnum
from typing import Final


class Intent(StrEnum):
    """What a person wants with a message. The values are the labels of the samples."""

    REPORT = "phan_anh_kien_nghi"
    QUESTION = "hoi_dap"
    LOOK_UP = "tra_cuu"
    ADDITION = "bo_sung"
    VERDICT = "danh_gia"
    REOPEN = "mo_lai"
    WITHDRAW = "rut"
    PERSON = "gap_can_bo"
    HELP = "tro_giup"
    MY_DATA = "quyen_du_lieu"
    COMPLAINT = "khieu_nai"
    DENUNCIATION = "to_cao"
    EMERGENCY = "khan_cap"
    GREETING = "chao_hoi"
    THANKS = "cam_on"
    SPAM = "spam"
    ABUSE = "xuc_pham"
    OUT_OF_SCOPE = "ngoai_pham_vi"
    UNCLEAR = "khong_ro"


INTENTS: Final = tuple(Intent)
MATTERS: Final = frozenset({Intent.REPORT, Intent.QUESTION})
