"""The packages of Official Accounts as Zalo sells them since June 2026, as far as calls go (platform facts 6.2 and 8).

The one rule: an unknown package counts as the smallest that may call at all.
"""

from zalobot.vietnamese import fold

SMALLEST = 100
"""Calls a minute of the smallest package with OpenAPI."""

_CALLS = {"tang truong": SMALLEST, "toan dien": 2000}
_WITHOUT = ("co ban", "tieu chuan")


def calls_per_minute(package_name: str) -> int:
    """How many calls a minute a package allows; 0 for a name that is not known."""
    name = fold(package_name)
    return next((calls for known, calls in _CALLS.items() if known in name), 0)


def without_openapi(package_name: str) -> bool:
    """Whether this is a package with which nothing can be sent at all."""
    return any(known in fold(package_name) for known in _WITHOUT)
