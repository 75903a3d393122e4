"""The command line: exit 0 done, 1 refused, 2 wrong use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import services
from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE


def zalobot(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own, with these settings only."""
    root = Path(__file__).resolve().parents[1]
    base = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "zalobot", *arguments]
    return subprocess.run(command, cwd=cwd, env={**base, **environ}, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "demo",
        "migrate",
        "simulate",
        "doctor",
        "templates",
        "officer",
        "inbox",
        "outbox",
        "zbs",
        "calendar",
        "person",
    ],
)
def test_each_command_has_help(tmp_path: Path, command: str) -> None:
    done = zalobot(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_wrong_settings_stop_the_start_with_a_line_each(tmp_path: Path) -> None:
    done = zalobot("serve", cwd=tmp_path, ZALOBOT_PROT="1", ZALOBOT_SECRET_KEY="x")
    assert done.returncode == 2
    assert [line.split(" ")[0] for line in done.stderr.splitlines()] == [
        "ZALOBOT_PROT",
        "ZALOBOT_ZALO_APP_ID",
        "ZALOBOT_ZALO_APP_SECRET",
        "ZALOBOT_ZALO_OA_ID",
    ]


def test_a_wrong_option_is_wrong_use(tmp_path: Path) -> None:
    assert zalobot("serve", "--nonsense", cwd=tmp_path).returncode == 2


def test_migrate_makes_the_tables_and_may_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        assert zalobot("migrate", cwd=tmp_path).returncode == 0
    assert (tmp_path / "var" / "zalobot.db").exists()


def test_a_link_code_is_printed(tmp_path: Path) -> None:
    done = zalobot("officer", "link-code", "--agency", "SXD", "--name", "Nguyễn Thu Hà", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("CB-")


def test_an_unknown_agency_is_refused_and_an_unknown_role_is_wrong_use(tmp_path: Path) -> None:
    refused = zalobot("officer", "link-code", "--agency", "XYZ", "--name", "A", cwd=tmp_path)
    assert (refused.returncode, refused.stderr.strip()) == (1, "refused: no_such_agency (agency=XYZ)")
    wrong = zalobot("officer", "link-code", "--agency", "SXD", "--name", "A", "--role", "king", cwd=tmp_path)
    assert (wrong.returncode, wrong.stderr.strip().startswith("--role must be one of officer")) == (2, True)


def test_an_absence_is_noted_and_ended_by_name(tmp_path: Path) -> None:
    for name in ("Hà", "Thu"):
        zalobot("officer", "link-code", "--agency", "SXD", "--name", name, cwd=tmp_path)
    days = ("--from", "2099-11-25", "--until", "2099-11-26")
    noted = zalobot("officer", "absence", "--officer", "Hà", *days, "--deputy", "Thu", cwd=tmp_path)
    assert noted.stdout == "Hà is away 2099-11-25 to 2099-11-26; Thu is told meanwhile.\n"
    assert zalobot("officer", "back", "--officer", "Hà", cwd=tmp_path).stdout == "Hà is back.\n"
    assert zalobot("officer", "back", "--officer", "Hà", cwd=tmp_path).stdout == "Hà was not noted as away.\n"
    refused = zalobot("officer", "absence", "--officer", "Ai", *days, "--deputy", "Thu", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (1, "refused: no_such_officer (officer=Ai)\n")


def test_a_person_is_erased_only_when_it_is_meant_and_what_went_is_said(tmp_path: Path) -> None:
    zalobot("migrate", cwd=tmp_path)
    stage = Stage(f"sqlite:///{tmp_path}/var/zalobot.db")
    code = report(stage.person("4424"), WAREHOUSE)
    stage.store.close_now()
    unknown = zalobot("person", "erase", "4425", "--yes", cwd=tmp_path)
    assert (unknown.returncode, unknown.stderr) == (1, "refused: nobody has the id 4425\n")
    asked = zalobot("person", "erase", "4424", cwd=tmp_path)
    assert (asked.returncode, asked.stdout.split(":")[0]) == (1, "Would be erased")
    assert f"the words of 1 tickets ({code})" in asked.stdout
    done = zalobot("person", "erase", "4424", "--yes", cwd=tmp_path)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, f"Erased: the words of 1 tickets ({code})")
    assert zalobot("person", "erase", "4424", "--yes", cwd=tmp_path).returncode == 1
    assert zalobot("ledger", "verify", cwd=tmp_path).returncode == 0
    left = b"".join(file.read_bytes() for file in (tmp_path / "var").glob("zalobot.db*"))
    assert WAREHOUSE[:40].encode() not in left


def test_replaying_what_never_failed_is_refused(tmp_path: Path) -> None:
    zalobot("migrate", cwd=tmp_path)
    assert zalobot("inbox", "replay", "01ABC", cwd=tmp_path).returncode == 1


def test_the_shipped_messages_are_in_order_and_a_broken_folder_is_not(tmp_path: Path) -> None:
    assert zalobot("templates", "check", cwd=tmp_path).returncode == 0
    (tmp_path / "welcome").mkdir()
    (tmp_path / "welcome" / "menu.txt").write_text("{{ khong_co }}")
    done = zalobot("templates", "check", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert "welcome/menu.txt:1" in done.stdout


def test_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    done = zalobot("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "ZALOBOT_SECRET_KEY is missing" in done.stdout


def test_doctor_sees_a_database_that_was_never_migrated(tmp_path: Path) -> None:
    settings = {f"ZALOBOT_{name}": "x" for name in ("SECRET_KEY", "ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID")}
    done = zalobot("doctor", cwd=tmp_path, ZALOBOT_ZALO_OA_SECRET="x", **settings)
    assert done.returncode == 1
    assert "run `zalobot migrate`" in done.stdout


def test_serve_says_when_its_port_is_taken(tmp_path: Path) -> None:
    settings = {f"ZALOBOT_{name}": "x" for name in ("SECRET_KEY", "ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID")}
    with services.listening() as port:
        done = zalobot("serve", cwd=tmp_path, ZALOBOT_PORT=str(port), **settings)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr


def test_templates_are_approved_and_what_reached_nobody_is_listed(tmp_path: Path) -> None:
    assert zalobot("migrate", cwd=tmp_path).returncode == 0
    assert zalobot("zbs", "approve", "co_tra_loi", "--id", "330001", "--no-phone", cwd=tmp_path).returncode == 0
    listed = zalobot("zbs", "list", cwd=tmp_path).stdout
    assert "co_tra_loi (enabled as 330001 by user id): status/answered" in listed
    assert "can_bo_sung (not approved)" in listed
    assert "Every message reached somebody" in zalobot("outbox", "undelivered", cwd=tmp_path).stdout
    refused = zalobot("outbox", "retry", "01NOTHERE", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (1, "refused: no_undelivered_message (message=01NOTHERE)\n")


def test_an_officers_address_is_noted_or_refused(tmp_path: Path) -> None:
    assert zalobot("officer", "link-code", "--agency", "SXD", "--name", "Hà", cwd=tmp_path).returncode == 0
    done = zalobot("officer", "email", "--officer", "Hà", "--email", "ha@so.example.vn", cwd=tmp_path)
    assert done.stdout == "What Zalo cannot carry to Hà goes to ha@so.example.vn.\n"
    refused = zalobot("officer", "email", "--officer", "Hà", "--email", "ha", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (1, "refused: not_an_address (email=ha)\n")
