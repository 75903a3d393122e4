"""What Zalo echoes settles our own row, also where the words stand in what hangs on the message."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.stage import APP, OA, Stage
from tests.rooms import outbox_rows
from zalobot import outbox
from zalobot.store.models import OutboxState
from zalobot.templating import Rendered


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    made = Stage(database_url)
    yield made
    made.store.close_now()


@pytest.mark.parametrize(
    ("message", "state"),
    [
        ({"text": "Anh/chị chọn một mục"}, OutboxState.SENT),
        ({"text": "Anh/chị  chọn\nmột mục "}, OutboxState.SENT),
        ({"attachments": [{"type": "template", "payload": {"text": "Anh/chị chọn một mục"}}]}, OutboxState.SENT),
        ({"text": "Anh/chị chọn một mục\nXem: https://kenh.example.vn"}, OutboxState.SENT),
        ({"text": "Một tin khác"}, OutboxState.SENDING),
        ({}, OutboxState.SENDING),
    ],
)
def test_an_echo_settles_the_row_with_its_words(stage: Stage, message: dict[str, Any], state: OutboxState) -> None:
    lan, now = stage.person("lan"), stage.now
    lan.says("xin chào")
    said = Rendered("Anh/chị chọn một mục", (("Xem", "https://kenh.example.vn"),), "test", "1")
    row_id = stage.store.run_now(outbox.enqueue, lan.id, said, now=now)
    stage.store.run_now(outbox.claim, now, 50)
    at = str(int((now + timedelta(seconds=1)).timestamp() * 1000))
    ids = {"sender": {"id": OA}, "recipient": {"id": lan.id}, "app_id": APP, "timestamp": at}
    stage.hear({**ids, "event_name": "oa_send_text", "message": {**message, "msg_id": "echo1"}})
    assert [row.state for row in stage.store.read_now(outbox_rows) if row.id == row_id] == [state]
