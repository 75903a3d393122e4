"""All words as files, and back; files that mean harm."""

import io
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlmodel import col, select

from tests.archives import zipped
from tests.journeys.stage import Stage
from zalobot.errors import Refused
from zalobot.paths import templates_folder
from zalobot.store.models import Account, WordingOrigin, WordingState, WordingVersion
from zalobot.studio import files, reading, releasing, versions
from zalobot.studio.reading import Wrong

MENU = "messages/welcome/menu.txt"
NEW = "Chào Quý doanh nghiệp. Xin chọn một việc:\n---\nGửi phản ánh -> gửi phản ánh\n"


def texts(stage: Stage, data: bytes) -> Mapping[reading.Key, str]:
    return sent(stage, data).texts


def sent(stage: Stage, data: bytes) -> reading.Sent:
    return reading.archive(data, stage.store.read_now(versions.words_of))


def refusal(stage: Stage, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        texts(stage, data)
    return refused.value.reason


def test_what_is_written_is_what_is_shipped_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    number = stage.store.read_now(files.write, tmp_path)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.txt")}
    shipped = {path: (templates_folder() / path).read_bytes() for path in written}
    assert len(written) == number > 500
    assert written == shipped


def test_what_was_written_and_is_read_again_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.store.read_now(files.write, tmp_path)
    read = reading.folder(tmp_path, stage.store.read_now(versions.words_of))
    assert (stage.store.read_now(files.changes, read.texts), read.wrong) == ([], ())
    assert stage.store.read_now(files.changes, texts(stage, stage.store.read_now(files.packed))) == []


def test_the_same_words_make_the_same_bytes(stage: Stage) -> None:
    assert stage.store.read_now(files.packed) == stage.store.read_now(files.packed)


def test_files_wait_together_for_a_second_person_and_are_released_at_one_moment(
    stage: Stage, huy: Account, lan: Account
) -> None:
    found = stage.store.read_now(files.changes, texts(stage, zipped({MENU: NEW})))
    batch = stage.store.run_now(files.take_in, found, "bản mới của Sở", stage.now, by=huy)
    waiting = stage.store.read_now(lambda s: list(s.exec(select(WordingVersion))))
    assert [(row.state, row.origin, row.batch) for row in waiting] == [
        (WordingState.WAITING, WordingOrigin.FILE, batch)
    ]
    with pytest.raises(Refused, match="wording_own"):
        stage.store.run_now(releasing.release_batch, batch, stage.now, by=huy)
    stage.store.run_now(releasing.release_batch, batch, stage.now, by=lan)
    assert stage.person("a").says("menu")[-1].startswith("Chào Quý doanh nghiệp. Xin chọn")
    assert stage.store.read_now(files.in_use)[MENU] == NEW


def test_one_text_that_is_stopped_keeps_all_of_them_out(stage: Stage, huy: Account) -> None:
    bad = {MENU: NEW, "messages/welcome/hello.txt": "Chào {{ khong_co }}\n"}
    found = stage.store.read_now(files.changes, texts(stage, zipped(bad)))
    with pytest.raises(Refused, match="wording_stop"):
        stage.store.run_now(files.take_in, found, "bản mới", stage.now, by=huy)
    query = select(col(WordingVersion.id)).where(col(WordingVersion.name) == "welcome/hello")
    assert stage.store.read_now(lambda s: list(s.exec(query))) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "messages/../../x.txt", "messages/welcome/none.txt", "C:\\x.txt"]
)
def test_a_name_that_is_no_message_is_told_and_the_others_are_read(stage: Stage, name: str) -> None:
    found = sent(stage, zipped({name: "x", MENU: NEW}))
    assert (found.texts, found.wrong) == ({("vi", "welcome/menu"): NEW}, ((name, Wrong.UNKNOWN),))


def test_each_file_that_is_no_text_is_told_by_name(stage: Stage) -> None:
    hello = "messages/welcome/hello.txt"
    found = sent(stage, zipped({MENU: "Chào".encode("utf-16"), hello: b"a" * (reading.MOST_BYTES + 1), "x.md": "x"}))
    assert found.texts == {}
    assert found.wrong == ((MENU, Wrong.NO_TEXT), (hello, Wrong.TOO_LONG), ("x.md", Wrong.UNKNOWN))


def test_of_two_files_of_one_name_neither_is_taken(stage: Stage) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(MENU, NEW)
        archive.writestr(MENU, "Khác.\n")
    found = sent(stage, made.getvalue())
    assert (found.texts, found.wrong) == ({}, ((MENU, Wrong.TWICE),))


def test_what_its_sender_has_begun_themselves_is_held_back_and_not_lost(
    stage: Stage, huy: Account, lan: Account
) -> None:
    hello = "messages/welcome/hello.txt"
    both = texts(stage, zipped({MENU: NEW.replace("Xin chọn", "Mời chọn"), hello: "Kính chào Quý doanh nghiệp.\n"}))
    stage.store.run_now(versions.save, "welcome/menu", "vi", "Bản nháp.\n", stage.now, by=huy)
    found = stage.store.read_now(files.changes, both, huy)
    assert {one.name: (one.held, one.takeable) for one in found} == {
        "welcome/menu": ("draft", False), "welcome/hello": ("", True),
    }  # fmt: skip
    assert all(one.takeable for one in stage.store.read_now(files.changes, both, lan))  # everybody has their own
    with pytest.raises(Refused, match="files_draft"):
        stage.store.run_now(files.take_in, found, "bản mới", stage.now, by=huy)
    stage.store.run_now(files.take_in, [one for one in found if one.takeable], "bản mới", stage.now, by=huy)
    again = stage.store.read_now(files.changes, both, huy)
    assert {one.name: one.held for one in again} == {"welcome/menu": "draft", "welcome/hello": "waiting"}
    assert stage.store.read_now(versions.draft_of, "welcome/menu", "vi", huy).text == "Bản nháp.\n"


def test_a_bomb_is_not_unpacked(stage: Stage) -> None:
    """Thirty megabytes of nothing in thirty kilobytes: no more of it is read than a text may be long."""
    assert sent(stage, zipped({MENU: b"\0" * 30_000_000})) == reading.Sent({}, ((MENU, Wrong.TOO_LONG),))


def test_many_bombs_are_refused_as_soon_as_they_are_more_than_all_texts(stage: Stage) -> None:
    number = reading.MOST_IN_ALL // reading.MOST_BYTES + 1
    bombs = {f"messages/{one}.txt": b"\0" * (reading.MOST_BYTES + 1) for one in range(number)}
    assert refusal(stage, zipped(bombs)) == "files_unreadable"


def test_many_files_are_refused_unread(stage: Stage) -> None:
    assert (
        refusal(stage, zipped({f"{number}.txt": "" for number in range(reading.MOST_FILES + 1)})) == "files_unreadable"
    )


def test_an_entry_that_lies_about_its_size_is_refused(stage: Stage) -> None:
    data = bytearray(zipped({MENU: b"a" * 40_000}))
    at = data.rindex(b"PK\x01\x02") + 24  # the size, unpacked, in the directory at the end
    data[at : at + 4] = (3).to_bytes(4, "little")
    assert refusal(stage, bytes(data)) == "files_unreadable"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(stage: Stage, data: bytes) -> None:
    assert refusal(stage, data) == "files_unreadable"


def test_half_a_file_or_one_that_was_hurt_on_its_way_is_refused_whole(stage: Stage) -> None:
    data = stage.store.read_now(files.packed)
    hurt = bytearray(data)
    hurt[data.index(b".txt") + 40] ^= 0xFF  # within the words of the first text
    for broken in (data[: len(data) // 2], data[:-30], data[1000:], bytes(hurt)):
        assert refusal(stage, broken) == "files_unreadable"


def test_an_older_set_leaves_alone_what_it_lacks_and_says_what_it_would_undo(stage: Stage) -> None:
    """It lacks messages that are newer, has one in words of then, with a placeholder that is no more."""
    older = {MENU: "\ufeffChào {{ ten_kenh_cu }}.\r\n---\r\nGửi phản ánh -> gửi phản ánh\r\n"}
    [found] = stage.store.read_now(files.changes, texts(stage, zipped(older)))
    assert found.text == "Chào {{ ten_kenh_cu }}.\n---\nGửi phản ánh -> gửi phản ánh\n"
    assert {one.code for one in found.stopped} == {"unknown_placeholder"}
    assert found.before == stage.store.read_now(files.in_use)[MENU]
