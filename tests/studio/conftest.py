"""A bot on a stage that all tests of a file share, people who write its words, and a message for each test alone."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.conftest import lacks
from tests.journeys.stage import Stage
from zalobot import released, templating
from zalobot.accounts.secrets import one_time_password
from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, WordingVersion
from zalobot.studio import releasing, versions
from zalobot.templating import Wording
from zalobot.templating.language import compiled

SHARED = pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])


@SHARED
def shared(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with ExitStack() as things:
        if request.param == "sqlite":
            url = services.sqlite_database(Path(things.enter_context(tempfile.TemporaryDirectory())))
        else:
            try:
                services.postgres()
            except services.Missing as missing:
                lacks(missing)
            url = things.enter_context(services.postgres_database())
        made = Stage(url)
        yield made
        made.store.close_now()


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """The stage, which speaks its own words whatever another test opened beside it."""
    templating.use(shared.store.info[released.WORDS])
    return shared


def add(stage: Stage, name: str, role: AccountRole = AccountRole.OPERATOR) -> Account:
    """An account, without the cost of a password."""
    made = Account(id=new_id(), name=one_time_password(), full_name=name, role=role, password="x", created_at=stage.now)
    stage.store.run_now(lambda session: session.add(made))
    return made


@pytest.fixture
def huy(stage: Stage) -> Account:
    """Who writes."""
    return add(stage, "Huy")


@pytest.fixture
def lan(stage: Stage) -> Account:
    """Who reads it again."""
    return add(stage, "Lan")


_turn = count()


@dataclass
class Text:
    """A message that only this test changes. It names no placeholder, and is said in Vietnamese only."""

    stage: Stage
    name: str

    @property
    def words(self) -> Wording:
        """What this process speaks."""
        words: Wording = self.stage.store.info[released.WORDS]
        return words

    @property
    def shipped(self) -> str:
        return self.words.shipped[DEFAULT][self.name].source

    def with_first(self, line: str) -> str:
        """The shipped words after another first line."""
        return f"{line}\n{self.shipped}"

    def said(self) -> str:
        """What the bot says now, in a transaction of its own."""
        return self.stage.store.run_now(lambda _session: templating.render(self.name).text)

    def run(self, verb: Any, *words: Any) -> Any:
        """A verb as the account that is its last word."""
        return self.stage.store.run_now(verb, *words[:-1], self.stage.now, by=words[-1])

    def refusal(self, verb: Any, *words: Any) -> str:
        """Why a verb is refused."""
        with pytest.raises(Refused) as refused:
            self.run(verb, *words)
        return str(refused.value.reason)

    def save(self, text: str, by: Account) -> WordingVersion | None:
        draft: WordingVersion | None = self.run(versions.save, self.name, DEFAULT, text, by)
        return draft

    def ask(self, by: Account, text: str = "", why: str = "rõ hơn") -> WordingVersion:
        """Type it (unless it is typed already) and ask for its release."""
        if text:
            self.save(text, by)
        version: WordingVersion = self.run(versions.ask, self.name, DEFAULT, why, by)
        return version

    def release(self, text: str, by: Account, second: Account) -> WordingVersion:
        """The whole way."""
        version: WordingVersion = self.run(releasing.release, self.ask(by, text).id, second)
        return version

    def draft(self, by: Account) -> str | None:
        found = self.stage.store.read_now(versions.draft_of, self.name, DEFAULT, by)
        return found.text if found else None


@pytest.fixture
def text(stage: Stage) -> Text:
    words: Wording = stage.store.info[released.WORDS]
    plain = [
        name
        for name in words.names
        if name.startswith(("refused/", "events/", "officer_")) and not compiled(words.source(name)).names
        if not words.has(name, "en")
    ]
    return Text(stage, plain[next(_turn) % len(plain)])
