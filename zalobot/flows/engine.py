"""Conversations as data: a flow is an ordered set of steps, and the answers are the whole state.

The question being asked is the first that applies and isn't answered. Going back is forgetting an answer; a flow
edited while people are in the middle keeps working. A step only reads; it never sends and never stores.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a person: its text (NFC), its files, and when it was said (ISO, for the record only)."""

    text: str = ""
    files: tuple[dict[str, Any], ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer. `open`: what follows within a moment may still belong to it."""

    value: Any
    open: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """No answer. `reason` names the wording `<step>.<reason>`; `keep` is what is remembered of it all the same.

    `joins` names an earlier step whose answer these words may add to instead.
    """

    reason: str
    keep: Any = None
    joins: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The person wants to answer an earlier step again. A step that has `again(value)` begins with what that gives."""

    step: str


Reading = Accepted | Rejected | Reopened
Condition = Callable[[Answers], bool]


class Step(Protocol):
    """One question. `takes_files`: photos that come while another question is open belong here."""

    @property
    def name(self) -> str: ...
    @property
    def when(self) -> Condition: ...
    @property
    def takes_files(self) -> bool: ...

    def read(self, said: Said, answers: Answers) -> Reading:
        """What this message means as an answer; `answers` may hold an unfinished one under the step's own name."""

    def extend(self, said: Said, value: Any) -> Accepted | None:
        """The answer given a moment ago with this message joined to it, or None where that cannot be."""

    def clear(self, said: Said, answers: Answers) -> bool:
        """Whether this message is plainly an answer to this question and not the rest of the one before."""

    def holds(self, value: Any, answers: Answers) -> bool:
        """Whether a stored answer is a whole and still possible one."""


def always(_: Answers) -> bool:
    """The condition of a question that everybody is asked."""
    return True


def answered(**equals: Any) -> Condition:
    """True where the named answers have these values: `when=answered(field="land")`."""
    return lambda answers: all(answers.get(name) == value for name, value in equals.items())


@dataclass(frozen=True)
class Flow:
    """A conversation with a purpose. Step names are unique and never reused for another meaning."""

    name: str
    steps: tuple[Step, ...]
    by_name: dict[str, Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {step.name: step for step in self.steps}
        if len(by_name) != len(self.steps):
            raise ValueError(f"flow {self.name}: two steps of the same name")
        for step in self.steps:
            more = getattr(step, "more", "")
            for target in (*getattr(step, "change", {}).values(), *([more] if more else ())):
                if target not in by_name:
                    raise ValueError(f"flow {self.name}: {step.name} reopens {target}, which is no step")
        object.__setattr__(self, "by_name", by_name)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message did. `step` is the next question (None: finished); `about` the step that took or refused it.

    `answered` is the step whose answer changed, `reason` why nothing was accepted, `open` as in `Accepted`.
    """

    answers: dict[str, Any]
    step: Step | None
    answered: str | None = None
    reason: str = ""
    open: bool = False
    about: str = ""


def question(flow: Flow, answers: Answers) -> Step | None:
    """The step being asked, None when every step that applies is answered."""
    for step in flow.steps:
        if step.when(answers) and not _answered(step, answers):
            return step
    return None


def _answered(step: Step, answers: Answers) -> bool:
    return step.name in answers and step.holds(answers[step.name], answers)


def advance(flow: Flow, answers: Answers, said: Said, *, joining: str | None = None) -> Turn:
    """Play one message. `joining` names the step answered a moment ago, which the message may belong to."""
    current = question(flow, answers)
    if said.files:
        early = _take_files(flow, answers, replace(said, text=""), current)
        if early is not None:
            if not said.text or early.reason:
                return early
            rest = advance(flow, early.answers, replace(said, files=()), joining=joining)
            # A caption that answers nothing stays with its photo.
            return rest if not rest.reason else _take_files(flow, answers, said, current) or early
    joined = _join(flow, answers, said, current, joining)
    if joined is not None:
        return joined
    if current is None:
        return Turn(dict(answers), None)
    return _read(flow, answers, said, current)


def take_as(flow: Flow, answers: Answers, said: Said, name: str) -> Turn:
    """Play one message as the answer to a named step, whatever question comes first: free text that starts a flow."""
    if said.files:
        early = _take_files(flow, answers, replace(said, text=""), flow.by_name[name])
        if early is not None:
            if not said.text:
                return early
            answers, said = early.answers, replace(said, files=())
    turn = _read(flow, answers, said, flow.by_name[name])
    return replace(turn, step=question(flow, turn.answers))


def _read(flow: Flow, answers: Answers, said: Said, step: Step) -> Turn:
    reading = step.read(said, answers)
    new = dict(answers)
    match reading:
        case Accepted(value, still_open):
            new[step.name] = value
            following = question(flow, new)
            if following is None:
                new = settled(flow, new)
            return Turn(new, following, step.name, open=still_open, about=step.name)
        case Reopened(name):
            new.pop(step.name, None)
            again = getattr(flow.by_name[name], "again", None)
            kept = again(new.pop(name, None)) if again else None
            new = {**new, name: kept} if kept is not None else {at: new[at] for at in new if at != name}
            return Turn(new, question(flow, new), about=name)
        case Rejected(reason, keep, joins):
            if joins and (joined := _join(flow, answers, said, step, joins) or _begin(flow, answers, said, joins)):
                return joined
            if keep is not None:
                new[step.name] = keep
            return Turn(new, step, reason=reason, about=step.name)


def _begin(flow: Flow, answers: Answers, said: Said, name: str) -> Turn | None:
    """The words as the beginning of an answer that is not there yet; None where they cannot be."""
    if _answered(flow.by_name[name], answers):
        return None
    reading = flow.by_name[name].read(said, answers)
    if not isinstance(reading, Accepted):
        return None
    new = {**answers, name: reading.value}
    return Turn(new, question(flow, new), name, open=reading.open, about=name)


def _join(flow: Flow, answers: Answers, said: Said, current: Step | None, joining: str | None) -> Turn | None:
    step = flow.by_name.get(joining or "")
    if step is None or step is current or not _answered(step, answers):
        return None
    if current is not None and current.clear(said, answers):
        return None
    joined = step.extend(said, answers[step.name])
    if joined is None:
        return None
    new = {**answers, step.name: joined.value}
    return Turn(new, question(flow, new), step.name, open=joined.open, about=step.name)


def _take_files(flow: Flow, answers: Answers, said: Said, current: Step | None) -> Turn | None:
    """Photos sent while another question is open are kept for the question about files, never lost."""
    if current is not None and current.takes_files:
        return None
    for step in flow.steps:
        if step.takes_files and step.when(answers):
            reading = step.read(said, answers)
            if isinstance(reading, Accepted):
                new = {**answers, step.name: reading.value}
                return Turn(new, question(flow, new), step.name, open=True, about=step.name)
            if isinstance(reading, Rejected) and not said.text:
                return Turn(dict(answers), current, reason=reading.reason, about=step.name)
            return None
    return None


def back(flow: Flow, answers: Answers) -> dict[str, Any]:
    """The answers without the last one before the question being asked; equal where there is nothing to go back to."""
    current = question(flow, answers)
    before = flow.steps if current is None else flow.steps[: flow.steps.index(current)]
    # What a flow begins with ("", {}, []) was never asked: there is nothing to go back to.
    given = [step.name for step in before if step.when(answers) and answers.get(step.name) and _answered(step, answers)]
    return {name: value for name, value in answers.items() if not given or name != given[-1]}


def settled(flow: Flow, answers: Answers) -> dict[str, Any]:
    """The answers that count: those of steps that apply, and whatever else the caller keeps among them."""
    return {
        name: value
        for name, value in answers.items()
        if name not in flow.by_name or (flow.by_name[name].when(answers) and _answered(flow.by_name[name], answers))
    }


def wording(flow: Flow, turn: Turn) -> str:
    """The message file that says this turn: a refusal, "more of it?", or the next question ("" when finished).

    "More of it?" is said only while that is the question: a photo that came early or late must not hide the open one.
    """
    if turn.reason:
        return f"{flow.name}/{turn.about}.{turn.reason}"
    if turn.step is None:
        return ""
    more = turn.open and turn.step.name == turn.answered and turn.step.takes_files
    return f"{flow.name}/{turn.step.name}{'.more' if more else ''}"
