"""`zalobot outbox …`: messages to people that did not arrive.

The one rule: as in `__main__`, heavy modules are imported inside the commands.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from zalobot.config import Settings


def group(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands; `settings` reads them when one is run."""
    made = typer.Typer(no_args_is_help=True, help="Messages to people.")

    @made.command("undelivered")
    def undelivered() -> None:
        """List the messages that reached nobody: the state, the ticket, why, and what was tried."""
        from zalobot import outbox_command

        if not outbox_command.show(settings()):
            typer.echo("Every message reached somebody or is on its way.")

    @made.command("retry")
    def retry(
        message: Annotated[str, typer.Argument(help="The key, as in the list.")],
        even_if_arrived: Annotated[bool, typer.Option(help="Also one that may be read twice.")] = False,
    ) -> None:
        """Try a message once more, by whatever way is open now."""
        from zalobot import outbox_command

        outbox_command.retry(settings(), message, even_if_arrived=even_if_arrived)
        typer.echo("The message will be tried again.")

    @made.command("resolve")
    def resolve(
        message: Annotated[str, typer.Argument(help="The key, as in the list.")],
        note: Annotated[str, typer.Option(help="How it was settled: a call, a letter.")],
    ) -> None:
        """Take a message off the list: it was settled otherwise."""
        from zalobot import outbox_command

        outbox_command.resolve(settings(), message, note)
        typer.echo("The message is settled.")

    @made.command("costs")
    def costs(
        days: Annotated[int, typer.Option(min=1, help="Of how many days.")] = 30,
    ) -> None:
        """What was sent by which channel, sends for each ticket, money, and what a month costs at this rate."""
        from zalobot import outbox_command

        outbox_command.show_costs(settings(), days)

    return made
