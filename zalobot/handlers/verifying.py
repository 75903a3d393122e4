"""Whether an event is taken in: proven by its signature, as far as the mode asks, and no replay of an old one.

The one rule: a 401 answers only once every secret in use has proven good. Until then a mistake of ours would have Zalo
unsubscribe the app, so what cannot be proven is answered 200, dropped, counted and told aloud.
"""

import logging
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from zalobot import metrics, troubles
from zalobot.errors import BadEvent, InvalidSignature
from zalobot.services import Services
from zalobot.zalo import signature
from zalobot.zalo.events import Event, Kind
from zalobot.zalo.signature import Keys

log = logging.getLogger(__name__)

ENFORCE, LOG_ONLY, OFF = "enforce", "log_only", "off"
REPLAY = timedelta(hours=24)  # Zalo tries again for two hours, some say twelve
ALOUD = timedelta(minutes=1)
DROPPED, REFUSED = 200, 401
_TIMELESS = {Kind.RECEIPT_DELIVERED, Kind.RECEIPT_SEEN}  # they tell of the past, and the first one stays

_REMEDIES = {
    "no_secret": "ZALOBOT_ZALO_OA_SECRET is not set yet",
    "unsigned": "somebody else knows the webhook's address, or a proxy drops the header X-ZEvent-Signature",
    "unreadable": "somebody else knows the webhook's address",
    "other_app": "ZALOBOT_ZALO_APP_ID is not the app that has this webhook",
    "mismatch": "ZALOBOT_ZALO_OA_SECRET is not the OA Secret Key of the Webhook page, or it was reset there",
    "replay": "the event is a day older than the newest one",
    signature.Formula.APP_SECRET: "Zalo signs with the app's secret: put it into ZALOBOT_ZALO_OA_SECRET",
    signature.Formula.OA_ID: "Zalo signs with the OA's id: set ZALOBOT_ZALO_SIGNATURE_MODE=log_only and tell us",
    signature.Formula.HMAC: "somebody signs with an HMAC, which Zalo does not: it is no event of Zalo's",
}


class Verifier:
    """Checks events of one process. What it has learnt of the secrets is in the database, and outlives it."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self._services = services
        self._mode = settings.zalo_signature_mode
        self.keys = Keys(settings.zalo_app_id, settings.zalo_oa_id, settings.oa_secrets, settings.zalo_app_secret)
        self._prints = {secret: signature.fingerprint(secret) for secret in settings.oa_secrets}
        self._proven: set[str] = set()
        self._newest: datetime | None = None
        self._untold: Counter[str] = Counter()
        self._told: dict[str, datetime] = {}

    async def remember(self) -> None:
        """Learn what former lives of the service knew."""
        self._proven = await self._services.store.read(troubles.proven, list(self._prints.values()))
        self._newest = await self._services.store.read(troubles.newest)

    async def verified(self, body: bytes, header: str | None, now: datetime) -> Event | int:
        """The event, or the status that answers what is not taken in."""
        try:
            event = self._event(body, header, now)
        except InvalidSignature as problem:
            return await self._refuse(problem.reason, now)
        except BadEvent:
            metrics.SIGNATURES.labels("no_event").inc()
            log.warning("a signed body of %d bytes is no event", len(body))  # what it says is nobody's business
            return DROPPED
        if event.signed_with and self._prints[event.signed_with] not in self._proven:
            await self._prove(self._prints[event.signed_with], now)
        if self._is_replay(event, now):
            return await self._drop("replay", now)
        return event

    def kept(self, event: Event) -> None:
        """The event is on disk: whatever is a day older than the newest one is a replay."""
        if self._newest is None or event.at > self._newest:
            self._newest = event.at

    def _event(self, body: bytes, header: str | None, now: datetime) -> Event:
        if self._mode == OFF:
            return self._unproven(body, now, OFF)
        if not self.keys.oa_secrets:  # it can only be seen after the address was saved, and saving needs a 200
            raise InvalidSignature("no_secret")
        try:
            event = Event.from_http(body, header, keys=self.keys, received=now)
        except InvalidSignature as problem:
            if self._mode != LOG_ONLY:
                raise
            return self._unproven(body, now, problem.reason)
        metrics.SIGNATURES.labels(signature.Formula.DOCUMENTED).inc()
        return event

    def _unproven(self, body: bytes, now: datetime, reason: str) -> Event:
        """Read an event that the mode takes in unproven; one for another app is never taken in."""
        event = Event.parse(body, self.keys.oa_id, now)
        if event.app_id != self.keys.app_id:
            raise InvalidSignature("other_app")
        metrics.SIGNATURES.labels(reason).inc()
        if reason != OFF:
            log.warning("an event is taken in unproven (%s): %s", reason, _REMEDIES[reason])
        return event

    def _is_replay(self, event: Event, now: datetime) -> bool:
        """Measured against the newest event rather than our clock alone, which may be days ahead."""
        if self._newest is None or event.kind in _TIMELESS:
            return False
        return event.at < min(self._newest, now) - REPLAY

    async def _prove(self, fingerprint: str, now: datetime) -> None:
        self._proven.add(fingerprint)
        with suppress(SQLAlchemyError):  # the next process learns it by itself
            await self._services.store.run_first(troubles.prove, fingerprint, now)

    async def _refuse(self, reason: str, now: datetime) -> int:
        answer = await self._drop(reason, now)
        good = bool(self._prints) and self._proven.issuperset(self._prints.values())
        return REFUSED if good and self._mode == ENFORCE else answer

    async def _drop(self, reason: str, now: datetime) -> int:
        """Count it; once a minute say it aloud and write it down, for the doctor and the operators."""
        metrics.SIGNATURES.labels(reason).inc()
        self._untold[reason] += 1
        if reason not in self._told or now - self._told[reason] >= ALOUD:
            number, self._told[reason] = self._untold.pop(reason), now
            log.error("%d events were dropped (%s): %s", number, reason, _REMEDIES[reason])
            with suppress(SQLAlchemyError):
                await self._services.store.run(troubles.note, reason, number, now)
        return DROPPED
