"""Rows that are added as one integer: the sums are those of the numbers, of either sign, column by column."""

import random

import pytest

from zalobot.understanding.columns import Columns


def test_sums_are_those_of_the_numbers_whatever_their_sign() -> None:
    dice = random.Random(5)
    rows = {
        str(number): [(place, dice.uniform(-40, 40)) for place in dice.sample(range(19), dice.randint(1, 19))]
        for number in range(200)
    }
    known, sums = Columns(rows, 19).added([*rows, "unknown"])
    expected = [sum(dict(row).get(place, 0.0) for row in rows.values()) for place in range(19)]
    assert known == 200
    assert sums == pytest.approx(expected, abs=1e-6)


def test_of_nothing_known_the_sums_are_nothing() -> None:
    assert Columns({"one": [(1, 2.5)]}, 3).added(["other"]) == (0, [0.0, 0.0, 0.0])
    assert Columns({"one": [(1, -2.5)]}, 3).added(["one"]) == (1, [0.0, -2.5, 0.0])
