"""The public copy before it is sent: each masked piece with its reason, hidden or shown by one tap.

The one rule: a piece is known by its words, not by its place, so that a changed description keeps what was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zalobot import redaction
from zalobot.flows.engine import Accepted, Answers, Reading, Rejected, Said
from zalobot.flows.options import Options
from zalobot.flows.question import Question
from zalobot.flows.words import after, command, is_word, spoken
from zalobot.vietnamese import nfc, plain

AT_MOST = 8  # numbered pieces; more are masked all the same


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are masked, or would be: `kind` says why, `shown` that the sender wants them read."""

    words: str
    kind: str
    shown: bool


def pieces(answers: Answers) -> list[Piece]:
    """What the public copy of the description masks or was asked to show, in the order of the text; then what the
    sender hides besides."""
    chosen: Mapping[str, Any] = answers.get("pieces") or {}
    text, shown = str(answers.get("description", "")), chosen.get("shown", ())
    masks = {text[mask.start : mask.end]: mask.kind.value for mask in redaction.find(text)}
    hidden = [words for words in chosen.get("hidden", ()) if words not in masks]
    found = [Piece(words, kind, words in shown) for words, kind in masks.items()]
    return [*found, *(Piece(words, redaction.HIDDEN, False) for words in hidden)][:AT_MOST]


@dataclass(frozen=True, kw_only=True)
class Pieces(Question):
    """Which pieces are hidden. The value is {"shown", "hidden", "done"}; {} is "as masked", and not asked about."""

    def offered(self, answers: Answers) -> Options:
        """One tap for each piece, to turn it over; then done."""
        labels = spoken("pieces")
        turned = {
            str(number): f"{labels['hide' if piece.shown else 'show']} {number}"
            for number, piece in enumerate(pieces(answers), 1)
        }
        return {**dict(list(turned.items())[: AT_MOST if len(turned) < 5 else 4]), "done": labels["done"]}

    def read(self, said: Said, answers: Answers) -> Reading:
        chosen = {"shown": [], "hidden": [], **(answers.get(self.name) or {}), "done": False}
        if is_word(said.text, "done", "send", "skip"):
            return Accepted({**chosen, "done": True})
        number = command(said.text).removeprefix("so ").rpartition(" ")[2]
        there = pieces(answers)
        if number.isdecimal() and 1 <= int(number) <= len(there) and len(said.text.split()) <= 3:
            return Accepted(_turned(chosen, there[int(number) - 1], after(said.text, "hide"), after(said.text, "show")))
        words = _quoted(said.text)
        if after(said.text, "hide") and words and plain(words) in plain(str(answers.get("description", ""))):
            return Accepted({**chosen, "hidden": [*chosen["hidden"], words]})
        return Rejected("not_a_piece")

    def clear(self, said: Said, answers: Answers) -> bool:
        return isinstance(self.read(said, answers), Accepted)

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, dict) and bool(value.get("done", not value))

    def again(self, value: Any) -> dict[str, Any]:
        """What was chosen stays when it is looked at again."""
        return {"shown": [], "hidden": [], **(value or {}), "done": False}


def _turned(chosen: Mapping[str, Any], piece: Piece, hide: str | None, show: str | None) -> dict[str, Any]:
    """The choice with one piece turned over, or put the way it was asked for."""
    if piece.kind == redaction.HIDDEN:
        return {**chosen, "hidden": [words for words in chosen["hidden"] if words != piece.words]}
    wanted = True if show is not None else False if hide is not None else not piece.shown
    others = [words for words in chosen["shown"] if words != piece.words]
    return {**chosen, "shown": [*others, piece.words] if wanted else others}


def _quoted(text: str) -> str:
    """What follows the first word of "che …", as typed."""
    return nfc(text).strip().partition(" ")[2].strip(" \"'“”:")
