"""`zalobot user …`: the accounts of the web pages.

The one rule: as in `__main__`, heavy modules are imported inside the commands.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from zalobot.config import Settings


def group(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands; `settings` reads them when one is run."""
    made = typer.Typer(no_args_is_help=True, help="Accounts of the web pages.")

    @made.command("add")
    def add(
        name: Annotated[str, typer.Argument(help="The person's name; what they type to sign in is made from it.")],
        role: Annotated[str, typer.Option(help="officer, head, leader, coordinator, operator or admin.")],
        agency: Annotated[str, typer.Option(help="The agency's code: officers and heads need one.")] = "",
    ) -> None:
        """Add an account and print its one-time password, which has to be changed at the first sign-in."""
        from zalobot import account_command

        typer.echo(account_command.add(settings(), name=name, role=role, agency=agency))

    @made.command("list")
    def list_them() -> None:
        """Every account: its role, whether it has a second factor, whether it is stopped."""
        from zalobot import account_command

        typer.echo(account_command.listed(settings()))

    @made.command("stop")
    def stop(name: Annotated[str, typer.Argument(help="The name they sign in with.")]) -> None:
        """Let nobody in with this account any more; whoever is in is out at once."""
        from zalobot import account_command

        typer.echo(account_command.stop(settings(), name))

    @made.command("reset-password")
    def reset_password(name: Annotated[str, typer.Argument(help="The name they sign in with.")]) -> None:
        """Print a new one-time password; every session of the account ends."""
        from zalobot import account_command

        typer.echo(account_command.reset_password(settings(), name))

    @made.command("reset-second-factor")
    def reset_second_factor(name: Annotated[str, typer.Argument(help="The name they sign in with.")]) -> None:
        """The phone is lost: ask for a new authenticator at the next sign-in."""
        from zalobot import account_command

        typer.echo(account_command.reset_second_factor(settings(), name))

    return made
