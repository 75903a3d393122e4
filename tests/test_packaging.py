"""What is installed from a wheel is whole: it works from any folder, with its words and pages inside."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ELSEWHERE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} said:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (made,) = folder.glob("zalobot-*.whl")
    return made


def test_the_wheel_holds_every_file_of_the_package_and_of_the_templates(wheel: Path) -> None:
    tracked = run("git", "ls-files", "zalobot", "templates", cwd=ROOT).splitlines()
    wanted = {
        name.replace("templates/", "zalobot/_templates/", 1) if name.startswith("t") else name for name in tracked
    }
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert sorted(wanted - inside) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_empty_environment_gets_a_working_command(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python, zalobot = tmp_path / "env/bin/python", tmp_path / "env/bin/zalobot"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    lock = ROOT / "requirements/run.lock"
    run(*pip, "install", "-q", "--require-hashes", "--only-binary", ":all:", "-r", lock, cwd=tmp_path)
    run(*pip, "install", "-q", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    assert "No broken requirements" in run(*pip, "check", cwd=tmp_path)
    assert "templates" in run(zalobot, "--help", cwd=tmp_path, env=ELSEWHERE)
    run(zalobot, "templates", "check", cwd=tmp_path, env=ELSEWHERE)
