"""How well messages are understood, held to floors. `./run eval` prints the same in full.

None of these messages is in anybody's training. `messages_third` to `messages_fifth` were written before what they
measure. `messages_hard` has the intents as they are hardest to tell; what was misread of it was looked at while phrases
were written, of `messages_fifth` it was not.
"""

import pytest

from tests.calendars import DATA
from zalobot.province import load
from zalobot.understanding import Reader, measuring, phrases
from zalobot.understanding.sources import read
from zalobot.vietnamese import plain

PROVINCE = load("quang-ninh")
SHIPPED = Reader(PROVINCE)
UNSEEN = ["messages_first", "messages_second", "messages_third", "messages_fourth", "messages_hard", "messages_fifth"]
MATTERS = UNSEEN[:4]  # sets with enough of them to tell a point from a row


def messages(name: str) -> tuple[phrases.Sample, ...]:
    return phrases.rows((DATA / f"{name}.jsonl").read_text(encoding="utf-8"))


def figures(rows: tuple[phrases.Sample, ...]) -> measuring.Figures:
    return measuring.figures(measuring.judged(rows, lambda _: SHIPPED.read))


@pytest.mark.parametrize("name", ["messages_hard", "messages_fifth"])
def test_hard_messages_of_every_intent_are_told_apart(name: str) -> None:
    found = figures(messages(name))
    assert len(found.intents) == 19
    assert found.macro_f1 >= 0.9
    assert found.must_be_found.value >= 0.98


def test_english_is_understood() -> None:
    found = figures(phrases.english_messages())
    assert found.macro_f1 >= 0.85
    assert found.lead_first.value >= 0.8
    assert found.must_be_found.value == 1.0


@pytest.mark.parametrize("name", MATTERS)
def test_typed_otherwise_a_matter_still_goes_to_the_same_agency(name: str) -> None:
    rows = messages(name)
    lead = figures(rows).lead_first.value
    lost = {way: lead - other.lead_first.value for way, other in measuring.losses(rows, lambda _: SHIPPED.read)}
    assert (lost["without accents"] <= 0.03, lost["abbreviated"] <= 0.03) == (True, True)
    assert lost["with typos"] <= 0.04


@pytest.mark.parametrize("name", MATTERS)
def test_messages_that_were_never_trained_on_are_understood(name: str) -> None:
    found = figures(messages(name))
    assert found.macro_f1 >= 0.90
    assert found.lead_first.value >= 0.85
    assert found.lead_of_three.value >= 0.97
    assert found.sure_right.value >= 0.9


@pytest.mark.slow
def test_the_samples_are_understood_by_models_trained_without_them() -> None:
    rows = phrases.samples()
    read = measuring.folded(PROVINCE, rows, 2, share=0.3)  # the short form: of the phrases a third
    found = measuring.figures(measuring.judged(rows, read))
    assert found.macro_f1 >= 0.90
    assert found.lead_first.value >= 0.85
    assert found.lead_of_three.value >= 0.97
    assert found.must_be_found.value >= 0.98
    lost = {name: found.macro_f1 - other.macro_f1 for name, other in measuring.losses(rows, read)}
    assert (lost["without accents"] <= 0.03, lost["abbreviated"] <= 0.03) == (True, True)


def test_no_unseen_message_is_among_what_is_trained_on() -> None:
    trained = {phrase.text for phrase in phrases.pack_phrases("quang-ninh")} | {row.text for row in phrases.samples()}
    unseen = {row.text for name in UNSEEN for row in messages(name)} | {row.text for row in phrases.english_messages()}
    assert unseen & trained == set()


def test_hard_and_english_messages_are_no_phrases_of_an_intent_either() -> None:
    said = {
        plain(text)
        for name in ("intents", "english")
        for about in read(name).values()
        for text in about.get("said", ())
    }
    rows = [*messages("messages_hard"), *messages("messages_fifth"), *phrases.english_messages()]
    assert said.isdisjoint(plain(row.text) for row in rows)


def test_figures_count_what_they_say() -> None:
    rows = phrases.rows(
        '{"text": "hoàn thuế gtgt sáu tháng chưa có, đề nghị xem xét", "intent": "phan_anh_kien_nghi", "topic": "thue",'
        ' "agencies": ["THUE"]}\n{"text": "cảm ơn ad", "intent": "spam"}\n'
    )
    found = measuring.figures(measuring.judged(rows, lambda _: SHIPPED.read))
    assert (found.lead_first.right, found.lead_first.of, found.macro_f1) == (1, 1, 0.5)
    assert found.must_be_found.value == 1.0
