"""The page's switches: the faults by the names the page knows, with the strength a click gives them.

The one rule: a switch shows what is so, not what was pressed: a fault that has used itself up is off again, and so is
an expired token once the bot has a new one.
"""

from typing import Any

from .account import SendApi
from .faults import Effect, Where
from .stage import Stage

RULES: dict[str, tuple[Effect, dict[str, Any]]] = {
    "slow": (Effect.SLOW, {"where": Where.CALLS, "seconds": 1.5}),
    "after_patience": (Effect.SLOW, {"seconds": 15.0}),
    "drop": (Effect.ANSWER_LOST, {}),
    "late": (Effect.ANSWER_LATE, {"seconds": 15.0}),
    "done_500": (Effect.ANSWER_STATUS, {"code": 500}),
    "done_200": (Effect.ANSWER_REFUSED, {"code": -200}),
    "echo_first": (Effect.ECHO_FIRST, {}),
    "reset": (Effect.RESET, {}),
    "hang": (Effect.HANG, {"seconds": 15.0}),
    "fail": (Effect.STATUS, {"every": 3, "code": 500}),
    "html": (Effect.HTML, {}),
    "refresh": (Effect.REFUSE, {"where": Where.TOKENS, "code": -32, "count": 1}),
    "refresh_lost": (Effect.ANSWER_LOST, {"where": Where.TOKENS, "count": 1}),
    "refresh_used": (Effect.REFUSE, {"where": Where.TOKENS, "code": -14014}),
    "copies": (Effect.REPEAT, {"times": 3}),
    "lose": (Effect.LOSE, {"every": 5}),
    "no_echo": (Effect.LOSE, {"name": "oa_send_*"}),
    "late_echo": (Effect.DELAY, {"name": "oa_send_*", "seconds": 5.0}),
    "reorder": (Effect.DELAY, {"seconds": 2.0, "varies": True}),
    "shut": (Effect.UNREACHABLE, {}),
}


def states(stage: Stage) -> dict[str, bool]:
    """Every switch and whether it is on."""
    faults, now = stage.faults, stage.now()
    labels = {rule.label for rule in faults.rules if not rule.over(now)}
    return {
        **{name: name in labels for name in RULES},
        "expired": stage.grant.expired,
        "silent": faults.silent_since is not None,
        "rate": faults.per_minute > 0,
        "v2": stage.account.send_api is SendApi.V2,
    }


def turn(stage: Stage, name: str, on: bool) -> None:
    """Turn a fault on or off; LookupError for a name that is none."""
    faults = stage.faults
    match name:
        case _ if name in RULES:
            faults.stop(label=name)
            if on:
                effect, given = RULES[name]
                faults.start(effect, **given, label=name)
        case "expired":
            stage.grant.expired = on
        case "silent":
            faults.silent_since = stage.now() if on else None
        case "rate":
            faults.per_minute = 10 if on else 0
        case "v2":
            stage.account.send_api = SendApi.V2 if on else SendApi.V3
        case _:
            raise LookupError(name)
