"""The page's switches, choices and deeds: what can be provoked, by the names the page knows.

The one rule: a switch shows what is so, not what was pressed: a fault that has used itself up is off again, and so is
an expired token once the bot has a new one.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .account import BALANCE, TEMPLATES_A_DAY, UPLOADS_A_MONTH, SendApi, packages
from .acts import Acts
from .console import Pkce, Signature
from .faults import Effect, Where
from .stage import Stage
from .templates import Status
from .week import LOCAL

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
SILENCES = {"silent_paid": timedelta(days=3), "silent": timedelta(days=8)}


@dataclass(frozen=True, slots=True)
class Switch:
    """Something of the account or the console that is so (`is_on`) or is made so (`turn`)."""

    is_on: Callable[[Stage], bool]
    turn: Callable[[Stage, bool], None]


def _field(part: str, name: str, *, on: Any = True, off: Any = False) -> Switch:
    """A switch over one field of `stage.account`, `stage.console`, `stage.faults` or `stage.grant`."""
    return Switch(
        lambda stage: bool(getattr(getattr(stage, part), name) == on),
        lambda stage, wanted: setattr(getattr(stage, part), name, on if wanted else off),
    )


def _silence(name: str) -> Switch:
    def turn(stage: Stage, on: bool) -> None:
        stage.faults.silence, stage.faults.silent_since = SILENCES[name], stage.now() if on else None

    return Switch(lambda stage: stage.faults.silent_since is not None and stage.faults.silence == SILENCES[name], turn)


def _end_package(stage: Stage, on: bool) -> None:
    stage.account.valid_through = (stage.now().astimezone(LOCAL) - timedelta(days=1)).date() if on else None


def _package_over(stage: Stage) -> bool:
    through = stage.account.valid_through
    return through is not None and through < stage.now().astimezone(LOCAL).date()


def _no_uploads(stage: Stage, on: bool) -> None:
    stage.account.uploads.limit = 0 if on else UPLOADS_A_MONTH


def _no_templates(stage: Stage, on: bool) -> None:
    stage.account.templates.limit = 0 if on else TEMPLATES_A_DAY


def _reset_secret(stage: Stage, on: bool) -> None:
    stage.console.oa_secret = secrets.token_urlsafe(16) if on else stage.settings.oa_secret


SWITCHES: dict[str, Switch] = {
    "expired": _field("grant", "expired"),
    "silent_paid": _silence("silent_paid"),
    "silent": _silence("silent"),
    "rate": Switch(lambda s: s.faults.per_minute > 0, lambda s, on: setattr(s.faults, "per_minute", 10 if on else 0)),
    "no_buttons": _field("faults", "no_buttons"),
    "package_over": Switch(_package_over, _end_package),
    "unverified": _field("account", "verified", on=False, off=True),
    "disabled": _field("account", "enabled", on=False, off=True),
    "unlinked": _field("account", "linked", on=False, off=True),
    "broke": _field("account", "balance", on=0, off=BALANCE),
    "no_night": _field("account", "night_rule", on=False, off=True),
    "strangers": _field("account", "hides_strangers"),
    "no_uploads": Switch(lambda stage: not stage.account.uploads.limit, _no_uploads),
    "no_templates": Switch(lambda stage: not stage.account.templates.limit, _no_templates),
    "new_secret": Switch(lambda stage: stage.console.oa_secret != stage.settings.oa_secret, _reset_secret),
    "filter": _field("console", "syntax_filter"),
    "no_retry": _field("console", "retry", on=False, off=True),
    "proof": _field("console", "secret_proof"),
    "app_off": _field("console", "app_active", on=False, off=True),
    "permissions": _field("console", "permitted", on=False, off=True),
    "asks": _field("console", "asks"),
    "no_state": _field("console", "keeps_state", on=False, off=True),
    "old_info": _field("console", "old_info"),
}


def states(stage: Stage) -> dict[str, bool]:
    """Every switch and whether it is on."""
    now = stage.now()
    labels = {rule.label for rule in stage.faults.rules if not rule.over(now)}
    return {name: name in labels for name in RULES} | {name: one.is_on(stage) for name, one in SWITCHES.items()}


def turn(stage: Stage, name: str, on: bool) -> None:
    """Turn a switch on or off; LookupError for a name that is none."""
    if name in SWITCHES:
        SWITCHES[name].turn(stage, on)
        return
    effect, given = RULES[name]
    stage.faults.stop(label=name)
    if on:
        stage.faults.start(effect, **given, label=name)


def choices(stage: Stage) -> dict[str, str]:
    """What is chosen where there is more than on and off."""
    return {
        "package": stage.account.package.key,
        "send_api": stage.account.send_api,
        "signature": stage.console.signature,
        "pkce": stage.console.pkce,
        **{f"template {one.id}": one.status for one in stage.templates.values()},
        **{f"refuses {one.id}": str(one.refuses or "") for one in stage.world.people.values()},
    }


async def choose(acts: Acts, name: str, value: str) -> None:
    """Choose; LookupError or ValueError for what there is not."""
    stage = acts.stage
    match name.split():
        case ["package"]:
            stage.account.choose(packages()[value])
        case ["send_api"]:
            stage.account.send_api = SendApi(value)
        case ["signature"]:
            stage.console.signature = Signature(value)
        case ["pkce"]:
            stage.console.pkce = Pkce(value)
        case ["template", template_id]:
            await acts.reviews_template(template_id, Status(value))
        case ["refuses", person_id]:
            acts.person(person_id).refuses = int(value or 0)
        case ["event", event_name]:
            (stage.console.off.add if value == "off" else stage.console.off.discard)(event_name)
        case _:
            raise LookupError(name)


async def _revoke(acts: Acts, _who: str) -> None:
    acts.grant.revoke()


async def _withdraw(acts: Acts, _who: str) -> None:
    acts.grant.withdraw()


async def _probe(acts: Acts, _who: str) -> None:
    status = await acts.stage.deliverer.probe()
    acts.world.note(acts.clock.now(), "probe", status=status)


async def _test(acts: Acts, _who: str) -> None:
    await acts.console_tests("user_send_text")


async def _forge(acts: Acts, who: str) -> None:
    body = acts.stage.payloads.sample("user_send_text", acts.clock.now())
    await acts.sends_event(who, body, secret="not the secret")


async def _strange(acts: Acts, who: str) -> None:
    await acts.sends_event(who, acts.stage.payloads.sample("user_did_something_new", acts.clock.now()))


async def _in_group(acts: Acts, who: str) -> None:
    await acts.group_says(who, "5000000000000000001", f"[@{acts.stage.settings.oa_id}] xin chào")


DEEDS: dict[str, Callable[[Acts, str], Awaitable[None]]] = {
    "revoke": _revoke, "withdraw_grant": _withdraw, "probe": _probe, "test": _test,
    "forge": _forge, "strange": _strange, "group": _in_group,
}  # fmt: skip
