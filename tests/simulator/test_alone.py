"""The simulator shares no code with the bot, so that the two cannot share a mistake."""

import ast
from pathlib import Path

import pytest

import zalobot.simulator

FOLDER = Path(zalobot.simulator.__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_a_module_imports_nothing_of_the_bot(path: Path) -> None:
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    ours = [node.module or "" for node in found if node.level > 1 or (node.module or "").startswith("zalobot")]
    assert [name for name in ours if name not in ("zalobot.zalo.events", "zalobot.paths")] == []
