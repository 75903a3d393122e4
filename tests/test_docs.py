"""What the pages say is so: links lead somewhere, every setting and every command is named."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from dotenv import dotenv_values

from zalobot import metrics
from zalobot.__main__ import app
from zalobot.config import PREFIX, Settings

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "README.vi.md", "CHANGELOG.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
RUNNING = (ROOT / "docs/running.md").read_text(encoding="utf-8")


def commands(group: typer.Typer, path: str = "") -> list[str]:
    """Every command of the command line, as it is typed."""
    own = [one.name or one.callback.__name__ for one in group.registered_commands if one.callback]
    below = [one for sub in group.registered_groups for one in commands(sub.typer_instance, f"{path}{sub.name} ")]
    return [path + name.replace("_", "-") for name in own] + below


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_setting_is_explained() -> None:
    names = [f"{PREFIX}{field.name.upper()}" for field in fields(Settings)]
    assert [name for name in names if f"`{name}`" not in RUNNING] == []


def test_every_command_is_explained() -> None:
    known = commands(app)
    assert len(known) > 5
    assert [command for command in known if f"`./run {command}" not in RUNNING] == []


def test_the_example_names_only_settings() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = set(re.findall(rf"(?m)^#?({PREFIX}\w+)=", example))
    assert names - {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)} == set()
    assert set(dotenv_values(ROOT / ".env.example")) <= names


def test_connecting_names_only_settings_commands_and_figures_that_exist() -> None:
    page = (ROOT / "docs/connect-zalo.md").read_text(encoding="utf-8")
    settings = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}
    named = {name.removesuffix("_FILE") for name in re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", page)}
    assert named - settings == set()
    typed = set(re.findall(r"\./run ([a-z-]+(?: [a-z-]+)?)", page))
    known = commands(app)
    assert [one for one in typed if one not in known and one.split()[0] not in known] == []
    figures = {f"{family.name}_total" for family in metrics.REGISTRY.collect() if family.type == "counter"}
    assert set(re.findall(r"zalobot_\w+", page)) - figures - {"zalo_verifier"} == set()
