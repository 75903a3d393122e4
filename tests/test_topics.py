"""Guessing topics from free text: how words are matched, and an honest figure on the sample utterances."""

import pytest

from tests.calendars import lines
from zalobot.province import load
from zalobot.topics import Guess, guess, index_of

PROVINCE = load("quang-ninh")
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


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("nghiệm thu pccc nhà xưởng mới", "pccc"),
        ("nghiem thu pccc nha xuong moi", "pccc"),
        ("xin cấp sổ đỏ cho nhà xưởng", "dat_dai"),
        ("cong ty em chua duoc hoan thue gtgt", "thue"),
        ("gia hạn giấy phép lao động cho chuyên gia nước ngoài", "lao_dong_nuoc_ngoai"),
        ("mất điện cả ngày không báo trước", "dien"),
        ("to khai luong do cho kiem hoa lau qua", "hai_quan"),
        ("We need a work permit for our engineer", "lao_dong_nuoc_ngoai"),
    ],
)
def test_plain_cases_are_guessed(text, topic):
    assert PROVINCE.guess(text)[0].code == topic


def test_what_a_greeting_or_an_emoji_says_is_no_topic():
    for text in ("Em chào anh chị ạ", "tks ad nhiều", "👍👍", "menu", "?", "như trên"):
        assert PROVINCE.guess(text) == ()


def test_the_sample_utterances_are_mostly_guessed(capsys):
    """The keywords were written by somebody who had read these samples: the figure is an upper bound, not a promise."""
    rows = [r for r in lines("utterances.jsonl") if r["topic"] and r["intent"] in ("phan_anh_kien_nghi", "hoi_dap")]
    guesses = [[found.code for found in PROVINCE.guess(row["text"])] for row in rows]
    first = sum(row["topic"] == codes[0] for row, codes in zip(rows, guesses, strict=True) if codes)
    three = sum(row["topic"] in codes[:3] for row, codes in zip(rows, guesses, strict=True))
    proposed = [
        PROVINCE.agencies_for(codes[0] if codes else PROVINCE.fallback_topic, row["text"])
        for row, codes in zip(rows, guesses, strict=True)
    ]
    lead = sum(found[0] == row["agencies"][0] for row, found in zip(rows, proposed, strict=True))
    right = sum(len(set(found) & set(row["agencies"])) for row, found in zip(rows, proposed, strict=True))
    wanted = sum(len(row["agencies"]) for row in rows)
    with capsys.disabled():
        print(
            f"\n{len(rows)} utterances: topic first {first}, among three {three}, lead {lead}; "
            f"agencies {right} of {wanted}, {sum(map(len, proposed)) - right} too many"
        )
    assert first >= 0.8 * len(rows)
    assert three >= 0.9 * len(rows)
    assert lead >= 0.75 * len(rows)
