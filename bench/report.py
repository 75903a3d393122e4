"""Medians over the rounds, the table and the ratios, in words a reader can check."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.calls import line
from bench.machine import median
from bench.subjects import RATIOS

Rounds = dict[str, list[dict[str, Any]]]

_COLUMNS = (
    ("events/s", "events_per_second", "{:,.0f}"),
    ("reply p50", "reply_p50", "{:.1f}"),
    ("reply p99", "reply_p99", "{:.1f}"),
    ("ack p50", "ack_p50", "{:.2f}"),
    ("ack p99", "ack_p99", "{:.2f}"),
    ("CPU s", "cpu", "{:.2f}"),
    ("CPU s @200", "cpu_steady", "{:.2f}"),
    ("stores", "cpu_stores", "{:.2f}"),
    ("load busy", "busy", "{:.0%}"),
    ("disk p50", "disk_p50", "{:.2f}"),
    ("disk p99", "disk_p99", "{:.2f}"),
    ("disk max", "disk_max", "{:.1f}"),
)
_LEGEND = """\
events/s: to the delivered reply (bare servers: to the 200), persons talking as fast as they are answered
reply: ms from webhook to delivered reply under that load; ack: ms from webhook to 200 at {rate:g} events/s
CPU s: of the service per 1,000 events, all threads, flat out and at the steady rate; stores: PostgreSQL and Redis
load busy: share of its core that the generator used (near 100 % it is the bottleneck)
disk: ms of a 4 KiB write + fdatasync beside the databases during the run
All are medians over {rounds} round(s), except disk max: the worst of all."""


def summary(rounds: Rounds) -> dict[str, dict[str, float]]:
    """The median of each figure of each subject."""
    return {name: _medians([_figures(one) for one in several]) for name, several in rounds.items() if several}


def _figures(one: dict[str, Any]) -> dict[str, float]:
    flat_out, steady = one["flat_out"], one["steady"]
    cpu = flat_out["cpu_per_1000"]
    return {
        "events_per_second": flat_out["events_per_second"],
        "reply_p50": flat_out["reply_p50"],
        "reply_p99": flat_out["reply_p99"],
        "ack_p50": steady["ack_p50"],
        "ack_p99": steady["ack_p99"],
        "cpu": cpu["service"],
        "events_per_cpu_second": 1000 / cpu["service"] if cpu["service"] else 0.0,
        "cpu_steady": steady["cpu_per_1000"]["service"],
        "cpu_stores": cpu.get("postgres", 0.0) + cpu.get("redis", 0.0),
        "busy": flat_out["generator_busy"],
        "disk_p50": one["disk_p50"],
        "disk_p99": one["disk_p99"],
        "disk_max": one["disk_max"],
    }


def _medians(several: Sequence[dict[str, float]]) -> dict[str, float]:
    medians = {name: median(one[name] for one in several) for name in several[0]}
    return {**medians, "disk_max": max(one["disk_max"] for one in several)}


def ratios(figures: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Each ratio that can be formed, with its bound and whether it holds (None where no bound is set)."""
    found = []
    for figure, ours, theirs, bound in RATIOS:
        if ours not in figures or theirs not in figures or not figures[theirs][figure]:
            continue
        ratio = figures[ours][figure] / figures[theirs][figure]
        limit = float(bound[3:]) if bound else 0.0
        holds = (ratio >= limit if bound.startswith(">") else ratio <= limit) if bound else None
        found.append({"figure": figure, "of": ours, "to": theirs, "ratio": ratio, "bound": bound, "holds": holds})
    return found


def table(rounds: Rounds, missing: dict[str, str], rate: float) -> str:
    """Everything that is printed at the end."""
    figures = summary(rounds)
    lines = [f"{'':26}" + "".join(f"{title:>12}" for title, _, _ in _COLUMNS)]
    for name, one in figures.items():
        cells = [form.format(one[key]) if one[key] or key.startswith("disk") else "-" for _, key, form in _COLUMNS]
        lines.append(f"{name:26}" + "".join(f"{cell:>12}" for cell in cells))
    lines += [f"{name:26}not measured: {why}" for name, why in missing.items()]
    count = max((len(several) for several in rounds.values()), default=0)
    lines += ["", _LEGEND.format(rate=rate, rounds=count), ""]
    lines += [f"{name}: {text}" for name, several in rounds.items() for text in _twice(several)]
    lines += [
        f"{name}: {line(one['calls'])}" for name, several in rounds.items() for one in several[-1:] if "calls" in one
    ]
    for one_ratio in ratios(figures):
        verdict = {None: "", True: "holds", False: "MISSED"}[one_ratio["holds"]]
        what = f"{one_ratio['figure']}: {one_ratio['of']} / {one_ratio['to']}"
        lines.append(f"{what:68}{one_ratio['ratio']:8.2f}  {one_ratio['bound']:6}{verdict}".rstrip())
    return "\n".join(lines)


def _twice(several: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{one['events_twice']} events delivered twice each gave {one['answers_twice']} messages"
        for one in several
        if "answers_twice" in one
    ]


def save(file: Path, rounds: Rounds, missing: dict[str, str], plan: dict[str, Any]) -> None:
    """Keep every round, so that a surprising median can be looked into."""
    figures = summary(rounds)
    everything = {"plan": plan, "medians": figures, "ratios": ratios(figures), "missing": missing, "rounds": rounds}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
