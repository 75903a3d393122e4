"""What opens Zalo's window, by the event's own time, and what does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.journeys.stage import APP, OA, Stage
from zalobot.store.models import Conversation


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    made = Stage(sqlite_url)
    yield made
    made.store.close_now()


def wrote(stage: Stage, person: str) -> datetime | None:
    def read(session: Session) -> datetime | None:
        talk = session.get(Conversation, person)
        return talk.last_interaction_at if talk else None

    return stage.store.read_now(read)


def event(name: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {"app_id": APP, "event_name": name, "timestamp": str(int(at.timestamp() * 1000)), **more}


LAN, OURS = {"sender": {"id": "lan"}, "recipient": {"id": OA}}, {"sender": {"id": OA}, "recipient": {"id": "lan"}}
ABOUT = {"oa_id": OA, "user_id": "lan"}
OPENS = [
    ("user_send_text", {**LAN, "message": {"text": "chào", "msg_id": "m1"}}),
    ("user_send_sticker", {**LAN, "message": {"msg_id": "m1", "attachments": [{"type": "sticker", "payload": {}}]}}),
    ("follow", {"oa_id": OA, "follower": {"id": "lan"}}),
    ("user_click_chatnow", ABOUT),
    ("user_call_oa", ABOUT),
    ("widget_interaction_accepted", {"oa_id": OA, "data": {"user_id": "lan"}}),
]
LEAVES_SHUT = [
    ("user_received_message", {**OURS, "message": {"msg_id": "m1"}}),
    ("user_seen_message", {**OURS, "message": {"msg_ids": ["m1"]}}),
    ("user_reacted_message", {**LAN, "message": {"msg_id": "m1", "react_icon": "/-heart"}}),
    ("oa_send_text", {**OURS, "message": {"text": "chào", "msg_id": "m1"}}),
    ("oa_call_user", ABOUT),
    ("unfollow", {"oa_id": OA, "follower": {"id": "lan"}}),
    ("user_submit_info", {**LAN, "info": {"name": "Lan"}}),
]


@pytest.mark.parametrize(("name", "more"), OPENS, ids=[name for name, _ in OPENS])
def test_a_word_a_follow_and_a_call_open_it_by_their_own_time(stage: Stage, name: str, more: dict[str, Any]) -> None:
    at = (stage.now - timedelta(minutes=40)).replace(microsecond=0)
    stage.hear(event(name, at, **more))
    assert stage.failures() == []
    assert wrote(stage, "lan") == at


@pytest.mark.parametrize(("name", "more"), LEAVES_SHUT, ids=[name for name, _ in LEAVES_SHUT])
def test_receipts_reactions_and_what_the_account_does_leave_it_shut(
    stage: Stage, name: str, more: dict[str, Any]
) -> None:
    stage.hear(event(name, stage.now, **more))
    assert stage.failures() == []
    assert wrote(stage, "lan") is None


def test_an_event_that_comes_late_never_sets_it_back(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.says("xin chào")
    before = wrote(stage, "lan")
    assert before == stage.now
    late = stage.now - timedelta(hours=1)
    for name, more in OPENS:
        stage.hear(event(name, late, **{**more, "message": {**more.get("message", {}), "msg_id": f"late-{name}"}}))
    assert wrote(stage, "lan") == before


def test_staff_have_a_window_too(stage: Stage) -> None:
    ha = stage.officer("Hà", "SXD")
    assert wrote(stage, ha.id) == stage.now
    stage.now += timedelta(days=1)
    ha.says("việc của tôi")
    assert wrote(stage, ha.id) == stage.now
