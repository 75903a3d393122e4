"""What Zalo does with what we say: the call it takes, and the refusals of today that only a human can mend.

The one rule: what was learnt is told for as long as it holds; how it is unlearnt stands in `relay.traits`.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.relay import alarms, traits
from zalobot.standing.checks import OK, RED, WARN, Check, Fact
from zalobot.zalo.send_api import BUTTONS, SEND_API


def sending(session: Session, oa_id: str, now: datetime) -> Check:
    """Whether messages get out."""
    known = {trait: value for trait, (value, until) in traits.known(session, oa_id).items() if now < until}
    codes = alarms.today(session, now)
    facts: dict[str, Fact] = {
        "send_api": known.get(SEND_API),
        "buttons": known.get(BUTTONS),
        "codes": ", ".join(map(str, codes)) or None,
    }
    if known.get(SEND_API) == "none":
        return Check("sending", RED, facts, "closed")
    return Check("sending", WARN if codes else OK, facts, "refused" if codes else "")
