"""The style sheet: the two dark lists are one, and it needs nothing from elsewhere."""

import re

import pytest

from zalobot.web.assets import FOLDER

SOFT = ("ok", "soon", "today", "late", "info", "wait")
TEXT = (  # colour of words, and what they stand on
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "link", "late", "ok", "today")
      for ground in ("paper", "surface", "sunken")),
    *((ink, f"{state}-bg") for state in SOFT for ink in (state, "ink")),
    *((ink, "brand-soft") for ink in ("ink", "ink-2", "link")),
    ("on-act", "act"), ("on-brand", "brand"), ("on-brand", "brand-2"), ("surface", "late-bar"), ("surface", "ink"),
    ("z-ink", "z-them"), ("z-ink", "z-me"), ("z-ink-3", "z-bg"), ("z-act", "z-them"), ("z-on", "z-head"),
)  # fmt: skip
SHAPES = (  # bars and edges that tell something, and what they stand on
    *((bar, ground) for bar in ("line-2", "act", "ok-bar", "soon-bar", "today-bar", "late-bar", "wait-bar")
      for ground in ("paper", "surface")),
    ("focus-in", "focus-out"),
)  # fmt: skip
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


def _light_of(colour: str) -> float:
    digits = colour.strip().lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light_of(one), _light_of(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [":root {", ":root.dark {"])
def test_every_pair_of_colours_can_be_told_apart(theme: str) -> None:
    """WCAG 1.4.3 and 1.4.11, in both themes; the ring of the focus has one colour that shows on any ground."""
    colours = {**_list(":root {"), **_list(theme)}
    pairs = [(pair, 4.5) for pair in TEXT] + [(pair, 3.0) for pair in SHAPES]
    assert [pair for pair, least in pairs if _contrast(*(colours[f"--{name}"] for name in pair)) < least] == []
    grounds = [colours[f"--{name}"] for name in ("paper", "surface", "brand")]
    rings = [colours["--focus-in"], colours["--focus-out"]]
    assert all(max(_contrast(ring, ground) for ring in rings) >= 3 for ground in grounds)


def test_contrast_is_that_of_wcag() -> None:
    assert (round(_contrast("#fff", "#000000")), round(_contrast("#777", "#fff"), 2)) == (21, 4.48)


def test_nothing_moves_for_who_wants_it_still() -> None:
    allowed = SHEET.split("@media (prefers-reduced-motion: no-preference)")
    assert len(allowed) == 2
    assert re.findall(r"(?:transition|animation)\s*:", allowed[0] + allowed[1].split("}\n", 1)[1]) == []
