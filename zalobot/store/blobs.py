"""Files that people sent or officers attached, named by what is in them.

The one rule: a file is on the disk for good before `put` returns, and it never changes: its name is its SHA-256.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """A folder of files at `ab/cdef…`. The calls block: use a thread where a loop is running."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def put(self, data: bytes) -> str:
        """Keep the bytes and give their name (SHA-256, hex); the same bytes twice are one file."""
        name = hashlib.sha256(data).hexdigest()
        path = self.path(name)
        if not path.exists():
            self._write(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of a name; raises KeyError when there are none."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def has(self, name: str) -> bool:
        """Whether the bytes of a name are kept."""
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Where a file lies (there or not), to be served from; raises KeyError for what is no name at all."""
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        return self.folder / name[:2] / name[2:]

    def remove(self, name: str) -> None:
        """Forget a file: the person withdrew, or it was masked. Nothing happens when it is gone."""
        self.path(name).unlink(missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        for folder in (path.parent, self.folder):
            _sync(folder)


def _sync(folder: Path) -> None:
    """Put a folder's list of names on the disk; without it a file may vanish in a power cut."""
    if os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
