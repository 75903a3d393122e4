"""What Zalo's answer to a call means: data, or the error to react to.

The one rule: HTTP 200 says nothing; the envelope's `error` does. What is no envelope (HTML, 5xx)
leaves open what happened.
"""

import json
from collections.abc import Callable
from typing import Any

from zalobot.errors import OutcomeUnknown, Retryable, TokenRejected, Undeliverable, ZaloError
from zalobot.zalo.codes import NIGHT, OA, RATE_LIMIT, Reaction, reaction

Clock = Callable[[], float]
"""Seconds since the epoch."""

_MORNING = 6 * 3600 + 5 * 60  # 06:05 in Vietnam (UTC+7, no summer time)
_DAY, _VIETNAM = 24 * 3600, 7 * 3600


def read(status: int, body: bytes, *, sending: bool, clock: Clock) -> Any:
    """The data of an answer; raises the error that the answer is.

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
    if code == 0 or (status >= 500 and code not in OA):
        raise _open(status, f"error {code}", sending)
    raise _error(code, str(answer.get("message", "")), sending, clock)


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
            return Undeliverable(404, "HTTP 404: no such call")
        case 429:
            return Retryable(RATE_LIMIT, "HTTP 429", _rest_of_minute(clock))
    return _open(status, "no envelope", sending)


def _open(status: int, what: str, sending: bool) -> ZaloError:
    return OutcomeUnknown(0, f"HTTP {status}: {what}") if sending else Retryable(0, f"HTTP {status}: {what}", 5.0)


def _error(code: int, message: str, sending: bool, clock: Clock) -> ZaloError:
    match reaction(code):
        case Reaction.RENEW:
            return TokenRejected(code, message)
        case Reaction.ASK:
            return OutcomeUnknown(code, message) if sending else Retryable(code, message, 5.0)
        case Reaction.LATER:
            waits = {RATE_LIMIT: _rest_of_minute, NIGHT: _until_morning}
            return Retryable(code, message, waits.get(code, lambda _: 60.0)(clock))
    return Undeliverable(code, message)


def _rest_of_minute(clock: Clock) -> float:
    """Zalo counts calls by the minute; half a second more, so that clocks may differ a little."""
    return 60.5 - clock() % 60


def _until_morning(clock: Clock) -> float:
    return (_MORNING - (clock() + _VIETNAM)) % _DAY
