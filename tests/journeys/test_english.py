"""Whole conversations in English, as they are written down in `transcripts/en`; a third on PostgreSQL as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.player import play, transcripts
from tests.journeys.stage import Stage

WRITTEN = transcripts("en")
ON_BOTH = ("03_", "05_", "06_", "10_", "11_", "13_", "18_", "20_")


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


@pytest.mark.postgres
@pytest.mark.parametrize(
    "transcript", [one for one in WRITTEN if one.name.startswith(ON_BOTH)], ids=lambda path: path.stem
)
def test_it_goes_alike_on_postgresql(on_postgres: Stage, transcript: Path) -> None:
    assert play(on_postgres, transcript) > 1


def test_there_are_twenty() -> None:
    assert len(WRITTEN) >= 20
    assert len([one for one in WRITTEN if one.name.startswith(ON_BOTH)]) == len(ON_BOTH) >= len(WRITTEN) / 3
