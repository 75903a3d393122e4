"""ZBS message templates as Zalo keeps them: text with parameters, approval, quality, and which data they refuse.

The one rule: a message is checked against the template's parameters (§5.3) before anything is charged or delivered.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .rules import Refusal

_SLOT = re.compile(r"<(\w+)>")
_DATE = re.compile(r"(\d{1,2}:\d{2}(:\d{2})? ?)?\d{1,2}/\d{1,2}(/\d{4})?")


class Status(StrEnum):
    """Where a template stands; only enabled ones may be sent."""

    ENABLE = "ENABLE"
    PENDING_REVIEW = "PENDING_REVIEW"
    REJECT = "REJECT"
    DISABLE = "DISABLE"


STATUS_NUMBERS = {Status.ENABLE: 1, Status.PENDING_REVIEW: 2, Status.REJECT: 3, Status.DISABLE: 4}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter; lengths in characters. type: STRING, NUMBER or DATE."""

    name: str
    max_length: int
    min_length: int = 0
    required: bool = True
    type: str = "STRING"


@dataclass(slots=True)
class Template:
    """One template. by_uid: may be sent to a user id (-249 if not); prices in dong."""

    id: str
    name: str
    text: str
    params: tuple[Param, ...]
    status: Status = Status.ENABLE
    tag: str = "TRANSACTION"
    quality: str = "HIGH"
    by_uid: bool = True
    price_uid: int = 560
    price_phone: int = 800
    reason: str = ""

    def rendered(self, data: Any) -> str:
        """The text with `data` filled in; Refusal when a parameter is missing, too long or of another kind."""
        if not isinstance(data, dict) or not data:
            raise Refusal(-111, "Template data is empty")
        for param in self.params:
            _check(param, data.get(param.name))
        if extra := set(data) - {param.name for param in self.params}:
            raise Refusal(-112, f"Template data is invalid: {min(extra)}")
        return _SLOT.sub(lambda slot: str(data.get(slot[1], "")), self.text)

    def info(self) -> dict[str, Any]:
        """What `/template/info/v2` tells."""
        return {
            "templateId": self.id, "templateName": self.name, "status": self.status, "templateTag": self.tag,
            "templateQuality": self.quality, "price": str(self.price_phone), "price_sdt": str(self.price_phone),
            "price_uid": str(self.price_uid), "timeout": 7_200_000, "previewUrl": "", "reason": self.reason,
            "applyTemplateQuota": False, "listButtons": [],
            "listParams": [
                {"name": one.name, "require": one.required, "type": one.type, "maxLength": one.max_length,
                 "minLength": one.min_length, "acceptNull": not one.required}
                for one in self.params
            ],
        }  # fmt: skip


def _check(param: Param, value: Any) -> None:
    if value is None or value == "":
        if param.required:
            raise Refusal(-1122, f"Template data is missing parameter: {param.name}")
        return
    if not isinstance(value, str | int | float):
        raise Refusal(-112, f"Template data is invalid: {param.name}")
    text = str(value)
    if not param.min_length <= len(text) <= param.max_length:
        raise Refusal(-1121, f"Template data parameter is over length: {param.name}")
    if (param.type == "DATE" and not _DATE.fullmatch(text)) or (param.type == "NUMBER" and not text.isdigit()):
        raise Refusal(-1124, f"Template data parameter has a wrong format: {param.name}")


def shipped() -> tuple[Template, ...]:
    """The templates of `templates.json`."""
    raw = json.loads((Path(__file__).parent / "templates.json").read_text(encoding="utf-8"))
    return tuple(read(one) for one in raw)


def read(raw: dict[str, Any]) -> Template:
    """A template from its JSON."""
    given = {**raw, "params": tuple(Param(**one) for one in raw["params"])}
    return Template(**given | {"status": Status(raw.get("status", Status.ENABLE))})
