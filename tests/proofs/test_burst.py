"""A burst in short; `./run burst` is 5,000 events and watches the limit for longer."""

from pathlib import Path

import pytest

from tests.proofs.burst import burst


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_burst_is_answered_and_worked_off_in_order(sqlite_url: str, tmp_path: Path) -> None:
    outcome = await burst(sqlite_url, tmp_path, people=250, waiting=20, watch=4)
    print(outcome)
    assert outcome.faults == []
    assert outcome.statuses[200] == len(outcome.seconds) == 500
    assert outcome.arrived == 250 * 2 + 20 * 3
