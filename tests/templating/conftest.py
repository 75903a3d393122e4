"""A small wording of its own, so that the language is tested apart from the shipped messages."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from zalobot.templating import Placeholder, Wording

PLACEHOLDERS = (
    Placeholder("ma_ho_so", "ticket", lambda ticket: ticket.code, "QN-2611-00042"),
    Placeholder("noi_dung", "ticket", lambda ticket: ticket.text, "Hồ sơ bị trả lại", longest="x" * 1900),
    Placeholder("link", "ticket", lambda ticket: ticket.link, "https://example.vn/QN-2611-00042"),
    Placeholder("ma_phan_viec", "part", lambda part: part.code, "QN-2611-00042/1"),
    Placeholder("ten_tinh", "channel", lambda channel: channel.name, "Quảng Ninh"),
    Placeholder("lua_chon", "options", lambda o: "\n".join(f"{n}. {x}" for n, x in enumerate(o, 1)), "1. A\n2. B"),
    Placeholder("dong", "problem", lambda problem: str(problem.line), "3"),
)
TICKET = SimpleNamespace(code="QN-2611-00042", text="Hồ sơ bị trả lại", link="https://example.vn/QN-2611-00042")


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    """A wording with one message, `say`, whose words a test puts in place."""
    (tmp_path / "common").mkdir()
    (tmp_path / "common/typed.txt").write_text("Gõ số:\n{{ lua_chon }}\n", encoding="utf-8")
    (tmp_path / "say.txt").write_text("Đã nhận {{ ma_ho_so }}.\n", encoding="utf-8")
    contexts = {"say": ("ticket",), "common/typed": ("options",)}
    return Wording(tmp_path, PLACEHOLDERS, contexts, always={"channel": SimpleNamespace(name="Quảng Ninh")})
