"""Zalo's event names, and what kind each one is.

The one rule: the kind says what the event is about, never who is who: receipts are named `user_…` and come
from the OA.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What an event is about; UNKNOWN is kept like any other."""

    MESSAGE = "message"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    CHATNOW = "chatnow"
    RECEIPT_DELIVERED = "receipt_delivered"
    RECEIPT_SEEN = "receipt_seen"
    REACTION = "reaction"
    ECHO = "echo"
    PROFILE = "profile"
    WITHDRAW = "withdraw"
    GROUP = "group"
    ANONYMOUS = "anonymous"
    TEMPLATE = "template"
    MANAGEMENT = "management"
    UNKNOWN = "unknown"


_NAMES = {
    Kind.MESSAGE: "user_send_text user_send_image user_send_link user_send_audio user_send_video user_send_sticker"
    " user_send_location user_send_file user_send_business_card user_send_gif",
    Kind.FOLLOW: "follow",
    Kind.UNFOLLOW: "unfollow",
    Kind.CHATNOW: "user_click_chatnow",
    Kind.RECEIPT_DELIVERED: "user_received_message",
    Kind.RECEIPT_SEEN: "user_seen_message",
    Kind.REACTION: "user_reacted_message oa_reacted_message",
    Kind.ECHO: "oa_send_text oa_send_image oa_send_gif oa_send_list oa_send_file oa_send_sticker oa_send_template"
    " oa_send_link oa_send_request_user_info",
    Kind.PROFILE: "user_submit_info update_user_info",
    Kind.WITHDRAW: "user_withdraw",
    # Two spellings are in use for three of these (platform facts 2.10): both are known.
    Kind.GROUP: "create_group user_join_group user_request_join_group accept_request_join_group"
    " reject_request_join_group react_request_join_group_accept react_request_join_group_reject add_group_admin"
    " remove_group_admin update_group_info user_out_group user_leave_group delete_group",
    Kind.TEMPLATE: "user_feedback user_click_response_button change_template_status change_template_quality"
    " change_template_quota change_oa_daily_quota change_oa_template_tags event_journey_time_out"
    " event_journey_acknowledged journey_acknowledged",
    Kind.MANAGEMENT: "add_user_to_tag remove_user_from_tag remove_tag widget_interaction_accepted"
    " widget_failed_to_sync_user_external_id extension_purchased shop_has_order oa_send_consent user_reply_consent"
    " user_call_oa oa_call_user",
}
KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
"""Every name that is written in Zalo's lists, except the families below."""

_FAMILIES = (
    ("user_send_group_", Kind.GROUP),
    ("oa_send_group_", Kind.GROUP),
    ("anonymous_send_", Kind.ANONYMOUS),
    ("oa_send_anonymous_", Kind.ANONYMOUS),
)


def kind_of(name: str) -> Kind:
    """The kind of an event name."""
    known = KINDS.get(name)
    if known is not None:
        return known
    return next((kind for prefix, kind in _FAMILIES if name.startswith(prefix)), Kind.UNKNOWN)
