"""The parameters of `/api/v1/tickets`: read strictly, all mistakes named at once.

The one rule: a misspelt filter is refused, never ignored: the answer to another question looks just like the right one.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from zalobot.province import Province
from zalobot.rules import Klass
from zalobot.store.models import TicketState
from zalobot.store.queries.api import Wanted
from zalobot.web.problems import BadParameters, Wrong
from zalobot.web.workday import whole_day

LEAST, USUAL, MOST = 1, 50, 100
NAMES = ("agency", "field", "topic", "state", "class", "received_from", "received_to", "late", "limit", "cursor")
_SHOWN = 40  # characters of a name we do not know
_YEARS = range(1900, 3000)  # no instant near the ends of the calendar, where adding an offset would overflow
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_KEY = re.compile(r"1([0-9A-HJKMNP-TV-Z]{26})")


Pairs = Iterable[tuple[str, str]]


def wanted(query: Pairs, province: Province) -> Wanted:
    """The filter and place a request asks for. Raises BadParameters, naming each parameter that cannot be used."""
    return _Reader(list(query), province).wanted()


def no_parameters(query: Pairs) -> None:
    """For addresses that take none. Raises BadParameters when there are some."""
    names = dict.fromkeys(name for name, _ in query)
    if names:
        raise BadParameters(Wrong(name[:_SHOWN], "none") for name in names)


def cursor(key: str) -> str:
    """The opaque form of a place in the list."""
    return base64.urlsafe_b64encode(f"1{key}".encode()).decode().rstrip("=")


def place(text: str) -> str:
    """The key in a cursor; '' when it is none of ours."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{36}", text, re.ASCII):
        return ""
    found = _KEY.fullmatch(base64.urlsafe_b64decode(text).decode("latin-1"))
    return found[1] if found else ""


def moment(text: str) -> datetime | date | None:
    """A local day, an instant with its offset, or None for anything else. A `+` that came as a space is one again."""
    text = text.replace(" ", "+")
    try:
        if _DAY.fullmatch(text):
            found: datetime | date = date.fromisoformat(text)
        elif _INSTANT.fullmatch(text):
            found = datetime.fromisoformat(text)
        else:
            return None
    except ValueError:
        return None
    return found if found.year in _YEARS else None


class _Reader:
    """Reads one request and gathers what is wrong with it."""

    def __init__(self, query: list[tuple[str, str]], province: Province) -> None:
        self.query, self.province = dict(query), province
        names = [name for name, _ in query]
        unknown = [name[:_SHOWN] for name in self.query if name not in NAMES]
        self.wrong = [Wrong(name, "unknown", {"known": ", ".join(NAMES)}) for name in unknown]
        self.wrong += [Wrong(name, "twice") for name in NAMES if names.count(name) > 1]

    def wanted(self) -> Wanted:
        """Everything that was asked for, or BadParameters."""
        late = self._word("late", ("true", "false"))
        found = Wanted(
            agency=self._agency(),
            topics=self._topics(),
            state=self._word("state", TicketState),
            klass=self._word("class", Klass),
            received_from=self._moment("received_from", ends=False),
            received_before=self._moment("received_to", ends=True),
            late=late == "true" if late else None,
        )
        found = replace(found, older_than=self._cursor(), limit=self._limit())
        if self.wrong:
            raise BadParameters(self.wrong)
        return found

    def _given(self, name: str) -> str:
        return self.query.get(name, "")

    def _refuse(self, name: str, why: str, **facts: str) -> None:
        self.wrong.append(Wrong(name, why, facts))

    def _word(self, name: str, known: Iterable[str]) -> str:
        given, words = self._given(name), [str(word) for word in known]
        if given and given not in words:
            self._refuse(name, "word", known=", ".join(words))
        return given

    def _agency(self) -> str:
        given = self._given("agency")
        if given and given not in self.province.agencies:
            self._refuse("agency", "agency")
        return given

    def _topics(self) -> tuple[str, ...] | None:
        field, topic = self._word("field", [code for code, _ in self.province.fields]), self._given("topic")
        if topic and topic not in self.province.topics:
            self._refuse("topic", "topic")
        if not field and not topic:
            return None
        of_field = [code for code, known in self.province.topics.items() if not field or known.field == field]
        return tuple(code for code in of_field if not topic or code == topic)

    def _moment(self, name: str, *, ends: bool) -> datetime | None:
        given = self._given(name)
        if not given:
            return None
        match moment(given):
            case datetime() as instant:
                return instant
            case date() as day:
                return whole_day(day)[1 if ends else 0]
            case _:
                self._refuse(name, "moment")
                return None

    def _limit(self) -> int:
        given = self._given("limit")
        if not given:
            return USUAL
        if re.fullmatch(r"[0-9]{1,3}", given) and LEAST <= int(given) <= MOST:
            return int(given)
        self._refuse("limit", "number", least=str(LEAST), most=str(MOST))
        return USUAL

    def _cursor(self) -> str:
        given = self._given("cursor")
        found = place(given)
        if given and not found:
            self._refuse("cursor", "cursor")
        return found
