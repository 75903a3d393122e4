"""`./run year`: a year of the service in minutes, with an observer who checks every promise about time."""

import argparse
import gc
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from tests import services
from tests.proofs.year import windows
from tests.proofs.year.figures import judge, received
from tests.proofs.year.machine import Machine
from tests.proofs.year.play import play
from tests.proofs.year.rules import Books
from tests.proofs.year.scenario import around_tet, the_year
from tests.proofs.year.windows import SkyMachine
from tests.proofs.year.year import Year


def main() -> None:
    """Exit 1 with the first violations in full where a rule was broken."""
    parser = argparse.ArgumentParser(prog="./run year", description=__doc__)
    parser.add_argument("--officers", type=int, default=300)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--url", default="", help="postgresql://…: an empty database with our tables (else SQLite)")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite", help="a private server")
    parser.add_argument("--keep", default="", help="a folder in which the SQLite file is left behind")
    parser.add_argument("--short", action="store_true", help="two months around Tết")
    parser.add_argument("--windows", action="store_true", help="with Zalo's windows: every message by a chosen channel")
    asked = parser.parse_args()
    gc.set_threshold(100_000, 50, 50)  # a fifth of the time otherwise
    services.open_shared_folder()
    os.environ["ZALOBOT_TEST_CONTROLLER"] = str(os.getpid())
    with ExitStack() as stack:
        stack.callback(services.close_shared_folder)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zalobot-year-")))
        url = asked.url or (
            services.sqlite_database(Path(asked.keep) if asked.keep else folder)
            if asked.engine == "sqlite"
            else stack.enter_context(services.postgres_database())
        )
        began = time.monotonic()
        year = play(
            url,
            around_tet if asked.short else the_year,
            officers=asked.officers,
            tickets=asked.tickets,
            seed=asked.seed,
            loud=True,
            service=SkyMachine if asked.windows else Machine,
        )
        if isinstance(year.machine, SkyMachine):
            sys.exit(_windows(year, time.monotonic() - began))
        played = time.monotonic() - began
        books = Books.read(year)
        found, checked, broken = judge(books)
        year.machine.close()
        print(received(books))
        print(*(f"{number:>9} {what}" for what, number in sorted(checked.items())), sep="\n")
        print("acts:", ", ".join(f"{number} {what}" for what, number in year.acted.most_common()))
        print("refused:", ", ".join(f"{number} {a} ({b})" for (a, b), number in year.refused.most_common(12)))
        print("befell:", ", ".join(f"{number} {what}" for what, number in year.machine.befell.items()))
        took = f"{time.monotonic() - began - played:.0f} s"
        print(f"played in {played:.0f} s: {year.machine.ticks} ticks, {year.machine.swept} sweeps; checked in {took}")
        for violation in found:
            print(f"BROKEN: {violation}")
        print(f"violations: {broken.total()} {dict(broken)}; seed {asked.seed}")
    sys.exit(int(bool(found)))


def _windows(year: Year, took: float) -> int:
    """The verdict on the windows; 1 where something was wrong."""
    machine = cast(SkyMachine, year.machine)
    verdict = windows.judge(machine, year.scenario.begins)
    print(windows.report(machine, verdict))
    wrong = [*verdict.violations, *year.failures, *machine.failures]
    for one in wrong[:20]:
        print(f"BROKEN: {one}")
    print(f"played in {took:.0f} s; violations: {len(wrong)}")
    machine.close()
    return int(bool(wrong))


if __name__ == "__main__":
    main()
