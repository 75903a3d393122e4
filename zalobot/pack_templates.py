"""The templates that Zalo has to approve ("ZBS Template Message"), as a province pack registers them in `zbs.toml`.

The one rule: a template stands for messages of ours and is filled with our placeholders; it says nothing of its own.
Its id with Zalo belongs to the account, not to the pack (`store.models.TemplateApproval`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zalobot.pack import Entry, Notes, read_toml

FILE = "zbs.toml"
ADVERTISING = 3
_TAGS = (1, 2, ADVERTISING)  # transaction, customer care, advertising
_UNCUT = ("phone", "code", "url", "amount", "otp", "currency")  # half of it would say something else


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of a template: `value` names the placeholder it is read from, `kind` Zalo's type, `most` characters."""

    name: str
    kind: str
    value: str
    most: int
    least: int = 1
    required: bool = True

    @property
    def may_be_cut(self) -> bool:
        """Whether a value that is too long may be shortened at a word."""
        return self.kind not in _UNCUT


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A template: which messages of ours it stands for, its parameters, its tag, and what it costs (VND)."""

    key: str
    tag: int
    stands_for: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    price_uid: int
    price_phone: int
    title: str
    text: str
    button: str = ""


def read_templates(folder: Path, lengths: Mapping[str, int], notes: Notes) -> tuple[MessageTemplate, ...]:
    """The templates of a pack, none where it has no `zbs.toml`. `lengths` are the longest values Zalo takes by type."""
    if not (folder / FILE).exists():
        return ()
    entry = read_toml(folder, FILE, notes)
    entry.only("template")
    templates = tuple(_template(one, lengths) for one in entry.entries("template", "key"))
    named = {"key": [t.key for t in templates], "stands_for": [name for t in templates for name in t.stands_for]}
    for what, found in named.items():
        for twice in sorted({name for name in found if found.count(name) > 1}):
            notes.add(f"{FILE}: {what}", f"{twice} is there twice")
    return templates


def _template(entry: Entry, lengths: Mapping[str, int]) -> MessageTemplate:
    entry.only("key", "tag", "stands_for", "parameters", "price_uid", "price_phone", "title", "text", "button")
    tag = entry.get("tag", int)
    if "tag" in entry.values and tag not in _TAGS:
        entry.notes.add(f"{entry.where}: tag", "must be 1 (transaction), 2 (customer care) or 3 (advertising)")
    template = MessageTemplate(
        key=entry.text("key"),
        tag=tag,
        stands_for=entry.texts("stands_for"),
        parameters=tuple(_parameters(entry, lengths)),
        price_uid=entry.get("price_uid", int),
        price_phone=entry.get("price_phone", int),
        title=entry.text("title"),
        text=entry.text("text"),
        button=entry.text("button", ""),
    )
    for parameter in template.parameters:
        if f"<{parameter.name}>" not in template.text + template.button:
            entry.notes.add(f"{entry.where}: {parameter.name}", "is a parameter that the text does not name")
    return template


def _parameters(entry: Entry, lengths: Mapping[str, int]) -> Iterator[Parameter]:
    for one in entry.entries("parameters", "name"):
        one.only("name", "type", "value", "most", "least", "required")
        kind = one.text("type")
        if kind and kind not in lengths:
            one.notes.add(f"{one.where}: type", f"must be one of {', '.join(lengths)}, not {kind}")
        limit = lengths.get(kind, 0)
        most, least = one.get("most", int, limit), one.get("least", int, 1)
        if not 0 < least <= most <= limit and kind in lengths:
            one.notes.add(one.where, f"least and most must lie between 1 and {limit}, Zalo's limit for {kind}")
        yield Parameter(one.text("name"), kind, one.text("value"), most, least, one.get("required", bool, True))
