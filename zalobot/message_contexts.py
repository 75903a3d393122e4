"""Which things each message is given, and so which placeholders its operator may use.

The one rule: a rule that renders a message passes everything named here, always; the channel is given to all. What
operators call a message stands in `templates/message_names.toml`.
"""

from typing import Final

_ABOUT_A_PART: Final = ("part", "ticket")
_FLOW: Final = ("draft", "options")
_FLOW_OF_A_PART: Final = (*_FLOW, *_ABOUT_A_PART)

_GROUPS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    (
        "welcome",
        (),
        ("hello", "hello_again", "consent", "consent_again", "consent_declined", "consent_given", "menu", "help"),
    ),
    ("welcome", ("work",), ("returned",)),
    (
        "report_issue",
        _FLOW,
        (
            *("consent", "consent.not_an_option"),
            *("description", "description.too_short", "description.too_long", "description_noted"),
            *("description.emergency", "description.complaint", "description.denunciation"),
            *("field", "field.not_an_option"),
            *("agencies", "agencies.which", "agencies.not_an_option"),
            *("files", "files.more", "files.too_many", "files.not_a_file", "files.refused"),
            *("still", "still.not_an_option", "who", "who.unclear", "who.tax_letter", "who.tax_length"),
            *("who.tax_serial", "who.tax_check", "who.tax_branch", "who.tax_person"),
            *("publicity", "publicity.not_an_option", "pieces", "pieces.not_a_piece"),
            *("business", "business.too_short", "business.too_long"),
            *("confirm", "confirm.unclear", "confirm.what_to_change"),
            *("nudge", "resumed", "cancelled", "stop"),
        ),
    ),
    ("report_issue", _FLOW, ("at_once", "at_once.not_an_option", "same_matter", "same_matter.not_an_option")),
    ("at_once", (), ("right",)),
    ("at_once", ("ticket", "told"), ("joined",)),
    ("status", ("ticket",), ("withdrawn_by_sender",)),
    ("refused", ("facts",), ("already_yours", "nothing_to_join", "only_joined", "not_droppable", "turned_away")),
    ("refused", ("facts",), ("knowledge_exists", "knowledge_changed", "no_such_knowledge")),
    ("report_issue", ("ticket", "draft"), ("sent", "past_horizon")),
    ("own_data", ("own",), ("shown",)),
    ("own_data", (), ("kept", "consent_withdrawn", "name_withdrawn", "erased", "privacy")),
    ("own_data", (), ("notices", "notices_on", "notices_off")),
    ("unconsent", _FLOW, ("which", "which.not_an_option", "sure", "sure.not_an_option")),
    ("unconsent", _FLOW, ("sure_name", "sure_name.not_an_option")),
    ("erase_me", _FLOW, ("sure", "sure.not_an_option")),
    (
        "asides",
        (),
        (*("fee", "how_long", "who_sees", "why_asked", "no_code", "who_speaks", "changed_later", "files_too"),),
    ),
    ("look_up", _FLOW, ("code", "code.not_a_code")),
    ("look_up", (), ("none",)),
    ("look_up", ("work",), ("list",)),
    ("look_up", ("ticket", "facts"), ("ticket", "not_yours")),
    ("look_up", ("facts",), ("not_found",)),
    (
        "reply",
        _FLOW_OF_A_PART,
        (
            *("reply", "reply.too_short", "reply.too_long"),
            *("files", "files.more", "files.too_many", "files.not_a_file"),
            *("confirm", "confirm.unclear", "confirm.what_to_change"),
        ),
    ),
    ("verdict", _ABOUT_A_PART, ("thanks_solved", "reason_noted")),
    ("verdict_reason", _FLOW_OF_A_PART, ("reason", "reason.too_short", "reason.too_long")),
    (
        "same_or_new",
        _FLOW,
        (
            *("which", "which.not_an_option", "addition", "addition.too_short", "addition.too_long"),
            *("files", "files.more", "files.too_many", "files.not_a_file"),
        ),
    ),
    ("same_or_new", ("ticket",), ("added",)),
    ("withdraw", _FLOW_OF_A_PART, ("confirm", "confirm.unclear", "confirm.what_to_change")),
    ("coordinator", _ABOUT_A_PART, ("disputed", "decide_reminder", "decided", "part", "part_disputed")),
    ("coordinator", ("work",), ("decide_several", "undecided")),
    ("coordinator", ("tickets",), ("proposals",)),
    ("list", ("ticket",), ("proposal",)),
    ("coordinator", ("ticket",), ("confirmed", "class_changed")),
    (
        "coordinator_decide",
        _FLOW_OF_A_PART,
        ("owner", "owner.not_an_agency", "reason", "reason.too_short", "reason.too_long"),
    ),
    (
        "coordinator_class",
        _FLOW_OF_A_PART,
        ("klass", "klass.not_an_option", "reason", "reason.too_short", "reason.too_long"),
    ),
    ("not_understood", (), ("first", "again")),
    ("not_understood", ("person",), ("staff_called",)),
    (
        "common",
        (),
        (
            *("nothing_to_cancel", "nothing_to_go_back", "attachment_kind", "sticker", "thanks", "cancelled", "abuse"),
            *("person_called", "person_called_after_hours", "given_back", "out_of_hours", "shelved"),
            *("citizen_matter", "spam", "in_a_group", "way_out", "if_urgent"),
        ),
    ),
    ("common", ("options",), ("typed",)),
    ("common", ("waiting",), ("waited",)),
    ("mail", ("letter",), ("subject", "letter")),
    ("officer", (), ("help", "my_work_none", "not_understood", "keep_window")),
    ("officer", ("officer",), ("link_done", "menu")),
    ("officer", (*_ABOUT_A_PART, "facts"), ("given_to_you", "opinion_asked", "directed", "dropped", "turned_away")),
    ("status", (*_ABOUT_A_PART, "facts"), ("part_dropped",)),
    ("status", ("ticket", "facts"), ("referred_complaint", "referred_denunciation", "out_of_scope", "emergency")),
    ("officer", ("facts",), ("open_web",)),
    ("officer", ("work",), ("my_work",)),
    ("officer", ("facts",), ("no_such_part", "not_your_part", "already_answered")),
    (
        "officer",
        _ABOUT_A_PART,
        (
            *(
                "part",
                "part_seen",
                "part_late",
                "assigned",
                "offered",
                "handed_over",
                "accepted",
                "answer_sent",
                "not_ours_sent",
                "ask_sent",
            ),
            *("business_replied", "verdict_reason", "reopened", "closed", "withdrawn"),
        ),
    ),
    ("officer", (*_ABOUT_A_PART, "facts"), ("class_changed", "added", "decided")),
    ("officer", ("work", "facts"), ("succeeded",)),
    (
        "officer_answer",
        _FLOW_OF_A_PART,
        (
            *("answer", "answer.too_short", "answer.too_long"),
            *("confirm", "confirm.unclear", "confirm.what_to_change"),
        ),
    ),
    (
        "officer_not_ours",
        _FLOW_OF_A_PART,
        ("owner", "owner.not_an_agency", "reason", "reason.too_short", "reason.too_long"),
    ),
    ("officer_ask", _FLOW_OF_A_PART, ("question", "question.too_short", "question.too_long")),
    (
        "status",
        _ABOUT_A_PART,
        (
            "accepted",
            "answered",
            "declined",
            "transferred",
            "question",
            "reply_noted",
            "overdue",
            "reopened",
        ),
    ),
    ("status", _ABOUT_A_PART, ("explained", "pause_ended")),
    ("status", ("work",), ("closed_by_silence", "keep_window")),
    ("officer", _ABOUT_A_PART, ("explained", "pause_ended")),
    (
        "officer_explain",
        _FLOW_OF_A_PART,
        (
            *("reason", "reason.too_short", "reason.too_long"),
            *("new_date", "new_date.not_a_date", "new_date.date_not_ahead", "new_date.date_not_worked"),
        ),
    ),
    ("refused", ("facts",), ("colleague_holds", "not_a_colleague")),
    ("refused", ("facts",), ("not_the_head", "not_late", "date_not_ahead", "date_not_worked")),
    ("refused", ("facts",), ("no_such_officer", "officer_unclear", "deputy_elsewhere", "absence_backwards")),
    (
        "refused",
        ("facts",),
        (
            *("account_agency", "account_name", "account_taken", "account_unknown", "no_such_role"),
            *("link_used", "second_factor_there", "second_factor_wrong", "sign_in_wait"),
        ),
    ),
    (
        "refused",
        ("facts",),
        (
            *("no_such_person", "chat_held", "chat_not_held", "chat_not_asked"),
            *("chat_empty", "chat_too_long", "chat_closed", "calendar_changed", "no_such_document", "no_such_paper"),
            *("paper_type", "paper_size", "papers_enough", "wording_elsewhere"),
            *("reference_changed", "name_missing", "no_such_topic", "already_succeeded"),
            *("officer_holds_parts", "account_self"),
            *("knowledge_question", "knowledge_answer", "knowledge_review"),
            *("agency_code", "agency_taken"),
        ),
    ),
    ("studio", ("facts",), ("bound", "trial", "undone")),
    (
        "refused",
        ("facts",),
        (
            *("no_such_message", "no_draft", "not_waiting", "wording_waits", "wording_too_long", "wording_own"),
            *("wording_stale", "wording_stop", "nothing_to_undo", "no_zalo"),
            *("files_unreadable", "files_same", "files_none", "files_draft"),
        ),
    ),
    ("reminders", ("digest",), ("digest_officer", "digest_head", "digest_province")),
    ("reminders", _ABOUT_A_PART, ("unseen",)),
    ("list", ("late",), ("late_agency",)),
    ("officer", ("absent",), ("in_place_of",)),
    ("status", ("recount",), ("recounted",)),
    ("officer", ("recount",), ("recounted",)),
    ("officer", ("horizon",), ("horizon",)),
    ("coordinator", ("trouble",), ("zalo_refuses", "zalo_unheard_of")),
    ("mail", ("trouble",), ("zalo_trouble",)),
    ("coordinator", ("loss",), ("consent_needed",)),
    ("mail", ("loss",), ("consent_needed",)),
    ("list", ("moved",), ("recounted",)),
    ("status", ("ticket",), ("assigned", "closed", "withdrawn")),
    (
        "reminders",
        _ABOUT_A_PART,
        ("half", "day_before", "hours_before", "due", "overdue_officer", "overdue_head", "overdue_leader"),
    ),
    ("reminders", ("work",), ("merged",)),
    ("status", (*_ABOUT_A_PART, "facts"), ("class_changed", "decided", "succeeded")),
    ("status", _ABOUT_A_PART, ("part_added", "disputed")),
    ("status", ("facts",), ("check_code",)),
    ("status", ("ticket", "facts"), ("merged", "split", "split_joined")),
    ("status", ("ticket", "answers"), ("answers", "answers_joined")),
    ("status", _ABOUT_A_PART, ("answered_joined",)),
    ("list", ("part",), ("part", "work", "answer")),
    (
        "events",
        ("event",),
        (
            *("received", "assigned", "accepted", "answered", "declined", "transferred", "question_asked"),
            *("business_replied", "reminded", "overdue", "escalated", "verdict_given", "reopened", "closed"),
            *("class_changed", "withdrawn", "confirmed", "disputed", "decided", "succeeded", "added", "merged"),
            "joined",
            "unnamed",
            *("erased", "verdict_explained", "recounted", "pause_ended", "explained", "not_explained"),
            *("split", "not_decided", "reassigned", "dropped", "turned_away", "directed"),
        ),
    ),
    ("counted", ("receipt",), ("short", "simple", "hard")),
    ("counted", ("change",), ("changed",)),
    ("counted", ("run",), ("changed_days",)),
    ("counted", ("counted",), ("day",)),
    ("counted", ("skipped",), ("skipped",)),
    (
        "refused",
        ("facts",),
        (
            *("illegal_transition", "stale_ticket", "past_horizon", "not_allowed", "no_such_ticket", "no_such_part"),
            *("not_your_part", "already_answered", "not_answered_yet", "not_an_owner", "no_such_agency"),
            *("already_has_part", "class_too_late", "reason_missing", "decided_finally", "already_withdrawn"),
            *("nothing_to_withdraw", "not_a_duplicate", "sealed_merge", "merge_lacks_agency"),
            *("nothing_to_split", "too_long"),
            *("link_unknown", "link_expired", "no_failed_event"),
            *(
                "no_undelivered_message",
                "may_have_arrived",
                "no_such_template",
                "template_not_fillable",
                "not_an_address",
            ),
            *("media_host", "media_too_big", "media_type", "media_gone"),
            *("bad_calendar", "outside_calendar", "calendar_too_short", "no_source", "nothing_changed"),
        ),
    ),
    (
        "lint",
        ("problem",),
        (
            *("syntax", "unsafe", "unknown_placeholder", "not_here", "source_too_long", "too_long", "long", "empty"),
            *("too_many_buttons", "title_too_long", "payload_too_long", "missing_arrow", "empty_button", "no_buttons"),
            *("bad_link", "plain_link", "foreign_link", "emoji", "broken_letter", "only_emoji", "same_title"),
            "numbered_title",
            *("hidden_letter", "strange_letter"),
            *("two_questions", "no_code", "must_say", "asks_otp", "asks_password", "asks_money", "asks_identity"),
            *("no_twin", "names_secret", "tone", "shouting", "dropped", "untranslated", "stale", "no_vietnamese"),
            *("says_less", "says_more", "other_buttons", "tall", "dropped_button", "unheard"),
        ),
    ),
)

CONTEXTS: Final[dict[str, tuple[str, ...]]] = {
    f"{folder}/{name}": (*things, "channel") for folder, things, names in _GROUPS for name in names
}

# Whom a message is for. What is not named here is said to businesses, and so in every language.
_TO_STAFF: Final = (
    *("officer", "officer_answer", "officer_not_ours", "officer_ask", "officer_explain", "reminders", "lint"),
    *("coordinator", "coordinator_decide", "coordinator_class", "studio"),
    "events",  # on pages, which are Vietnamese
)
_EACH_TO_STAFF: Final = frozenset(
    (
        *(
            "not_understood/staff_called",
            "list/late_agency",
            "list/proposal",
            "mail/zalo_trouble",
            "mail/consent_needed",
        ),
        *("counted/simple", "counted/hard", "counted/day", "counted/changed", "counted/changed_days"),
    )
)
# Of what is refused, businesses hear only this.
_REFUSED_TO_BUSINESSES: Final = frozenset(
    (
        *("already_answered", "already_withdrawn", "illegal_transition", "media_gone", "media_host", "media_too_big"),
        *("media_type", "no_such_agency", "no_such_part", "no_such_ticket", "not_allowed", "not_answered_yet"),
        "turned_away",
        *("nothing_to_withdraw", "past_horizon", "stale_ticket", "already_yours", "nothing_to_join", "only_joined"),
    )
)


def is_for_businesses(name: str) -> bool:
    """Whether a business may be told this, so that it is there in every language."""
    folder, _, step = name.partition("/")
    if folder == "refused":
        return step in _REFUSED_TO_BUSINESSES
    return folder not in _TO_STAFF and name not in _EACH_TO_STAFF


FOR_BUSINESSES: Final = tuple(name for name in CONTEXTS if is_for_businesses(name))

# What a message may not do without: it would be of no use to whoever gets it.
MUST_SAY: Final[dict[str, tuple[str, ...]]] = {
    "status/check_code": ("ma_kiem_tra", "trang_kiem_tra"),
    "common/typed": ("lua_chon_ngan",),
    "report_issue/sent": ("ma_ho_so", "danh_sach_phan_viec"),
    "status/answered": ("tra_loi",),
    "status/answered_joined": ("tra_loi",),
    "status/question": ("cau_hoi",),
    "officer/open_web": ("link_vao_web",),
    "own_data/shown": ("link_ban_sao",),
}
