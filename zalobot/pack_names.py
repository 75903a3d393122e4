"""What a province's agencies, topics and fields are called in other languages: a file for each language in the pack.

The one rule: what has no name in the language in use is called by its Vietnamese one.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from zalobot import languages
from zalobot.pack import Notes

Names = Mapping[str, Mapping[str, str]]
KINDS: Final = ("agencies", "topics", "fields")


def read_names(folder: Path, known: Mapping[str, set[str]], notes: Notes) -> dict[str, Names]:
    """The names by language, kind and code; a code that the pack does not have is noted. The province's own is under
    "province", "".
    """
    found: dict[str, Names] = {}
    for path in sorted((folder / "languages").glob("*.json")):
        where = f"languages/{path.name}"
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, ValueError) as error:
            notes.add(where, str(error))
            continue
        for kind in KINDS:
            for code in given.get(kind, {}).keys() - known[kind]:
                notes.add(f"{where}: {kind}", f"{code} is not known in the pack")
        found[path.stem] = {"province": {"": given.get("name", "")}, **{kind: given.get(kind, {}) for kind in KINDS}}
    return found


def called(names: Mapping[str, Names], kind: str, code: str, otherwise: str) -> str:
    """The name in the language in use, else the Vietnamese one that is given."""
    language = languages.in_use()
    if language == languages.DEFAULT:
        return otherwise
    return names.get(language, {}).get(kind, {}).get(code) or otherwise


def everywhere(names: Mapping[str, Names], kind: str, code: str) -> tuple[str, ...]:
    """All names in other languages."""
    return tuple(of[kind][code] for of in names.values() if code in of.get(kind, {}))
