"""Every push carries something to tap that is a word to Zalo: it opens the window again."""

import pytest

from tests.test_messages import WORDING
from zalobot.templating import button_kind

BUILT = (
    "reminders/digest_head",  # its buttons are made for the late parts; tests/journeys/test_silence.py sees them
    "status/check_code",  # the last line of a push, not a push
    "status/emergency",  # its four buttons call for help, and nothing stands before them
)
PUSHES = [name for name in WORDING.names if name.startswith(("status/", "reminders/")) and name not in BUILT]


@pytest.mark.parametrize("name", PUSHES)
def test_a_push_has_a_query_button(name: str) -> None:
    buttons = WORDING.preview(WORDING.source(name)).buttons
    assert any(button_kind(payload) == "query" for _, payload in buttons), name
