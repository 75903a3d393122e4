"""What a person has put together so far, as the wording sees it before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zalobot import redaction
from zalobot.flows import report_issue
from zalobot.province import Province
from zalobot.tickets import adequacy

_WRITTEN = ("description", "reply", "answer", "question", "reason")


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """The answers of a flow under way. Everything is read from them; nothing is stored.

    `alike` is how many of the agency's last answers an officer's answer nearly repeats.
    """

    answers: Mapping[str, Any]
    province: Province
    alike: int = 0

    @property
    def description(self) -> str:
        """The words the person wrote: of a report, a reply, an answer or a question."""
        return next((str(self.answers[name]) for name in _WRITTEN if self.answers.get(name)), "")

    @property
    def missing(self) -> tuple[str, ...]:
        """What an officer's answer does not name of what an adequate one does."""
        return adequacy.missing(self.description) if self.answers.get("answer") else ()

    @property
    def public_text(self) -> str:
        """The masked copy, where it differs from what was written."""
        masked = redaction.redact(self.description)
        return masked if masked != self.description else ""

    @property
    def field_name(self) -> str:
        """The name of the chosen field."""
        return self.province.field_names().get(str(self.answers.get("field", "")), "")

    @property
    def agency_names(self) -> list[str]:
        """The agencies chosen, or those that would be proposed."""
        codes = self.answers.get("agencies")
        if not isinstance(codes, list):
            codes = report_issue.proposed(self.province, self.answers) if self.answers.get("field") else []
        return [self.province.agency_name(code) for code in codes if code in self.province.agencies]

    @property
    def agencies_sure(self) -> bool:
        """Whether it is clear whose it is."""
        return bool(self.answers.get("field")) and report_issue.is_sure(self.province, self.answers)

    @property
    def agency_reasons(self) -> list[str]:
        """The words that speak for the agencies proposed."""
        return report_issue.reasons(self.province, self.answers) if self.answers.get("field") else []

    @property
    def files(self) -> list[str]:
        """The keys of the files sent so far."""
        kept = self.answers.get("files") or {}
        return [file["id"] for file in kept.get("files", ())]

    @property
    def file_count(self) -> int:
        """How many files were sent so far."""
        return len(self.files)

    @property
    def contact(self) -> str:
        """How to reach the person, in one line."""
        given = self.answers.get("contact") or {}
        return ", ".join(str(given[key]) for key in ("name", "phone", "email") if given.get(key))

    @property
    def tier(self) -> str:
        """How public it would be."""
        return str(self.answers.get("publicity", ""))

    @property
    def business(self) -> str:
        """The business's name, where it wants to be named."""
        return str(self.answers.get("business", ""))

    @property
    def part_code(self) -> str:
        """The part it is about."""
        return str(self.answers.get("part", ""))
