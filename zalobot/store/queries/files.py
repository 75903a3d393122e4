"""Which files on the disk something still has, whoever forgets them.

The one rule: a file is named by its content, so the same bytes may be a message's and a document's at once.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot.store.models import Attachment, CalendarPaper


def in_use(session: Session, names: Collection[str]) -> set[str]:
    """Those of these files (sha256) that somebody sent or a document of the calendar consists of."""
    sent = select(col(Attachment.sha256)).where(col(Attachment.sha256).in_(names))
    kept = select(col(CalendarPaper.sha256)).where(col(CalendarPaper.sha256).in_(names))
    return {*session.execute(sent).scalars(), *session.execute(kept).scalars()}
