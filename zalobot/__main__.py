"""The command line. Exit 0: done; 1: refused, with the reason; 2: wrong use or wrong settings, each named.

The one rule: heavy modules are imported inside the commands, so that `--help` is quick.
"""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from zalobot import knowledge_group, outbox_group, person_group, user_group, zbs_group
from zalobot.config import SERVING, Settings
from zalobot.errors import ConfigError, Refused

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A province and its businesses in dialogue on Zalo.")
templates = typer.Typer(no_args_is_help=True, help="The words the bot says.")
officer = typer.Typer(no_args_is_help=True, help="Officers, heads and leaders.")
inbox_group = typer.Typer(no_args_is_help=True, help="Events that Zalo sent.")
calendar = typer.Typer(no_args_is_help=True, help="The working days, and what a late change of them moves.")
ledger = typer.Typer(no_args_is_help=True, help="The chained record of everything that happened.")
oauth = typer.Typer(no_args_is_help=True, help="The consent of the Official Account's administrators.")
DAY = ["%Y-%m-%d"]
app.add_typer(templates, name="templates")
app.add_typer(person_group.group(lambda: _settings()), name="person")
app.add_typer(calendar, name="calendar")
app.add_typer(officer, name="officer")
app.add_typer(inbox_group, name="inbox")
app.add_typer(outbox_group.group(lambda: _settings()), name="outbox")
app.add_typer(zbs_group.group(lambda: _settings()), name="zbs")
app.add_typer(knowledge_group.group(lambda: _settings()), name="knowledge")
app.add_typer(ledger, name="ledger")
app.add_typer(user_group.group(lambda: _settings()), name="user")
app.add_typer(oauth, name="oauth")


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


@app.command("eval")
def eval_(
    file: Annotated[Path | None, typer.Argument(help="Labelled messages (.jsonl) or `search`; else samples.")] = None,
    folds: Annotated[int, typer.Option(min=2, help="Into how many parts the samples are cut.")] = 5,
    wrong: Annotated[bool, typer.Option("--wrong", help="Name what was read otherwise than meant.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Train the shipped model anew and write it.")] = False,
    pack: Annotated[str, typer.Option(help="The province pack.")] = "quang-ninh",
) -> None:
    """How well messages are understood: intents, agencies, other ways of typing, time. `search`: how well answers are
    found."""
    from zalobot import eval_command

    if file == Path("search"):
        eval_command.search(pack)
        return
    if write:
        typer.echo(f"Written: {eval_command.write(pack)}")
        return
    eval_command.run(pack, file, folds=folds, wrong=wrong)


@app.command()
def figures(file: Annotated[Path, typer.Argument(help="phan-viec.json, as the site publishes it.")]) -> None:
    """Work the published table of the agencies out again from the open data, as the site's co-quan.csv."""
    from zalobot.figures import files

    typer.echo(files.recomputed(file), nl=False)


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


@templates.command("export")
def templates_export(
    folder: Annotated[Path, typer.Argument(help="Where to; files of the same names are replaced.")],
) -> None:
    """Write every text as it is in use into a folder, laid out as `templates/` is, so that it can be kept in git."""
    from zalobot import wording_command

    typer.echo(wording_command.export(_settings(), folder))


@templates.command("import")
def templates_import(
    folder: Annotated[Path, typer.Argument(help="A folder as `templates export` writes it; part of it will do.")],
    by: Annotated[str, typer.Option(help="Whose texts these are: the name an operator signs in with.")] = "",
    why: Annotated[str, typer.Option(help="Why they are changed, for whoever releases them.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    good: Annotated[bool, typer.Option("--good", help="Take in what is in order, where other files are not.")] = False,
) -> None:
    """Let texts that differ from those in use wait for a second person. Exit 1 when a file cannot be taken in."""
    from zalobot import wording_command

    left = wording_command.take_in(_settings(), folder, by=by, why=why, dry_run=dry_run, good=good)
    raise typer.Exit(min(1, left))


@calendar.command("show")
def calendar_show(year: Annotated[int, typer.Argument(help="The year.")]) -> None:
    """Print the twelve months with the days off, swapped and made up, and the working days of each month."""
    from zalobot import calendar_command

    calendar_command.show(_settings(), year)


@calendar.command("check")
def calendar_check() -> None:
    """How far it reaches, which days are not decided, where a public list differs. Exit 1 within 30 days of its end."""
    from zalobot import calendar_command

    raise typer.Exit(calendar_command.check(_settings()))


@calendar.command("import")
def calendar_import(
    file: Annotated[Path, typer.Argument(help="TOML or JSON, as the pack's calendar.toml.")],
    source: Annotated[str, typer.Option(help="The document of the change; else the file's `source`.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Change it, count again, tell both sides.")] = False,
) -> None:
    """Show what a file changes and how many due times would move; with --apply do it."""
    from zalobot import calendar_command

    calendar_command.take(_settings(), file, source=source, apply=apply)


@ledger.command("export")
def ledger_export(file: Annotated[Path, typer.Argument(help="Where to; a file that is there is replaced.")]) -> None:
    """Write the ledger to a file that can be checked without anything else. It holds no personal text."""
    from zalobot import ledger_command
    from zalobot.app import utc_now

    raise typer.Exit(ledger_command.export(_settings(), file, utc_now()))


@ledger.command("verify")
def ledger_verify(
    file: Annotated[Path | None, typer.Argument(help="An exported file; the database if not given.")] = None,
    heads: Annotated[Path | None, typer.Option(help="Daily heads as the site publishes them, to compare.")] = None,
) -> None:
    """Name the first wrong entry and what is wrong with it. Exit 0: nothing is; 1: something is; 2: no such file."""
    from zalobot import ledger_command

    raise typer.Exit(ledger_command.verify(None if file else _settings(), file, heads))


@officer.command("link-code")
def officer_link_code(
    agency: Annotated[str, typer.Option(help="The agency's code, as in the province pack.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="officer, head, leader or coordinator.")] = "officer",
    email: Annotated[str, typer.Option(help="Where letters go that Zalo cannot carry.")] = "",
) -> None:
    """Print a one-time code. The person follows the account in Zalo and sends the code there within seven days."""
    from zalobot import serving

    typer.echo(serving.link_code(_settings(), agency=agency, name=name, role=role, email=email))


@officer.command("email")
def officer_email(
    officer: Annotated[str, typer.Option(help="Whose: a name, or a key where names are shared.")],
    email: Annotated[str, typer.Option(help="The address; empty for none.")],
) -> None:
    """Note where an officer's letters go when Zalo cannot carry a message."""
    from zalobot import serving

    typer.echo(serving.officer_email(_settings(), officer=officer, email=email))


@officer.command("absence")
def officer_absence(
    officer: Annotated[str, typer.Option(help="Who is away: a name, or a key where names are shared.")],
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first day, YYYY-MM-DD.")],
    last: Annotated[datetime, typer.Option("--until", formats=DAY, help="The last day, included.")],
    deputy: Annotated[str, typer.Option(help="Who of the same agency is told in their place.")],
) -> None:
    """Note that somebody is away: assignments and reminders go to the deputy meanwhile, who is told for whom."""
    from zalobot import serving

    settings = _settings()
    typer.echo(serving.absence(settings, officer=officer, first=first.date(), last=last.date(), deputy=deputy))


@officer.command("back")
def officer_back(officer: Annotated[str, typer.Option(help="Who is back: a name, or a key.")]) -> None:
    """End an absence today."""
    from zalobot import serving

    typer.echo(serving.back(_settings(), officer=officer))


@oauth.command("link")
def oauth_link() -> None:
    """Print a one-time address at which an administrator of the account consents, within half an hour."""
    from zalobot import serving

    typer.echo(serving.consent_link(_settings(*SERVING)))


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
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):
            raise
        print(f"the database of ZALOBOT_DATABASE_URL: {_database_says(error)}", file=sys.stderr)
        sys.exit(2)


def _database_says(error: Exception) -> str:
    """What a database that cannot be used says, and the remedy where tables are missing. In one line."""
    said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    lacking = any(words in said for words in ("no such table", "no such column", "does not exist"))
    return f"{said}: run `zalobot migrate`" if lacking else said


if __name__ == "__main__":
    main()
