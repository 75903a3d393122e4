"""Decides what a message wants: the trained model first, then rules for what must not be missed.

The one rule: a complaint, a denunciation or an emergency is better asked about once too often than once too rarely.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from zalobot.foreign import is_calm
from zalobot.understanding.cues import cues
from zalobot.understanding.features import intent_features
from zalobot.understanding.folding import Word, words
from zalobot.understanding.intents import Intent
from zalobot.understanding.sources import raw
from zalobot.understanding.statistics import Model, softmax

MODEL: Final = "intents.json"
# From this chance on it is taken for one, though another intent is likelier.
MUST_NOT_BE_MISSED: Final = {Intent.EMERGENCY: 0.3, Intent.DENUNCIATION: 0.3, Intent.COMPLAINT: 0.35}
_NOT_NOW: Final = frozenset({"long_past", "pending_long"})
# Where these cues stand together (and none of the others) a small chance is enough.
TOGETHER: Final[tuple[tuple[Intent, frozenset[str], frozenset[str]], ...]] = (
    (Intent.EMERGENCY, frozenset({"emergency_now", "emergency_call"}), _NOT_NOW),
    (
        Intent.EMERGENCY,
        frozenset({"emergency_now", "people"}),
        frozenset({"long_past", "fire_equipment", "pending_long"}),
    ),
    (Intent.DENUNCIATION, frozenset({"bribe", "official"}), frozenset()),
    (Intent.DENUNCIATION, frozenset({"denounce_word"}), frozenset({"denounce_word_of_others"})),
    (Intent.COMPLAINT, frozenset({"complaint_word"}), frozenset({"complaint_word_of_others"})),
    (Intent.COMPLAINT, frozenset({"against_decision", "decision"}), frozenset()),
)
SMALL: Final = 0.06
TOLD: Final = 4  # words that are given as the reason

NEEDS_A_TICKET: Final = frozenset({Intent.ADDITION, Intent.REOPEN, Intent.VERDICT, Intent.WITHDRAW})
UNLIKELY: Final = -2.0
LIKELY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the person's tickets; None where it is not known. `asked`: an officer waits for their answer.

    `open_tickets` are those they may write about: under way, or ended lately.
    """

    open_tickets: int | None = None
    answered: int | None = None  # tickets whose answer waits for a verdict
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Wants:
    """An intent, and how sure that is (0 to 1)."""

    intent: Intent
    confidence: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message with what is counted of it, its cues, and how strongly each intent is spoken for whoever wrote it."""

    text: str
    features: tuple[str, ...]
    told: frozenset[str]
    scores: tuple[float, ...]


def weighed(text: str, model: Model) -> Weighed:
    """What a message says by itself; the same for everybody."""
    features = tuple(intent_features(text))
    told = frozenset(feature[2:] for feature in features if feature.startswith("c:"))
    return Weighed(text, features, told, tuple(model.scores(features)))


def decide(said: Weighed, model: Model, context: Context) -> Wants:
    """What a message wants."""
    scores = list(said.scores)
    for intent, place in _places(model.labels):
        scores[place] += _leaning(intent, context)
    chances = dict(zip(_intents(model.labels), softmax(scores), strict=True))
    if "complaint_matter" not in said.told:
        chances[Intent.COMPLAINT] = 0.0  # there is nothing that could be contested
    if said.told.isdisjoint(("emergency_now", "emergency_call")) and is_calm(said.text):
        chances[Intent.EMERGENCY] = 0.0  # the few foreign samples are mostly cries for help
    best = max(chances, key=chances.__getitem__)
    if best not in MUST_NOT_BE_MISSED:
        best = _heeded(chances, said.told) or best
    return Wants(best, round(chances[best], 3))


@cache
def _intents(labels: tuple[str, ...]) -> tuple[Intent, ...]:
    return tuple(map(Intent, labels))


@cache
def _places(labels: tuple[str, ...]) -> tuple[tuple[Intent, int], ...]:
    """The intents that need a ticket, and where they stand among the labels."""
    return tuple((intent, place) for place, intent in enumerate(_intents(labels)) if intent in NEEDS_A_TICKET)


def _heeded(chances: Mapping[Intent, float], told: frozenset[str]) -> Intent | None:
    """The intent that must not be missed here, if any: the likeliest of them."""
    enough = dict(MUST_NOT_BE_MISSED)
    for intent, cues_for, cues_against in TOGETHER:
        if cues_for <= told and not cues_against & told:
            enough[intent] = SMALL
    found = [intent for intent, chance in enough.items() if chances[intent] >= chance]
    return max(found, key=lambda intent: chances[intent], default=None)


def _leaning(intent: Intent, context: Context) -> float:
    """What the person's tickets say for or against an intent that needs one."""
    if context.open_tickets is None:
        return 0.0
    if not context.open_tickets and not context.answered:
        return UNLIKELY
    if intent is Intent.ADDITION and context.asked:
        return LIKELY
    return LIKELY if context.answered and intent in (Intent.VERDICT, Intent.REOPEN) else 0.0


def reasons(said: Weighed, model: Model, intent: Intent) -> tuple[str, ...]:
    """The words that spoke most for an intent, as typed."""
    read_as = words(said.text)
    bare = [word.bare for word in read_as]
    spans = cues(tuple(bare))
    found: list[str] = []
    for feature, _ in model.reasons(said.features, intent):
        typed = _words_of(feature, read_as, bare, spans)
        if typed and not any(typed in other or other in typed for other in found):
            found.append(typed)
        if len(found) == TOLD:
            break
    return tuple(found)


def _words_of(feature: str, read_as: Sequence[Word], bare: list[str], spans: Mapping[str, tuple[int, int]]) -> str:
    """The typed words a feature stands for; "" for one of shape."""
    kind, _, name = feature.partition(":")
    if kind == "c":
        start, end = spans[name]
    elif kind in "wbt":
        wanted = [word for word in name.split() if word not in "^$"]
        start = next((n for n in range(len(bare)) if bare[n : n + len(wanted)] == wanted), -1) if wanted else -1
        end = start + len(wanted)
    else:
        return ""
    return " ".join(dict.fromkeys(word.typed for word in read_as[start:end])) if start >= 0 else ""


@cache
def shipped() -> Model:
    """The model that comes with the service (`zalobot eval --write` makes it)."""
    return unpacked(json.loads(raw(MODEL)))


def packed(model: Model) -> dict[str, Any]:
    """A model as JSON: for each feature the places of labels and their weights in hundredths, in turns."""
    weights = {
        feature: [number for place, weight in pairs for number in (place, round(weight * 100))]
        for feature, pairs in sorted(model.weights.items())
    }
    return {"labels": list(model.labels), "weights": weights}


def unpacked(data: dict[str, Any]) -> Model:
    """The model of `packed`."""
    rows = data["weights"].items()
    shared = {hundredth: hundredth / 100 for _, row in rows for hundredth in row[1::2]}  # equal ones are one object
    weights = {feature: tuple(zip(row[::2], map(shared.__getitem__, row[1::2]), strict=True)) for feature, row in rows}
    return Model(tuple(data["labels"]), weights)
