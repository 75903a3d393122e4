"""`./run kill-sends [--points 1000]`: both engines, one after the other; exit 1 when a promise was broken."""

import argparse
from pathlib import Path

from tests.proofs.engines import on_both
from tests.proofs.sends.proof import Judgement, prove


def main() -> None:
    """Print what was counted."""
    parser = argparse.ArgumentParser(prog="./run kill-sends", description=__doc__)
    parser.add_argument("--points", type=int, default=1000)
    on_both(parser, _prove)


async def _prove(engine: str, url: str, _folder: Path, asked: argparse.Namespace) -> Judgement:
    return await prove(engine, url, points=asked.points, seed=asked.seed)


if __name__ == "__main__":
    main()
