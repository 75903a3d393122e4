"""Filling a template's parameters with what our placeholders say, as Zalo takes them.

The one rule: a value that is too long is shortened at a word where that leaves its sense; else, and where it is
missing, the template is not sent and the reason says which parameter.
"""

from collections.abc import Mapping
from typing import Any

from zalobot import spoken, templating
from zalobot.pack_templates import MessageTemplate, Parameter
from zalobot.templating.wording import clean
from zalobot.vietnamese import nfc

SPEAKS_OF = ("ticket", "officer", "channel", "letter")
"""What a parameter's placeholder may need: a message that leaves later has nothing else with it."""


class NotFilled(Exception):
    """A template cannot be sent with what there is: `problems` names each parameter and what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def fill(template: MessageTemplate, things: Mapping[str, Any]) -> dict[str, str]:
    """The values for Zalo. Raises NotFilled."""
    values, problems = {}, []
    for parameter in template.parameters:
        value = _value(parameter, things)
        if problem := _wrong(parameter, value):
            problems.append(f"{parameter.name} {problem}")
        elif value or parameter.required:
            values[parameter.name] = spoken.excerpt(value, parameter.most) if parameter.may_be_cut else value
    if problems:
        raise NotFilled(problems)
    return values


def wrong(template: MessageTemplate) -> list[str]:
    """What is wrong with the placeholders a template is filled with, and with the messages it stands for."""
    words = templating.current()
    found = [f"{template.key}: no message {name}" for name in template.stands_for if not words.has(name)]
    for parameter in template.parameters:
        placeholder = words.placeholders.get(parameter.value)
        if placeholder is None:
            found.append(f"{template.key}: {parameter.name}: no placeholder {parameter.value}")
        elif placeholder.needs not in SPEAKS_OF:
            found.append(f"{template.key}: {parameter.name}: {parameter.value} speaks of a {placeholder.needs}")
    return found


def _value(parameter: Parameter, things: Mapping[str, Any]) -> str:
    placeholder = templating.current().placeholders[parameter.value]
    thing = things.get(placeholder.needs)
    if thing is None:
        return ""
    return nfc(" ".join(clean(placeholder.value(thing)).split()))  # a parameter is one line


def _wrong(parameter: Parameter, value: str) -> str:
    if not value:
        return "is missing" if parameter.required else ""
    if len(value) < parameter.least:
        return f"has {len(value)} characters, at least {parameter.least}"
    if len(value) > parameter.most and not parameter.may_be_cut:
        return f"has {len(value)} characters, at most {parameter.most}"
    return ""
