"""Reads pages as a browser does: where they lead, which forms they have, and what in them would run.

The one rule: nothing of a page is known beforehand, so a new page is walked like the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from zalobot.store.models import AccountRole
from zalobot.web.access import Row
from zalobot.web.routes import CONSOLES

MARK = "zqx"  # stands in every probe, so what came of one is known
RUNS = (f"<img src={MARK} onerror={MARK}()>", f"<script>{MARK}()</script>", f"<svg/onload={MARK}()>")
PROBE = f"\"'></textarea></title></style></script>{''.join(RUNS)}{{{{7*191}}}}{{% x %}}javascript:{MARK}()//&lt;b&gt;"
_VOID = frozenset({"input", "img", "br", "hr", "meta", "link", "wbr"})
_LINKS = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "ping", "hx-get", "hx-post")
_FIXED = {"date": "2026-12-01", "number": "1", "month": "2026-12", "time": "08:00"}


def probe(label: str, most: int = 4000) -> str:
    """A text that runs wherever it is not escaped; `label` says which field it was put into."""
    return f"{MARK}-{label}-{PROBE}"[:most]


@dataclass
class Form:
    """A form as it would be sent: where to, with what."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """One page. `live` names what in it would run or lead elsewhere though a probe made it."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.links, self.forms, self.live = address, [], [], []
        self.texts: list[str] = []
        self._form: Form | None = None
        self._area = self._select = ""
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self._judge(tag, found)
        self.texts += [value for name, value in found.items() if name != "value" or tag != "input"]
        if tag in ("script", "style"):
            self._inside.append(tag)
        if tag == "a" and "href" in found:
            self.links.append(urljoin(self.address, found["href"]))
        if tag == "form" and found.get("method", "get").lower() == "post":
            self._form = Form(urljoin(self.address, found.get("action", "")))
            self.forms.append(self._form)
        if tag == "button" and "formaction" in found and self._form:
            other = Form(
                urljoin(self.address, found["formaction"]), self._form.fields
            )  # what comes later is theirs, too
            self.forms.append(other)
        self._fill(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._inside and MARK in data:
            self.live.append(f"{MARK} inside {self._inside[-1]}")

    def _judge(self, tag: str, found: dict[str, str]) -> None:
        for name, value in found.items():
            if name.startswith("on") or name == "style" or MARK in name or MARK in tag:
                self.live.append(f"<{tag} {name}>")
            plain = re.sub(r"[\x00-\x20]", "", value).lower()
            if (
                name in _LINKS
                and re.match(r"(javascript|data|vbscript):", plain)
                and not plain.startswith("data:image/")
            ):
                self.live.append(f"<{tag} {name}={value[:60]}>")
            if name in ("src", "srcdoc", "srcset", "action", "formaction") and MARK in value:
                self.live.append(f"<{tag} {name}={value[:60]}>")
        if tag == "script" and "src" not in found:
            self.live.append("an inline script")
        if tag in ("iframe", "object", "embed", "base") or (tag == "meta" and "http-equiv" in found):
            self.live.append(f"<{tag}>")

    def _fill(self, tag: str, found: dict[str, str]) -> None:
        name = found.get("name", "")
        if tag == "select":
            self._select = name
        if tag == "option" and self._form and self._select and found.get("value"):
            self._form.fields.setdefault(self._select, found["value"])
        if self._form is None or not name:
            return
        kind = found.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind in ("text", "search", "email", "tel", "url")):
            self._form.fields[name] = probe(f"{urlsplit(self._form.action).path}.{name}")
        elif tag == "input" and kind in _FIXED:
            self._form.fields[name] = found.get("value") or _FIXED[kind]
        elif (tag == "input" and kind != "file") or (tag == "button" and found.get("value")):
            self._form.fields.setdefault(name, found.get("value", "on"))


def row_of(address: str, method: str) -> Row | None:
    """The row an address belongs to."""
    path = urlsplit(address).path
    return next((row for row, pattern in _patterns() if row.method == method and pattern.fullmatch(path)), None)


@cache
def _patterns() -> list[tuple[Row, re.Pattern[str]]]:
    return [(row, re.compile("".join(map(_piece, re.split(r"(\{[^}]*\})", row.path))))) for row in CONSOLES]


def _piece(piece: str) -> str:
    return f"(?:{piece.strip('{}').partition(':')[2] or '[^/]+'})" if piece.startswith("{") else re.escape(piece)


def roles_to_walk(row: Row) -> Iterator[AccountRole]:
    """Two of the roles of a row are enough: what a page shows of texts is the same for all."""
    yield from [role for role in AccountRole if role in row.roles][:2]
