"""The knowledge base edited on the console: versions, reviews, what makes no sense, who did it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage
from tests.operating.conftest import huy, stage  # noqa: F401
from zalobot.errors import Refused
from zalobot.knowledge import editing, keeping
from zalobot.pack_knowledge import KnownAnswer
from zalobot.store.models import Account, AdminEvent, KnowledgeEntry, KnowledgeState
from zalobot.workdays import LOCAL


@pytest.fixture
def do(stage: Stage, huy: Account) -> Callable[..., Any]:  # noqa: F811
    def run(verb: Any, *words: Any) -> Any:
        def inside(session: Session) -> Any:
            return verb(session, *words, stage.now, by=session.get_one(Account, huy.id))

        return stage.store.run_now(inside)

    return run


@pytest.fixture
def answer(stage: Stage) -> KnownAnswer:  # noqa: F811
    topic, agency = next(iter(stage.province.topics)), next(iter(stage.province.working_agencies))
    asked = ("  Nộp hồ sơ   ở đâu? ", "", "Nộp hồ sơ ở đâu?", "nop o dau")
    return KnownAnswer("", topic, agency, asked, "Ở Trung tâm.\n", "Nghị định 1", date(2027, 6, 1))


def entry(stage: Stage, key: str) -> KnowledgeEntry:  # noqa: F811
    found = stage.store.read_now(keeping.find, key)
    assert found is not None
    return found


def test_an_entry_is_added_tidied_and_changed_in_versions(
    stage: Stage,  # noqa: F811
    do: Callable[..., Any],
    answer: KnownAnswer,
) -> None:
    key = do(editing.add, answer)
    assert (key, entry(stage, key).questions) == ("nop-ho-so-o-dau", ["Nộp hồ sơ ở đâu?", "nop o dau"])
    other = do(editing.add, answer)
    assert other.startswith("nop-ho-so-o-dau-")
    do(editing.save, replace(answer, key=key, answer="Ở phường."), 1)
    kept = entry(stage, key)
    assert (kept.answer, kept.version) == ("Ở phường.", 2)
    told = stage.store.read_now(lambda s: editing.versions(s, s.merge(kept)))
    assert [(version, name, words) for version, _, name, words in told] == [
        (2, "Phạm Quốc Huy", "Ở phường."),
        (1, "Phạm Quốc Huy", "Ở Trung tâm."),
    ]


def test_of_two_editors_the_second_is_told(stage: Stage, do: Callable[..., Any], answer: KnownAnswer) -> None:  # noqa: F811
    key = do(editing.add, answer)
    do(editing.save, replace(answer, key=key, answer="Một"), 1)
    for verb, words in (
        (editing.save, (replace(answer, key=key, answer="Hai"), 1)),
        (editing.look_again, (key, date(2027, 7, 1), 1)),
        (editing.retire, (key, 1)),
    ):
        with pytest.raises(Refused, match="knowledge_changed"):
            do(verb, *words)
    assert entry(stage, key).answer == "Một"


def test_what_was_looked_at_again_is_shown_again(
    stage: Stage,  # noqa: F811
    do: Callable[..., Any],
    answer: KnownAnswer,
) -> None:
    key = do(editing.add, answer)
    stage.now += timedelta(days=200)
    today = stage.now.astimezone(LOCAL).date()
    assert not keeping.shown_on(entry(stage, key), today)
    do(editing.look_again, key, today + timedelta(days=100), 1)
    assert keeping.shown_on(entry(stage, key), today)
    do(editing.retire, key, 2)
    assert entry(stage, key).state is KnowledgeState.RETIRED


def test_what_makes_no_sense_is_refused(stage: Stage, do: Callable[..., Any], answer: KnownAnswer) -> None:  # noqa: F811
    for change, reason in (
        ({"questions": ("  ",)}, "knowledge_question"),
        ({"answer": " \n"}, "knowledge_answer"),
        ({"source": " "}, "no_source"),
        ({"review": stage.now.date()}, "knowledge_review"),
        ({"review": date(2031, 1, 1)}, "knowledge_review"),
        ({"topic": "khong-co"}, "no_such_topic"),
        ({"agency": "KHONG"}, "no_such_agency"),
    ):
        with pytest.raises(Refused, match=reason):
            do(editing.add, replace(answer, **change))
    with pytest.raises(Refused, match="no_such_knowledge"):
        do(editing.look_again, "khong-co", date(2027, 7, 1), 1)
    noted = select(AdminEvent.kind).where(col(AdminEvent.kind).startswith("knowledge"))
    assert stage.store.read_now(lambda s: list(s.exec(noted))) == []
