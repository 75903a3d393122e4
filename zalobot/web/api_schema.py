"""The description of the JSON interface (OpenAPI 3.1), for programs and for the people who write them.

The one rule: the words and shapes stand in `templates/web/api/openapi.json`; stored words and limits are put in from
the code, so that they cannot disagree with it.
"""

import json
from functools import cache
from typing import Any

from zalobot.paths import templates_folder
from zalobot.rules import Convention, Klass
from zalobot.store.models import EventKind, PartState, TicketState, Tier, Verdict
from zalobot.web.api_params import LEAST, MOST, USUAL
from zalobot.workdays import DayKind

WORDS = {
    "TicketState": TicketState,
    "PartState": PartState,
    "Class": Klass,
    "Publicity": Tier,
    "Verdict": Verdict,
    "EventKind": EventKind,
    "Convention": Convention,
    "DayKind": DayKind,
}


def openapi(site: str) -> dict[str, Any]:
    """The description, with the address of this site."""
    return {**_shapes(), "servers": [{"url": site}]}


@cache
def _shapes() -> dict[str, Any]:
    path = templates_folder() / "web/api/openapi.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name, words in WORDS.items():
        found["components"]["schemas"][name]["enum"] = [str(word) for word in words]
    found["components"]["schemas"]["Limit"] |= {"minimum": LEAST, "maximum": MOST, "default": USUAL}
    return found
