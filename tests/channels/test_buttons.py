"""Every push carries something to tap that is a word to Zalo: it opens the window again."""

import pytest

from tests.test_messages import WORDING
from zalobot.templating import button_kind

PUSHES = [name for name in WORDING.names if name.startswith(("status/", "reminders/"))]


@pytest.mark.parametrize("name", PUSHES)
def test_a_push_has_a_query_button(name: str) -> None:
    buttons = WORDING.preview(WORDING.source(name)).buttons
    assert any(button_kind(payload) == "query" for _, payload in buttons), name
