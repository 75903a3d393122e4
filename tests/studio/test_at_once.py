"""Words change while messages are written and leave: each message is whole, of one version, and leaves once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from tests.journeys.stage import Stage
from tests.studio.conftest import Text
from zalobot import outbox, templating
from zalobot.languages import DEFAULT
from zalobot.outbox import Outcome
from zalobot.store.models import Account, OutboxMessage, OutboxState
from zalobot.studio import releasing, versions

RELEASES = 5


async def test_a_release_while_messages_are_written_and_sent_leaves_no_message_half(
    stage: Stage, text: Text, huy: Account, lan: Account
) -> None:
    stage.person("nghe").says("menu")
    run, over, done = stage.store.run, asyncio.Event(), Counter[str]()
    wrote = asyncio.Event()

    def write(session: Session) -> None:
        outbox.enqueue(session, "nghe", templating.render(text.name), now=stage.now)

    def send(session: Session) -> int:
        leaving = outbox.claim(session, stage.now, 50)
        outbox.settle(session, [Outcome(row.id, OutboxState.SENT, f"m-{row.id}") for row in leaving], stage.now)
        return len(leaving)

    async def again(verb: Callable[[Session], object]) -> None:
        while not over.is_set():
            await run(verb)
            done[verb.__name__] += 1
            if verb is write:
                wrote.set()

    async def written_since() -> None:
        for _ in range(3):  # two may have begun before
            wrote.clear()
            await wrote.wait()

    async def release(words: str) -> str:
        await run(versions.save, text.name, DEFAULT, words, stage.now, by=huy)
        asked = await run(versions.ask, text.name, DEFAULT, "rõ hơn", stage.now, by=huy)
        version: Any = await run(releasing.release, asked.id, stage.now, by=lan)
        return str(version.number)

    def rows(session: Session) -> list[OutboxMessage]:
        return list(session.exec(select(OutboxMessage).where(col(OutboxMessage.template) == text.name)))

    said = {text.words.shipped[DEFAULT][text.name].version: text.shipped}
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for verb in (write, write, send):
            tasks.create_task(again(verb))
        for number in range(RELEASES):
            words = text.with_first(f"Lời thứ {number}.")
            said[await release(words)] = words
            await written_since()
        over.set()
    while await run(send):  # one of a person at a time
        pass
    written = await stage.store.read(rows)
    assert len(written) == done["write"]
    assert len(said) == RELEASES + 1
    assert {row.template_version for row in written} >= set(said) - {next(iter(said))}
    for row in written:
        assert row.body["text"].strip() == said[row.template_version].partition("\n---")[0].strip(), (
            "words of a version"
        )
        assert (row.state, row.attempts) == (OutboxState.SENT, 1), row
