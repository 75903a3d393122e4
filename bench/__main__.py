"""`./run bench`: every subject, round after round, then one table. `./run bench sweep|pages`: reminders; pages."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from bench import report
from bench.backing import postgres, valkey
from bench.machine import cores
from bench.place import Subject
from bench.rounds import Failed, Plan, Servers, measure, transcript
from bench.subjects import SUBJECTS

_RESULTS = Path(__file__).with_name("results") / "last.json"
_SHORT = Plan(warm=0.7, seconds=1.5, steady=2.0, gap=0.25)


def main() -> int:
    """Run what was asked for; 1 when a subject failed or a bound was missed."""
    if sys.argv[1:2] == ["sweep"]:
        from bench import sweep  # imports the product, which the other bench only starts

        del sys.argv[1]
        return sweep.main()
    if sys.argv[1:2] == ["pages"]:
        from bench import pages

        del sys.argv[1]
        return pages.main()
    options = _options()
    subjects = [subject for subject in SUBJECTS if options.only in subject.name]
    plan = replace(_SHORT if options.short else Plan(), persons=options.persons)
    missing: dict[str, str] = {}
    rounds: report.Rounds = {subject.name: [] for subject in subjects}
    with ExitStack() as stack:
        servers = _servers(stack, subjects)
        if options.transcript:
            return _print_transcripts(subjects, servers)
        for number in range(options.rounds or (1 if options.short else 5)):
            _round(number + 1, subjects, servers, plan, rounds, missing)
    print("\n" + report.table(rounds, missing, plan.rate))
    report.save(_RESULTS, rounds, missing, asdict(plan))
    missed = [one for one in report.ratios(report.summary(rounds)) if one["holds"] is False]
    return 1 if missing or missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one short round: does it work, and about how fast?")
    parser.add_argument("--rounds", type=int, default=0, help="how many rounds (5; with --short 1)")
    parser.add_argument("--only", default="", help="subjects whose name contains this")
    parser.add_argument("--persons", type=int, default=256, help="how many talk at a time")
    parser.add_argument("--transcript", action="store_true", help="show one conversation with each subject instead")
    return parser.parse_args()


def _servers(stack: ExitStack, subjects: list[Subject]) -> Servers:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zalobot-bench-")))
    folder.chmod(0o755)  # PostgreSQL, as another user, must reach its own folder
    _, others = cores()
    needed = any(subject.store == "postgres" for subject in subjects)
    database = stack.enter_context(postgres(folder, others)) if needed else None
    telegram = any(subject.dialect == "telegram" for subject in subjects)
    return Servers(folder, database, stack.enter_context(valkey(folder, others)) if telegram else None)


def _round(
    number: int,
    subjects: list[Subject],
    servers: Servers,
    plan: Plan,
    rounds: report.Rounds,
    missing: dict[str, str],
) -> None:
    for subject in subjects:
        if subject.name in missing:
            continue
        if why := subject.missing():
            missing[subject.name] = why
            continue
        try:
            figures = measure(subject, servers, plan, twice=number == 1)
        except (Failed, RuntimeError) as failed:
            missing[subject.name] = str(failed)
            continue
        rounds[subject.name].append(figures)
        print(
            f"round {number}  {subject.name:26}{figures['flat_out']['events_per_second']:10,.0f} events/s", flush=True
        )


def _print_transcripts(subjects: list[Subject], servers: Servers) -> int:
    for subject in subjects:
        if why := subject.missing():
            print(f"\n=== {subject.name}: {why}")
            continue
        print(f"\n=== {subject.name}")
        for step, heard in enumerate(transcript(subject, servers), 1):
            print(f"--- after line {step}: {len(heard)} message(s)")
            print("\n".join(heard))
    return 0


if __name__ == "__main__":
    sys.exit(main())
