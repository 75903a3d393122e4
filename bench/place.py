"""Where one subject runs, and what starting it takes: the values between the bench and its services."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """One subject's own ports, folder and empty database; `redis_url` is shared with nobody else of the round."""

    folder: Path
    port: int
    sink_port: int
    database: str
    redis_url: str


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start; `env` is added to an environment with nothing but PATH and HOME."""

    argv: tuple[str, ...]
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """A service under test. `replies` False: it only acknowledges. `first` runs to its end before `start`."""

    name: str
    start: Callable[[Place], Command]
    store: str = ""
    dialect: str = "zalo"
    replies: bool = False
    first: Callable[[Place], Command] | None = None
    missing: Callable[[], str] = lambda: ""
