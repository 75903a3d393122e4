"""Hostile and broken inputs, in short; `./run fuzz` tries a million."""

import pytest

from tests.proofs import fuzz
from tests.proofs.broken_events import made


@pytest.mark.parametrize("seed", [1, 2])
def test_no_input_is_more_than_a_bad_event_and_none_is_a_fault_of_ours(seed: int) -> None:
    outcome = fuzz.fuzz(5_000, seed, posted=20)
    assert outcome.faults == []
    assert sum(outcome.parsed.values()) == 5_000
    assert sum(outcome.statuses.values()) == 250
    assert set(outcome.statuses) == {200, 401} | (set(outcome.statuses) & {413})
    assert len(outcome.parsed) > 12  # every kind of event was among them
    assert outcome.proven["proven"] > 500
    assert outcome.handled > 20


def test_an_input_is_made_again_from_its_number() -> None:
    assert [made(number, 7) for number in range(200)] == [made(number, 7) for number in range(200)]
    assert made(1, 7) != made(2, 7)


def test_what_breaks_a_promise_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(event: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(fuzz, "_judge", broken)
    outcome = fuzz.parse_some(range(20), 1)
    assert outcome.faults[0].startswith("input ")
    assert outcome.faults[0].endswith("ZeroDivisionError: a bug")
