"""`./run kill-sends [--points 1000]`: both engines, one after the other; exit 1 when a promise was broken."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests import services
from tests.proofs.sends.proof import Judgement, prove


def main() -> None:
    """Print what was counted."""
    parser = argparse.ArgumentParser(prog="./run kill-sends", description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    broken = False
    services.open_shared_folder()
    os.environ["ZALOBOT_TEST_CONTROLLER"] = str(os.getpid())
    try:
        for engine in ("sqlite", "postgresql"):
            if asked.only in (None, engine):
                judged = _on(engine, asked)
                print(f"{judged}\n  seed {asked.seed}", flush=True)
                broken = broken or judged.broken
    finally:
        services.close_shared_folder()
    sys.exit(int(broken))


def _on(engine: str, asked: argparse.Namespace) -> Judgement:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zalobot-sends-")))
        if engine == "sqlite":
            url = services.sqlite_database(folder)
        else:
            url = stack.enter_context(services.postgres_database())
        return asyncio.run(prove(engine, url, points=asked.points, seed=asked.seed))


if __name__ == "__main__":
    main()
