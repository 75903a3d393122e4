"""What an agency said of being late, as its part card shows it: the reason and the new date, or that it said nothing.

The one rule: it is read from the public history, so the card never knows more than the record; a new clock starts
without a word.
"""

from dataclasses import dataclass
from datetime import date

from zalobot.store.queries.public_rows import PublicPart, Story


@dataclass(frozen=True, slots=True)
class Explanation:
    """`reason` is empty for a sealed ticket. `silent`: nothing was said in time (and nothing since)."""

    reason: str = ""
    new_date: date | None = None
    silent: bool = False


def explanation(part: PublicPart, story: Story) -> Explanation | None:
    """The last word on the lateness of the clock that runs; None where nothing was asked or said."""
    of_part = [event for event in story.events if event.part_number == part.number]
    of_clock = [event for event in of_part if event.at >= part.clock_started_at]
    said = next((event for event in reversed(of_clock) if event.kind == "explained"), None)
    if said is not None:
        day, why = said.data.get("day"), said.data.get("why")
        return Explanation(why if isinstance(why, str) else "", date.fromisoformat(str(day)) if day else None)
    silent = any(event.kind == "not_explained" for event in of_clock)
    return Explanation(silent=True) if silent else None
