"""Every message a business is told is there in each language; a further language is a folder, and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from tests.journeys.stage import Stage
from zalobot import foreign, languages, speech, templating
from zalobot.flows import words as typed_words
from zalobot.message_contexts import CONTEXTS, FOR_BUSINESSES, is_for_businesses
from zalobot.paths import templates_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import load
from zalobot.store.models import OutboxMessage, Role
from zalobot.templating import Wording

CACHES = (
    *(languages.others, languages.words, languages.lists),
    *(foreign.written_in, foreign.asked_for, foreign._small_words, foreign._letters),
    *(typed_words.words, typed_words._lists_with),
)
KOREAN = """
[language]
name = "한국어"
called = ["한국어", "korean"]
letters = "\\uac00-\\ud7af"

[typed]
yes = ["네"]
agree = ["동의합니다"]
menu = ["메뉴"]

[spoken.consent]
yes = "동의합니다"
no = "동의하지 않습니다"
"""


def _forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The templates in a place of their own, where files may be added and taken away."""
    copy = tmp_path / "templates"
    copy.mkdir()
    shutil.copy(templates_folder() / "words.toml", copy)
    shutil.copytree(templates_folder() / "languages", copy / "languages")
    monkeypatch.setattr(languages, "templates_folder", lambda: copy)
    _forget()
    yield copy
    monkeypatch.undo()
    _forget()
    templating.use(speech.wording(load("quang-ninh")))


def _made() -> Wording:
    return Wording(templates_folder() / "messages", PLACEHOLDERS, CONTEXTS, others=languages.messages())


@pytest.mark.parametrize("language", sorted(languages.others()))
def test_nothing_that_a_business_is_told_is_missing(language: str) -> None:
    assert speech.check_in(_made(), language) == []


def test_a_missing_one_is_found(folder: Path) -> None:
    (folder / "languages/en/messages/status/answered.txt").unlink()
    assert speech.check_in(_made(), "en") == ["en/status/answered.txt: missing"]


def test_other_placeholders_buttons_and_lengths_are_found(folder: Path) -> None:
    messages = folder / "languages/en/messages"
    (messages / "status/accepted.txt").write_text("Accepted {{ ma_ho_so }}.\n---\nView -> Xem\n", encoding="utf-8")
    (messages / "common/thanks.txt").write_text("Thank you. " * 300, encoding="utf-8")
    (messages / "officer").mkdir()
    (messages / "officer/help.txt").write_text("Help.", encoding="utf-8")
    found = [line.partition(": ")[2].partition(":")[0] for line in speech.check_in(_made(), "en")]
    assert found == [
        "stop too_long",
        "nobody is told this in another language",
        "stop says_less",
        "stop says_less",
        "stop says_less",
        "stop other_buttons",
    ]


def test_staff_are_told_nothing_in_another_language() -> None:
    english = _made().names_in("en")
    assert [name for name in english if name.startswith(("officer", "coordinator", "reminders", "lint"))] == []
    assert not is_for_businesses("officer/assigned")
    assert len(FOR_BUSINESSES) > 120


def test_every_word_that_is_said_has_its_english(folder: Path) -> None:
    ours, theirs = languages.words()["spoken"], languages.words("en")["spoken"]
    staff = {"agree", "emergency", "explain", "all_work", "confirm", "aspect", "day_name"}
    assert sorted(set(ours) - set(theirs) - staff) == []
    for name, table in ours.items():
        if isinstance(table, dict) and name not in staff:
            assert set(table) <= set(theirs[name]), name


def test_english_is_used_only_for_whom_it_is_meant(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    lan, john = stage.officer("Lan", "SNV", Role.OFFICER), stage.person("John")
    john.says("How long does the renewal of a work permit take, and where do we submit the dossier?")
    john.says("I agree")
    john.says("send")
    assert "Department of Home Affairs" in john.texts()[-1]
    told = lan.pushes()
    assert "work permit" in told[-1]
    assert not any("working days" in text or "Department" in text for text in told)
    kept = stage.store.read_now(lambda s: [(row.template, row.language) for row in s.exec(select(OutboxMessage))])
    assert ("report_issue/sent", "en") in kept
    assert ("officer/assigned", "vi") in kept
    stage.store.close_now()


def test_a_turn_looks_nothing_up_for_its_language_and_news_from_an_officer_once(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    lan, john, nam = stage.officer("Lan", "SNV", Role.OFFICER), stage.person("John"), stage.person("Nam")
    john.says("How long does the renewal of a work permit take, and where do we submit the dossier?")
    john.says("I agree")
    john.says("send")
    nam.agrees()
    said: list[str] = []
    event.listen(stage.store.read_now(lambda s: s.get_bind()), "before_cursor_execute", lambda *a: said.append(a[2]))
    event.listen(stage.store.run_now(lambda s: s.get_bind()), "before_cursor_execute", lambda *a: said.append(a[2]))
    counts = []
    for person in (john, nam):
        said.clear()
        person.says("menu")
        counts.append(len(said))
        assert not [one for one in said if one.startswith("SELECT conversation.language")]
    assert counts[0] == counts[1] > 0
    said.clear()
    lan.says(f"Nhận {stage.tickets()[-1].code}/1")
    assert john.pushes()[-1].startswith("Department of Home Affairs has taken up")
    assert len([one for one in said if one.startswith("SELECT conversation.language")]) == 1
    stage.store.close_now()


def test_a_further_language_is_files_only(folder: Path, sqlite_url: str) -> None:
    korean = folder / "languages/ko"
    (korean / "messages/welcome").mkdir(parents=True)
    (korean / "words.toml").write_text(KOREAN, encoding="utf-8")
    (korean / "messages/welcome/consent.txt").write_text("동의하십니까?\n---\n동의합니다 -> Đồng ý\n", encoding="utf-8")
    (korean / "messages/welcome/menu.txt").write_text("무엇을 도와드릴까요?", encoding="utf-8")
    _forget()
    stage = Stage(sqlite_url)
    kim = stage.person("Kim")
    assert "동의하십니까?" in kim.says("한국어")[-1]
    kim.says("동의합니다")
    assert kim.says("메뉴") == ["무엇을 도와드릴까요?"]
    # What there is not in Korean yet is said in Vietnamese.
    assert "Hướng dẫn sử dụng" in kim.says("help")[-1]
    lee = stage.person("Lee")
    lee.says("공장 화재 안전 허가는 어디에 신청합니까")
    assert lee.says("메뉴") == ["무엇을 도와드릴까요?"]
    assert stage.failures() == []
    stage.store.close_now()
