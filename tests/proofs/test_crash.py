"""A few kills on each engine; the whole number is `./run crash`."""

from pathlib import Path

import pytest

from tests.proofs.crash import crash


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_what_was_answered_200_survives_kill_nine(database_url: str, tmp_path: Path) -> None:
    engine = database_url.partition(":")[0]
    outcome = await crash(engine, database_url, tmp_path, kills=3, talkers=6, seed=3)
    print(outcome)
    assert outcome.faults == []
    assert outcome.kills == 3
    assert outcome.talks >= 6  # they did talk
