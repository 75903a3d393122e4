"""Whatever the bot says without being asked goes through one door, which gives it a code."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import zalobot
from zalobot import province as packs
from zalobot import speech, templating
from zalobot.message_contexts import CONTEXTS
from zalobot.tickets import pushing
from zalobot.web import checking
from zalobot.zalo.messages import Outgoing, parts

HERE = Path(zalobot.__file__).parent
ANSWERS = {
    "handlers/talking.py",  # what is said in a turn
    "tickets/calling.py",  # "given back", which follows the words of a member of staff
    "studio/telling.py",  # a trial, for the editor who asks for it
    "tickets/pushing.py",  # the door
}


def test_only_answers_are_queued_past_the_door() -> None:
    found = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.py") if "outbox.enqueue(" in path.read_text()}
    assert found == ANSWERS


def test_what_the_check_page_knows_by_name_is_there() -> None:
    assert {*checking._OF_SEVERAL, *checking._INSIDE} <= CONTEXTS.keys()


@pytest.mark.parametrize("length", [1900, 1990, 4000])
def test_a_long_push_leaves_in_messages_that_zalo_takes_and_the_last_has_the_code(length: int) -> None:
    place = SimpleNamespace(info={"public_url": "https://doanhnghiephoi.quangninh.gov.vn"})
    templating.use(speech.wording(packs.load("quang-ninh")))
    words = ("phần việc " * length)[:length].strip()
    said, code = pushing.coded(place, templating.Rendered(words, (), "reminders/digest_officer", "1"))  # type: ignore[arg-type]
    pieces = parts(Outgoing(said.text))
    assert all(len(piece.text) <= 2000 for piece in pieces)
    assert pieces[-1].text.endswith(f"mã {code}.")
