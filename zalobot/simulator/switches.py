"""The page's switches: the faults by the names the page knows, with the strength a click gives them.

The one rule: a switch shows what is so, not what was pressed; an expired token is off again once the bot has a new one.
"""

from .stage import Stage


def states(stage: Stage) -> dict[str, bool]:
    """Every switch and whether it is on."""
    faults = stage.faults
    return {
        "copies": faults.copies > 1,
        "drop": faults.drop_response != 0,
        "expired": stage.grant.expired,
        "refresh": faults.refresh_error != 0,
        "silent": faults.silent_since is not None,
        "fail": faults.fail_every > 0,
        "rate": faults.per_minute > 0,
        "shut": faults.shut,
        "v2": faults.v2_only,
    }


def turn(stage: Stage, name: str, on: bool) -> None:
    """Turn a fault on or off; LookupError for a name that is none."""
    faults = stage.faults
    match name:
        case "copies":
            faults.copies = 3 if on else 1
        case "drop":
            faults.drop_response = -1 if on else 0
        case "expired":
            stage.grant.expired = on
        case "refresh":
            faults.refresh_error = -32 if on else 0
        case "silent":
            faults.silent_since = stage.now() if on else None
        case "fail":
            faults.fail_every = 3 if on else 0
        case "rate":
            faults.per_minute = 10 if on else 0
        case "shut":
            faults.shut = on
        case "v2":
            faults.v2_only = on
        case _:
            raise LookupError(name)
