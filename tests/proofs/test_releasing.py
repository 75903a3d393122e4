"""Words are released while messages are being sent: each message is whole, old or new, and soon all are new."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from tests.proofs.bot_process import BotProcess, environment, free_port
from tests.proofs.test_processes import town, until
from tests.services import Valkey
from zalobot import app, reference, templating
from zalobot.config import Settings
from zalobot.simulator.app import Simulator
from zalobot.store import coordination
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, OutboxMessage
from zalobot.studio import files, releasing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.postgres]
MENU, TYPED = "welcome/menu", "common/typed"
SOON = timedelta(seconds=1)


def people(session: Session) -> tuple[Account, Account]:
    """Who wrote the words, and who releases them."""
    made = [
        Account(id=new_id(), name=name, full_name=name, role=AccountRole.OPERATOR, created_at=datetime.now(UTC))
        for name in ("huy", "lan")
    ]
    session.add_all(made)
    return made[0], made[1]


def said(session: Session) -> list[tuple[str, str, datetime]]:
    """What was said of the menu: its version, the words, when."""
    query = select(OutboxMessage).where(col(OutboxMessage.template) == MENU).order_by(col(OutboxMessage.id))
    return [(row.template_version, str(row.body["text"]), row.created_at) for row in session.exec(query)]


async def test_a_release_reaches_every_process_while_they_send_and_no_message_is_half_of_it(
    postgres_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    """Two texts that stand in one message are released together, by a third process."""
    port = free_port()
    async with town(port) as (simulator, _):
        settings = environment(tmp_path, postgres_url, simulator, port, REDIS_URL=valkey.url)
        whole, works = BotProcess(tmp_path, settings), BotProcess(tmp_path, settings, "--no-web")
        store, _ = app.open_store(replace(Settings(), database_url=postgres_url), datetime.now(UTC))
        meeting = coordination.connect(valkey.url)
        before = templating.render(MENU).text
        try:
            whole.start()
            works.start()
            await whole.answers()
            writing = asyncio.create_task(_write(simulator))
            await until(lambda: len(store.read_now(said)) > 20)
            huy, lan = store.run_now(people)
            words = {("vi", name): f"Mới: {templating.current().source(name)}" for name in (MENU, TYPED)}
            found = store.read_now(files.changes, words)
            batch = store.run_now(files.take_in, found, "rõ hơn", datetime.now(UTC), by=huy)
            store.run_now(releasing.release_batch, batch, datetime.now(UTC), by=lan)
            released_at = datetime.now(UTC)
            await meeting.publish(reference.TOPIC)
            after = templating.render(MENU).text
            await until(lambda: sum(version == "1" for version, _, _ in store.read_now(said)) > 60)
            writing.cancel()
            rows = store.read_now(said)
            old = templating.message(words["vi", MENU].removeprefix("Mới: ")).version
            assert {(version, text) for version, text, _ in rows} == {(old, before), ("1", after)}
            assert before.count("Mới: ") == 0
            assert after.count("Mới: ") == 2
            assert [version for version, _, at in rows if at > released_at + SOON and version != "1"] == []
            assert whole.alive
            assert works.alive
        finally:
            whole.kill()
            works.kill()
            await meeting.close()
            await store.close()


async def _write(simulator: Simulator) -> None:
    """Eight people ask for the menu again and again."""
    crowd = [simulator.add_person(f"Người {number}") for number in range(8)]
    while True:
        for person in crowd:
            await simulator.says(person, "menu")
        await asyncio.sleep(0.05)
