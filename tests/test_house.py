"""The house rules that a machine can see, over every file of the project."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = {".py", ".sh", ".md", ".toml", ".html", ".txt", ".lock", ".css", ".js", ".json", ".jsonl", ".csv", ".svg", ""}
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
INDEX = re.compile(
    r"(?m)^\s*(--index-url|--extra-index-url|--find-links|index-url|-i https?:)|py" + r"pi\.org|python" + r"hosted\.org"
)
MACHINE = re.compile(r"(?<![\w.])/(wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/")
ASSERTS = re.compile(r"assert|expect|check|compare|raises|says|fail")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for name in listed if (path := ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """What the text files say, by their names."""
    chosen = [path for path in files() if path.suffix in TEXT and "vendor" not in path.parts]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in chosen}


@cache
def trees(folder: str) -> dict[str, ast.Module]:
    """The parsed modules of a folder."""
    return {
        name: ast.parse(text)
        for name, text in texts().items()
        if name.startswith(f"{folder}/") and name.endswith(".py")
    }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstrings(tree: ast.Module) -> set[int]:
    """The nodes that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }


def asserts(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and ASSERTS.search(ast.unparse(node.func)))
        for node in ast.walk(test)
    )


def test_every_test_asserts() -> None:
    silent = [
        f"{name}:{function.lineno} {function.name}"
        for name, tree in trees("tests").items()
        for function in functions(tree)
        if function.name.startswith("test_") and not asserts(function)
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    assert [name for name, text in texts().items() if name.endswith(".py") and UNFINISHED.search(text)] == []


def test_no_file_names_a_package_index() -> None:
    assert [name for name, text in texts().items() if INDEX.search(text)] == []


def test_locks_hold_versions_and_hashes_and_nothing_else() -> None:
    line = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    locks = {name: text.splitlines() for name, text in texts().items() if name.endswith(".lock")}
    assert {"requirements/run.lock", "requirements/dev.lock"} <= set(locks)
    assert [f"{name}: {row}" for name, rows in locks.items() for row in rows if not line.fullmatch(row)] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert [name for name, text in texts().items() if MACHINE.search(text)] == []


def test_words_live_in_wording_files() -> None:
    """No Vietnamese sentence in code: operators could not edit it. A mark in capitals, as [SĐT], is no sentence."""
    sentences = [
        f"{name}:{node.lineno} {node.value[:50]!r}"
        for name, tree in trees("zalobot").items()
        for said in [docstrings(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        if VIETNAMESE.search(node.value) and len(node.value.split()) > 3
    ]
    assert sentences == []


def test_files_and_functions_stay_small() -> None:
    """Migrations are exempt: each is written once and never changed."""
    modules = {name: tree for name, tree in trees("zalobot").items() if "/migrations/versions/" not in name}
    long = [f"{name}: {n} lines" for name in modules if (n := texts()[name].count("\n")) > 350]
    for name, tree in modules.items():
        for function in functions(tree):
            size = (function.end_lineno or function.lineno) - function.lineno + 1
            if size > 60:
                long.append(f"{name}:{function.lineno} {function.name}: {size} lines")
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    assert [n for n, tree in trees("zalobot").items() if tree.body and not ast.get_docstring(tree)] == []


def test_settings_are_read_in_one_place() -> None:
    readers = [
        name
        for name, tree in trees("zalobot").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in {"os.environ", "os.getenv", "environ"}
    ]
    assert set(readers) <= {"zalobot/config.py", "zalobot/__main__.py"}
