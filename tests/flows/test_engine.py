"""A flow is its questions; the answers are the whole state."""

from typing import Any

import pytest

from zalobot.flows.engine import Accepted, Flow, Said, advance, answered, back, question, settled, wording
from zalobot.flows.steps import Choice, Confirm, Contact, Files, Text

FIELDS = {"land": "Đất đai", "tax": "Thuế, hóa đơn", "other": "Khác"}
REPORT = Flow(
    name="report",
    steps=(
        Text(name="description", at_least=10),
        Choice(name="field", options=FIELDS),
        Text(name="parcel", when=answered(field="land")),
        Files(name="files", at_most=2),
        Contact(name="contact", optional=True),
        Confirm(name="confirm", change={"nội dung": "description", "tệp": "files"}, more="description"),
    ),
)
PHOTO = {"kind": "image", "url": "https://x/1.jpg"}


def play(*messages: str | Said, answers: dict[str, Any] | None = None) -> tuple[dict[str, Any], list[str]]:
    """Say these one after another, far apart in time; the words that came back."""
    state, said = dict(answers or {}), []
    for message in messages:
        turn = advance(REPORT, state, Said(message) if isinstance(message, str) else message)
        state = turn.answers
        said.append(wording(REPORT, turn))
    return state, said


def test_a_conversation_asks_what_applies_and_ends() -> None:
    state, said = play("Hồ sơ đất bị trả lại ba lần", "1", "thửa 12, tờ 4", "bỏ qua", "0912 345 678 anh Nam", "gửi")
    assert said == ["report/field", "report/parcel", "report/files", "report/contact", "report/confirm", ""]
    assert state == {
        "description": "Hồ sơ đất bị trả lại ba lần",
        "field": "land",
        "parcel": "thửa 12, tờ 4",
        "files": {"files": [], "done": True},
        "contact": {"name": "anh Nam", "phone": "0912345678", "email": ""},
        "confirm": True,
    }


def test_the_parcel_is_asked_only_about_land() -> None:
    assert play("Hóa đơn bị cưỡng chế", "thuế")[1] == ["report/field", "report/files"]


def test_a_refusal_names_its_words_and_changes_nothing() -> None:
    state, said = play("Hồ sơ bị trả lại", "trên trời")
    assert said[-1] == "report/field.not_an_option"
    assert "field" not in state


def test_bubbles_that_are_too_short_add_up() -> None:
    state, said = play("hồ sơ", "bị trả", "lại")
    assert said == ["report/description.too_short", "report/field", "report/field.not_an_option"]
    assert state["description"] == "hồ sơ\nbị trả"


def test_going_back_forgets_the_last_answer() -> None:
    state, _ = play("Hồ sơ đất bị trả lại", "1", "thửa 12")
    state = back(REPORT, state)
    assert question(REPORT, state) is REPORT.by_name["parcel"]
    state = back(REPORT, back(REPORT, state))
    assert state == {}
    assert back(REPORT, state) == {}


def test_going_back_from_the_end_reaches_the_confirmation() -> None:
    state, _ = play("Hóa đơn bị cưỡng chế", "2", "xong", "bỏ qua", "ok")
    assert question(REPORT, state) is None
    assert question(REPORT, back(REPORT, state)) is REPORT.by_name["confirm"]


def test_a_step_can_be_answered_again_from_the_confirmation() -> None:
    state, said = play("Hóa đơn bị cưỡng chế", "2", "xong", "bỏ qua", "sửa nội dung", "Hóa đơn bị khóa", "gửi")
    assert said[-3:] == ["report/description", "report/confirm", ""]
    assert state["description"] == "Hóa đơn bị khóa"


def test_an_option_that_no_longer_exists_is_asked_again() -> None:
    assert question(REPORT, {"description": "Hồ sơ bị trả lại", "field": "forestry"}) is REPORT.by_name["field"]


def test_a_question_added_meanwhile_is_asked() -> None:
    longer = Flow("report", (*REPORT.steps[:1], Text(name="place"), *REPORT.steps[1:]))
    step = question(longer, {"description": "Hồ sơ bị trả lại", "field": "tax"})
    assert step is not None
    assert step.name == "place"


def test_answers_to_questions_that_no_longer_apply_do_not_count() -> None:
    state = {"description": "Hồ sơ bị trả lại", "field": "tax", "parcel": "thửa 12", "started_at": "2026-11-23"}
    assert settled(REPORT, state) == {"description": "Hồ sơ bị trả lại", "field": "tax", "started_at": "2026-11-23"}


class TestSeveralMessagesAreOneAnswer:
    def test_what_follows_within_a_moment_joins_the_text(self) -> None:
        first = advance(REPORT, {}, Said("hồ sơ đất bị trả lại"))
        assert (first.answered, first.open) == ("description", True)
        second = advance(REPORT, first.answers, Said("ba lần rồi, mỗi lần một lý do"), joining="description")
        assert second.answers == {"description": "hồ sơ đất bị trả lại\nba lần rồi, mỗi lần một lý do"}
        assert (second.answered, second.open, second.step) == ("description", True, REPORT.by_name["field"])

    @pytest.mark.parametrize("clear", ["1", "Đất đai", "dat dai", "land", "1. Đất đai"])
    def test_a_clear_answer_to_the_question_does_not_join(self, clear: str) -> None:
        turn = advance(REPORT, {"description": "hồ sơ đất bị trả lại"}, Said(clear), joining="description")
        assert turn.answers == {"description": "hồ sơ đất bị trả lại", "field": "land"}

    def test_skipping_the_files_does_not_join(self) -> None:
        state = {"description": "Hóa đơn bị khóa", "field": "tax"}
        turn = advance(REPORT, state, Said("bỏ qua"), joining="description")
        assert turn.step is REPORT.by_name["contact"]

    def test_an_answer_of_another_kind_is_never_joined(self) -> None:
        turn = advance(REPORT, {"description": "Hóa đơn bị khóa", "field": "tax"}, Said("0912"), joining="field")
        assert turn.reason == "not_a_file"

    def test_photos_add_up_until_done(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", Said(files=(PHOTO,)), Said("mặt sau", (PHOTO,)), "xong")
        assert said[2:] == ["report/files.more", "report/files.more", "report/contact"]
        assert state["files"] == {"files": [PHOTO, {**PHOTO, "caption": "mặt sau"}], "done": True}

    def test_one_photo_too_many_is_said_and_the_others_stay(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", *[Said(files=(PHOTO,))] * 3)
        assert said[-1] == "report/files.too_many"
        assert len(state["files"]["files"]) == 2

    def test_photos_sent_early_are_kept_for_their_question(self) -> None:
        state, said = play(Said("Hồ sơ đất bị trả lại", (PHOTO,)))
        assert said == ["report/field"]
        assert state == {"description": "Hồ sơ đất bị trả lại", "files": {"files": [PHOTO], "done": False}}
        state, said = play(Said(files=(PHOTO,)), answers=state)
        assert said == ["report/field"]
        assert question(REPORT, state) is REPORT.by_name["field"]

    def test_a_photo_sent_late_still_counts(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", "xong", "bỏ qua", Said(files=(PHOTO,)))
        assert said[-1] == "report/confirm"
        assert state["files"] == {"files": [PHOTO], "done": True}
        assert question(REPORT, state) is REPORT.by_name["confirm"]

    def test_a_sentence_at_the_last_look_is_added_and_shown_again(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", "xong", "bỏ qua", "Căn cứ ở điều 43 của luật")
        assert said[-1] == "report/confirm"
        assert state["description"] == "Hóa đơn bị khóa\nCăn cứ ở điều 43 của luật"
        assert question(REPORT, state) is REPORT.by_name["confirm"]

    def test_a_slip_at_the_last_look_is_asked_about(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", "xong", "bỏ qua", "gửj đi mà")
        assert said[-1] == "report/confirm.unclear"
        assert state["description"] == "Hóa đơn bị khóa"

    def test_a_caption_stays_with_its_photo_where_it_answers_nothing(self) -> None:
        state, said = play("Hóa đơn bị khóa", "2", "xong", "bỏ qua", Said("mặt sau", (PHOTO,)))
        assert said[-1] == "report/confirm"
        assert state["files"] == {"files": [{**PHOTO, "caption": "mặt sau"}], "done": True}


def test_a_finished_flow_stays_finished() -> None:
    state, _ = play("Hóa đơn bị khóa", "2", "xong", "bỏ qua", "ok")
    turn = advance(REPORT, state, Said("cảm ơn"))
    assert (turn.answers, turn.step, turn.answered) == (state, None, None)


def test_a_flow_that_reopens_nothing_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="reopens place, which is no step"):
        Flow("broken", (Confirm(name="confirm", change={"nơi": "place"}),))
    with pytest.raises(ValueError, match="two steps of the same name"):
        Flow("broken", (Text(name="a"), Text(name="a")))


def test_an_accepted_answer_is_closed_unless_said_otherwise() -> None:
    assert Accepted("x") == Accepted("x", open=False)
