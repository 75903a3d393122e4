"""A message is seen with an ordinary case and three awkward ones, in each language, before it is released."""

import pytest

from zalobot import languages, speech, templating
from zalobot.languages import DEFAULT
from zalobot.message_contexts import FOR_BUSINESSES
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import load
from zalobot.templating import Message, Unsafe, Wording, previews, samples


@pytest.fixture(scope="module")
def shipped() -> Wording:
    return speech.wording(load("quang-ninh"))


def shown(wording: Wording, name: str, key: str, language: str = DEFAULT, source: str = "") -> str:
    [sample] = [one for one in previews.samples(name, language, wording=wording) if one.key == key]
    words = source or wording.source(name, language)
    return previews.render(words, name, sample, language, wording=wording).text


def test_there_are_four_cases(shipped: Wording) -> None:
    assert [sample.key for sample in previews.samples("report_issue/sent", wording=shipped)] == [
        "usual",
        "longest",
        "bare",
        "five",
    ]
    with pytest.raises(KeyError):
        previews.samples("report_issue/nothing", wording=shipped)


def test_every_placeholder_has_a_plain_name() -> None:
    names = [samples.title(placeholder.name) for placeholder in PLACEHOLDERS]
    unnamed = [one.name for one in PLACEHOLDERS if "title" not in samples.given()[one.name]]
    assert unnamed == [], "give it a title in templates/samples.toml"
    assert len(set(names)) == len(names)
    assert all(name[0].isupper() for name in names)


def test_the_awkward_cases_are_awkward(shipped: Wording) -> None:
    assert "Cách tính hạn: 3 ngày làm việc" in shown(shipped, "report_issue/sent", "usual")
    assert "Cách tính hạn" not in shown(shipped, "report_issue/sent", "bare")
    assert "5. UBND phường Quảng Yên" in shown(shipped, "report_issue/sent", "five")
    assert "Sở Nông nghiệp và Môi trường tỉnh Quảng Ninh" in shown(shipped, "status/answered", "longest")
    assert 1200 < len(shown(shipped, "status/answered", "longest")) <= 2000


def test_what_the_new_words_make_optional_is_missing_too(shipped: Wording) -> None:
    words = "Mã {{ ma_ho_so }}.{% if tieu_de %} Về: {{ tieu_de }}.{% endif %}"
    assert (
        shown(shipped, "report_issue/sent", "usual", source=words) == "Mã QN-2611-00042. Về: Hồ sơ bị trả lại ba lần."
    )
    assert shown(shipped, "report_issue/sent", "bare", source=words) == "Mã QN-2611-00042."


def test_a_placeholder_of_another_message_is_seen_to_be_none(shipped: Wording) -> None:
    assert shown(shipped, "report_issue/sent", "usual", source="{{ ma_phan_viec }} {{ ma_hoso }}") == "??? ???"
    with pytest.raises(Unsafe):
        shown(shipped, "report_issue/sent", "usual", source="{{ ma_ho_so.__class__ }}")


def test_an_english_message_is_seen_in_english(shipped: Wording) -> None:
    text = shown(shipped, "report_issue/sent", "five", "en")
    assert "3. Department of Construction, due 17:00 Friday 27/11/2026" in text
    assert "Type 1" in text


@pytest.mark.parametrize("language", languages.every())
def test_every_message_can_be_seen_in_every_case(shipped: Wording, language: str) -> None:
    """And fits into one message of Zalo, however long the names. A line within a message may be missing."""
    names = shipped.names if language == DEFAULT else FOR_BUSINESSES
    for name in names:
        for key in previews.KEYS:
            assert len(shown(shipped, name, key, language)) in range(not name.startswith(("counted/", "list/")), 2001)


def test_what_is_worked_out_of_the_files_is_kept_for_drafts_too(shipped: Wording) -> None:
    draft = shipped.with_words({("vi", "common/thanks"): Message("Cảm ơn.", "1")})
    previews.samples("common/thanks", wording=draft)
    assert draft.worked_out is shipped.worked_out
    assert "tieu_de" not in shipped.worked_out["optional"]


def test_the_words_in_use_are_taken_where_none_are_given(shipped: Wording) -> None:
    templating.use(shipped)
    sample = previews.samples("common/thanks")[0]
    assert previews.render("Cảm ơn.", "common/thanks", sample).template == "common/thanks"
