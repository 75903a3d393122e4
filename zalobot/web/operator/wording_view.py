"""What the page of one message shows: the words as they are typed, what is to be said of them, how they look.

The one rule: everything is worked out of the text on the screen, released or not, kept or not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from zalobot import released, templating
from zalobot.languages import DEFAULT
from zalobot.store.models import Account, WordingVersion
from zalobot.studio import difference, history, releasing, tally, versions
from zalobot.studio.difference import Line
from zalobot.studio.history import Entry, Other
from zalobot.templating import Finding, Kind, Message, Unsafe, Wording, button_kind, previews
from zalobot.templating.lint import MAX_TEXT
from zalobot.web import bubbles
from zalobot.web.bubbles import Laid

FEW: Final = 9  # placeholders that are all shown at once


@dataclass(frozen=True, slots=True)
class Said:
    """A finding and its words; `key` tells it from others, for the button that puts its remedy in place."""

    finding: Finding
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A placeholder that may stand in this message, and what it would be filled with. `near`: some words of this
    message name it, those in use or the shipped ones; or there are but few."""

    name: str
    sample: str
    near: bool


@dataclass(frozen=True, slots=True)
class ButtonRow:
    """A button: its title, the number that is typed instead ("" for a link), and what it does."""

    title: str
    typed: str
    kind: str
    payload: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database knows of a message, for one person."""

    used: Message
    shipped: Message
    draft: WordingVersion | None
    waiting: WordingVersion | None
    others: Sequence[Other]
    entries: Sequence[Entry]
    messages: int
    base: str | None  # the words that the draft was begun upon, where others are in use now
    seconds: Sequence[str]  # who may release what waits
    words: Wording

    @property
    def in_use_entry(self) -> Entry | None:
        """The released version in use; None while it is the shipped one."""
        return next((one for one in self.entries if str(one.number) == self.used.version), None)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the message."""

    code: str
    stale: bool


@dataclass(frozen=True, slots=True)
class WordingPage:
    """The page. `upon` is the mark of the draft that is typed upon; `elsewhere`: what is typed here is otherwise than
    the draft this person kept in another window. `conflict` are two differences from the words the draft was begun
    upon: theirs and one's own."""

    name: str
    language: str
    languages: tuple[Tongue, ...]
    text: str
    kept: Kept
    found: tuple[Said, ...]
    sample: str
    laid: tuple[Laid, ...]
    buttons: tuple[ButtonRow, ...]
    chips: tuple[Chip, ...]
    changed: tuple[Line, ...]
    conflict: tuple[tuple[Line, ...], tuple[Line, ...]] | None
    longest: int
    most: int
    saved_at: datetime | None
    upon: str = ""
    elsewhere: tuple[Line, ...] | None = None
    refusal: str = ""
    why: str = ""
    lacks_why: bool = False
    answer: Entry | None = None

    @property
    def stops(self) -> tuple[Said, ...]:
        """What keeps it from being released."""
        return tuple(one for one in self.found if one.finding.kind is Kind.STOP)

    @property
    def unsaved(self) -> bool:
        """Whether what was typed was refused and is neither the draft nor the words in use."""
        mine = self.kept.draft or self.kept.waiting
        held = mine.text if mine else self.kept.used.source
        return bool(self.refusal) and versions.clean(self.text) != versions.clean(held)

    @property
    def able(self) -> bool:
        """Whether a second person may be asked."""
        return bool(self.kept.draft) and not self.kept.waiting and not self.stops and self.conflict is None


def kept(session: Session, name: str, language: str, me: Account) -> Kept:
    """What is known of a message. Raises Refused: no_such_message."""
    used, words = versions.in_use(session, name, language), versions.words_of(session)
    draft = versions.draft_of(session, name, language, me)
    waiting = versions.mine_waiting(session, name, language, me)
    entries = history.of(session, name, language)
    shipped = words.shipped[language][name]
    return Kept(
        used=used,
        shipped=shipped,
        draft=draft,
        waiting=waiting,
        others=history.others(session, name, language, me.id),
        entries=entries,
        messages=tally.of(session, name, language).get(used.version, 0),
        base=_base(draft, used, shipped, entries),
        seconds=releasing.seconds(session, me.id) if waiting else (),
        words=words.with_words(released.read(session)),
    )


def page(
    name: str, language: str, known: Kept, now: datetime, me: Account, *, text: str | None = None, sample: str = ""
) -> WordingPage:
    """The page for these words; without any, for this person's draft, else for what is in use."""
    mine = known.draft or known.waiting
    text = text if text is not None else mine.text if mine else known.used.source
    sample = sample if sample in previews.KEYS else previews.USUAL
    text = text.replace("\r\n", "\n")
    trial = known.words.with_words({(language, name): templating.message(text)})
    found = tuple(
        Said(one, templating.words(one, known.words), f"{one.line}.{one.column}.{one.code}")
        for one in versions.findings(text, name, language, known.used.source, trial)
    )
    laid, buttons, longest = _look(text, name, language, sample, trial, now)
    base = known.base
    return WordingPage(
        name=name,
        language=language,
        languages=_tongues(name, known.words),
        text=text,
        kept=known,
        found=found,
        sample=sample,
        laid=laid,
        buttons=buttons,
        chips=_chips(name, language, known),
        changed=tuple(difference.between(known.used.source, text)),
        conflict=None
        if base is None
        else (tuple(difference.between(base, known.used.source)), tuple(difference.between(base, text))),
        longest=longest,
        most=MAX_TEXT,
        saved_at=known.draft.saved_at if known.draft else None,
        upon=versions.mark(known.draft),
        answer=history.sent_back(known.entries, me.id),
    )


def laid_out(text: str, name: str, language: str, words: Wording, now: datetime) -> tuple[Laid, ...]:
    """How words look on the phone in the ordinary case."""
    return _look(text, name, language, previews.USUAL, words, now)[0]


def _base(draft: WordingVersion | None, used: Message, shipped: Message, entries: Sequence[Entry]) -> str | None:
    if draft is None or draft.based_on == used.version:
        return None
    begun = next((one.text for one in entries if str(one.number) == draft.based_on), None)
    return begun if begun is not None else shipped.source


def _tongues(name: str, words: Wording) -> tuple[Tongue, ...]:
    return tuple(
        Tongue(one, one != DEFAULT and words.is_stale(name, one)) for one in words.languages if words.has(name, one)
    )


def _chips(name: str, language: str, known: Kept) -> tuple[Chip, ...]:
    if name not in known.words.contexts:
        return ()
    usual = previews.samples(name, language, wording=known.words)[0].values
    few, said = len(usual) <= FEW, known.used.source + known.shipped.source
    return tuple(
        Chip(one, " ".join(value.split()), few or re.search(rf"\b{one}\b", said) is not None)
        for one, value in sorted(usual.items())
    )


def _look(
    text: str, name: str, language: str, key: str, words: Wording, now: datetime
) -> tuple[tuple[Laid, ...], tuple[ButtonRow, ...], int]:
    """The phone, the buttons, and how long the longest case is; nothing where the text cannot be filled."""
    if name not in words.contexts:
        return (), (), 0
    samples = {one.key: one for one in previews.samples(name, language, wording=words)}
    try:
        shown = previews.render(text, name, samples[key], language, wording=words)
        longest = len(previews.render(text, name, samples[previews.LONGEST], language, wording=words).text)
    except Unsafe:
        return (), (), 0
    laid = tuple(bubbles.laid_out([bubbles.of(shown, now)], now)) if shown.text else ()
    return laid, tuple(_button(title, payload) for title, payload in shown.buttons), longest


def _button(title: str, payload: str) -> ButtonRow:
    kind = button_kind(payload)
    number, dot, words = title.partition(". ")
    return ButtonRow(words, number, kind, payload) if kind == "query" and dot else ButtonRow(title, "", kind, payload)
