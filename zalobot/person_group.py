"""`zalobot person …`: what an administrator does about one person who talks with the account.

The one rule: as in `__main__`, heavy modules are imported inside the commands.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from zalobot.config import Settings


def group(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands; `settings` reads them when one is run."""
    made = typer.Typer(no_args_is_help=True, help="People who talk with the account.")

    @made.callback()
    def about() -> None:
        """People who talk with the account."""

    @made.command()
    def erase(
        person_id: Annotated[str, typer.Argument(help="Zalo's id of the person, as in the log or the console.")],
        yes: Annotated[bool, typer.Option("--yes", help="It is meant: without this, only what would go is said.")] = (
            False
        ),
    ) -> None:
        """Erase what a person wrote and whatever leads to them. Their tickets stay, without words; the ledger holds."""
        from zalobot import person_command
        from zalobot.app import utc_now

        raise typer.Exit(person_command.erase(settings(), person_id, utc_now(), yes=yes))

    return made
