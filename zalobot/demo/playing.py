"""Playing a week: the clock goes from act to act, each act goes through the simulator, and the bot answers in between.

The one rule: nothing is written by hand. A ticket's code is read off the phone, as its business reads it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiohttp import web

from zalobot import app, jobs, officers
from zalobot.demo import due
from zalobot.demo.week import Act, Figure, Stories
from zalobot.flows.contact import ticket_code
from zalobot.flows.words import is_word
from zalobot.services import SERVICES
from zalobot.simulator.app import Simulator
from zalobot.simulator.settings import HERE as SIMULATOR

NUMBER = re.compile(r"^\d\. ")
MOMENT = 0.004  # seconds: how long to wait for the next thing to happen before looking whether all is done
PATIENCE = 60.0  # seconds
TOKENS = timedelta(hours=3)
Hop = Callable[[datetime], Awaitable[None]]


class Player:
    """Plays stories against a running bot."""

    def __init__(self, application: web.Application, simulator: Simulator, stories: Stories) -> None:
        self._application, self._simulator, self._stories = application, simulator, stories
        self._codes: dict[str, str] = {}

    async def play(self) -> None:
        """Link the staff, then everything that happens, until the week ends."""
        for figure in self._stories.staff:
            await self._link(figure)
        last = {act.who: number for number, act in enumerate(self._stories.acts)}
        for number, act in enumerate(self._stories.acts):
            await self._until(act.at)
            if last[act.who] == number:  # what comes afterwards stays new on the phone
                await self._simulator.sees(self._stories.person(act.who))
            await self._do(act)
        await self._until(self._stories.ends)

    async def _until(self, at: datetime) -> None:
        if at > self._simulator.clock.now():
            await self._simulator.clock.to(at)

    async def _link(self, figure: Figure) -> None:
        code = await link_code(self._application, figure)
        await self._simulator.follow(figure.seed.id)
        await at_rest(self._application, self._simulator)
        await self._simulator.says(figure.seed.id, code)
        await at_rest(self._application, self._simulator)
        await self._simulator.sees(figure.seed.id)

    async def _do(self, act: Act) -> None:
        person = self._stories.person(act.who)
        text = act.text.format(code=self._codes.get(act.story, ""))
        match act.kind:
            case "follows":
                await self._simulator.follow(person)
            case "says":
                await self._simulator.says(person, text)
            case "presses":
                await self._press(person, text)
            case "photo":
                await self._simulator.sends_image(person, (SIMULATOR / "sample.jpg").read_bytes(), caption=text)
            case "sees":
                await self._simulator.sees(person)
            case "blocks":
                await self._simulator.blocks(person)
        await at_rest(self._application, self._simulator)
        if act.story not in self._codes and is_word(act.text, "send"):
            self._read_code(act.story, person)

    async def _press(self, person: str, title: str) -> None:
        """Press the newest button of this title, numbered or not."""
        offered = [button for message in reversed(self._simulator.received(person)) for button in message.buttons]
        for button in offered:
            if NUMBER.sub("", button.title) == title:
                await self._simulator.presses_button(person, button)
                return
        raise LookupError(f"{title!r} is not among {[button.title for button in offered[:5]]}")

    def _read_code(self, story: str, person: str) -> None:
        """The code is in the message that acknowledges a report, on its button."""
        newest = self._simulator.received(person)[-1:]
        for button in (button for message in newest for button in message.buttons):
            if button.type == "oa.query.show" and (code := ticket_code(button.value)):
                self._codes[story] = code


async def link_code(application: web.Application, figure: Figure) -> str:
    """A one-time code for a member of staff, as the administrator gets it."""
    services = application[SERVICES]
    if figure.role is None:
        raise ValueError(f"{figure.key} is no member of staff")
    return await services.store.run(
        officers.issue_link_code, agency=figure.agency, name=figure.seed.name, role=figure.role, now=services.now()
    )


async def at_rest(application: web.Application, simulator: Simulator) -> None:
    """Wait until the bot has handled what came and has said what there was to say. TimeoutError if it never does."""
    services = application[SERVICES]
    async with asyncio.timeout(PATIENCE):
        while simulator.stage.deliverer.busy or await services.store.read(due.talk, services.now()):
            await simulator.world.changed(MOMENT)


def hop(application: web.Application, simulator: Simulator) -> Hop:
    """What the bot does after each hop of the clock: its duties, and what is to be said.

    Most hops of a night have nothing to do; one look tells, where the duties would take a dozen transactions.
    """
    renewed = simulator.clock.now()

    async def hopped(now: datetime) -> None:
        nonlocal renewed
        duties = application[app.DUTIES]
        if now - renewed > TOKENS:
            renewed = now
            await jobs.keep_tokens(duties)
        look = await duties.services.store.read(due.look, now)
        if look.duties:
            await jobs.run_all(duties)
        if look.duties or look.talk:
            await at_rest(application, simulator)

    return hopped
