"""One person's phone, so that a test of a conversation reads as its transcript.

The one rule: every act waits for the answers it is told to expect and returns their texts; none more, none fewer may
come within a moment.
"""

from collections.abc import Sequence

from .acts import Acts, Who
from .world import Message

MOMENT = 0.05


class Phone:
    """`person` on `acts`; `seconds` is how long an answer may take in real time."""

    def __init__(self, acts: Acts, person: Who, seconds: float = 5.0) -> None:
        self.acts = acts
        self.person = acts.person(person)
        self.seconds = seconds

    async def follows(self, times: int = 1) -> list[str]:
        """Follow the account; the texts of the next `times` messages."""
        await self.acts.follow(self.person)
        return await self._heard(times)

    async def says(self, text: str, times: int = 1) -> list[str]:
        """Write; the texts of the next `times` messages."""
        await self.acts.says(self.person, text)
        return await self._heard(times)

    async def presses(self, title: str, times: int = 1) -> list[str]:
        """Press a button of the newest message that has it; the texts of the next `times` messages."""
        await self.acts.presses(self.person, title)
        return await self._heard(times)

    async def shows(self, *photos: bytes, times: int = 1) -> list[str]:
        """Send photos one after the other; the texts of the next `times` messages."""
        for photo in photos:
            await self.acts.sends_image(self.person, photo)
        return await self._heard(times)

    async def hears(self, times: int = 1) -> list[str]:
        """Wait without doing anything; the texts of the next `times` messages."""
        return await self._heard(times)

    @property
    def last(self) -> Message:
        """The newest message from the account; IndexError when there is none."""
        return self.acts.received(self.person)[-1]

    @property
    def buttons(self) -> Sequence[str]:
        """The titles on the newest message."""
        return [button.title for button in self.last.buttons]

    async def _heard(self, times: int) -> list[str]:
        heard = await self.acts.replies(self.person, times, self.seconds) if times else []
        await self.acts.nothing_more(self.person, MOMENT)
        return [message.text for message in heard]
