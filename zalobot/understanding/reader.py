"""Reads a message: what it wants, what it is about, whose it is, and which words said so.

The one rule: pure and quick (well under 5 ms), so that a handler may ask at any message.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final

from zalobot.decided import Decided
from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.understanding import deciding
from zalobot.understanding.deciding import Context
from zalobot.understanding.intents import Intent
from zalobot.understanding.phrases import Phrase, samples
from zalobot.understanding.precedents import Precedents
from zalobot.understanding.routing import Ranked, Route, Router
from zalobot.understanding.statistics import Model

__all__ = ["Context", "Ranked", "Reader", "Understanding", "reader_for"]


NOTHING_KNOWN: Final = Context()
READ: Final = 2048  # texts of which it is kept how they were understood
JUST_READ: Final = 256  # and of which it is kept what was counted: the next question of the same turn asks for it


@dataclass(frozen=True, slots=True)
class Understanding:
    """A message understood. Those of each topic and agency say which words spoke for them, as typed.

    `sure`: whose it is is clear enough to propose `proposed`; else the three best of `agencies` are to be offered.
    """

    intent: Intent
    confidence: float
    agencies: tuple[Ranked, ...]
    topics: tuple[Ranked, ...]
    klass: Klass
    sure: bool
    proposed: tuple[str, ...]
    _why: Callable[[], tuple[str, ...]] = field(repr=False, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that decided the intent, as typed; looked for when they are asked for."""
        return self._why()


class Reader:
    """Reads messages for one province. `examples` are matters that were decided, the newest first."""

    def __init__(
        self,
        province: Province,
        examples: Iterable[Decided] = (),
        *,
        model: Model | None = None,
        phrases: Sequence[Phrase] | None = None,
    ) -> None:
        """`model` and `phrases` (beside the pack's) stand in for the shipped ones where something is measured."""
        self.province = province
        self.precedents = Precedents(tuple(examples))
        self._cached()
        self._model = model or deciding.shipped()
        if phrases is None:
            phrases = [Phrase(s.text, s.topic, s.agencies) for s in samples() if s.is_matter]
        self._router = Router(province, phrases)

    def with_examples(self, newer: Iterable[Decided]) -> "Reader":
        """The same reader that knows newer decisions too; nothing is trained anew."""
        reader = object.__new__(Reader)
        reader.province, reader._model, reader._router = self.province, self._model, self._router
        reader.precedents = self.precedents.extended(newer)
        reader._cached()
        return reader

    def _cached(self) -> None:
        """What was read is kept: a flow asks for the same text at each of its questions, in another context."""
        self._read = lru_cache(maxsize=READ)(self._understand)
        self._route = lru_cache(maxsize=READ)(self._routed)
        self._weigh = lru_cache(maxsize=JUST_READ)(self._weighed)

    def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        """Understand one message. The same text is read once: a flow asks at each of its questions."""
        return self._read(text, context)

    def _understand(self, text: str, context: Context) -> Understanding:
        wants = deciding.decide(self._weigh(text), self._model, context)
        route = self._route(text, wants.intent is Intent.QUESTION)
        return Understanding(
            intent=wants.intent,
            confidence=wants.confidence,
            agencies=route.agencies,
            topics=route.topics,
            klass=route.klass,
            sure=route.sure,
            proposed=route.proposed,
            _why=partial(self._reasons, text, wants.intent),
        )

    def _reasons(self, text: str, intent: Intent) -> tuple[str, ...]:
        return deciding.reasons(self._weigh(text), self._model, intent)

    def _weighed(self, text: str) -> deciding.Weighed:
        return deciding.weighed(text, self._model)

    def _routed(self, text: str, asks: bool) -> Route:
        return self._router.route(text, self.precedents, asks=asks)


@lru_cache(maxsize=8)
def reader_for(province: Province) -> Reader:
    """The reader of a province as it is known now, with what was decided (two are equal only when they are one)."""
    return Reader(province, province.docket.matters)
