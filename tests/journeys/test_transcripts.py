"""Whole conversations in Vietnamese, as they are written down in `transcripts/vi`; a third on PostgreSQL as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.player import play, transcripts
from tests.journeys.stage import Stage

# A third of them, so that each kind of statement meets either engine: reports with and without files, drafts and their
# shelf, questions, verdicts and second clocks, look-ups, joining, each consent, erasing, the clock's own jobs.
ON_BOTH = (
    *("01_", "05_", "09_", "11_", "12_", "13_", "24_", "26_", "30_", "31_", "32_", "35_"),
    *("36_", "38_", "40_", "44_", "45_", "46_"),
)


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


@pytest.mark.postgres
@pytest.mark.parametrize(
    "transcript", [p for p in transcripts("vi") if p.name.startswith(ON_BOTH)], ids=lambda p: p.stem
)
def test_it_goes_alike_on_postgresql(on_postgres: Stage, transcript: Path) -> None:
    assert play(on_postgres, transcript) > 1


def test_there_are_forty_five_conversations() -> None:
    assert len(transcripts("vi")) >= 45
    chosen = [one for one in transcripts("vi") if one.name.startswith(ON_BOTH)]
    assert len(chosen) == len(ON_BOTH) >= len(transcripts("vi")) / 3
