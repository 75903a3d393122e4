"""What people put on our messages: a heart, a thumb.

The one rule: a reaction is kept and nothing more; it starts no turn and opens no window.
"""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.handlers.router import Router
from zalobot.store.models import Reaction
from zalobot.zalo.events import Event, Kind

router = Router()
TAKEN_AWAY = "/-remove"

_table = Reaction.__table__  # type: ignore[attr-defined]


@router.on(Kind.REACTION)
def reacted(session: Session, event: Event, now: datetime) -> None:
    """Keep the newest reaction of a person to a message; those of staff in the OA's inbox are none of a person."""
    if not event.message_id or len(event.message_id) > 64 or event.name != "user_reacted_message":
        return
    icon = event.info.get("icon", "")[:32]
    row = insert(_table).values(
        message_id=event.message_id, person_id=event.person_id, icon="" if icon == TAKEN_AWAY else icon, at=event.at
    )
    newer = {"icon": row.excluded.icon, "at": row.excluded.at}
    session.execute(
        row.on_conflict_do_update(
            index_elements=["message_id", "person_id"], set_=newer, where=row.excluded.at >= _table.c.at
        )
    )
