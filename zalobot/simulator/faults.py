"""What goes wrong on request: rules, each an effect on some of the bot's calls or on some of Zalo's events.

The one rule: a fault is something the real platform or the network does; there is none that only a simulator could do.
`mishaps` carries out what happens to calls, `deliver` what happens to events.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import count as numbers

SILENCE = timedelta(days=8)


class Effect(StrEnum):
    """What happens to a call or to an event.

    Instead of the call, which has no effect then: HANG (no answer for `seconds`, then a reset), RESET (the connection),
    STATUS (HTTP `code` with a page of HTML), HTML (HTTP 200 with a page), REFUSE (`code` in Zalo's envelope).
    SLOW: done `seconds` later, whether the caller is still there or not.
    After the call was done: ECHO_FIRST (answered when the bot has answered the echo), ANSWER_LATE (`seconds` later: a
    timeout, if the caller waits less), ANSWER_LOST (connection reset), ANSWER_STATUS (HTTP `code`), ANSWER_HTML,
    ANSWER_REFUSED (`code`, although it was done).
    Events: LOSE (never comes), REPEAT (comes `times` times, shuffled; varies: once to so many times), DELAY (`seconds`
    later, overtaken by others; varies: up to so much), UNREACHABLE (no connection: comes again on the ladder).
    """

    SLOW = "slow"
    HANG = "hang"
    RESET = "reset"
    STATUS = "status"
    HTML = "html"
    REFUSE = "refuse"
    ECHO_FIRST = "echo_first"
    ANSWER_LATE = "answer_late"
    ANSWER_LOST = "answer_lost"
    ANSWER_STATUS = "answer_status"
    ANSWER_HTML = "answer_html"
    ANSWER_REFUSED = "answer_refused"
    LOSE = "lose"
    REPEAT = "repeat"
    DELAY = "delay"
    UNREACHABLE = "unreachable"


BEFORE = frozenset({Effect.SLOW, Effect.HANG, Effect.RESET, Effect.STATUS, Effect.HTML, Effect.REFUSE})
ON_THE_WAY = frozenset({Effect.LOSE, Effect.REPEAT, Effect.DELAY})
ON_A_TRY = frozenset({Effect.UNREACHABLE})
AFTER = frozenset(Effect) - BEFORE - ON_THE_WAY - ON_A_TRY


class Where(StrEnum):
    """Which calls a rule is about: sends (by whichever endpoint), look-ups, uploads, tokens, ZBS; or events."""

    SENDS = "sends"
    LOOKUPS = "lookups"
    UPLOADS = "uploads"
    TOKENS = "tokens"
    ZBS = "zbs"
    CALLS = "calls"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Hit:
    """One call or one event that a rule may be about; `name` is its path or its event name."""

    where: Where
    name: str
    person_id: str
    at: datetime


@dataclass(slots=True)
class Rule:
    """One fault. It fires on every `every`-th hit that fits, `count` times (0: without end), until `until`.

    where: CALLS means every call. name: a pattern (`*`, `?`) over the path or the event name. person_id: "": everybody.
    label: the switch of the page that started it. seen, fired: hits that fitted, and times it happened.
    """

    effect: Effect
    where: Where = Where.SENDS
    name: str = "*"
    person_id: str = ""
    every: int = 1
    count: int = 0
    until: datetime | None = None
    code: int = 0
    seconds: float = 0.0
    times: int = 2
    varies: bool = False
    label: str = ""
    id: int = 0
    seen: int = 0
    fired: int = 0

    def over(self, now: datetime) -> bool:
        """Whether it will never fire again."""
        return (0 < self.count <= self.fired) or (self.until is not None and now >= self.until)

    def fires(self, hit: Hit) -> bool:
        """Count the hit; whether it happens this time."""
        if self.where is not hit.where and not (self.where is Where.CALLS and hit.where is not Where.EVENTS):
            return False
        if (self.person_id and self.person_id != hit.person_id) or not fnmatchcase(hit.name, self.name):
            return False
        self.seen += 1
        happens = self.seen % max(self.every, 1) == 0
        self.fired += happens
        return happens

    def copies(self) -> int:
        """How many times a repeated event comes."""
        return random.randint(1, self.times) if self.varies else self.times

    def wait(self) -> float:
        """How many seconds something takes longer."""
        return self.seconds * random.random() if self.varies else self.seconds


@dataclass(slots=True)
class Faults:
    """The rules in force, and what else is wrong. Changed by the page, by tests, and by time.

    silent_since: businesses that said nothing after this instant count as silent for `silence`.
    per_minute: calls allowed per minute, whatever the package says (0: as the package says).
    no_buttons: buttons and lists are refused (-201).
    """

    silent_since: datetime | None = None
    silence: timedelta = SILENCE
    per_minute: int = 0
    no_buttons: bool = False
    rules: list[Rule] = field(default_factory=list)
    _ids: "numbers[int]" = field(default_factory=lambda: numbers(1))

    def start(self, effect: Effect | str, where: Where | str = "", **given: object) -> Rule:
        """A rule from now on, with `Rule`'s fields; `where` is SENDS for calls and EVENTS for events if not said."""
        effect = Effect(effect)
        of_events = effect in ON_THE_WAY | ON_A_TRY
        where = Where(where) if where else (Where.EVENTS if of_events else Where.SENDS)
        if of_events is not (where is Where.EVENTS):
            raise ValueError(f"{effect} does not happen to {where}")
        rule = Rule(effect, where, id=next(self._ids), **given)  # type: ignore[arg-type]
        self.rules.append(rule)
        return rule

    def stop(self, rule_id: int | None = None, label: str | None = None) -> None:
        """End the rule with this id, or those of a switch, or (without either) all."""
        self.rules = [
            rule
            for rule in self.rules
            if (rule_id is not None and rule.id != rule_id) or (label is not None and rule.label != label)
        ]

    def fire(self, hit: Hit, effects: frozenset[Effect]) -> list[Rule]:
        """The rules with one of `effects` that happen to this hit, in the order they were started."""
        self.rules = [rule for rule in self.rules if not rule.over(hit.at)]
        fired = [rule for rule in self.rules if rule.effect in effects and rule.fires(hit)]
        self.rules = [rule for rule in self.rules if not rule.over(hit.at)]
        return fired

    def heard(self, last: datetime | None) -> datetime | None:
        """When the person was last heard, as Zalo would have it with the silence on."""
        if last is None or self.silent_since is None or last > self.silent_since:
            return last
        return min(last, self.silent_since - self.silence)
