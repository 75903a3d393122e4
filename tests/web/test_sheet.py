"""The style sheet: the two dark lists are one, and it needs nothing from elsewhere."""

import re

from zalobot.web.assets import FOLDER

SHEET = (FOLDER / "zalobot.css").read_text(encoding="utf-8")


def _list(opening: str) -> dict[str, str]:
    block = SHEET.split(opening, 1)[1].split("}", 1)[0].lstrip("{ ")
    return dict(re.findall(r"([\w-]+):\s*([^;]+);", block))


def test_the_two_dark_lists_are_equal() -> None:
    by_device, by_choice = _list(":root:not(.light) {"), _list(":root.dark {")
    assert len(by_device) > 30
    assert by_device == by_choice


def test_the_dark_list_replaces_every_colour_that_differs() -> None:
    light, dark = _list(":root {"), _list(":root.dark {")
    constant = {"--on-brand", "--gold", "--z-on", "--font", "--mono", "--lh", "--lh-head", "--tap"}
    left_light = {name for name in light if name not in dark and not re.match(r"--(t|s|r)\d", name)}
    assert left_light == constant


def test_the_sheet_loads_nothing() -> None:
    assert re.findall(r"@import|https?://|url\((?!#)", SHEET.replace('fill="url(#hatch)"', "")) == []
