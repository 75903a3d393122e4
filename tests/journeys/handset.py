"""A hand on the simulator's page: two phones and a clock in a real browser, driven and read as a person would.

The one rule: every act waits for what it should bring about, never for time to pass.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Locator, Page

PATIENCE = 20_000  # ms; the machine may be busy
PICTURES = Path(__file__).parents[2] / "screenshots"

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('.bub, .zb, .sim-now, .btn, .chip, .log li')]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 90))"""
VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective}`))"


class Window:
    """A browser window of one width. `wrong` is what went wrong in any of its tabs."""

    def __init__(self, browser: "Browser", width: int, hosts: frozenset[str]) -> None:
        self.browser, self.width, self.hosts = browser, width, hosts
        self.height = 900 if width > 700 else 740
        self.wrong: list[str] = []
        self.pictures = 0
        self.context: BrowserContext
        self.page: Page

    async def open(self, address: str) -> None:
        """Open the simulator's page."""
        self.context = await self.browser.new_context(viewport={"width": self.width, "height": self.height})
        self.context.set_default_timeout(PATIENCE)
        await self.context.add_init_script(VIOLATIONS)
        self.context.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        self.context.on("weberror", lambda error: self._note(str(error.error)))
        self.context.on("request", lambda sent: None if self._ours(sent.url) else self._note(sent.url))
        self.page = await self.context.new_page()
        await self.page.goto(address)
        await self.page.wait_for_selector("#days .day")

    async def shows(self, name: str, tab: "Page | None" = None, *, whole: bool = False) -> None:
        """Take a picture for whoever wants to look; nothing may be wrong, sideways or cut off."""
        tab = tab or self.page
        self.pictures += 1
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"journey-{self.width}-{self.pictures:02}-{name}.png"
        await tab.screenshot(path=path, full_page=whole)
        assert (self.wrong, await tab.evaluate(SIDEWAYS), await tab.evaluate(CUT_OFF)) == ([], 0, []), name

    async def clock(self, button: str, until: str) -> None:
        """Press a button of the clock; wait until the date begins with `until`."""
        await self.page.click(f"#go button:has-text('{button}')")
        await self.page.wait_for_selector(f"#date:has-text('{until}')")
        await self.page.wait_for_selector("#go:not([aria-busy=true])")

    def phone(self, column: str) -> "Handset":
        """The phone in a column: `dn` the business, `cb` the officer."""
        return Handset(self, column)

    def _note(self, text: str) -> None:
        self.wrong.append(text)

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.netloc in self.hosts or parts.scheme in ("data", "blob", "about")


class Handset:
    """One of the two phones, with the person whose phone it is just now."""

    def __init__(self, window: Window, column: str) -> None:
        self.window, self.column = window, column
        self._heard: dict[str, int] = {}
        self._person = ""

    def find(self, selector: str) -> "Locator":
        """Something on this phone."""
        return self.window.page.locator(f"#{self.column} {selector}")

    async def turn_to(self) -> None:
        """Scroll so that this phone is on the screen, by its chip where the phones stand below each other."""
        chip = self.window.page.locator(f".jump a[href='#{self.column}']")
        if await chip.is_visible():
            await chip.click()
            await self.window.page.wait_for_selector(f".jump a[href='#{self.column}'][aria-current=true]")

    async def becomes(self, person: str) -> str:
        """The phone of this person (id), or of somebody new ("new"); gives back who it is."""
        before = await self.find("select").input_value()
        await self.find("select").select_option(person)
        await self.window.page.wait_for_function(
            "([column, person, before]) => { const now = document.querySelector(`#${column} select`).value;"
            " return person === 'new' ? now !== before && now !== 'new' : now === person }",
            arg=[self.column, person, before],
        )
        self._person = await self.find("select").input_value()
        return self._person

    async def follows(self) -> None:
        """Press "Quan tâm" where the account is not followed yet."""
        await self.find(".ph-f button").click()
        await self.find(".ph-f").wait_for(state="hidden")

    async def says(self, text: str) -> None:
        """Write and send; wait until it has been received."""
        await self.find("[placeholder]").fill(text)
        await self.find("[placeholder]").press("Enter")
        await self.find(".msg.me .bub").filter(has_text=text.split("\n")[0]).last.wait_for()

    async def sends_a_photo(self) -> None:
        """Send the sample photo."""
        count = await self.find(".msg.me .zimg").count()
        await self.find("[data-act=more]").click()
        await self.find("[data-send=sample]").click()
        photo = self.find(".msg.me .zimg img").nth(count)
        await photo.wait_for()
        await photo.scroll_into_view_if_needed()
        await photo.evaluate("photo => photo.decode()")

    async def presses(self, title: str) -> None:
        """Press the newest button of this title."""
        await self.find(".zb").filter(has_text=re.compile(rf"^(\d\. )?{re.escape(title)}$")).last.click()

    async def hears(self, *words: str) -> str:
        """The next message from the account, which must hold all these words; gives back its text."""
        number = self._heard.get(self._person, 0)
        message = self.find(".msg:not(.me)").nth(number)
        await message.wait_for(state="attached")
        text = await message.inner_text()
        assert [word for word in words if word not in text] == [], text
        self._heard[self._person] = number + 1
        return text

    async def hears_last(self, *words: str) -> str:
        """The newest message, once it holds all these words, whatever came before it."""
        newest = self.find(".msg:not(.me)")
        for word in words:
            await newest.last.filter(has_text=word).wait_for(state="attached")
        self._heard[self._person] = await newest.count()
        return await newest.last.inner_text()

    async def buttons(self) -> list[str]:
        """The buttons of the newest message."""
        return await self.find(".msg:not(.me)").last.locator(".zb").all_inner_texts()

    async def at_the_end(self) -> None:
        """Scroll the chat to its newest message."""
        await self.find(".chat").evaluate("chat => { chat.scrollTop = 0 }")
