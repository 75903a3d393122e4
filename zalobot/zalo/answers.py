"""What Zalo's answer to a call means: data, or the error to react to.

The one rule: HTTP 200 says nothing; the envelope's `error` does. What is no envelope (HTML, 5xx)
leaves open what happened.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from zalobot.errors import (
    Misconfigured,
    OtherChannel,
    OutcomeUnknown,
    Retryable,
    TokenRejected,
    Undeliverable,
    UploadExpired,
    ZaloError,
)
from zalobot.zalo.codes import DAILY, NIGHT, OA, RATE_LIMIT, Reaction, reaction

Clock = Callable[[], float]
"""Seconds since the epoch."""

_MORNING = 6 * 3600 + 5 * 60  # 06:05 in Vietnam (UTC+7, no summer time)
_DAY, _VIETNAM = 24 * 3600, 7 * 3600


def read(status: int, body: bytes, *, sending: bool, clock: Clock, table: Mapping[int, Reaction] = OA) -> Any:
    """The data of an answer; raises the error that the answer is, by the `table` of the API that was called.

    `sending` tells calls that must not be repeated blindly (OutcomeUnknown) from those that may (Retryable).
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, list) and status == 200:
        return answer  # v2 lists come without an envelope in some descriptions
    code = error_code(answer)
    if status == 401:
        raise TokenRejected(code or 401, "HTTP 401")
    if code is None:
        raise _no_answer(status, sending, clock)
    if code == 0 and status < 400:
        return answer.get("data")
    if code == 0 or (status >= 500 and code not in table):
        raise _open(status, f"error {code}", sending)
    raise _error(code, str(answer.get("message", "")), sending, clock, table)


def error_code(answer: object) -> int | None:
    """The `error` of an envelope, a number or a number in a string; None where there is no envelope."""
    if not isinstance(answer, dict) or not isinstance(answer.get("error"), int | str):
        return None
    try:
        return int(answer["error"])
    except ValueError:
        return None


def _no_answer(status: int, sending: bool, clock: Clock) -> ZaloError:
    match status:
        case 404:
            return Misconfigured(404, "HTTP 404: no such call")
        case 429:
            return Retryable(RATE_LIMIT, "HTTP 429", _rest_of_minute(clock))
    return _open(status, "no envelope", sending)


def _open(status: int, what: str, sending: bool) -> ZaloError:
    return OutcomeUnknown(0, f"HTTP {status}: {what}") if sending else Retryable(0, f"HTTP {status}: {what}", 5.0)


def _error(code: int, message: str, sending: bool, clock: Clock, table: Mapping[int, Reaction]) -> ZaloError:
    match asks := reaction(code, table):
        case Reaction.RENEW:
            return TokenRejected(code, message)
        case Reaction.ASK:
            return OutcomeUnknown(code, message) if sending else Retryable(code, message, 5.0)
        case Reaction.LATER:
            return Retryable(code, message, _WAITS.get(code, _a_minute)(clock))
    return _REFUSALS.get(asks, Undeliverable)(code, message)


_REFUSALS: dict[Reaction, type[Undeliverable]] = {
    Reaction.OTHER_CHANNEL: OtherChannel,
    Reaction.CONFIGURATION: Misconfigured,
    Reaction.UPLOAD_AGAIN: UploadExpired,
}


def _a_minute(_clock: Clock) -> float:
    return 60.0


def _rest_of_minute(clock: Clock) -> float:
    """Zalo counts calls by the minute; half a second more, so that clocks may differ a little."""
    return 60.5 - clock() % 60


def _until_morning(clock: Clock) -> float:
    return (_MORNING - (clock() + _VIETNAM)) % _DAY


def _until_tomorrow(clock: Clock) -> float:
    return _DAY + 5 * 60 - (clock() + _VIETNAM) % _DAY


_WAITS = {
    RATE_LIMIT: _rest_of_minute,
    **dict.fromkeys(NIGHT, _until_morning),
    **dict.fromkeys(DAILY, _until_tomorrow),
}
