"""The tiny language of messages: text, `{{ placeholder }}`, `{% if placeholder %}`; nothing else is ever compiled.

A message may end with buttons, one a line after a line `---`: `title -> what is sent back`. The sandbox of jinja2
stops escapes but not costly expressions, so the parsed tree is walked before anything is compiled.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

BODY_END: Final = "\x1d"
LINE_END: Final = "\x1e"
ARROW: Final = "\x1f"
SOURCE_LIMIT: Final = 8000

_ALLOWED: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.CondExpr, nodes.Const),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter),
)
_FILTERS: Final = frozenset({"lower", "upper", "trim"})
_COMPARISONS: Final = frozenset({"eq", "ne"})
_RULE: Final = re.compile(r"(?m)^---[ \t]*$")
_ARROW: Final = re.compile(r"[ \t]*(?:->|→)[ \t]*")
_LAST_TAG: Final = re.compile(r"(?<![+\-])([%#]\})[ \t]*$")
_ONLY_TAGS: Final = re.compile(r"[ \t]*(?:\{[%#][^{}]*[%#]\}[ \t]*)+")
_TAG: Final = re.compile(r"\{[{%#].*?[}%#]\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word an operator may write in double braces.

    `needs` names the thing it is read from ("ticket", "part"), `value` reads it, `sample` stands in for it in a preview
    and `longest` (the sample, unless given) where the greatest length is measured.
    """

    name: str
    needs: str
    value: Callable[[Any], str]
    sample: str
    longest: str = ""


class Unsafe(ValueError):
    """The source uses something the language hasn't got. `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to render: `names` are the placeholders it reads, in alphabetical order."""

    render: Callable[[Mapping[str, str]], str]
    names: tuple[str, ...]


@cache
def environment() -> jinja2.Environment:
    """The one sandbox: no globals, no tests, three filters."""
    made = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, cache_size=0
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    return made


def parts(source: str) -> tuple[str, str, int]:
    """The body, the button lines, and the line number of the first of these (0 where there are none)."""
    source = source.replace("\r\n", "\n")
    found = list(_RULE.finditer(source))
    if not found:
        return source, "", 0
    rule = found[-1]
    return source[: rule.start()], source[rule.end() + 1 :], source.count("\n", 0, rule.start()) + 2


def button_lines(source: str) -> Iterator[tuple[int, str, str | None]]:
    """Each button as written: line number, title, payload (None where the arrow is missing)."""
    _, block, first = parts(source)
    for number, line in enumerate(block.split("\n"), first):
        if not line.strip() or _ONLY_TAGS.fullmatch(line):
            continue
        title, *payload = _split_arrow(line)
        yield number, title.strip(), payload[0].strip() if payload else None


def _split_arrow(line: str) -> list[str]:
    """Split at the first arrow outside of braces."""
    masked = _TAG.sub(lambda tag: "x" * len(tag[0]), line)
    arrow = _ARROW.search(masked)
    return [line] if arrow is None else [line[: arrow.start()], line[arrow.end() :]]


def prepare(source: str) -> str:
    """The source as jinja2 gets it: line for line the same, the buttons' structure in control characters.

    Values have no control characters, so no value can make a button or a new part.
    """
    body, block, first = parts(source)
    prepared = "\n".join(map(_keep_newline, body.split("\n")))
    if not first:
        return prepared
    lines = [ARROW.join(_split_arrow(line)) for line in block.split("\n")]
    ended = "\n".join(line if _ONLY_TAGS.fullmatch(line) else line + LINE_END for line in lines)
    return prepared + BODY_END + "\n" + ended


def _keep_newline(line: str) -> str:
    """A tag at the end of a line with other words must not swallow the new line; one alone in its line must."""
    return line if _ONLY_TAGS.fullmatch(line) else _LAST_TAG.sub(r"+\1", line)


def parse(source: str) -> nodes.Template:
    """The tree of a source; Unsafe with the line where it is no template or not of this language."""
    if len(source) > SOURCE_LIMIT:
        raise Unsafe(1, "source_too_long")
    try:
        tree = environment().parse(prepare(source))
    except jinja2.TemplateSyntaxError as error:
        raise Unsafe(error.lineno, f"syntax: {error.message}") from None
    except RecursionError:
        raise Unsafe(1, "syntax: too deep") from None
    for node, line in _walk(tree, 1):
        refused = _refused(node)
        if refused:
            raise Unsafe(line, refused)
    return tree


def _walk(node: nodes.Node, line: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its line, without recursion: depth is not the operator's to choose."""
    stack = [(node, line)]
    while stack:
        node, line = stack.pop()
        line = node.lineno or line
        yield node, line
        stack.extend((child, line) for child in node.iter_child_nodes())


def _refused(node: nodes.Node) -> str:
    match node:
        case nodes.Name() if node.ctx != "load":
            return "assignment"
        case nodes.Filter() if node.name not in _FILTERS or node.args or node.kwargs:
            return f"filter {node.name}"
        case nodes.Operand() if node.op not in _COMPARISONS:
            return f"comparison {node.op}"
        case nodes.Const() if not isinstance(node.value, str | bool):
            return "number"
        case _ if not isinstance(node, _ALLOWED):
            return type(node).__name__.lower()
    return ""


def names(tree: nodes.Template) -> list[tuple[str, int]]:
    """The placeholders read, each with the line of every mention."""
    return [(node.name, line) for node, line in _walk(tree, 1) if isinstance(node, nodes.Name)]


def conditions(tree: nodes.Template) -> set[str]:
    """The placeholders of which it is asked whether they are there."""
    asked = [node.test for node in tree.find_all(nodes.If)] + [node.test for node in tree.find_all(nodes.CondExpr)]
    named = [test.find_all(nodes.Name) for test in asked]
    alone = {test.name for test in asked if isinstance(test, nodes.Name)}
    return alone | {name.name for found in named for name in found}


@lru_cache(maxsize=1024)
def compiled(source: str) -> Compiled:
    """The source compiled; Unsafe where it is not of this language."""
    tree = parse(source)
    template = environment().from_string(tree)
    return Compiled(template.render, tuple(sorted({name for name, _ in names(tree)})))


def button_kind(payload: str) -> str:
    """How a button works, told by its payload: "url", "phone", or "query" (sent back as if typed)."""
    if payload.startswith(("https://", "http://")):
        return "url"
    return "phone" if payload.startswith("tel:") else "query"
