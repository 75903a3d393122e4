"""What a person has put together so far, as the wording sees it before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zalobot import redaction
from zalobot.flows import report_issue
from zalobot.flows.pieces import Piece, pieces
from zalobot.province import Province
from zalobot.store.models import Tier
from zalobot.tickets import adequacy

_WRITTEN = ("description", "reply", "answer", "question", "reason")


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """The answers of a flow under way. Everything is read from them; nothing is stored.

    `alike` is how many of the agency's last answers an officer's answer nearly repeats; `asks_notices`: whether notices
    are offered together with it.
    """

    answers: Mapping[str, Any]
    province: Province
    alike: int = 0
    asks_notices: bool = False

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
        """The masked copy as the writer wants it, where it differs from what was written."""
        masked = redaction.redact(self.description, **self.masks)
        return masked if masked != self.description else ""

    @property
    def masks(self) -> dict[str, list[str]]:
        """What the writer wants shown and hidden in the public copy."""
        chosen = self.answers.get("pieces") or {}
        return {name: list(chosen.get(name, ())) for name in ("shown", "hidden")}

    @property
    def pieces(self) -> list[Piece]:
        """The pieces of the public copy, each with its reason."""
        return pieces(self.answers)

    @property
    def found_answer(self) -> Mapping[str, Any]:
        """The known answer that was found for the words."""
        return self.answers.get("found_answer") or {}

    @property
    def found_ticket(self) -> Mapping[str, Any]:
        """The open ticket of the same matter that was found for the words."""
        return self.answers.get("found_ticket") or {}

    @property
    def topic_name(self) -> str:
        """The name of the topic that the ticket will have, within the chosen field where there is one."""
        if not self.description:
            return ""
        return self.province.topic_name(report_issue.topic_of(self.province, self.answers))

    @property
    def agency_names(self) -> list[str]:
        """The agencies chosen, or those that would be proposed."""
        return [self.province.agency_name(code) for code in self.agencies if code in self.province.agencies]

    @property
    def agencies(self) -> list[str]:
        """The codes of the agencies chosen, or of those proposed."""
        chosen = self.answers.get("agencies")
        if isinstance(chosen, list) and chosen:
            return chosen
        return report_issue.proposed(self.province, self.answers) if self.description else []

    @property
    def agencies_sure(self) -> bool:
        """Whether it is clear whose it is."""
        return bool(self.description) and report_issue.is_sure(self.province, self.answers)

    @property
    def agency_reasons(self) -> list[str]:
        """The words that speak for the agencies proposed; none where somebody chose others."""
        if not self.description or self.answers.get("agencies"):
            return []
        return report_issue.reasons(self.province, self.answers)

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
        return ", ".join(str(self.who[key]) for key in ("person", "phone", "email") if self.who.get(key))

    @property
    def who(self) -> Mapping[str, Any]:
        """Who writes, as it stands."""
        return report_issue.who(self.answers)

    @property
    def known(self) -> Mapping[str, Any]:
        """What the business said of itself in an earlier report."""
        known: Mapping[str, Any] = self.answers.get("known") or {}
        return known

    @property
    def doubt(self) -> str:
        """A tax code that cannot be, as it was typed."""
        return str((self.answers.get("who") or {}).get("doubt", ""))

    @property
    def tier(self) -> str:
        """How public it would be."""
        return str(self.answers.get("publicity") or Tier.NO_NAME)

    @property
    def business(self) -> str:
        """The business's name: the one to be named in public where it gave one, else as it called itself."""
        return str(self.answers.get("business") or self.who.get("name", ""))

    @property
    def public_name(self) -> str:
        """The business's name, where it wants to be named."""
        return self.business if self.tier == Tier.PUBLIC else ""

    @property
    def part_code(self) -> str:
        """The part it is about."""
        return str(self.answers.get("part", ""))
