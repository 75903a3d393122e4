"""Whole conversations in Vietnamese, as they are written down in `transcripts/vi`; a few on PostgreSQL as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.player import play, transcripts
from tests.journeys.stage import Stage

ON_BOTH = ("01_", "11_", "30_")


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Stage]:
    """A bot on SQLite; a handler that failed fails the test."""
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.mark.parametrize("transcript", transcripts("vi"), ids=lambda path: path.stem)
def test_it_goes_as_written_down(quick: Stage, transcript: Path) -> None:
    assert play(quick, transcript) > 1


@pytest.mark.parametrize(
    "transcript", [p for p in transcripts("vi") if p.name.startswith(ON_BOTH)], ids=lambda p: p.stem
)
def test_it_goes_alike_on_either_engine(stage: Stage, transcript: Path) -> None:
    assert play(stage, transcript) > 1


def test_there_are_forty_conversations() -> None:
    assert len(transcripts("vi")) + len(transcripts("en")) >= 40
