"""The working calendar as something that changes: days set late, the horizon extended, and everything counted again.

The one rule: a change and the recount of every open part are one transaction; a due time that has passed never moves.
"""

from zalobot.calendars.changing import DayChange, Outcome, change_days, extend, revise

__all__ = ["DayChange", "Outcome", "change_days", "extend", "revise"]
