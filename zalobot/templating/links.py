"""Hosts that an edited text leads to, so that whoever edits sees a foreign one at once, not only the second person.

The one rule: known is what is official and what the words in use lead to; our own pages are named by placeholders, so
a host that is written out is somebody else's.
"""

import re
from collections.abc import Iterator
from typing import Final

from zalobot.templating.findings import Finding, Kind, found
from zalobot.templating.lint import TAG

OFFICIAL: Final = ("gov.vn", "oa.zalo.me")
"""Hosts, with all below them, that only an office, or Zalo for accounts that it has verified, can have."""

# With a scheme whatever follows is a host; without one what Zalo makes a link of by itself.
_WRITTEN: Final = re.compile(r"https?://([^\s/?#\\\"”’<>|]+)(\S*)", re.IGNORECASE)
_BARE: Final = re.compile(
    r"(?<![@\w./-])(?:[a-z0-9-]+\.)*[a-z0-9-]*[a-z][a-z0-9-]*\."
    r"(?:vn|com|net|org|info|biz|me|ly|io|co|cc|gl|gd|to|xyz|top|site|online|app|link|page|shop|club|vip|dev|asia)"
    r"(?![\w@-]|\.\w)",
    re.IGNORECASE,
)


def findings(source: str, before: str) -> Iterator[Finding]:
    """The foreign hosts of these words, each at the line where it first stands."""
    seen = set[str]()
    for number, line in enumerate(source.split("\n"), 1):
        for host in hosts(line):
            if host not in seen and not _known(host, before):
                seen.add(host)
                yield found(source, number, Kind.WARNING, "foreign_link", host)


def hosts(text: str) -> list[str]:
    """The hosts that a text leads to, without what stands before an "@" or after a colon."""
    words = TAG.sub(" ", text)
    written = [one.rpartition("@")[2].partition(":")[0].strip(".,;)").lower() for one, _ in _WRITTEN.findall(words)]
    bare = [one.lower() for one in _BARE.findall(_WRITTEN.sub(" ", words))]
    return [one for one in (*written, *bare) if one]


def _known(host: str, before: str) -> bool:
    if any(host == one or host.endswith(f".{one}") for one in OFFICIAL):
        return True
    return host in hosts(before)
