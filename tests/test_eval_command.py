"""`zalobot eval`: what it prints of a file of labelled messages, and what it refuses."""

from pathlib import Path

from typer.testing import CliRunner

from zalobot.__main__ import app

ROWS = (
    '{"text": "hoàn thuế gtgt sáu tháng chưa có, đề nghị xem xét", "intent": "phan_anh_kien_nghi", "topic": "thue",'
    ' "agencies": ["THUE"]}\n'
    '{"text": "cảm ơn ad", "intent": "spam"}\n'
)


def test_a_file_is_read_by_the_shipped_model_and_what_was_read_otherwise_is_named(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(ROWS, encoding="utf-8")
    said = CliRunner().invoke(app, ["eval", str(file), "--wrong"])
    assert said.exit_code == 0
    assert "2 messages of messages.jsonl, read by the shipped model" in said.output
    assert "lead agency first 1.000, among three 1.000" in said.output
    assert "spam as cam_on" in said.output
    assert "macro-F1 0.500" in said.output


def test_a_file_that_holds_no_labelled_messages_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text('{"words": "x"}\n', encoding="utf-8")
    said = CliRunner().invoke(app, ["eval", str(file)])
    assert said.exit_code != 0
    assert "other.jsonl" in str(said.exception) + said.output
