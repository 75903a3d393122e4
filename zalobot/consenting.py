"""A consent from its one-time link to the kept pair of tokens: an administrator of the Official Account says yes.

The one rule: nothing is kept that does not belong to the configured account. The callback must fit the browser that
began, once, in time; the account it names must be ours, and so must the one that the new token opens.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import aiohttp

from zalobot.config import Settings
from zalobot.credentials import TokenKeeper
from zalobot.errors import ConsentNeeded, OutcomeUnknown, TokenRejected, Undeliverable, ZaloError
from zalobot.sealing import Seal, Signer
from zalobot.store import consents
from zalobot.store.consents import Begun
from zalobot.store.database import Store
from zalobot.zalo import oauth
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.oauth import Pair
from zalobot.zalo.proof import Proof

log = logging.getLogger(__name__)

CALLBACK = "/zalo/oauth/callback"
START = "/zalo/oauth/start"
_SHOWN = ("name", "package_name", "package_valid_through_date")


class Outcome(StrEnum):
    """How a consent ended; each has its words on the page."""

    DONE = "done"
    DENIED = "denied"  # Zalo brought no code back
    UNKNOWN = "unknown"  # no such consent is under way here: too late, used, forged
    OTHER_BROWSER = "other_browser"
    WRONG_ACCOUNT = "wrong_account"
    UNPROVEN = "unproven"  # neither the callback nor Zalo said whose token it is
    CODE_REFUSED = "code_refused"
    MISCONFIGURED = "misconfigured"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a callback. `code` is Zalo's; `named` the account that consented, by its name where it is ours;
    `package` what it has; `warning` the code of a getoa that was refused though the consent is good (a package without
    OpenAPI, for one)."""

    outcome: Outcome
    code: int = 0
    said: str = ""
    named: str = ""
    package: str = ""
    package_until: str = ""
    warning: int = 0


@dataclass(frozen=True, slots=True)
class Callback:
    """What Zalo's callback brought, and the browser's cookie."""

    code: str
    oa_id: str
    state: str
    browser: str
    error: int = 0


class ConsentDesk:
    """Begins and ends consents for the account of the settings."""

    def __init__(self, store: Store, http: aiohttp.ClientSession, settings: Settings, keeper: TokenKeeper) -> None:
        self._store, self._http, self._settings, self._keeper = store, http, settings, keeper
        self._signer = Signer(settings.secret_key, "consent state")
        self._seal = Seal(settings.secret_key, "consent verifier")

    @property
    def redirect_uri(self) -> str:
        """What Zalo's console must have as callback address, to the letter."""
        return redirect_uri(self._settings)

    async def begin(self, link: str, now: datetime) -> tuple[str, str] | None:
        """Zalo's page of consent, and the secret that the browser must bring back as a cookie; None for a link that is
        no good (any more)."""
        browser, verifier = secrets.token_urlsafe(32), self._verifier()
        sealed = self._seal.close(verifier) if verifier else ""
        begun = await self._store.run(consents.begin, link, browser, sealed, now)
        if begun is None:
            return None
        settings, state = self._settings, f"{begun.id}.{self._signer.sign(_bound(begun))}"
        page = oauth.permission_url(settings.zalo_oauth_url, settings.zalo_app_id, self.redirect_uri, state, verifier)
        return page, browser

    async def end(self, callback: Callback, now: datetime) -> Ended:
        """Judge a callback and, if all is well, keep the pair it leads to."""
        begun = await self._begun(callback, now)
        if isinstance(begun, Outcome):
            return Ended(begun)
        if not await self._store.run(consents.take, begun.id, now):
            return Ended(Outcome.UNKNOWN)
        # Not to be left half done when the browser goes away: the new pair is the only one that works.
        ended = await asyncio.shield(asyncio.ensure_future(self._taken(callback, begun, now)))
        await self._store.run(consents.end, begun.id, ended.outcome)
        log.warning("consent of OA %s: %s %s", self._settings.zalo_oa_id, ended.outcome, ended.code or "")
        return ended

    async def _begun(self, callback: Callback, now: datetime) -> Begun | Outcome:
        """The consent this callback belongs to. Without `state` only the one that is under way, in the same browser."""
        if not callback.state:
            return await self._store.read(consents.only_one, callback.browser, now) or Outcome.UNKNOWN
        consent_id, _, signature = callback.state.partition(".")
        begun = await self._store.read(consents.find, consent_id)
        if begun is None or begun.until <= now or not self._signer.fits(_bound(begun), signature):
            return Outcome.UNKNOWN
        if consents.hashed(callback.browser) != begun.browser_hash:
            return Outcome.OTHER_BROWSER
        return begun

    async def _taken(self, callback: Callback, begun: Begun, now: datetime) -> Ended:
        if not callback.code:
            return Ended(Outcome.DENIED, callback.error)
        if callback.oa_id and callback.oa_id != self._settings.zalo_oa_id:
            return Ended(Outcome.WRONG_ACCOUNT, named=callback.oa_id)
        try:
            pair = await self._exchanged(callback.code, begun, now)
        except ConsentNeeded as error:
            return Ended(Outcome.CODE_REFUSED, error.code, error.message)
        except Undeliverable as error:
            return Ended(Outcome.MISCONFIGURED, error.code, error.message)
        except OutcomeUnknown as error:
            return Ended(Outcome.NO_ANSWER, error.code, error.message)
        return await self._proven(pair, named=bool(callback.oa_id))

    async def _exchanged(self, code: str, begun: Begun, now: datetime) -> Pair:
        settings = self._settings
        verifier = self._seal.open(begun.verifier) if begun.verifier else ""
        return await oauth.exchange(
            self._http,
            settings.zalo_oauth_url,
            settings.zalo_app_id,
            settings.zalo_app_secret,
            code,
            verifier,
            now,
        )

    async def _proven(self, pair: Pair, *, named: bool) -> Ended:
        """Keep the pair if the account it opens is ours. A getoa that fails says nothing against a fitting callback."""
        account, warning = await self._account(pair)
        whose = str(account.get("oa_id") or account.get("oaid") or "")
        if whose and whose != self._settings.zalo_oa_id:
            return Ended(Outcome.WRONG_ACCOUNT, named=whose)
        if not whose and not named:
            return Ended(Outcome.UNPROVEN, warning)
        await self._keeper.replace(pair)
        name, package, until = (str(account.get(key) or "") for key in _SHOWN)
        return Ended(Outcome.DONE, named=name, package=package, package_until=until, warning=warning)

    async def _account(self, pair: Pair) -> tuple[dict[str, Any], int]:
        settings = self._settings
        proof = Proof(settings.zalo_app_secret, settings.zalo_appsecret_proof)
        client = ZaloClient(self._http, settings.zalo_openapi_url, _NewToken(pair), proof=proof)
        try:
            return await client.account(), 0
        except ZaloError as error:
            return {}, error.code

    def _verifier(self) -> str:
        match self._settings.zalo_pkce:
            case oauth.FIXED:
                return self._settings.zalo_pkce_verifier
            case oauth.NO_PKCE:
                return ""
        return oauth.new_verifier()


class _NewToken:
    """The token of a pair that is not kept yet."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    async def access(self) -> str:
        return self._pair.access

    async def renewed(self, rejected: str) -> str:
        raise TokenRejected(-216, "the new access token was refused")


def redirect_uri(settings: Settings) -> str:
    """What Zalo's console must have as callback address, to the letter."""
    return settings.public_url.rstrip("/") + CALLBACK


def start_url(settings: Settings, link: str) -> str:
    """Where an administrator begins, with a one-time link."""
    return f"{settings.public_url.rstrip('/')}{START}?ma={link}"


def _bound(begun: Begun) -> str:
    return f"{begun.id} {begun.browser_hash} {begun.until.timestamp():.0f}"
