"""Personal pages and e-mail addresses; and what must stay whole: official pages, tags, codes and dates.

The one rule: what stays is walled off before anything is looked for, so that no part of it is taken for a number.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Final

from zalobot.redaction.kinds import Kind
from zalobot.redaction.shadow import PERSON, Shadow
from zalobot.redaction.words import any_of, data, listed, name_tag, tag_pattern

Found = tuple[Kind, int, int, str]

_DIGIT: Final = re.compile("[0-9]")
_URL_END: Final = ".,;:!?)]}'\"»"
_HOST: Final = "abcdefghijklmnopqrstuvwxyz0123456789.-"
_LOCAL: Final = "abcdefghijklmnopqrstuvwxyz0123456789._%+-"
_REST: Final = r"[^\s<>\"'\0\x01]{0,300}"
# Each begins with a character to search for, which is what makes them fast; the look behind follows it.
_STAYS: Final = (
    # QN-2611-00042
    re.compile(r"-(?:(?<=[a-z]{2}-)(?<![a-z][a-z]{2}-)|(?<=[a-z]{3}-)(?<![a-z][a-z]{3}-))[0-9]{4}-[0-9]{4,6}(?![0-9])"),
    # H49.12-261005-0007, 000.00.12.H49-250701-0001
    re.compile(r"h(?<![a-z]h)[0-9]{2}(?:\.[0-9]{1,3}){0,3}-[0-9]{6}-[0-9]{4,6}(?![0-9])"),
    re.compile(r"[0-9](?<![0-9./-].)[0-9]{2}\.[0-9]{2}\.[0-9]{2}(?=\.h[0-9]{2})"),
    # 12/10/2026, 12.10.2026
    re.compile(r"[0-9](?<![0-9./-].)[0-9]?([./-])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9]|[./-][0-9])"),
    # 8.10.26 14h30
    re.compile(
        r"[0-9](?<![0-9./-].)[0-9]?([./-])[01]?[0-9]\1[0-9]{2}"
        r"(?= {1,2}[0-9]{1,2}(?:[:h][0-9]|\.[0-9]{2}(?![.0-9])))"
    ),
    # 1234/QĐ-UBND, 15/2026/NĐ-CP
    re.compile(
        r"[0-9](?<![0-9./-].)[0-9]{0,11}(?:/[0-9]{4})?/(?:qd|gp|tb|tbao|cv|bb|ttr|tt|nq|nd|kh|gcn|hd|hdkt|hdld|ct|bc"
        r"|sxd|stc|ubnd|gpxd|gpmt|qh|vbhn)(?![a-z])"
    ),
)
_DOMAIN: Final = r"(?:[a-z0-9-]{1,63}\.){1,6}[a-z][a-z0-9]{1,62}"


@cache
def _personal() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z-]){any_of(listed('link', 'personal'))}/(?={_REST}[a-z0-9]){_REST}")


@cache
def _official() -> re.Pattern[str]:
    hosts = any_of(listed("link", "official_hosts"))
    return re.compile(rf"(?<![a-z0-9@-]){hosts}(?:/{_REST}|(?![a-z0-9.@-]))")


@cache
def _domain() -> re.Pattern[str]:
    providers = any_of(listed("email", "providers"))
    known = rf"{providers}(?: ?[., ] ?(?:com|con|cm|cpm|net|org|vn)(?:[. ]vn)?)?(?![a-z0-9])"
    return re.compile(rf"{_DOMAIN}| {{1,2}}(?=gmail|yahoo){_DOMAIN}| ?{known}")


def _behind(text: str, end: int, letters: str, most: int) -> int:
    """Where the unbroken piece of these letters that ends here begins."""
    piece = text[max(0, end - most) : end]
    return end - len(piece) + len(piece.rstrip(letters))


def _whole_url(shadow: Shadow, start: int, end: int) -> tuple[int, int]:
    """With the host's first labels and the scheme, without the sentence's punctuation."""
    low = shadow.low
    start = _behind(low, start, _HOST, 60)
    for scheme in ("https://", "http://"):
        if start >= len(scheme) and low.startswith(scheme, start - len(scheme)):
            start -= len(scheme)
    return start, start + len(low[start:end].rstrip(_URL_END))


def without_tags(shadow: Shadow) -> Shadow:
    """Tags are no text: neither their words nor their marks count, only that a name was there."""
    tags = list(tag_pattern().finditer(shadow.low)) if "[" in shadow.low else []
    if not tags:
        return shadow
    people = [tag.span() for tag in tags if tag[0] == name_tag()]
    shadow = shadow.without([tag.span() for tag in tags]).without(people, PERSON)
    return replace(shadow, marked=shadow.marked_outside())


def without_codes(shadow: Shadow) -> Shadow:
    """The shadow with barriers over codes, dates and signs of documents."""
    if not _DIGIT.search(shadow.low):
        return shadow
    return shadow.without([stays.span() for pattern in _STAYS for stays in pattern.finditer(shadow.low)])


def official_pages(shadow: Shadow) -> list[tuple[int, int]]:
    """Pages of public bodies, which stay."""
    if "." not in shadow.low:
        return []
    urls = [_whole_url(shadow, *url.span()) for url in _official().finditer(shadow.low)]
    return [url for url in urls if shadow.low[url[0] - 1 : url[0]] != "@"]


def official(url: str) -> bool:
    """Whether this is a page on the list of official pages, or below one."""
    return any(url == page or url.startswith((page + "/", page + "?")) for page in data()["link"]["official"])


def links(shadow: Shadow) -> tuple[list[Found], list[tuple[int, int]]]:
    """Personal pages; and official ones, which stay."""
    masks: list[Found] = []
    stay: list[tuple[int, int]] = []
    if "/" not in shadow.low:
        return masks, stay
    for match in _personal().finditer(shadow.low):
        start, end = _whole_url(shadow, *match.span())
        if official(shadow.low[match.start() : end]):
            stay.append((start, end))
        else:
            masks.append((Kind.LINK, start, end, "personal_page"))
    return masks, stay


def emails(shadow: Shadow) -> list[Found]:
    """Addresses around an "@", also with the slips that people make with the big providers."""
    masks: list[Found] = []
    low, last = shadow.low, 0
    at = low.find("@")
    while at >= 0:
        domain = _domain().match(low, at + 1)
        if domain:
            gap = 1 if at and low[at - 1] == " " else 0
            start = max(last, _behind(low, at - gap, _LOCAL, 65))
            typed = shadow.typed(start, at - gap)
            if start < at - gap and (not gap or (typed.isascii() and len(typed) > 2)):
                masks.append((Kind.EMAIL, start, domain.end(), "address"))
                last = domain.end()
        at = low.find("@", max(at + 1, last))
    return masks
