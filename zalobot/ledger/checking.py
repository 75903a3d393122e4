"""Checking a chain: the first wrong entry is named, and what is wrong with it. Pure; needs nothing but the entries.

The one rule: what stands first out of place decides where; what follows decides which of the five it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain as joined

from zalobot.ledger.chain import Entry, genesis


class Wrong(StrEnum):
    """What can be wrong with a ledger."""

    CHANGED = "changed"
    MISSING = "missing"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class DayHead:
    """Where the ledger stood at the end of a day (ISO, in local time)."""

    day: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the entries must come to: the installation they began with, their number, the last hash, daily heads."""

    installation: str
    count: int
    head: str
    days: tuple[DayHead, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first wrong entry. `place` is where it stands (1 for the first entry that was read); `detail` says more."""

    seq: int
    wrong: Wrong
    place: int
    detail: str

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.wrong}: {self.detail}"


def check(entries: Iterable[Entry | None], claim: Claim) -> Fault | None:
    """The first fault, or None. An entry that cannot be read is None."""
    before, last, seq = None, genesis(claim.installation), 0
    reading, days = iter(entries), _by_entry(claim.days)
    for seq, entry in enumerate(reading, 1):
        if entry is None or entry.seq != seq or entry.prev_hash != last or not entry.sound:
            return _named(seq, before, last, joined([entry], reading), claim)
        for day in days.get(seq, ()):
            if day.hash != entry.hash:
                return Fault(seq, Wrong.REWRITTEN, seq, f"it is not the one published as the head of {day.day}")
        before, last = entry, entry.hash
    return _end(seq, last, claim)


def _by_entry(days: Iterable[DayHead]) -> dict[int, list[DayHead]]:
    found: dict[int, list[DayHead]] = {}
    for day in days:
        found.setdefault(day.seq, []).append(day)
    return found


def _end(read: int, last: str, claim: Claim) -> Fault | None:
    """All entries follow each other: are they all there?"""
    expected = max([claim.count, *(day.seq for day in claim.days)])
    if read < expected:
        which = f"{read + 1}" if read + 1 == expected else f"{read + 1} to {expected}"
        return Fault(read + 1, Wrong.TRUNCATED, read + 1, f"the ledger ends before it; missing: {which}")
    if read > claim.count:
        return Fault(claim.count + 1, Wrong.INSERTED, claim.count + 1, f"the head is entry {claim.count}")
    if last != claim.head:
        return Fault(read, Wrong.CHANGED, read, "it was written anew: its hash is not the head")
    return None


def _named(seq: int, before: Entry | None, last: str, rest: Iterator[Entry | None], claim: Claim) -> Fault:
    """What is wrong at the place of entry `seq`, which should follow `last`."""
    entry = next(rest)
    if entry is not None and entry.seq == seq and entry.prev_hash == last:
        return _unsound(seq, entry, last, rest)
    if entry is None or not entry.sound:
        return _unsound(seq, entry, last, rest)
    if entry.seq == seq:
        return _torn(seq, entry, rest, claim)
    if entry.seq < seq:
        return _repeated(seq, entry, before, rest)
    return _too_early(seq, entry, last, rest)


def _unsound(seq: int, entry: Entry | None, last: str, rest: Iterator[Entry | None]) -> Fault:
    """Its hash is not that of what it says: changed, unless the right one comes next."""
    following = next(rest, None)
    if following is not None and following.seq == seq and following.prev_hash == last and following.sound:
        return Fault(seq, Wrong.INSERTED, seq, "a made-up entry stands before the real one")
    if entry is None:
        return Fault(seq, Wrong.CHANGED, seq, "it cannot be read")
    return Fault(seq, Wrong.CHANGED, seq, "its hash is not that of what it says")


def _torn(seq: int, entry: Entry, rest: Iterator[Entry | None], claim: Claim) -> Fault:
    """It is sound and has the right number, but follows another entry: it or the one before was written anew."""
    following = next(rest, None)
    goes_on = following.prev_hash if following is not None else claim.head
    if goes_on != entry.hash or seq == 1:
        return Fault(seq, Wrong.CHANGED, seq, "it was written anew and does not follow the entry before it")
    return Fault(seq - 1, Wrong.CHANGED, seq - 1, f"it was written anew: entry {seq} follows another one")


def _repeated(seq: int, entry: Entry, before: Entry | None, rest: Iterator[Entry | None]) -> Fault:
    """A number that has been: inserted, here or (if the chain goes on from here) at the place before."""
    following = next(rest, None)
    made_up_before = (
        before is not None
        and entry.seq == before.seq
        and entry.hash != before.hash
        and following is not None
        and following.prev_hash == entry.hash
    )
    place = seq - 1 if made_up_before else seq
    return Fault(entry.seq, Wrong.INSERTED, place, f"a second entry of this number, at place {place}")


def _too_early(seq: int, entry: Entry, last: str, rest: Iterator[Entry | None]) -> Fault:
    """A later entry stands here: the right one comes afterwards (swapped, or this is a copy) or not at all."""
    found, again = 0, False
    for place, other in enumerate(rest, seq + 1):
        if other is None:
            continue
        again = again or (other.seq == entry.seq and other.hash == entry.hash)
        if not found and other.seq == seq and other.prev_hash == last and other.sound:
            found = place
    if found and again:
        return Fault(entry.seq, Wrong.INSERTED, seq, f"a copy of it stands at place {seq}")
    if found:
        return Fault(seq, Wrong.SWAPPED, seq, f"it stands at place {found}, and entry {entry.seq} in its place")
    which = f"{seq}" if entry.seq == seq + 1 else f"{seq} to {entry.seq - 1}"
    return Fault(seq, Wrong.MISSING, seq, f"entry {entry.seq} stands in its place; missing: {which}")
