"""The metronome's lease, the sweep, and files fetched before their links die."""

from datetime import timedelta

from tests.journeys.stage import MONDAY
from zalobot import jobs
from zalobot.store.database import Store


async def test_a_duty_has_one_holder_until_its_lease_runs_out(store: Store) -> None:
    life = timedelta(seconds=30)
    assert store.run_now(jobs.take_lease, "remind", "a", MONDAY, life)
    assert not store.run_now(jobs.take_lease, "remind", "b", MONDAY + timedelta(seconds=29), life)
    assert store.run_now(jobs.take_lease, "remind", "a", MONDAY + timedelta(seconds=29), life)
    assert not store.run_now(jobs.take_lease, "remind", "b", MONDAY + timedelta(seconds=58), life)
    assert store.run_now(jobs.take_lease, "remind", "b", MONDAY + timedelta(seconds=60), life)
    assert not store.run_now(jobs.take_lease, "remind", "a", MONDAY + timedelta(seconds=61), life)


async def test_leases_of_different_duties_do_not_meet(store: Store) -> None:
    assert store.run_now(jobs.take_lease, "remind", "a", MONDAY, timedelta(seconds=30))
    assert store.run_now(jobs.take_lease, "nudge", "b", MONDAY, timedelta(seconds=30))


def test_every_duty_is_looked_at_more_often_than_the_ladder_s_margin() -> None:
    assert {job.name: job.every for job in jobs.JOBS}["remind"] < 300
    assert len({job.name for job in jobs.JOBS}) == len(jobs.JOBS)
