"""A few kills around sending on each engine; the whole number is `./run kill-sends`."""

import pytest

from tests.proofs.sends.points import Point
from tests.proofs.sends.proof import prove


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_what_a_kill_around_sending_left_is_said_once_or_listed(database_url: str) -> None:
    engine, points = database_url.partition(":")[0], len(Point) + 1
    judged = await prove(engine, database_url, points=points, seed=7, patience=4.0)  # the machine may be busy
    print(judged)
    assert not judged.broken, str(judged)
    assert (judged.kills.total(), judged.messages) == (points, 3 * points)
    assert len(judged.kills) > 4  # they did die at different points
