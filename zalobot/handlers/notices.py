"""What Zalo tells about the account itself: templates approved or stopped, quotas, ratings of templates.

The one rule: the newest of each kind about each thing is kept; deliveries come in any order.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import conversations
from zalobot.handlers import talking
from zalobot.handlers.router import Router
from zalobot.store.models import TemplateApproval, TemplateState, ZaloNotice
from zalobot.zalo.events import Event, Kind
from zalobot.zalo.reading import dict_of, text_of

router = Router()

_ENVELOPE = {"app_id", "oa_id", "oaId", "event_name", "timestamp", "user_id_by_app", "sender", "recipient"}
_ABOUT_PEOPLE = {"oa_send_consent", "user_reply_consent", "user_call_oa", "oa_call_user", "shop_has_order"}
_OPENS_THE_WINDOW = {"user_call_oa", "widget_interaction_accepted"}
_STATES = {
    "ENABLE": TemplateState.ENABLED,
    "PENDING_REVIEW": TemplateState.PENDING,
    "REJECT": TemplateState.REJECTED,
    "DISABLE": TemplateState.DISABLED,
    "DELETE": TemplateState.DISABLED,
}

_table = ZaloNotice.__table__  # type: ignore[attr-defined]


@router.on(Kind.TEMPLATE, Kind.MANAGEMENT)
def noticed(session: Session, event: Event, now: datetime) -> None:
    """Keep what was told; a template of ours that changed is marked so. What is about people is not kept twice, but
    for this: who calls the account, or agrees in a widget, may be written to again (platform facts 6.1)."""
    if event.person_id and event.name in _OPENS_THE_WINDOW:
        talk = conversations.of(session, event.person_id, now)
        talking.heard(session, talk, event.at, now)
        conversations.save(session, talk, now)
    if event.person_id or event.name in _ABOUT_PEOPLE:
        return
    facts = {name: value for name, value in event.raw.items() if name not in _ENVELOPE}
    if _is_newest(session, event, _subject(facts)[:64], facts) and event.name.startswith("change_template_"):
        _mark_template(session, event, facts)


def _is_newest(session: Session, event: Event, subject: str, facts: dict[str, Any]) -> bool:
    row = insert(_table).values(name=event.name, subject=subject, at=event.at, facts=facts)
    newer = {"facts": row.excluded.facts, "at": row.excluded.at}
    kept = row.on_conflict_do_update(
        index_elements=["name", "subject"], set_=newer, where=row.excluded.at >= _table.c.at
    ).returning(_table.c.name)
    return session.execute(kept).first() is not None


def _subject(facts: dict[str, Any]) -> str:
    message = dict_of(facts.get("message"))
    ids = (facts.get("template_id"), facts.get("msg_id"), message.get("msg_id"), message.get("tracking_id"))
    return next(filter(None, map(text_of, ids)), "")


def _mark_template(session: Session, event: Event, facts: dict[str, Any]) -> None:
    changed: dict[str, Any] = {}
    if state := _STATES.get(text_of(dict_of(facts.get("status")).get("new_status")).upper()):
        changed = {"state": state, "reason": text_of(facts.get("reason"))[:500], "changed_at": event.at}
    elif quality := text_of(facts.get("quality")):
        changed = {"quality": quality[:16]}
    if changed:
        ours = update(TemplateApproval).where(col(TemplateApproval.template_id) == text_of(facts.get("template_id")))
        session.execute(ours.values(**changed))
