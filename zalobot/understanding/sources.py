"""The data files of the understanding, each read once: abbreviations, foreign words, phrases people use."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).resolve().parent / "data"


@cache
def read(name: str) -> dict[str, Any]:
    """`data/<name>.toml`."""
    return tomllib.loads(raw(f"{name}.toml").decode("utf-8"))


def raw(name: str) -> bytes:
    """One file of `data/` as it is."""
    return (_DATA / name).read_bytes()
