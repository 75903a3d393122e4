"""The services that are compared, in the order of the table."""

import sys
from collections.abc import Callable
from pathlib import Path

from bench.place import Command, Place, Subject
from bench.services import ours, peer


def _bare(commit: str) -> Callable[[Place], Command]:
    def start(place: Place) -> Command:
        argv = (sys.executable, "-m", "bench.services.bare", "--port", str(place.port), "--commit", commit)
        return Command((*argv, "--database", place.database), {"PYTHONPATH": str(Path(__file__).parents[1])})

    return start


SUBJECTS = (
    Subject("bare", _bare("none")),
    Subject("bare+row sqlite", _bare("sqlite"), "sqlite"),
    Subject("bare+row sqlite grouped", _bare("sqlite-group"), "sqlite"),
    Subject("bare+row postgres", _bare("postgres"), "postgres"),
    Subject("bare+row postgres grouped", _bare("postgres-group"), "postgres"),
    Subject("zalobot sqlite", ours.serve, "sqlite", replies=True, first=ours.migrate, missing=ours.missing),
    Subject("zalobot postgres", ours.serve, "postgres", replies=True, first=ours.migrate, missing=ours.missing),
    Subject("aiogram", peer.serve, "postgres", "telegram", replies=True, missing=peer.missing),
    Subject("aiogram uvloop", peer.serve_on_uvloop, "postgres", "telegram", replies=True, missing=peer.missing),
)

# What is divided by what, and the bound that issue 2 sets (more is better with ">=", less with "<=").
RATIOS = (
    ("events_per_second", "zalobot sqlite", "aiogram", ">= 3"),
    ("events_per_second", "zalobot postgres", "aiogram", ">= 2"),
    ("events_per_cpu_second", "zalobot sqlite", "aiogram", ""),
    ("events_per_cpu_second", "zalobot postgres", "aiogram", ""),
    ("events_per_second", "zalobot sqlite", "aiogram uvloop", ""),
    ("events_per_second", "zalobot postgres", "aiogram uvloop", ""),
    ("ack_p50", "zalobot sqlite", "bare+row sqlite", "<= 3"),
    ("ack_p99", "zalobot sqlite", "bare+row sqlite", "<= 3"),
    ("ack_p50", "zalobot sqlite", "bare+row sqlite grouped", ""),
    ("ack_p99", "zalobot sqlite", "bare+row sqlite grouped", ""),
    ("ack_p50", "zalobot postgres", "bare+row postgres", "<= 3"),
    ("ack_p99", "zalobot postgres", "bare+row postgres", "<= 3"),
    ("ack_p50", "zalobot postgres", "bare+row postgres grouped", ""),
    ("ack_p99", "zalobot postgres", "bare+row postgres grouped", ""),
)
