"""The flows, listed by name. Each is made for a province, because its options are the province's."""

from collections.abc import Callable
from functools import lru_cache

from zalobot.flows import (
    business_part,
    coordinator_part,
    head_part,
    later_message,
    officer_part,
    own_data,
    report_issue,
)
from zalobot.flows.engine import Flow
from zalobot.province import Province

FLOWS: dict[str, Callable[[Province], Flow]] = {
    report_issue.NAME: report_issue.flow,
    business_part.LOOK_UP: business_part.look_up_flow,
    business_part.REPLY: business_part.reply_flow,
    business_part.VERDICT_REASON: business_part.verdict_reason_flow,
    later_message.SAME_OR_NEW: later_message.same_or_new_flow,
    later_message.WITHDRAW: later_message.withdraw_flow,
    own_data.UNCONSENT: own_data.unconsent_flow,
    own_data.ERASE: own_data.erase_flow,
    officer_part.ANSWER: officer_part.answer_flow,
    officer_part.NOT_OURS: officer_part.not_ours_flow,
    officer_part.ASK: officer_part.ask_flow,
    head_part.EXPLAIN: head_part.explain_flow,
    coordinator_part.DECIDE: coordinator_part.decide_flow,
    coordinator_part.CLASS: coordinator_part.class_flow,
}


@lru_cache(maxsize=64)
def named(province: Province, name: str) -> Flow | None:
    """The flow of this name, None where a newer release has none of it any more."""
    make = FLOWS.get(name)
    return make(province) if make else None
