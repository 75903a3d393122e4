"""The coordinator's own clocks: hours to confirm, hours to decide.

The one rule: they are hours of the same day, so being due today is no alarm until half an hour is left.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from zalobot.errors import PastHorizon
from zalobot.province import Province
from zalobot.web.meter import Clock, Look, Meter, meter

CALM = timedelta(minutes=30)


def hours_left(start: datetime, hours: int, now: datetime, province: Province) -> Meter:
    """The meter of so many working hours from an instant."""
    calendar = province.calendar
    try:
        until = calendar.add_working(calendar.next_working_moment(start), timedelta(hours=hours))
    except PastHorizon:
        return Meter(Look.NONE)
    return calmed(meter(Clock(True, start, until), now, calendar))


def calmed(face: Meter) -> Meter:
    """A meter of hours that is no alarm yet while more than half an hour is left."""
    left = timedelta(days=face.left.days, hours=face.left.hours, minutes=face.left.minutes)
    return replace(face, look=Look.CALM) if face.look is Look.TODAY and left > CALM else face
