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
    """An intent, how sure that is (0 to 1), and the words that decided, as typed."""

    intent: Intent
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message with what is counted of it, and how strongly each intent is spoken for whoever wrote it."""

    text: str
    features: tuple[str, ...]
    scores: tuple[float, ...]


def weighed(text: str, model: Model) -> Weighed:
    """What a message says by itself; the same for everybody."""
    features = tuple(intent_features(text))
    return Weighed(text, features, tuple(model.scores(features)))


def decide(said: Weighed, model: Model, context: Context) -> Wants:
    """What a message wants."""
    text, features = said.text, said.features
    scores = [score + _leaning(Intent(label), context) for label, score in zip(model.labels, said.scores, strict=True)]
    chances = dict(zip(map(Intent, model.labels), softmax(scores), strict=True))
    told = {feature[2:] for feature in features if feature.startswith("c:")}
    if "complaint_matter" not in told:
        chances[Intent.COMPLAINT] = 0.0  # there is nothing that could be contested
    if not told & {"emergency_now", "emergency_call"} and is_calm(text):
        chances[Intent.EMERGENCY] = 0.0  # the few foreign samples are mostly cries for help
    best = max(chances, key=lambda intent: chances[intent])
    if best not in MUST_NOT_BE_MISSED:
        best = _heeded(chances, told) or best
    return Wants(best, round(chances[best], 3), reasons(words(text), model, features, best))


def _heeded(chances: Mapping[Intent, float], told: set[str]) -> Intent | None:
    """The intent that must not be missed here, if any: the likeliest of them."""
    enough = dict(MUST_NOT_BE_MISSED)
    for intent, cues_for, cues_against in TOGETHER:
        if cues_for <= told and not cues_against & told:
            enough[intent] = SMALL
    found = [intent for intent, chance in enough.items() if chances[intent] >= chance]
    return max(found, key=lambda intent: chances[intent], default=None)


def _leaning(intent: Intent, context: Context) -> float:
    """What the person's tickets say for or against an intent."""
    if intent not in NEEDS_A_TICKET or context.open_tickets is None:
        return 0.0
    if not context.open_tickets and not context.answered:
        return UNLIKELY
    if intent is Intent.ADDITION and context.asked:
        return LIKELY
    return LIKELY if context.answered and intent in (Intent.VERDICT, Intent.REOPEN) else 0.0


def reasons(read_as: Sequence[Word], model: Model, features: Sequence[str], intent: Intent) -> tuple[str, ...]:
    """The words that spoke most for an intent, as typed."""
    bare = [word.bare for word in read_as]
    spans = cues(tuple(bare))
    found: list[str] = []
    for feature, _ in model.reasons(features, intent):
        said = _words_of(feature, read_as, bare, spans)
        if said and not any(said in other or other in said for other in found):
            found.append(said)
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
