"""`zalobot knowledge …`: what is answered at once, as a list and as a file.

The one rule: as in `__main__`, heavy modules are imported inside the commands.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from zalobot.config import Settings


def group(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands; `settings` reads them when one is run."""
    made = typer.Typer(no_args_is_help=True, help="What is answered at once.")

    @made.command("list")
    def list_them() -> None:
        """Every entry with its agency, the last day it is shown, and its first question."""
        from zalobot import knowledge_command

        for line in knowledge_command.listed(settings()):
            typer.echo(line)

    @made.command("import")
    def import_(file: Annotated[Path, typer.Argument(help="TOML, as the pack's knowledge.toml.")]) -> None:
        """Add the entries of a file, or change those that are there; what it does not name stays."""
        from zalobot import knowledge_command

        typer.echo(knowledge_command.take(settings(), file))

    @made.command("export")
    def export(file: Annotated[Path, typer.Argument(help="Where to; a file that is there is replaced.")]) -> None:
        """Write every entry that is not retired to a file that can be edited and imported."""
        from zalobot import knowledge_command

        typer.echo(knowledge_command.give(settings(), file))

    return made
