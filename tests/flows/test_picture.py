"""The drawing of a conversation is made of the conversation, and nothing of it is missing."""

from itertools import combinations

import pytest

from zalobot import flows
from zalobot.flows.picture import LETTERS, Node, Picture, picture
from zalobot.message_contexts import CONTEXTS
from zalobot.province import load

PICTURES = {name: picture(make(load("quang-ninh")), CONTEXTS) for name, make in flows.FLOWS.items()}


def overlap(one: Node, other: Node) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("name", PICTURES)
def test_every_message_of_a_flow_is_in_its_drawing_and_told_in_words(name: str) -> None:
    drawn = PICTURES[name]
    assert {message for message in CONTEXTS if message.startswith(f"{name}/")} <= drawn.messages
    told = {said for one in drawn.told for said in (one.message, *one.refusals)}
    assert told | set(drawn.after) | set(drawn.aside) == drawn.messages
    assert drawn.messages <= set(CONTEXTS)
    assert drawn.after


@pytest.mark.parametrize("name", PICTURES)
def test_boxes_do_not_lie_on_each_other_and_arrows_stay_inside(name: str) -> None:
    drawn = PICTURES[name]
    assert [(a.message, b.message) for a, b in combinations(drawn.nodes, 2) if overlap(a, b)] == []
    assert all(node.x >= 0 and node.x + node.width <= drawn.width for node in drawn.nodes)
    assert [line for node in drawn.nodes for line in node.lines if len(line) > LETTERS] == []
    assert all(node.y >= 0 and node.y + node.height <= drawn.height for node in drawn.nodes)


def test_what_is_asked_and_what_is_passed_over_is_told_apart() -> None:
    report = PICTURES["report_issue"]
    asked = {one.message.partition("/")[2]: one for one in report.told}
    assert not asked["description"].sometimes
    assert not asked["confirm"].sometimes
    assert asked["at_once"].sometimes
    assert asked["field"].sometimes
    assert asked["consent"].answers == ("Đồng ý", "Không đồng ý")
    assert "report_issue/description" in asked["confirm"].reopens
    assert {arrow.kind for arrow in report.arrows} == {"next", "skip", "back", "refusal"}


def test_every_question_leads_on() -> None:
    for name, drawn in PICTURES.items():
        onward = [arrow for arrow in drawn.arrows if arrow.kind == "next"]
        assert len(onward) == len(drawn.told), name


def test_a_question_that_is_new_is_drawn_by_itself() -> None:
    """The drawing is not a list kept beside the flow."""
    flow = flows.FLOWS["withdraw"](load("quang-ninh"))
    more = [*CONTEXTS, "withdraw/confirm.again", "withdraw/later"]
    drawn: Picture = picture(flow, more)
    assert {"withdraw/confirm.again", "withdraw/later"} <= drawn.messages
    assert drawn.aside == ("withdraw/later",)
