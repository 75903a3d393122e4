"""An exported ledger needs nothing else to be checked, and is written whole or not at all."""

import json
from pathlib import Path

import pytest

from tests.journeys.stage import Stage
from tests.ledger.test_writing import open_one
from tests.test_main import zalobot
from zalobot.ledger import days, files
from zalobot.ledger.chain import canonical, digest


@pytest.fixture
def exported(stage: Stage, tmp_path: Path) -> Path:
    """A ledger of four entries and two daily heads."""
    for person in "ab":
        stage.store.run_now(open_one, person)
        stage.later(hours=24)
        stage.store.run_now(days.close_days, stage.now)
    path = tmp_path / "ledger.jsonl"
    assert stage.store.read_now(files.export, path, stage.now) == len(path.read_bytes().splitlines()) - 1
    return path


def test_the_first_line_says_what_the_rest_comes_to(exported: Path) -> None:
    header, *entries = [json.loads(line) for line in exported.read_bytes().splitlines()]
    assert header["format"] == "zalobot-ledger/1"
    assert (header["entries"], header["head"]) == (len(entries), entries[-1]["hash"])
    assert [day["day"] for day in header["days"]] == ["2026-11-23", "2026-11-24"]
    assert header["exported_at"].endswith("+07:00")


def test_a_reader_needs_five_lines_to_check_it(exported: Path) -> None:
    last = ""
    for line in exported.read_bytes().splitlines()[1:]:
        entry = json.loads(line)
        said = {name: value for name, value in entry.items() if name != "hash"}
        assert entry["hash"] == digest(said)
        assert last in ("", entry["prev_hash"])
        last = entry["hash"]


def test_the_export_of_an_unchanged_ledger_differs_only_in_its_moment(stage: Stage, exported: Path) -> None:
    again = exported.with_name("again.jsonl")
    stage.store.read_now(files.export, again, stage.now)
    assert again.read_bytes() == exported.read_bytes()


def test_nothing_is_left_of_an_export_that_failed(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "is a folder"
    folder.mkdir()
    with pytest.raises(OSError):
        stage.store.read_now(files.export, folder, stage.now)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_published_heads_show_what_a_whole_new_chain_hides(stage: Stage, exported: Path) -> None:
    heads = exported.with_name("heads.json")
    heads.write_text(json.dumps(files.as_json(stage.store.read_now(days.published))))
    assert files.verify(exported, heads) is None
    header, *entries = [json.loads(line) for line in exported.read_bytes().splitlines()]
    last = entries[0]["prev_hash"]
    for entry in entries:
        del entry["hash"]
        entry |= {"agency": "ABC", "prev_hash": last}
        entry["hash"] = last = digest(entry)
    header |= {"head": last, "days": []}
    header["hash"] = digest({name: value for name, value in header.items() if name != "hash"})
    exported.write_text("".join(f"{canonical(line)}\n" for line in (header, *entries)), encoding="utf-8")
    assert files.verify(exported) is None
    assert str(files.verify(exported, heads)).startswith("entry 2: rewritten")


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"format":"zalobot-ledger/1"}', '{"format":"another"}', "\x00"])
def test_another_file_is_none_of_ours(tmp_path: Path, said: str) -> None:
    (tmp_path / "other").write_text(said)
    with pytest.raises(files.NotALedger):
        files.verify(tmp_path / "other")


def test_the_command_line_says_0_1_or_2(sqlite_url: str, tmp_path: Path) -> None:
    stage = Stage(sqlite_url)
    for person in "ab":
        stage.store.run_now(open_one, person)
    stage.store.close_now()
    here = {"cwd": tmp_path, "ZALOBOT_DATABASE_URL": sqlite_url}
    assert zalobot("ledger", "export", "a.jsonl", **here).returncode == 0  # type: ignore[arg-type]
    assert zalobot("ledger", "verify", "a.jsonl", cwd=tmp_path).returncode == 0
    assert zalobot("ledger", "verify", **here).returncode == 0  # type: ignore[arg-type]
    lines = (tmp_path / "a.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "b.jsonl").write_bytes(b"".join([*lines[:2], *lines[3:]]))
    wrong = zalobot("ledger", "verify", "b.jsonl", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("b.jsonl: entry 2: missing: ")
    assert zalobot("ledger", "verify", "nothing.jsonl", cwd=tmp_path).returncode == 2
    assert zalobot("ledger", "verify", cwd=tmp_path).returncode == 2  # no database was ever made here
    assert zalobot("ledger", "export", "no/such/folder/a.jsonl", **here).returncode == 2  # type: ignore[arg-type]
