"""Whole conversations in English, as they are written down in `transcripts/en`."""

from pathlib import Path

import pytest

from tests.journeys.player import play, transcripts
from tests.journeys.stage import Stage


@pytest.mark.parametrize("transcript", transcripts("en"), ids=lambda path: path.stem)
def test_it_goes_as_written_down(stage: Stage, transcript: Path) -> None:
    assert play(stage, transcript) > 1
