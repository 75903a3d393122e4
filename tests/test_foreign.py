"""The language of a first message: English is known, Vietnamese without accents is never taken for it."""

import json
from pathlib import Path

import pytest

from zalobot.foreign import asked_for, is_calm, written_in
from zalobot.vietnamese import fold

DATA = Path(__file__).parent / "data"
ENGLISH = (
    "How do I apply for a work permit?",
    "We are a Japanese company looking for land in Dong Mai",
    "Please tell me where to submit the fire safety dossier in Hạ Long",
    "I need help with customs clearance",
    "Our factory has had no electricity since Monday",
    "what is the status of my request?",
    "Could you please check our tax refund, it is six months late",
    "Is there anyone I can call?",
)
VIETNAMESE = (
    "dn em xin hoi thu tuc pccc kho 500m2, nop o dau a?",
    "dn em xin hoi",
    "cho hoi the nao la can the, do minh co it dat",
    "to khai hai quan cua minh bi treo, the thi do ai",
    "anh chi oi, may may bi hong do dien yeu, can xin den bu the nao",
    "cty em can lam license ban ruou, hoi office nao",
    "xin cap work permit cho chuyen gia, nop online duoc khong",
    "Công ty tôi muốn hỏi về work permit for foreign workers",
)
UNDECIDED = ("", "hi", "Hello", "ok", "1", "work permit", "CCCD", "QN-2611-00042", "👍", "the the the can do to")


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_known(text: str) -> None:
    assert written_in(text) == "en"
    assert written_in(text.upper()) == "en"


@pytest.mark.parametrize("text", VIETNAMESE)
def test_vietnamese_is_never_english(text: str) -> None:
    assert written_in(text) == "vi"
    assert written_in(fold(text)) != "en"
    assert written_in(fold(text).upper()) != "en"


@pytest.mark.parametrize("text", UNDECIDED)
def test_what_may_be_either_decides_nothing(text: str) -> None:
    assert written_in(text) == ""


def test_no_message_of_the_samples_with_a_vietnamese_letter_is_english_without_its_marks() -> None:
    files = sorted(DATA.glob("messages_*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    vietnamese = [row["text"] for row in rows if fold(row["text"]) != " ".join(row["text"].lower().split())]
    assert len(vietnamese) > 200
    assert [text for text in vietnamese if written_in(fold(text)) == "en"] == []


def test_a_language_is_asked_for_by_its_name_alone() -> None:
    assert [asked_for(text) for text in ("English", "english please!", "Tieng Anh", "TIẾNG VIỆT", "Vietnamese")] == [
        *("en", "en", "en", "vi", "vi")
    ]
    assert asked_for("I do not speak English well") == asked_for("") == asked_for("?") == ""


def test_only_a_foreign_text_without_a_cry_for_help_is_calm() -> None:
    assert is_calm("He is Korean and the permit expires on 31 December")
    assert is_calm("Is there any fee for this?")
    assert not is_calm("There is a fire in our factory")
    assert not is_calm("Please help, two of our workers are trapped")
    assert not is_calm("xuong chay roi")
    assert not is_calm("cty em hoi phi")
