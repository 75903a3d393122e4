"""A message is found by words with or without marks, by what is wrong with it, and by what was changed."""

import pytest

from zalobot import speech
from zalobot.province import load
from zalobot.templating import Message, Wording
from zalobot.templating.looking import Found, Only, is_changed, look, only
from zalobot.vietnamese import fold


@pytest.fixture
def words() -> Wording:
    return speech.wording(load("quang-ninh"))


def names(found: list[Found]) -> list[tuple[str, str]]:
    return [(one.name, one.language) for one in found]


@pytest.mark.parametrize("typed", ["đã tiếp nhận phản ánh", "da tiep nhan phan anh", "ĐÃ  TIẾP nhận phản ánh"])
def test_words_are_found_with_or_without_marks(words: Wording, typed: str) -> None:
    first = look(words, typed)[0]
    assert (first.name, first.language) == ("report_issue/sent", "vi")
    assert first.pieces[0] == ("Đã tiếp nhận phản ánh", True)


def test_placeholders_names_and_other_languages_are_searched(words: Wording) -> None:
    assert ("status/check_code", "vi") in names(look(words, "ma_kiem_tra"))
    assert names(look(words, "xem lại trước khi gửi"))[0] == ("report_issue/confirm", "vi")
    assert {language for _, language in names(look(words, "received at"))} == {"en"}
    assert ("status/answered", "vi") in names(look(words, "nội dung trả lời"))  # what {{ tra_loi }} is called
    assert names(look(words, "reminders/half"))[0] == ("reminders/half", "vi")


def test_a_word_is_looked_for_from_its_beginning(words: Wording) -> None:
    before = [
        source[at - 1]
        for one in look(words, "hạn")
        for source in ["".join(("\x01" if hit else "") + piece for piece, hit in one.pieces)]
        for at in [source.find("\x01")]
        if at > 0
    ]
    assert before != []
    assert [letter for letter in before if letter.isalnum()] == []


def test_words_apart_are_found_where_no_message_has_the_phrase(words: Wording) -> None:
    found = look(words, "căn cước bỏ qua")
    assert ("report_issue/files", "vi") in names(found)
    [files] = [one for one in found if one.name == "report_issue/files" and one.language == "vi"]
    assert {said.lower() for said, hit in files.pieces if hit} >= {"căn", "cước"}
    assert look(words, "") == look(words, "   ") == []
    assert look(words, "không có zzyzx") == []


def test_the_excerpt_is_the_text_itself(words: Wording) -> None:
    for one in look(words, "hồ sơ"):
        source = words.source(one.name, one.language)
        said = "".join(piece for piece, _ in one.pieces).strip("…")
        assert said in source
        assert all("ho so" in fold(piece) for piece, hit in one.pieces if hit)


def test_what_was_changed_is_found_with_what_is_wrong_now(words: Wording) -> None:
    assert [only(words, which) for which in Only] == [[], [], []]
    words.put("common/thanks", "Cảm ơn. Xin gửi mã OTP.")
    words.put("status/accepted", "Đã nhận {{ ma_phan_viec }} của {{ ten_co_quan }}, hạn {{ han }}.", language="en")
    assert is_changed(words, "common/thanks")
    assert not is_changed(words, "common/thanks", "en")
    assert names(only(words, Only.CHANGED)) == [("status/accepted", "en"), ("common/thanks", "vi")]
    wrong = {(one.name, one.language): [p.code for p in one.problems] for one in only(words, Only.PROBLEMS)}
    assert wrong["common/thanks", "vi"] == ["asks_otp"]
    assert "other_buttons" in wrong["status/accepted", "en"]
    words.put("common/thanks", words.shipped["vi"]["common/thanks"].source)
    assert names(only(words, Only.CHANGED)) == [("status/accepted", "en")]


def test_a_translation_older_than_the_vietnamese_is_found(words: Wording) -> None:
    words.speak({("vi", "common/thanks"): Message("Cảm ơn Quý doanh nghiệp.", "2", 5)}, 1)
    assert names(only(words, Only.UNTRANSLATED)) == [("common/thanks", "en")]
    newer = {("vi", "common/thanks"): Message("Cảm ơn Quý doanh nghiệp.", "2", 5)}
    words.speak({**newer, ("en", "common/thanks"): Message("Thank you.", "2", 6)}, 2)
    assert only(words, Only.UNTRANSLATED) == []
