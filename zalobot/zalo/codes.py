"""Zalo's error codes, and what each one asks of us.

The one rule: an unknown code is permanent and an operator looks at it; it is never tried in a loop.
"""

from collections.abc import Mapping
from enum import StrEnum


class Reaction(StrEnum):
    """What to do about an error code."""

    RENEW = "renew"  # a new access token, then once more
    LATER = "later"  # the same call may succeed later
    ASK = "ask"  # it may have arrived: look at the echo or the conversation first
    OTHER_CHANNEL = "other_channel"  # this person can't be reached here now: another channel, or wait for a word
    CONFIGURATION = "configuration"  # a human must change something with Zalo
    PERMANENT = "permanent"  # this payload will never be taken
    UPLOAD_AGAIN = "upload_again"  # the attachment has expired with Zalo (7 days)
    CONSENT = "consent"  # an administrator of the OA must consent again


def _table(rows: Mapping[Reaction, str]) -> dict[int, Reaction]:
    return {int(code): reaction for reaction, codes in rows.items() for code in codes.split()}


# Messages, uploads and look-ups of the OA API (platform facts 7.1). Positive codes were seen by tolerant clients.
OA = _table(
    {
        Reaction.RENEW: "-216 -220 -401 401 216 220",
        Reaction.LATER: "-32 -214 -234",
        Reaction.ASK: "-200",
        Reaction.OTHER_CHANNEL: "-211 -213 -217 -218 -227 -230 -232 -235 -244 -249 -305 -311",
        Reaction.CONFIGURATION: "-204 -205 -209 -212 -215 -219 -221 -222 -223 -224 -237 -238 -240 -241 -242 -320 -321"
        " 404",
        Reaction.PERMANENT: "-201 -202 -207 -208 -210 -233 -248 -403 -1340 -1341",
        Reaction.UPLOAD_AGAIN: "-100",
    }
)

# Template messages by phone (7.3), whose codes below -100 mean other things than the OA API's.
ZBS = _table(
    {
        Reaction.RENEW: "-124",
        Reaction.LATER: "-100 -133 -144 -1441 -147 -160",
        Reaction.OTHER_CHANNEL: "-110 -114 -118 -119 -134 -139 -140 -141 -1471 -1472",
        Reaction.CONFIGURATION: "-101 -102 -103 -104 -105 -109 -1091 -115 -117 -120 -1201 -1202 -1241 -125 -126 -127"
        " -128 -129 -131 -135 -1351 -136 -137 -138 -1381 -142 -143 -145 -146 -151 -152",
        Reaction.PERMANENT: "-106 -107 -108 -111 -112 -1121 -1122 -1123 -1124 -113 -1131 -116 -121 -122 -123 -130 -132"
        " -148 -149 -1491 -150 -153 -158 -159 -161 -162",
    }
)

# OAuth (3.5), by the attested codes; Zalo publishes no table.
OAUTH = _table(
    {
        Reaction.CONSENT: "-14005 -14014 -14019 -14020 -118",
        Reaction.CONFIGURATION: "-14001 -14002 -14003 -14004 -14012 -14018 -14024",
        Reaction.ASK: "-32",  # the refresh token may be used up: the same one again
    }
)
CONSENT = frozenset(code for code, asks in OAUTH.items() if asks is Reaction.CONSENT)

RATE_LIMIT = -32
SEND_FAILED = -200
NIGHT = frozenset({-133, -234})
"""Refused between 22:00 and 06:00."""
DAILY = frozenset({-144, -1441, -147, -160})
"""What a day's or a month's allowance of the template API is used up with: nothing before tomorrow."""
UNSUPPORTED_OA = -235
V2_SHUT_DOWN = -240
NO_PROOF = frozenset({-242, -1241})
"""The proof of the app secret is missing or wrong."""
NO_BUTTONS = frozenset({-201, -233})
"""What a message with buttons is refused with where the OA can't show them: send it as plain text."""


def reaction(code: int, table: Mapping[int, Reaction] = OA) -> Reaction:
    """What a code asks for."""
    return table.get(code, Reaction.PERMANENT)


def unheard_of(code: int) -> bool:
    """Whether a code stands in no table of ours: somebody should look it up."""
    return code != 0 and code not in OA and code not in ZBS and code not in OAUTH
