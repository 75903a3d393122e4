"""The operator's console `/van-hanh`: every page of it is a row of one of the modules named here.

The one rule: a page is drawn by `shell.html`, which brings the side list with its counts.
"""

from zalobot.web.operator import events, messages, overview

ROWS = (
    *overview.ROWS,
    *messages.ROWS,
    *events.ROWS,
)
