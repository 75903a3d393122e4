"""The morning's digest on the web and in the chat: one text."""

from datetime import datetime

from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.models import Account, AccountRole, Officer, Role
from zalobot.web.leader import digest_page
from zalobot.workdays import LOCAL


def account_of(session: Session, person_id: str, now: datetime) -> Account:
    officer = session.exec(select(Officer).where(col(Officer.person_id) == person_id)).one()
    return Account(
        id="ac", name=person_id, full_name=officer.name, role=AccountRole.LEADER, agency=officer.agency,
        officer_id=officer.id, created_at=now,
    )  # fmt: skip


def test_what_a_leader_reads_on_the_web_is_what_was_pushed(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    report(stage.person("lan"), WAREHOUSE)
    stage.officer("chu", "VPUBND", Role.LEADER).pushes()
    account = stage.store.read_now(account_of, "chu", stage.now)
    stage.now = datetime(2026, 12, 2, 8, 1, tzinfo=LOCAL)
    before = stage.store.read_now(digest_page.twin_of, account, stage.now)
    stage.later(minutes=5)
    (pushed,) = [said for said in stage.person("chu").pushes() if "Tình hình sáng" in said]
    after = stage.store.read_now(digest_page.twin_of, account, stage.now)
    tomorrow = stage.store.read_now(digest_page.twin_of, account, datetime(2026, 12, 3, 9, 0, tzinfo=LOCAL))
    stage.store.close_now()
    assert (before.pushed, tomorrow.pushed) == ("", "")
    assert "Quá hạn 2 phần việc" in before.now
    assert after.pushed
    assert after.pushed in pushed
    assert after.pushed_at == stage.now
