"""What every store of a test run opens with: the shipped messages and packs, read from their files once per process.

The one rule: only what lies in the project's own folders is remembered, which no test writes to; a copy is read anew.
"""

from functools import cache
from pathlib import Path

from zalobot import province
from zalobot.paths import templates_folder
from zalobot.province import Province
from zalobot.templating import wording
from zalobot.templating.wording import Message

_read, _load = wording._read, province.load
_messages, _pack = cache(wording._read), cache(province.load)


def remember() -> None:
    """From now on in this process."""
    vars(wording)["_read"] = _once_read
    vars(province)["load"] = _once_loaded


def _once_read(files: Path) -> dict[str, Message]:
    ours = files.is_relative_to(templates_folder())
    return dict(_messages(files)) if ours else _read(files)


def _once_loaded(pack: str | Path) -> Province:
    return _pack(pack) if pack in province.available() else _load(pack)
