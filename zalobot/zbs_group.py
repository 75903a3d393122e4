"""`zalobot zbs …`: templates that Zalo has to approve.

The one rule: as in `__main__`, heavy modules are imported inside the commands.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from zalobot.config import Settings


def group(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands; `settings` reads them when one is run."""
    made = typer.Typer(no_args_is_help=True, help="Templates that Zalo has to approve (ZBS).")

    @made.command("list")
    def list_them() -> None:
        """The templates of the pack, what each stands for, and how it is with Zalo."""
        from zalobot import zbs_command

        zbs_command.show(settings())

    @made.command("approve")
    def approve(
        key: Annotated[str, typer.Argument(help="The template's key, as in the list.")],
        template_id: Annotated[str, typer.Option("--id", help="The id Zalo gave it.")],
        uid: Annotated[bool, typer.Option(help="May be sent by Zalo's user id.")] = True,
        phone: Annotated[bool, typer.Option(help="May be sent by phone.")] = True,
        price_uid: Annotated[int | None, typer.Option(help="VND by user id, if not as in the pack.")] = None,
        price_phone: Annotated[int | None, typer.Option(help="VND by phone, if not as in the pack.")] = None,
    ) -> None:
        """Note that Zalo has approved a template for this account."""
        from zalobot import zbs_command

        zbs_command.approve(
            settings(), key, template_id, by_uid=uid, by_phone=phone, price_uid=price_uid, price_phone=price_phone
        )
        typer.echo(f"{key} is used from now on.")

    @made.command("check")
    def check() -> None:
        """Ask Zalo about every approved template. Exit 1 when one is not there or has other parameters."""
        from zalobot import zbs_command

        raise typer.Exit(zbs_command.check(settings()))

    return made
