"""Known words in free text: how they are matched, however they are typed."""

import pytest

from zalobot.topics import Guess, guess, index_of

INDEX = index_of(
    {
        "thue": ["thuế", "hoàn thuế"],
        "hoa_don": ["hóa đơn"],
        "bao_hiem": ["bảo hiểm xã hội", "bhxh"],
        "xa_hoi": ["xã hội"],
        "dat": ["đất", "thuê đất"],
    }
)


def codes(text: str) -> list[str]:
    return [found.code for found in guess(text, INDEX)]


def test_marks_that_are_typed_must_agree_and_marks_that_are_not_may_be_anything():
    assert codes("nộp thuế") == ["thue"]
    assert codes("nop thue") == ["thue"]
    assert codes("tôi thuê nhà") == []
    assert codes("dắt xe") == []


def test_the_place_of_the_tone_mark_and_the_unicode_form_do_not_matter():
    assert codes("hoá đơn") == codes("hóa đơn") == codes("HÓA ĐƠN") == codes("ho\u0301a đơn") == ["hoa_don"]


def test_a_word_inside_a_longer_known_word_is_not_counted():
    assert codes("bảo hiểm xã hội") == ["bao_hiem"]
    assert guess("hoàn thuế", INDEX) == (Guess("thue", 2.5, ("hoàn thuế",)),)


def test_the_same_word_said_twice_counts_once():
    assert guess("đất đất đất", INDEX) == guess("đất", INDEX) == (Guess("dat", 1.0, ("đất",)),)


def test_longer_words_weigh_more_and_of_equals_the_first_said_leads():
    assert codes("thuê đất rồi còn thuế") == ["dat", "thue"]
    assert codes("hóa đơn và hoàn thuế") == ["hoa_don", "thue"]
    assert codes("hoàn thuế và hóa đơn") == ["thue", "hoa_don"]


def test_a_lone_syllable_without_marks_counts_least():
    assert guess("thue", INDEX)[0].score < guess("thuế", INDEX)[0].score < guess("bhxh", INDEX)[0].score


def test_the_words_found_are_given_as_typed():
    assert guess("Xin HOAN THUE gấp", INDEX) == (Guess("thue", 2.5, ("hoan thue",)),)


@pytest.mark.parametrize("text", ["", "?", "👍👍", "như trên", "hoàn", "hóa"])
def test_nothing_known_is_no_guess(text):
    assert guess(text, INDEX) == ()
