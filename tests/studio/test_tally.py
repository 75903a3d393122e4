"""How many messages were written with each version."""

from datetime import UTC, datetime, timedelta

from tests.journeys.stage import Stage
from zalobot.languages import DEFAULT
from zalobot.store.models import Account
from zalobot.studio import history, releasing, tally, versions

MENU = "welcome/menu"
NEW = "Chào Quý doanh nghiệp.\n---\nGửi phản ánh -> gửi phản ánh\n"


def test_messages_are_counted_by_their_version_once(stage: Stage, huy: Account, lan: Account) -> None:
    """By the minute along the key, and what is newer when somebody looks: together each message once."""
    stage.store.run_now(versions.save, MENU, DEFAULT, NEW, stage.now, by=huy)
    version = stage.store.run_now(versions.ask, MENU, DEFAULT, "ngắn hơn", stage.now, by=huy)
    stage.store.run_now(releasing.release, version.id, stage.now, by=lan)
    for _ in range(3):
        stage.person("a").says("menu")
    real = datetime.now(UTC)  # keys are made by the machine's own clock
    assert stage.store.run_now(tally.count, real) == 0
    assert stage.store.read_now(tally.of, MENU, DEFAULT) == {"1": 3}
    assert stage.store.run_now(tally.count, real + timedelta(hours=1)) > 0
    assert stage.store.run_now(tally.count, real + timedelta(hours=1)) == 0
    assert stage.store.read_now(tally.of, MENU, DEFAULT) == {"1": 3}
    stage.person("a").says("menu")
    assert [(one.number, one.messages) for one in stage.store.read_now(history.of, MENU, DEFAULT)] == [(1, 4)]
