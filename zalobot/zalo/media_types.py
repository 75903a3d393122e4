"""What kind of file some bytes are, found by looking at them.

The one rule: neither the name nor what a server says is believed, and what is not on the list is refused.
"""

import io
import unicodedata
import zipfile

import puremagic

from zalobot.errors import Refused

TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "mp4": "video/mp4",
    "amr": "audio/amr",
    "m4a": "audio/mp4",
}
"""Everything a person may attach, by ending."""

_SAME = {"jpeg": "jpg", "jfif": "jpg", "jpe": "jpg", "m4v": "mp4", "f4a": "m4a"}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = ("<!doctype", "<html", "<head", "<script", "<svg", "<?xml", "<body", "<iframe")
_CONTROLS = frozenset("\t\n\r\f")


def ending_of(data: bytes, name: str = "") -> str:
    """The ending (a key of TYPES) that the bytes deserve; raises Refused("media_type").

    `name` only decides between what the bytes leave open: csv or txt, doc or xls.
    """
    named = name.lower().rpartition(".")[2]
    if data.startswith(b"PK"):
        found = _office(data)
    elif data.startswith(_COMPOUND):
        found = _compound(data, named)
    else:
        found = _magic(data) or _text(data, named)
    if found is None:
        raise Refused("media_type", name=name)
    return found


def type_of(data: bytes, name: str = "") -> str:
    """The content type that the bytes deserve; raises Refused("media_type")."""
    return TYPES[ending_of(data, name)]


def _magic(data: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        return None
    best = max((match.confidence for match in matches), default=0.0)
    for match in matches:
        ending = str(match.extension).lstrip(".")
        ending = _SAME.get(ending, ending)
        if match.confidence == best and ending in TYPES:
            return ending
    return None


def _office(data: bytes) -> str | None:
    """Office files are zip archives; only what is inside tells which. One with macros is no longer a document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else None


def _compound(data: bytes, named: str) -> str | None:
    """Old Office files: the directory inside names its streams in UTF-16."""
    streams = {"doc": "WordDocument", "xls": "Workbook"}
    found = [ending for ending, stream in streams.items() if stream.encode("utf-16-le") in data]
    if named in found:
        return named
    return found[0] if found else None


def _text(data: bytes, named: str) -> str | None:
    """Text that a reader can read: UTF-8 (UTF-16 with a mark), no control characters, no page a browser would run."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if any(c not in _CONTROLS and unicodedata.category(c) == "Cc" for c in set(text)):
        return None
    if not text.strip() or text.lstrip()[:200].lower().startswith(_MARKUP):
        return None
    return "csv" if named == "csv" else "txt"
