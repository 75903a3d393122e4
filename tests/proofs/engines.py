"""A proof by its own command: on both engines, one after the other, each with a database and a folder of its own."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from tests import services

ENGINES = ("sqlite", "postgresql")


class Judged(Protocol):
    """What a proof counted, in words, and whether a promise was broken."""

    @property
    def broken(self) -> bool: ...


Prove = Callable[[str, str, Path, argparse.Namespace], Coroutine[Any, Any, Judged]]


def on_both(parser: argparse.ArgumentParser, prove: Prove) -> None:
    """Run `prove(engine, url, folder, asked)`, print what it counted, exit 1 when a promise was broken."""
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", choices=ENGINES)
    asked = parser.parse_args()
    broken = False
    services.open_shared_folder()
    os.environ["ZALOBOT_TEST_CONTROLLER"] = str(os.getpid())
    try:
        for engine in ENGINES:
            if asked.only in (None, engine):
                judged = _on(engine, asked, prove)
                print(f"{judged}\n  seed {asked.seed}", flush=True)
                broken = broken or judged.broken
    finally:
        services.close_shared_folder()
    sys.exit(int(broken))


def _on(engine: str, asked: argparse.Namespace, prove: Prove) -> Judged:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zalobot-proof-")))
        if engine == "sqlite":
            url = services.sqlite_database(folder)
        else:
            url = stack.enter_context(services.postgres_database())
        return asyncio.run(prove(engine, url, folder, asked))
