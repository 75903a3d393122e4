"""Whole conversations in English, as they are written down in `transcripts/en`; the first ones on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.player import play, transcripts
from tests.journeys.stage import Stage

WRITTEN = transcripts("en")


@pytest.fixture
def one_stage(sqlite_url: str) -> Iterator[Stage]:
    """A bot on the engine that is quicker to set up."""
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.mark.parametrize("transcript", WRITTEN, ids=lambda path: path.stem)
def test_it_goes_as_written_down(one_stage: Stage, transcript: Path) -> None:
    assert play(one_stage, transcript) > 1


@pytest.mark.parametrize("transcript", WRITTEN[2:3], ids=lambda path: path.stem)
def test_it_does_on_each_engine(stage: Stage, transcript: Path) -> None:
    assert play(stage, transcript) > 1


def test_there_are_a_dozen() -> None:
    assert len(WRITTEN) >= 12
