"""What Zalo echoes settles our own row, also where the words stand in what hangs on the message."""

from datetime import timedelta
from typing import Any

from tests.journeys.stage import APP, OA, Stage
from tests.rooms import outbox_rows
from zalobot import outbox
from zalobot.store.models import OutboxState
from zalobot.templating import Rendered

SENT, SENDING = OutboxState.SENT, OutboxState.SENDING
ECHOES: list[tuple[dict[str, Any], OutboxState]] = [
    ({"text": "Anh/chị chọn một mục"}, SENT),
    ({"text": "Anh/chị  chọn\nmột mục "}, SENT),
    ({"attachments": [{"type": "template", "payload": {"text": "Anh/chị chọn một mục"}}]}, SENT),
    ({"text": "Anh/chị chọn một mục\nXem: https://kenh.example.vn"}, SENT),
    ({"text": "Một tin khác"}, SENDING),
    ({}, SENDING),
]


def test_an_echo_settles_the_row_with_its_words(database_url: str) -> None:
    stage = Stage(database_url)
    people = [stage.person(f"p{number}") for number in range(len(ECHOES))]
    for person in people:
        person.says("xin chào")
    said, now = Rendered("Anh/chị chọn một mục", (("Xem", "https://kenh.example.vn"),), "test", "1"), stage.now
    ids = [stage.store.run_now(outbox.enqueue, person.id, said, now=now) for person in people]
    stage.store.run_now(outbox.claim, now, 50)
    at = str(int((now + timedelta(seconds=1)).timestamp() * 1000))
    for number, (message, _) in enumerate(ECHOES):
        about = {"sender": {"id": OA}, "recipient": {"id": f"p{number}"}, "app_id": APP, "timestamp": at}
        stage.hear({**about, "event_name": "oa_send_text", "message": {**message, "msg_id": f"echo{number}"}})
    states = {row.id: row.state for row in stage.store.read_now(outbox_rows)}
    assert [states[row_id] for row_id in ids] == [state for _, state in ECHOES]
    stage.store.close_now()
