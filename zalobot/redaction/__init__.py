"""Personal data in what people write: found, and masked in the copy that becomes public.

The one rule: a mask proposes and a human approves; the original text is never changed. Order and exceptions follow
domain.md 7.3; the words are in `templates/redaction.toml`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from zalobot.redaction import addresses, links, names, numbers, papers, words
from zalobot.redaction.kinds import Kind, Mask
from zalobot.redaction.links import Found
from zalobot.redaction.shadow import BARRIER, PERSON, Shadow

__all__ = ["HIDDEN", "Kind", "Mask", "find", "redact", "without"]

HIDDEN: Final = "CHE"
"""The tag of words that the writer hides besides; they are no kind of personal data that we look for."""
_DIGITS: Final = frozenset("0123456789")


def find(text: str) -> tuple[Mask, ...]:
    """All personal data of a text, in its order, never overlapping; offsets are those of the text as it is."""
    shadow, found = _search(links.without_tags(Shadow.of(text)))
    if found and shadow.marked and not shadow.marked_outside():
        # All the marks were in what is masked now: the rest is read as the text without marks that it is.
        shadow, more = _search(replace(shadow, marked=False))
        found += more
    return tuple(sorted((_mask(shadow, mask) for mask in found), key=lambda mask: mask.start))


def _search(shadow: Shadow) -> tuple[Shadow, list[Found]]:
    shadow = shadow.without(links.official_pages(shadow))
    found, stay = links.links(shadow)
    shadow = _over(shadow.without(stay), found)
    if "@" in shadow.low:
        found += (more := links.emails(shadow))
        shadow = _over(shadow, more)
    accounts: list[Found] = []
    if not _DIGITS.isdisjoint(shadow.num):
        shadow = links.without_codes(shadow)
        for rule in (numbers.numbers, papers.plates, papers.passports):
            found += (more := rule(shadow))
            shadow = _over(shadow, more)
        accounts = [mask for mask in found if mask[0] is Kind.ACCOUNT]
    found += (more := names.names(shadow, accounts))
    shadow = _over(shadow, more)
    found += (more := addresses.addresses(shadow))
    return _over(shadow, more), found


def redact(text: str, *, shown: Sequence[str] = (), hidden: Sequence[str] = ()) -> str:
    """The text with each piece of personal data replaced by the tag of its kind; all else as it was.

    Pieces in `shown` stay readable, words in `hidden` are replaced wherever they stand: so their writer wants it.
    """
    tags, parts, last = words.tags(), [], 0
    masks = [(m.start, m.end, str(m.kind)) for m in find(text) if not shown or text[m.start : m.end] not in shown]
    for start, end, kind in sorted([*masks, *_hidden(text, hidden)]):
        if end <= last:
            continue
        parts += [text[last : max(start, last)], tags[kind]]
        last = end
    return "".join(parts) + text[last:]


def without(text: str, words_: Iterable[str]) -> str:
    """The text with each of these, which are known and not guessed, hidden where it stands as whole words."""
    known = sorted((re.escape(one.strip()) for one in words_ if one.strip()), key=len, reverse=True)
    if not known:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)", words.tags()[HIDDEN], text)


def _hidden(text: str, hidden: Sequence[str]) -> list[tuple[int, int, str]]:
    low = text.lower()
    if len(low) != len(text):  # a letter whose small form is longer: compare as typed
        low = text
    return [
        (place.start(), place.end(), HIDDEN)
        for words_ in hidden
        if words_.strip()
        for place in re.finditer(re.escape(words_.strip().lower() if low is not text else words_.strip()), low)
    ]


def _over(shadow: Shadow, found: list[Found]) -> Shadow:
    """With barriers over what one rule has found."""
    if not found:
        return shadow
    wall = PERSON if found[0][0] is Kind.NAME else BARRIER
    return shadow.without([(start, end) for _, start, end, _ in found], wall)


def _mask(shadow: Shadow, found: Found) -> Mask:
    kind, start, end, reason = found
    return Mask(kind, *shadow.span(start, end), reason)
