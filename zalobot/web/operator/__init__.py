"""The operator's console `/van-hanh`: every page of it is a row of one of the modules named here.

The one rule: a page is drawn by `shell.html`, which brings the side list with its counts.
"""

from zalobot.web.operator import (
    agencies,
    calendar,
    calendar_papers,
    chat,
    chat_stream,
    events,
    finding,
    knowledge,
    messages,
    officers,
    overview,
    state,
    topics,
    users,
    wording,
    wording_files,
    wording_review,
)

ROWS = (
    *overview.ROWS,
    *finding.ROWS,
    *wording_review.ROWS,
    *wording_files.ROWS,
    *wording.ROWS,
    *messages.ROWS,
    *events.ROWS,
    *chat_stream.ROWS,  # before the page of one conversation, whose address it would fit
    *chat.ROWS,
    *calendar.ROWS,
    *calendar_papers.ROWS,
    *agencies.ROWS,
    *topics.ROWS,
    *officers.ROWS,
    *users.ROWS,
    *knowledge.ROWS,
    *state.ROWS,
)
