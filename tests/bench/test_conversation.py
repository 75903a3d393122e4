"""The bench drives services with events that Zalo could have sent."""

import json
from datetime import UTC, datetime
from itertools import islice

from bench.conversation import OA_SECRET, Conversation, mac, scripts
from zalobot.zalo.events import Event
from zalobot.zalo.signature import Keys


def test_the_conversation_has_eight_lines():
    assert len(Conversation.load().turns) == 8


def test_every_zalo_line_is_signed_so_that_the_service_accepts_it():
    conversation = Conversation.load()
    (script,) = islice(scripts(conversation, "zalo", 8080), 1)
    for turn, request in zip(conversation.turns, script.requests, strict=True):
        head, _, body = request.partition(b"\r\n\r\n")
        told = json.loads(body)
        signature = f"mac={mac(body, told['timestamp'])}"
        assert signature.encode() in head
        keys = Keys(told["app_id"], told["recipient"]["id"], (OA_SECRET,))
        event = Event.from_http(body, signature, keys=keys, received=datetime.now(UTC))
        assert (event.text, event.person_id) == (turn.said_by(0), script.person.decode())


def test_no_two_events_share_a_key():
    bodies = [
        json.loads(request.partition(b"\r\n\r\n")[2])
        for script in islice(scripts(Conversation.load(), "zalo", 8080), 20)
        for request in script.requests
    ]
    assert len({body["message"]["msg_id"] for body in bodies}) == 160
