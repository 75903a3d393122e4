"""A business tells us what is wrong; at the end there is a ticket.

The one rule: what was written first, before any question, is already the answer to the first one, and nothing is asked
that the words have said: whose matter it is, only where that is not clear; who writes, once, and then confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from zalobot.flows import at_once
from zalobot.flows.engine import Accepted, Answers, Flow, Reading, Rejected, Said
from zalobot.flows.options import Options, best, certain_in_any
from zalobot.flows.pieces import Pieces
from zalobot.flows.question import Question
from zalobot.flows.steps import Choice, Confirm, Files, Text
from zalobot.flows.who import OF_A_PERSON, Who, in_the_words, is_a_piece
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
URGENT: Final = 0.55  # how sure an emergency must be to be nothing else
PARTS = 3  # as many agencies as one report may name
LIKELY = 3  # so many topics put their fields first


def flow(province: Province) -> Flow:
    """The flow with this province's fields and agencies.

    What `beginning` answers with "", [] or {} is asked only where somebody wants to change it.
    """
    return Flow(
        name=NAME,
        steps=(
            *at_once.steps(),
            at_once.Offer(name="consent", options=called("consent")),
            Description(name="description", at_least=15, at_most=5000, province=province),
            Choice(name="field", options=lambda answers: fields(province, answers), optional=True),
            Agencies(name="agencies", province=province),
            Files(name="files", at_most=5),
            Choice(name="still", options=called("still"), when=lambda answers: asks_whether_still(province, answers)),
            Who(name="who", province=province, spared=lambda answers: is_known(province, answers)),
            Choice(name="publicity", options=called("publicity"), optional=True),
            # Only who wants to be named is asked for a name: that of the person in Zalo is never published.
            Text(name="business", at_least=2, at_most=200, when=wants_a_name),
            Pieces(name="pieces"),
            Confirm(
                name="confirm",
                change=changes("description", "field", "agencies", "files", "who", "publicity", "pieces"),
                more="description",
            ),
        ),
    )


def beginning(*, consented: bool, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The answers a report starts with. `known` is what the business said of itself in an earlier one."""
    start: dict[str, Any] = {"field": "", "agencies": [], "files": {}, "who": {}, "publicity": "", "pieces": {}}
    if known:
        start["known"] = dict(known)
    return {"consent": "yes", **start} if consented else start


def asks_whether_still(province: Province, answers: Answers) -> bool:
    """Whether it is asked if the business is the one it was: it is known, and this is more than a question."""
    known = answers.get("known") or {}
    said = in_the_words(str(answers.get("description", ""))).get("tax_code")
    return bool(known.get("name") or known.get("tax_code")) and not said and not is_question(province, answers)


def is_known(province: Province, answers: Answers) -> bool:
    """Whether nobody needs to be asked who writes: a question; a business that is still the one it was; or one that
    did not want to say."""
    known = answers.get("known") or {}
    silent = bool(known) and not asks_whether_still(province, answers)
    said = bool(in_the_words(str(answers.get("description", ""))).get("tax_code"))
    return said or silent or is_question(province, answers) or answers.get("still") == "yes"


def is_question(province: Province, answers: Answers) -> bool:
    """Whether the words only ask something."""
    return understood(province, answers).intent is Intent.QUESTION


def wants_a_name(answers: Answers) -> bool:
    """Whether the business is to be named in public, and has not said how it is called."""
    return answers.get("publicity") == Tier.PUBLIC and not who(answers).get("name")


def who(answers: Answers) -> Mapping[str, Any]:
    """Who writes, as it stands: what was said in this report, else what is known, and what the words themselves say."""
    said: Mapping[str, Any] = answers.get("who") or {}
    known: Mapping[str, Any] = answers.get("known") or {}
    words = in_the_words(str(answers.get("description", "")))
    other = answers.get("still") == "other" or words.get("tax_code", known.get("tax_code")) != known.get("tax_code")
    if not other and said.keys() & OF_A_PERSON and not said.keys() & {"name", "tax_code"}:
        return {**words, **known, **said}
    return {**words, **(said if said or other else known)}


def understood(province: Province, answers: Answers) -> Understanding:
    """What was described, as it is understood."""
    return reader_for(province).read(str(answers.get("description", "")))


def may_be_urgent(found: Understanding) -> bool:
    """Whether it may be an emergency, but not so surely that it is no matter: then the numbers are told beside."""
    return found.intent is Intent.EMERGENCY and found.confidence < URGENT


def fields(province: Province, answers: Answers) -> Options:
    """The fields, the likeliest for these words first, so that they are the ones on buttons."""
    names = province.field_names()
    likely = [province.topics[topic.code].field for topic in understood(province, answers).topics[:LIKELY]]
    return {code: names[code] for code in dict.fromkeys([*likely, *names])}


def topic_of(province: Province, answers: Answers) -> str:
    """The topic the words point to, within the chosen field or that of the chosen agency where there is one."""
    likely, chosen = [topic.code for topic in understood(province, answers).topics], answers.get("field")
    among = [topic.code for topic in province.topics.values() if topic.field == chosen]
    if not among and answers.get("agencies") and not understood(province, answers).sure:
        among = [topic.code for topic in province.topics.values() if topic.lead == answers["agencies"][0]]
    if not among:
        return likely[0] if likely else province.fallback_topic
    return next((code for code in (*likely, chosen) if code in among), among[0])


def is_sure(province: Province, answers: Answers) -> bool:
    """Whether the words say clearly enough whose it is, and the person's field does not speak against it."""
    found, chosen = understood(province, answers), answers.get("field")
    return found.sure and (not chosen or province.topics[found.topics[0].code].field == chosen)


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
    lead = proposed(province, answers)[0]
    return list(next((one.words for one in understood(province, answers).agencies if one.code == lead), ()))


@dataclass(frozen=True, kw_only=True)
class Description(Text):
    """What is wrong, in own words. An emergency gets the numbers to call, a complaint (khiếu nại) or denunciation
    (tố cáo) its own legal path: neither is taken down here (Luật Khiếu nại 02/2011, Luật Tố cáo 25/2018)."""

    province: Province = field(repr=False)

    def read(self, said: Said, answers: Answers) -> Reading:
        found = reader_for(self.province).read(said.text)
        if found.intent not in ELSEWHERE or may_be_urgent(found):
            return super().read(said, answers)
        return Rejected(ELSEWHERE[found.intent])


@dataclass(frozen=True, kw_only=True)
class Agencies(Question):
    """Which agencies: as proposed by one tap, only the lead, or others by name. The value is a list of codes.

    [] is "as proposed", which will do where it is clear whose it is. Who does not know leaves it to the coordinators;
    a sentence that names no agency tells more of the matter.
    """

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
        choice = (
            next(iter(offered))
            if is_word(said.text, "yes", "send", "skip", "unsure")
            else certain_in_any(said.text, partial(self.offered, answers), {})
        )
        match choice:
            case "other":
                return Rejected("which")
            case "whole" | "lead_only":
                return Accepted(codes if choice == WHOLE else codes[:1])
            case str():
                return Accepted([choice])
        if is_word(said.text, "no"):
            return Rejected("which")
        named = self.province.named_in_order(said.text) or self._nearly(said.text)
        told = "description" if is_a_piece(said.text) else ""
        return Accepted(named[:PARTS]) if named else Rejected("not_an_option", joins=told)

    def _nearly(self, text: str) -> list[str]:
        agencies = self.province.working_agencies
        names = {code: agency.name for code, agency in agencies.items()}
        code = best(text, names, {code: self.province.agency_names(code) for code in agencies})
        return [code] if code else []

    def clear(self, said: Said, answers: Answers) -> bool:
        return len(said.text) <= 60 and isinstance(self.read(said, answers), Accepted)

    def holds(self, value: Any, answers: Answers) -> bool:
        if value == []:
            return is_sure(self.province, answers)
        return isinstance(value, list) and all(code in self.province.agencies for code in value)
