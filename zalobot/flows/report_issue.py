"""A business tells us what is wrong; at the end there is a ticket.

The one rule: what was written first, before any question, is already the answer to the first one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from zalobot.flows.engine import Accepted, Answers, Flow, Reading, Rejected, Said, answered
from zalobot.flows.options import Options, best, certain_in_any
from zalobot.flows.question import Question
from zalobot.flows.steps import Choice, Confirm, Contact, Files, Text
from zalobot.flows.words import called, changes, is_word, spoken
from zalobot.province import Province
from zalobot.store.models import Tier
from zalobot.understanding import Intent, Understanding, reader_for

NAME = "report_issue"
WHOLE, LEAD_ONLY, OTHER = "whole", "lead_only", "other"
# What must not become a ticket, with the message that says where it belongs.
ELSEWHERE: Final = {
    Intent.EMERGENCY: "emergency",
    Intent.COMPLAINT: "complaint",
    Intent.DENUNCIATION: "denunciation",
}
PARTS = 3  # as many agencies as one report may name
LIKELY = 3  # so many topics put their fields first


def flow(province: Province) -> Flow:
    """The flow with this province's fields and agencies; `consent` and `publicity` may be answered beforehand."""
    return Flow(
        name=NAME,
        steps=(
            Choice(name="consent", options=called("consent")),
            Description(name="description", at_least=15, at_most=5000, province=province),
            Choice(name="field", options=lambda answers: fields(province, answers)),
            Agencies(name="agencies", province=province),
            Files(name="files", at_most=5),
            Contact(name="contact", optional=True),
            Choice(name="publicity", options=called("publicity")),
            # Only who wants to be named is asked for a name: that of the person in Zalo is never published.
            Text(name="business", at_least=2, at_most=200, when=answered(publicity=Tier.PUBLIC.value)),
            Confirm(
                name="confirm",
                change=changes("description", "field", "agencies", "files", "contact", "publicity"),
                more="description",
            ),
        ),
    )


def beginning(*, consented: bool) -> dict[str, Any]:
    """The answers a report starts with: consent once given is not asked again, the default tier is not asked for."""
    start: dict[str, Any] = {"publicity": Tier.NO_NAME.value}
    return {"consent": "yes", **start} if consented else start


def understood(province: Province, answers: Answers) -> Understanding:
    """What was described, as it is understood."""
    return reader_for(province).read(str(answers.get("description", "")))


def fields(province: Province, answers: Answers) -> Options:
    """The fields, the likeliest for these words first, so that they are the ones on buttons."""
    names = province.field_names()
    likely = [province.topics[topic.code].field for topic in understood(province, answers).topics[:LIKELY]]
    return {code: names[code] for code in dict.fromkeys([*likely, *names])}


def topic_of(province: Province, answers: Answers) -> str:
    """The topic the words point to within the chosen field; the field's first where they point to none."""
    chosen = answers.get("field")
    likely = [topic.code for topic in understood(province, answers).topics]
    of_field = [topic.code for topic in province.topics.values() if topic.field == chosen]
    return next((code for code in likely if code in of_field), of_field[0])


def is_sure(province: Province, answers: Answers) -> bool:
    """Whether the words say clearly enough whose it is, and the person's field does not speak against it."""
    found = understood(province, answers)
    return found.sure and province.topics[found.topics[0].code].field == answers.get("field")


def proposed(province: Province, answers: Answers) -> list[str]:
    """The agencies that would hold a part, the lead first: those the words mean, or mean within the chosen field."""
    if is_sure(province, answers):
        return list(understood(province, answers).proposed)[:PARTS]
    return list(province.agencies_for(topic_of(province, answers), str(answers.get("description", ""))))[:PARTS]


def likeliest(province: Province, answers: Answers) -> list[str]:
    """Where it is not clear whose it is: the lead of the chosen field's topic, then the others the words may mean."""
    others = [agency.code for agency in understood(province, answers).agencies]
    return list(dict.fromkeys([proposed(province, answers)[0], *others]))[:PARTS]


def reasons(province: Province, answers: Answers) -> list[str]:
    """The words that speak for the proposed lead."""
    found = {agency.code: agency.words for agency in understood(province, answers).agencies}
    return list(found.get(proposed(province, answers)[0], ()))


@dataclass(frozen=True, kw_only=True)
class Description(Text):
    """What is wrong, in own words. An emergency gets the numbers to call, a complaint (khiếu nại) or denunciation
    (tố cáo) its own legal path: neither is taken down here (Luật Khiếu nại 02/2011, Luật Tố cáo 25/2018)."""

    province: Province = field(repr=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        wanted = reader_for(self.province).read(said.text).intent
        return Rejected(ELSEWHERE[wanted]) if wanted in ELSEWHERE else super().read(said, answers)


@dataclass(frozen=True, kw_only=True)
class Agencies(Question):
    """Which agencies: as proposed by one tap, only the lead, or others by name. The value is a list of codes."""

    province: Province = field(repr=False)

    def offered(self, answers: Answers) -> Options:
        """All that are proposed, only the lead where there are several, another. Unclear: the likeliest three."""
        labels: Mapping[str, str] = spoken("agencies")
        if not is_sure(self.province, answers):
            names = {code: self.province.agency_name(code) for code in likeliest(self.province, answers)}
            return {**names, OTHER: labels[OTHER]}
        several = len(proposed(self.province, answers)) > 1
        return {code: label for code, label in labels.items() if code != LEAD_ONLY or several}

    def read(self, said: Said, answers: Answers) -> Reading:
        codes, offered = proposed(self.province, answers), self.offered(answers)
        choice = next(iter(offered)) if is_word(said.text, "yes", "send") else certain_in_any(said.text, partial(self.offered, answers), {})
        match choice:
            case "other":
                return Rejected("which")
            case "whole" | "lead_only":
                return Accepted(codes if choice == WHOLE else codes[:1])
            case str():
                return Accepted([choice])
        named = self.province.named_in_order(said.text) or self._nearly(said.text)
        return Accepted(named[:PARTS]) if named else Rejected("not_an_option")

    def _nearly(self, text: str) -> list[str]:
        agencies = self.province.working_agencies
        names = {code: agency.name for code, agency in agencies.items()}
        code = best(text, names, {code: self.province.agency_names(code) for code in agencies})
        return [code] if code else []

    def clear(self, said: Said, answers: Answers) -> bool:
        return len(said.text) <= 60 and isinstance(self.read(said, answers), Accepted)

    def holds(self, value: Any, answers: Answers) -> bool:
        return isinstance(value, list) and bool(value) and all(code in self.province.agencies for code in value)
