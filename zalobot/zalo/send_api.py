"""Which of two calls an account takes for its messages, learnt by trying.

The one rule: only -235 (no v3 for this kind of account) and -240 (v2 is shut down) lead to the other call; any other
refusal may have been for something else, and any doubt may have been a delivery.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from zalobot.errors import OtherChannel, Undeliverable
from zalobot.zalo.codes import UNSUPPORTED_OA, V2_SHUT_DOWN
from zalobot.zalo.wire import V2, V3

T = TypeVar("T")

SEND_API, BUTTONS = "send_api", "buttons"
"""What is remembered: which call is taken (`v3`, `v2`, `none`), and whether buttons are (`no`)."""

_PATHS = {"v3": V3, "v2": V2}
_OTHER = {UNSUPPORTED_OA: ("v3", "v2"), V2_SHUT_DOWN: ("v2", "v3")}


class Memory(Protocol):
    """What was learnt about the account, kept across processes until it is to be tried again."""

    async def recall(self, trait: str) -> str:
        """What was learnt; "" for nothing, or when that is long ago."""

    async def keep(self, trait: str, value: str) -> None:
        """Learn it."""


class Nothing:
    """A memory for as long as the object lives."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def recall(self, trait: str) -> str:
        """What was learnt."""
        return self._kept.get(trait, "")

    async def keep(self, trait: str, value: str) -> None:
        """Learn it."""
        self._kept[trait] = value


class SendApi:
    """Sends by the call that works for this account. Where neither does, nothing is called until that is long ago."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def by(self, send: Callable[[str], Awaitable[T]]) -> T:
        """Send by the call that is remembered, else by v3; by the other one where this account may not use that."""
        known = await self._memory.recall(SEND_API)
        if known == "none":
            raise OtherChannel(UNSUPPORTED_OA, "neither v3 nor v2 takes messages of this account")
        name = known or "v3"
        try:
            return await send(_PATHS[name])
        except Undeliverable as refused:
            refusing, other = _OTHER.get(refused.code, ("", ""))
            if refusing != name:
                raise
        return await self._by_other(send, other)

    async def _by_other(self, send: Callable[[str], Awaitable[T]], name: str) -> T:
        try:
            sent = await send(_PATHS[name])
        except Undeliverable as refused:
            neither = refused.code in _OTHER
            await self._memory.keep(SEND_API, "none" if neither else name)
            if neither:
                raise OtherChannel(UNSUPPORTED_OA, "neither v3 nor v2 takes messages of this account") from refused
            raise
        await self._memory.keep(SEND_API, name)
        return sent
