"""A steady rate is a plan made beforehand."""

from itertools import islice

from bench.conversation import Conversation, scripts
from bench.steady import plan


def test_the_rate_is_kept_once_everybody_has_arrived():
    people = scripts(Conversation.load(), "zalo", 8080)
    events = plan(people, turns=8, rate=200, gap=0.25, until=6)
    measured = [event for event in events if event.at >= 2.5]
    assert abs(len(measured) / 3.5 - 200) < 8


def test_each_person_speaks_in_order():
    people = islice(scripts(Conversation.load(), "zalo", 8080), 50)
    spoken: dict[bytes, list[int]] = {}
    for event in plan(people, turns=8, rate=50, gap=0.5, until=20):
        spoken.setdefault(event.script.person, []).append(event.step)
    assert spoken
    assert all(steps == sorted(steps) for steps in spoken.values())
