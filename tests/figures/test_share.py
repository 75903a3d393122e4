"""Shares never stand alone: count, interval, and no percentage below five."""

import pytest

from zalobot.figures.share import Share


@pytest.mark.parametrize(
    ("hits", "of", "said"),
    [(244, 280, (87, 83, 91)), (5, 5, (100, 57, 100)), (0, 10, (0, 0, 28)), (7, 10, (70, 40, 89))],
)
def test_a_share_with_wilsons_interval(hits: int, of: int, said: tuple[int, int, int]) -> None:
    share = Share(hits, of)
    assert (share.percent, share.low, share.high) == said


@pytest.mark.parametrize(("of", "enough"), [(0, False), (4, False), (5, True)])
def test_below_five_there_is_no_percentage(of: int, enough: bool) -> None:
    assert Share(0, of).enough is enough
