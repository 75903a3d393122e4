"""Five weeks around Tết with Zalo's windows; the whole year is `./run year --windows`."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.oracle import Wall
from tests.proofs.year.play import play
from tests.proofs.year.scenario import Scenario, around_tet
from tests.proofs.year.windows import SkyMachine, judge, report


def five_weeks(chance: random.Random, wall: Wall) -> Scenario:
    """Tết and the two weeks after it."""
    whole = around_tet(chance, wall)
    return replace(whole, ends=whole.begins + timedelta(days=35))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_final_answer_reaches_its_sender_by_a_permitted_channel_or_is_listed(sqlite_url: str) -> None:
    year = play(sqlite_url, five_weeks, officers=12, tickets=90, seed=2026, service=SkyMachine)
    machine = year.machine
    assert isinstance(machine, SkyMachine)
    verdict = judge(machine, year.scenario.begins)
    print(report(machine, verdict))
    machine.close()
    assert verdict.violations == []
    assert year.failures == machine.failures == []
    # It was worth looking: every way was taken, and refused.
    ways = ("cs", "cs_paid", "zbs_uid")
    assert all(verdict.ends[f"reached by {way}"] for way in ways), verdict.ends
    assert verdict.ends["listed"] > 0
    assert len(machine.sky.codes) > 1
    assert verdict.costs.calls_per_ticket > 1
    assert verdict.costs.month > 0
