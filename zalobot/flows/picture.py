"""A conversation as a drawing: its questions from above to below, the refusals of an answer beside, what ends it.

The one rule: it is made of the flow itself, and every message of the flow's folder is in it. Numbers are pixels; the
drawing is `_macros/flow_picture.html`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from zalobot import languages
from zalobot.flows import report_issue
from zalobot.flows.engine import Flow, Step, always
from zalobot.flows.options import resolve
from zalobot.templating import titles

LANE, WIDE, TALL, GAP = 56, 232, 52, 44
SIDE, SMALL, BETWEEN = 232, 32, 8
ASIDE: Final = LANE + WIDE + 40
WIDTH: Final = ASIDE + SIDE + 8
LETTERS: Final = 28  # in one line of a box
SHOWN: Final = 3  # answers named on an arrow


@dataclass(frozen=True, slots=True)
class Node:
    """A message in its place. `kind` is question, sometimes (not everybody is asked), refusal, after or aside."""

    message: str
    kind: str
    lines: tuple[str, ...]
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one to another. `kind` is next, skip (not asked), back (to change an answer) or refusal."""

    kind: str
    path: str
    label: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A question in words: its message, whether all are asked, the answers it names, and what its refusals say."""

    message: str
    sometimes: bool
    answers: tuple[str, ...]
    refusals: tuple[str, ...]
    reopens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing of a flow and the same in words (`told`, then `after` and `aside`)."""

    flow: str
    width: int
    height: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    told: tuple[Told, ...]
    after: tuple[str, ...]
    aside: tuple[str, ...]

    @property
    def messages(self) -> frozenset[str]:
        """Every message that is in it."""
        return frozenset(node.message for node in self.nodes)


def picture(flow: Flow, messages: Collection[str]) -> Picture:
    """The drawing of a flow. `messages` are those there are; the ones of this flow's folder are all drawn."""
    told = tuple(_told(flow, step, messages) for step in flow.steps)
    asked = {name for one in told for name in (one.message, *one.refusals)}
    after = tuple(name for name in titles.after(flow.name) if name in messages)
    rest = {name for name in messages if name.startswith(f"{flow.name}/")} - asked - set(after)
    aside = tuple(sorted(rest))
    nodes, arrows, height = _laid(told, after, aside)
    return Picture(flow.name, WIDTH, height, tuple(nodes), tuple(arrows), told, after, aside)


def _told(flow: Flow, step: Step, messages: Collection[str]) -> Told:
    name = f"{flow.name}/{step.name}"
    refusals = tuple(sorted(one for one in messages if one.startswith(f"{name}.")))
    change = dict.fromkeys(getattr(step, "change", {}).values())
    reopens = tuple(f"{flow.name}/{target}" for target in change)
    return Told(name, _is_spared(flow, step), tuple(_answers(step)), refusals, reopens)


def _is_spared(flow: Flow, step: Step) -> bool:
    """Whether not everybody is asked: it has a condition, or the flow begins with it answered."""
    begun = report_issue.beginning(consented=False) if flow.name == report_issue.NAME else {}
    return step.when is not always or step.name in begun or (step.takes_files and step.holds({}, {}))


def _answers(step: Step) -> Iterator[str]:
    """What one says to go on: the options, or the word that ends the question."""
    options: Any = getattr(step, "options", None)
    typed = languages.words()["typed"]
    if options is not None:
        yield from resolve(options, {}).values()
    elif step.takes_files:
        yield str(typed["done"][0])
    elif hasattr(step, "change"):
        yield str(typed["send"][0])


def _laid(told: Sequence[Told], after: Sequence[str], aside: Sequence[str]) -> tuple[list[Node], list[Arrow], int]:
    nodes: list[Node] = []
    arrows: list[Arrow] = []
    places: dict[str, Node] = {}
    y = 8
    for one in told:
        node = _question(one, y)
        places[one.message] = node
        nodes.append(node)
        sides = [_beside(name, ASIDE, y + at * (SMALL + BETWEEN)) for at, name in enumerate(one.refusals)]
        nodes += sides
        arrows += _to_refusals(node, sides)
        y += max(TALL, len(sides) * (SMALL + BETWEEN) - BETWEEN) + GAP
    ends = [*_row(after, "after", LANE, y), *_row(aside, "aside", ASIDE, y)]
    nodes += ends
    arrows += _onward(told, places, [node for node in ends if node.kind == "after"])
    arrows += _backward(told, places)
    return nodes, arrows, max(node.y + node.height for node in nodes) + 8


def _question(one: Told, y: int) -> Node:
    lines = tuple(wrap(titles.title(one.message), LETTERS)[:2])
    return Node(one.message, "sometimes" if one.sometimes else "question", lines, LANE, y, WIDE, TALL)


def _beside(name: str, x: int, y: int, kind: str = "refusal") -> Node:
    words = titles.reason(name) if kind == "refusal" else titles.title(name)
    return Node(name, kind, (words,), x, y, SIDE if x == ASIDE else WIDE, SMALL)


def _row(names: Sequence[str], kind: str, x: int, y: int) -> list[Node]:
    return [_beside(name, x, y + at * (SMALL + BETWEEN), kind) for at, name in enumerate(names)]


def _to_refusals(node: Node, sides: Sequence[Node]) -> Iterator[Arrow]:
    """One trunk beside the question, a branch to each refusal."""
    for side in sides:
        middle = side.y + side.height // 2
        start = min(middle, node.y + node.height - 10)
        turn = node.x + node.width + 16
        bend = f"H{turn}V{middle}H{side.x - 2}" if start != middle else f"H{side.x - 2}"
        yield Arrow("refusal", f"M{node.x + node.width} {start}{bend}")


def _onward(told: Sequence[Told], places: dict[str, Node], ends: Sequence[Node]) -> Iterator[Arrow]:
    """From each question to the next, and past those that are not asked."""
    chain = [*(places[one.message] for one in told), *ends[:1]]
    for at, (one, node) in enumerate(zip(told, chain, strict=False)):
        if at + 1 < len(chain):
            x, below = node.x + 40, chain[at + 1]
            yield Arrow(
                "next", f"M{x} {node.y + node.height}V{below.y - 2}", _label(one), x + 10, below.y - GAP // 2 + 4
            )
    start = 0
    while start < len(told):
        stop = start
        while stop < len(told) and told[stop].sometimes:
            stop += 1
        if stop > start and stop < len(chain):
            yield _past(chain[start - 1] if start else None, chain[start], chain[stop])
        start = max(stop, start + 1)


def _past(above: Node | None, first: Node, target: Node) -> Arrow:
    """Along the lane: from the question above (or the very beginning) past a run of questions to the next one."""
    lane = LANE - 16
    begin = f"M{above.x} {above.y + above.height - 12}H{lane}" if above else f"M{lane} {first.y}"
    return Arrow("skip", f"{begin}V{target.y + 12}H{target.x - 2}")


def _backward(told: Sequence[Told], places: dict[str, Node]) -> Iterator[Arrow]:
    """From where all is looked at once more, up the outer lane, to each question that may be answered again."""
    word = str(languages.words()["typed"]["change"][0])
    for one in told:
        node, lane = places[one.message], LANE - 36
        for at, target in enumerate(places[name] for name in one.reopens):
            start, end = node.y + node.height // 2 + 6, target.y + target.height // 2 + 6
            label = word if at == 0 else ""
            yield Arrow("back", f"M{node.x} {start}H{lane}V{end}H{target.x - 2}", label, 2, start + 18)


def _label(one: Told) -> str:
    said = " / ".join(one.answers[:SHOWN])
    words = f"{said} …" if len(one.answers) > SHOWN else said
    return words if len(words) <= 60 else f"{words[:58].rstrip()} …"
