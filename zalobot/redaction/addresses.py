"""Home addresses: after words that say "home", a chain of house, street, hamlet, ward.

The one rule: a place of business stays. A chain needs a part that finds the house; a ward alone is no address.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import Final

from zalobot.redaction.kinds import Kind
from zalobot.redaction.links import Found
from zalobot.redaction.shadow import PERSON, Shadow
from zalobot.redaction.words import any_of, listed, means, whole

_JOINT: Final = re.compile(r" {0,2}(?:[,\-] {0,2}\n?)? {0,2}")
_NUMBER: Final = re.compile(r" {0,2}(?:so |:)? {0,2}[0-9]{1,4}[a-z]?(?:[/\-][0-9]{1,4}[a-z]?){0,4}(?![a-z0-9])")
_WORD: Final = re.compile(r" {0,2}([A-Za-z]+)(?![A-Za-z0-9/])")
_PERSON: Final = re.compile(f"{PERSON}+")
_SUFFIX: Final = re.compile(r" [0-9]{1,2}(?![0-9a-z/.,]?[0-9a-z])")
_CLAUSE: Final = re.compile(r"[.;!?](?= )|\n|(,| va | nhung | con )")
_BARE_START: Final = re.compile(r"[0-9]{1,4}[a-z]?(?:/[0-9]{1,4}[a-z]?){0,4} (?=[a-z])")


@cache
def _trigger() -> re.Pattern[str]:
    return re.compile(whole(listed("address", "home", "perhaps", "of_person")))


@cache
def _filler() -> re.Pattern[str]:
    return re.compile(rf"(?:[ :,\-\n]|\x01{{1,60}}|{any_of(listed('address', 'filler'))}(?![a-z])){{0,14}}")


@cache
def _head() -> re.Pattern[str]:
    return re.compile(rf"{any_of(listed('address', 'numbered', 'named', 'wider', 'no_heads'))}(?![a-z])\.?")


@cache
def _place() -> re.Pattern[str]:
    return re.compile(rf"{any_of(listed('address', 'places'))}(?![a-z])")


@cache
def _business() -> re.Pattern[str]:
    return re.compile(whole(listed("address", "sites", "firms", "people")))


@dataclass(frozen=True, slots=True)
class Chain:
    """An address read so far: its end, whether a part finds the house, whether it came to the ward, how many parts."""

    end: int
    fine: bool
    wide: bool = False
    parts: int = 1


def addresses(shadow: Shadow) -> list[Found]:
    """Home addresses, each from its first part to its last."""
    masks: list[Found] = []
    last = 0
    clauses = _Clauses(shadow)
    for match in _trigger().finditer(shadow.low):
        if match.start() < last:
            continue
        kind = _kind(shadow, match)
        found = _address(shadow, match.end(), kind) if kind else None
        if found and (kind == "home" or clauses.allow(match.start(), kind)):
            last = found[1]
            masks.append((Kind.ADDRESS, *found, kind))
    return masks


def _kind(shadow: Shadow, match: re.Match[str]) -> str:
    typed = shadow.typed(*match.span())
    for kind in ("home", "of_person", "perhaps"):
        if means(typed, "address", kind, marked=shadow.marked and kind == "perhaps" and " " not in typed):
            return kind
    return ""


def _address(shadow: Shadow, start: int, kind: str) -> tuple[int, int] | None:
    for at in _beginnings(shadow, start):
        head = _head_at(shadow, at)
        begins = head and (kind != "perhaps" or _in(shadow, head, "starts"))
        if begins or (kind != "perhaps" and _BARE_START.match(shadow.low, at)):
            chain = _chain(shadow, at, bare=not begins)
            # "o to 5 cho" without marks is a car: one part is not enough there.
            enough = chain.parts > 1 or shadow.marked or kind != "perhaps"
            return (at, chain.end) if chain.fine and enough else None
    return None


def _beginnings(shadow: Shadow, start: int) -> list[int]:
    """Where the address may begin: right after the word, or after what commonly stands between."""
    first = start
    while first < len(shadow.low) and shadow.low[first] in " :,-\n" and first - start < 4:
        first += 1
    filler = _filler().match(shadow.low, first)
    return [first] if not filler or filler.end() == first else [first, filler.end()]


def _head_at(shadow: Shadow, at: int) -> re.Match[str] | None:
    match = _head().match(shadow.low, at)
    return match if match and _in(shadow, match, "numbered", "named", "wider") else None


def _in(shadow: Shadow, head: re.Match[str], *lists: str) -> bool:
    typed = shadow.typed(*head.span()).rstrip(".")
    return means(typed, "address", *lists, marked=not typed.isascii())


def _chain(shadow: Shadow, start: int, bare: bool) -> Chain:
    chain = Chain(start, False)
    if bare:
        number = _BARE_START.match(shadow.low, start)
        end = _name(shadow, number.end() - 1 if number else start, capital=True)
        chain = Chain(end, end > start) if number and end > number.end() else chain
    at = start if chain.end == start else _joint(shadow, chain.end)
    for _ in range(10):
        part = _part(shadow, at, first=chain.end == start)
        if part.end == at or (chain.fine and chain.wide and not part.wide):
            break
        chain = Chain(part.end, chain.fine or part.fine, chain.wide or part.wide, chain.parts + (chain.end > start))
        at = _joint(shadow, part.end)
    return chain


def _joint(shadow: Shadow, at: int) -> int:
    joint = _JOINT.match(shadow.low, at)
    return joint.end() if joint else at


def _part(shadow: Shadow, at: int, first: bool) -> Chain:
    head = _head_at(shadow, at)
    if not head:
        place = None if first else _place().match(shadow.low, at)
        return Chain(place.end(), False, True) if place and shadow.bare[at].isupper() else Chain(at, False)
    number = _NUMBER.match(shadow.low, head.end())
    if _in(shadow, head, "numbered"):
        if not number:
            return Chain(at, False)
        street = _name(shadow, number.end(), capital=True)
        return Chain(max(street, number.end()), True)
    wide = _in(shadow, head, "wider")
    if number:
        return Chain(number.end(), not wide, wide)
    end = _name(shadow, head.end(), capital=False)
    return Chain(end, not wide, wide) if end > head.end() else Chain(at, False)


def _name(shadow: Shadow, at: int, capital: bool) -> int:
    """The end of a street's or a place's name; without capitals to go by, two words ("nguyen van cu": three)."""
    words: list[str] = []
    end, loud, small = at, False, False
    while len(words) < 4:
        match = _WORD.match(shadow.bare, end)
        if not match or _head_here(shadow, match.start(1)) or _stop(shadow, match, len(words)):
            break
        word = match[1]
        if not words:
            small, loud = word.islower(), word.isupper() and len(word) > 1
            if small and capital:
                break
        if (word[0].islower() and not small) or (len(words) >= _lengths(words) and (small or loud)):
            break
        words.append(word)
        end = match.end()
    suffix = _SUFFIX.match(shadow.low, end) if words else None
    return suffix.end() if suffix else end


def _lengths(words: list[str]) -> int:
    return 3 if len(words) > 1 and words[1].lower() in {"van", "thi"} else 2


def _head_here(shadow: Shadow, at: int) -> bool:
    head = _head_at(shadow, at)
    return head is not None and len(head[0]) > 1 and not _in_name(shadow, head)


def _in_name(shadow: Shadow, head: re.Match[str]) -> bool:
    """Whether this word, typed without marks, is more likely a part of a name: "Ban", "To"."""
    return shadow.typed(*head.span()).isascii() and len(head[0]) <= 3 and head[0] not in ("khu", "tdp")


def _stop(shadow: Shadow, match: re.Match[str], words: int) -> bool:
    """Whether an ordinary word follows; without marks only after two words: Cô Tô is not "có"."""
    return (shadow.marked or words > 1) and means(shadow.typed(*match.span(1)), "address", "ends", marked=shadow.marked)


class _Clauses:
    """The sentence's other words, found once: is there a business, is there a person?"""

    def __init__(self, shadow: Shadow) -> None:
        self.shadow = shadow
        self._breaks: list[tuple[int, bool]] | None = None
        self._words: list[tuple[int, str]] = []

    def _find(self) -> list[tuple[int, bool]]:
        if self._breaks is None:
            self._breaks = [(match.end(), match[1] is not None) for match in _CLAUSE.finditer(self.shadow.low)]
            self._words = [(m.start(), k) for m in _business().finditer(self.shadow.low) if (k := self._sort(m))]
            self._words += [(person.start(), "name") for person in _PERSON.finditer(self.shadow.low)]
            self._words.sort()
        return self._breaks

    def _sort(self, match: re.Match[str]) -> str:
        typed = self.shadow.typed(*match.span())
        for kind in ("sites", "firms", "people"):
            if means(typed, "address", kind, marked=self.shadow.marked):
                return kind
        return ""

    def allow(self, at: int, kind: str) -> bool:
        """Whether the address after this word is somebody's home, by the words before it in the sentence."""
        breaks = self._find()
        sentence = max((end for end, comma in breaks[: bisect_left(breaks, (at,))] if not comma), default=0)
        clause = max((end for end, _ in breaks[: bisect_left(breaks, (at,))]), default=0)
        near = self._kinds(clause, at)
        kinds = near if near else self._kinds(sentence, at)
        if kind == "of_person":
            kinds = self._kinds(sentence, at)
            return "name" in kinds and not {"sites", "firms"} & set(kinds)
        if "sites" in kinds:
            return False
        return "firms" not in kinds or "name" in kinds

    def _kinds(self, start: int, end: int) -> list[str]:
        first, last = bisect_left(self._words, (start,)), bisect_left(self._words, (end,))
        return [kind for _, kind in self._words[first:last]]
