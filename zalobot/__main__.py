"""The command line. Exit 0: done; 1: refused, with the reason; 2: wrong use or wrong settings, each named.

The one rule: heavy modules are imported inside the commands, so that `--help` is quick.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from zalobot.config import SERVING, Settings
from zalobot.errors import ConfigError, Refused

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A province and its businesses in dialogue on Zalo.")
templates = typer.Typer(no_args_is_help=True, help="The words the bot says.")
officer = typer.Typer(no_args_is_help=True, help="Officers, heads and leaders.")
inbox_group = typer.Typer(no_args_is_help=True, help="Events that Zalo sent.")
app.add_typer(templates, name="templates")
app.add_typer(officer, name="officer")
app.add_typer(inbox_group, name="inbox")


def _settings(*required: str) -> Settings:
    return Settings.from_env(os.environ, required=required, dotenv=Path(".env"))


@app.command()
def serve(
    workers: Annotated[bool, typer.Option("--workers/--no-workers", help="Handle events, send, remind.")] = True,
    web: Annotated[bool, typer.Option("--web/--no-web", help="Answer Zalo's webhook and show pages.")] = True,
) -> None:
    """Run the service. Settings come from ZALOBOT_* and .env."""
    from zalobot import serving

    serving.serve(_settings(*SERVING), workers=workers, web=web)


@app.command()
def demo(
    empty: Annotated[bool, typer.Option("--empty", help="Start without the sample week.")] = False,
    port: Annotated[int, typer.Option(help="The bot's port.")] = 8080,
    simulator_port: Annotated[int, typer.Option(help="The simulator's port.")] = 8081,
) -> None:
    """Bot, simulator and a sample week in one process; no settings needed."""
    from zalobot.demo import demo as run

    run.run(empty=empty, port=port, simulator_port=simulator_port)


@app.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    from zalobot.store import migrations

    settings = _settings()
    migrations.upgrade(settings.database_url)
    typer.echo("The database is at the newest version.")


@app.command()
def simulate(
    webhook: Annotated[str, typer.Option(help="Where events go.")] = "http://127.0.0.1:8080/zalo/webhook",
    host: str = "127.0.0.1",
    port: int = 8081,
) -> None:
    """Run the fake Zalo alone. It takes the app and OA ids and secrets from the bot's settings where they are given."""
    from zalobot import serving

    serving.simulate(_settings(), host=host, port=port, webhook=webhook)


@app.command()
def doctor() -> None:
    """What is missing, in red and green, with the remedy. Exit 1 when something is red."""
    from zalobot import doctor as checks

    raise typer.Exit(checks.report(_settings()))


@templates.command("check")
def templates_check(
    folder: Annotated[Path | None, typer.Argument(help="A folder of messages; the shipped ones if not given.")] = None,
) -> None:
    """Name every line of every message that cannot be sent as it stands. Exit 1 when there is one."""
    from zalobot import speech

    problems = speech.check(folder)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo("All messages are in order.")


@officer.command("link-code")
def officer_link_code(
    agency: Annotated[str, typer.Option(help="The agency's code, as in the province pack.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="officer, head, leader or coordinator.")] = "officer",
) -> None:
    """Print a one-time code. The person follows the account in Zalo and sends the code there within seven days."""
    from zalobot import serving

    typer.echo(serving.link_code(_settings(), agency=agency, name=name, role=role))


@inbox_group.command("replay")
def inbox_replay(event: Annotated[str, typer.Argument(help="The event's key, as in the log.")]) -> None:
    """Let an event whose handling failed be handled again."""
    from zalobot import serving

    serving.replay(_settings(), event)
    typer.echo("The event will be handled again.")


def main() -> None:
    """The entry point: what is refused is said in one line each, never as a traceback."""
    try:
        app()
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except Refused as refusal:
        facts = ", ".join(f"{name}={value}" for name, value in refusal.facts.items())
        print(f"refused: {refusal.reason}" + (f" ({facts})" if facts else ""), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
