"""Where the files that are not code live, in a checkout and in an installed wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """The folder holding `messages/`, `web/` and `words.toml`; FileNotFoundError where neither place has it."""
    for folder in (_PACKAGE / "_templates", _PACKAGE.parent / "templates"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no templates beside {_PACKAGE}: reinstall zalobot")


def messages_folder() -> Path:
    """The folder with one text file per message."""
    return templates_folder() / "messages"
