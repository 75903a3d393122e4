"""`zalobot templates export` and `import`, as somebody types them."""

from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Stage
from zalobot import wording_command
from zalobot.accounts import managing
from zalobot.errors import Refused
from zalobot.store.models import AccountRole, WordingState, WordingVersion

NEW = "Chào Quý doanh nghiệp. Xin chọn một việc:\n---\nGửi phản ánh -> gửi phản ánh\n"


def states(session: Session) -> list[WordingState]:
    return [row.state for row in session.exec(select(WordingVersion))]


def test_texts_are_written_changed_and_wait_for_a_second_person(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, folder = Stage(sqlite_url), tmp_path / "words"
    _, _ = stage.store.run_now(managing.add, "Huy", AccountRole.OPERATOR, stage.now)
    assert wording_command.export(stage.settings, folder).endswith(f"texts written to {folder}.")
    assert wording_command.take_in(stage.settings, folder, by="huy", why="rõ hơn", dry_run=False) == 0
    assert "0 texts differ" in capsys.readouterr().out

    menu = folder / "messages/welcome/menu.txt"
    menu.write_text("Chào {{ khong_co }}\n", encoding="utf-8")
    assert wording_command.take_in(stage.settings, folder, by="huy", why="rõ hơn", dry_run=False) == 1
    assert "messages/welcome/menu.txt:1: stop unknown_placeholder" in capsys.readouterr().out

    menu.write_text(NEW, encoding="utf-8")
    assert wording_command.take_in(stage.settings, folder, by="", why="", dry_run=True) == 0
    assert "  + Chào Quý doanh nghiệp. Xin chọn một việc:" in capsys.readouterr().out
    assert stage.store.read_now(states) == []
    with pytest.raises(Refused, match="account_unknown"):
        wording_command.take_in(stage.settings, folder, by="ai-do", why="rõ hơn", dry_run=False)
    assert wording_command.take_in(stage.settings, folder, by="Huy", why="rõ hơn", dry_run=False) == 0
    assert stage.store.read_now(states) == [WordingState.WAITING]

    (folder / "messages/welcome/la.txt").write_text("lạ", encoding="utf-8")
    (folder / "messages/welcome/hello.txt").write_text("Kính chào Quý doanh nghiệp.\n", encoding="utf-8")
    assert wording_command.take_in(stage.settings, folder, by="huy", why="rõ hơn", dry_run=False) == 2
    told = capsys.readouterr().out
    assert "messages/welcome/la.txt: unknown\n" in told
    assert "messages/welcome/menu.txt: cannot be taken in, words of yours for it wait already" in told
    assert told.endswith("2 texts differ from what is in use, 2 files cannot be taken in. Nothing done.\n")
    assert stage.store.read_now(states) == [WordingState.WAITING]
    assert wording_command.take_in(stage.settings, folder, by="huy", why="rõ hơn", dry_run=False, good=True) == 2
    assert stage.store.read_now(states) == [WordingState.WAITING, WordingState.WAITING]
    stage.store.close_now()
