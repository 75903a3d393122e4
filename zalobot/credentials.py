"""The OA's pair of tokens: kept sealed, renewed by one process at a time, committed before anybody uses it.

The one rule: a refresh token works once, so the row is claimed before Zalo is asked and the new pair is committed
before it is used; an answer that is no pair never touches the kept one.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy.exc import DBAPIError

from zalobot import metrics
from zalobot.errors import ConsentNeeded, OutcomeUnknown, Retryable, Undeliverable
from zalobot.sealing import Seal
from zalobot.store import tokens
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import OaToken
from zalobot.zalo import oauth
from zalobot.zalo.oauth import Pair

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=5)
"""A pair is renewed when its access token has less than this to live."""

_ATTEMPTS = 3
_COMMITS = 5
_PAUSE = 1.0  # seconds, growing, between attempts
_WATCH = 0.2  # seconds between looks at another process's renewal
_REST = 30.0  # seconds after a failed renewal in which Zalo is not asked again
_CALM = 600.0  # the longest of these, growing, where nothing presses: the access token still lives
_MARGIN = timedelta(seconds=10)  # by which a claim outlasts the call to Zalo: clocks of two machines differ
_NO_TOKEN = "there is no token yet: an administrator of the OA must consent"
_REMEDY = "an administrator of the OA must consent again"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who we are towards Zalo, and the pair that is taken when the store has none."""

    oa_id: str
    app_id: str
    app_secret: str = field(repr=False)
    oauth_url: str = "https://oauth.zaloapp.com"
    first_access: str = field(default="", repr=False)
    first_refresh: str = field(default="", repr=False)


def _due(row: OaToken, now: datetime) -> bool:
    return row.status == tokens.OK and (row.expires_at - now < AHEAD or tokens.abandoned(row, now))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TokenKeeper:
    """The client's tokens (`zalo.client.Tokens`). Several in several processes share one row without a leader."""

    def __init__(
        self,
        store: Store,
        http: aiohttp.ClientSession,
        grant: Grant,
        seal: Seal,
        *,
        timeout: float = oauth.TIMEOUT,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._http = http
        self._grant = grant
        self._seal = seal
        self._timeout = timeout
        self._clock = clock
        self._one = asyncio.Lock()
        self._access = ""
        self._not_before = self._calm_until = clock()
        self._failures = 0
        self._renewing: set[asyncio.Task[str]] = set()
        # Longer than one attempt, and taken anew for the next: nobody else may ask while this process may be asking.
        self._lease = timedelta(seconds=timeout) + _MARGIN

    async def access(self) -> str:
        """The token to use now; raises ConsentNeeded when there is none or the grant is lost."""
        return self._access or self._use(await self._current())

    async def renewed(self, rejected: str) -> str:
        """The token to use after `rejected` was refused: another process's new one, or one that is fetched now.

        Raises ConsentNeeded when the grant is lost, Retryable when Zalo can't be asked at the moment.
        """
        async with self._one:
            if self._access and self._access != rejected:
                return self._access
            return await self._renew(lambda row: self._seal.open(row.access) == rejected, refused=True)

    async def keep_fresh(self, now: datetime) -> None:
        """Renew the pair when less than five hours are left, or when somebody died while renewing it. To be called
        every few seconds: where nothing is due it reads one row. Failures are logged, and tried again calmly."""
        if now < self._calm_until:
            return
        try:
            async with self._one:
                if _due(await self._current(), now):
                    await self._renew(lambda row: _due(row, now), refused=False)
            self._failures = 0
        except (ConsentNeeded, Retryable) as error:
            log.error("OA %s: the access token is not renewed: %s", self._grant.oa_id, error)
            self._failures += 1
            self._calm_until = now + timedelta(seconds=min(_CALM, _REST * 2 ** (self._failures - 1)))

    async def replace(self, pair: Pair) -> None:
        """Keep the pair of a new consent, whatever was there before."""
        async with self._one:
            self._use(await self._store.run(tokens.replace, self._grant.oa_id, self._sealed(pair)))
            metrics.TOKEN_REFRESHES.labels("consent").inc()

    async def status(self) -> str:
        """`ok`, `consent_needed`, or `none` before the first pair: for health pages."""
        row = await self._store.read(tokens.find, self._grant.oa_id)
        return row.status if row else "none"

    async def close(self) -> None:
        """Wait for a renewal that is under way: its pair is the only one that works."""
        if self._renewing:
            await asyncio.wait(self._renewing)

    async def _current(self) -> OaToken:
        """The kept row, made of the settings' pair when there is none yet."""
        row = await self._store.read(tokens.find, self._grant.oa_id)
        if row is None and self._grant.first_access and self._grant.first_refresh:
            now = self._clock()
            first = Pair(self._grant.first_access, self._grant.first_refresh, now + oauth.ACCESS_LIFE, now)
            row = await self._store.run(tokens.adopt, self._grant.oa_id, self._sealed(first))
        if row is None:
            raise ConsentNeeded(0, _NO_TOKEN)
        return row

    def _use(self, row: OaToken) -> str:
        """Use what is committed. The last access token of a lost grant serves until it expires."""
        if row.status == tokens.CONSENT_NEEDED and row.expires_at <= self._clock():
            self._access = ""
            raise ConsentNeeded(0, row.error or "the grant is lost")
        self._access = self._seal.open(row.access)
        return self._access

    async def _renew(self, due: Callable[[OaToken], bool], *, refused: bool) -> str:
        """Renew the pair if it is `due` when the row is ours; otherwise use what somebody else has committed."""
        while True:
            now, holder = self._clock(), new_id()
            until = now + self._lease
            if now < self._not_before:
                raise Retryable(0, "the access token could not be renewed a moment ago", _REST)
            claim = await self._store.run(
                tokens.claim, self._grant.oa_id, due, holder=holder, until=until, now=now, refused=refused
            )
            match claim:
                case tokens.Claimed(row=row):
                    return await self._undisturbed(self._exchange(row, holder, refused))
                case tokens.Fresh(row=row):
                    return self._use(row)
                case tokens.Lost(row=row):
                    self._access = "" if refused else self._access
                    raise ConsentNeeded(0, row.error or "the grant is lost")
                case tokens.Busy():
                    await asyncio.sleep(_WATCH)
                case None:
                    raise ConsentNeeded(0, _NO_TOKEN)

    async def _undisturbed(self, exchange: Coroutine[Any, Any, str]) -> str:
        """A renewal goes on when whoever waits for it is cancelled: half of one would lose the grant."""
        task = asyncio.create_task(exchange)
        self._renewing.add(task)
        task.add_done_callback(self._renewed)
        return await asyncio.shield(task)

    def _renewed(self, task: asyncio.Task[str]) -> None:
        self._renewing.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody else needs to be warned

    async def _exchange(self, row: OaToken, holder: str, refused: bool) -> str:
        """Ask Zalo for the next pair and commit it; the row is claimed."""
        try:
            pair = await self._asked(row, holder)
        except ConsentNeeded as lost:
            metrics.TOKEN_REFRESHES.labels("refused").inc()
            return await self._give_up(row, holder, lost, refused)
        except (OutcomeUnknown, Undeliverable) as failed:
            metrics.TOKEN_REFRESHES.labels("failed").inc()
            log.error("OA %s: the access token could not be renewed: %s", row.oa_id, failed)
            self._not_before = self._clock() + timedelta(seconds=_REST)
            await self._store.run(tokens.release, row.oa_id, holder, str(failed), self._clock())
            raise Retryable(failed.code, "the access token could not be renewed", _REST) from None
        kept = await self._committed(row, self._sealed(pair))
        metrics.TOKEN_REFRESHES.labels("renewed").inc()
        log.info("OA %s: token generation %s until %s", kept.oa_id, kept.generation, kept.expires_at.isoformat())
        return self._use(kept)

    async def _committed(self, row: OaToken, pair: tokens.SealedPair) -> OaToken:
        """Commit the only pair that works: a database that fails for a moment must not lose the grant."""
        for attempt in range(1, _COMMITS):
            try:
                return await self._store.run(tokens.commit, row.oa_id, pair, row.generation)
            except DBAPIError as error:
                log.critical("OA %s: the new tokens are not kept yet: %s", row.oa_id, type(error).__name__)
                await asyncio.sleep(_PAUSE * attempt)
        return await self._store.run(tokens.commit, row.oa_id, pair, row.generation)

    async def _asked(self, row: OaToken, holder: str) -> Pair:
        """The same refresh token may be shown again while nobody knows whether it was used up."""
        grant, refresh_token = self._grant, self._seal.open(row.refresh)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await oauth.refresh(
                    self._http,
                    grant.oauth_url,
                    grant.app_id,
                    grant.app_secret,
                    refresh_token,
                    self._clock(),
                    self._timeout,
                )
            except OutcomeUnknown:
                if attempt == _ATTEMPTS:
                    raise
            await asyncio.sleep(_PAUSE * attempt)
            if not await self._store.run(tokens.extend, row.oa_id, holder, self._clock() + self._lease):
                raise OutcomeUnknown(0, "another process has taken over")
        raise AssertionError("unreachable")

    async def _give_up(self, row: OaToken, holder: str, lost: ConsentNeeded, refused: bool) -> str:
        kept = await self._store.run(
            tokens.give_up,
            row.oa_id,
            row.generation,
            holder=holder,
            error=str(lost),
            now=self._clock(),
            refused=refused,
        )
        if kept.generation != row.generation:
            return self._use(kept)  # another process or a new consent was faster: its pair is good
        if kept.status != tokens.CONSENT_NEEDED:
            raise Retryable(lost.code, "another process is renewing the access token", _REST)
        self._access = "" if refused else self._access
        log.critical("OA %s: CONSENT NEEDED, Zalo refuses the refresh token (%s): %s", row.oa_id, lost, _REMEDY)
        raise lost

    def _sealed(self, pair: Pair) -> tokens.SealedPair:
        close = self._seal.close
        return tokens.SealedPair(close(pair.access), close(pair.refresh), pair.expires_at, pair.obtained_at)
