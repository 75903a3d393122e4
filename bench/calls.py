"""What a ticket costs in calls to Zalo: the scarce thing, for an account may make 100 a minute.

The one rule: all calls are divided by all tickets, the unfinished conversations' calls included.
"""

import re
import sqlite3
import urllib.request
from contextlib import closing

from bench.place import Place

_CALL = re.compile(r'(?m)^zalobot_calls_total\{what="(\w+)"\} (\S+)$')


def spent(place: Place) -> dict[str, float]:
    """Calls by what they were for, and how many tickets came of them; {} where nothing was called."""
    with urllib.request.urlopen(f"http://127.0.0.1:{place.port}/metrics", timeout=5) as answer:
        calls = counted(answer.read().decode())
    return {**calls, "tickets": _tickets(place.database)} if calls else {}


def counted(metrics: str) -> dict[str, float]:
    """The calls as `/metrics` has them."""
    return {what: float(number) for what, number in _CALL.findall(metrics)}


def line(figures: dict[str, float]) -> str:
    """Calls per ticket, in words."""
    tickets = figures["tickets"]
    calls = {what: number for what, number in figures.items() if what != "tickets" and number}
    each = ", ".join(f"{what} {number / tickets:.2f}" for what, number in sorted(calls.items()))
    return f"{sum(calls.values()) / tickets:.2f} calls to Zalo per ticket ({each}), {tickets:,.0f} tickets"


def _tickets(database: str) -> int:
    query = "SELECT count(*) FROM ticket"
    if "://" not in database:
        with closing(sqlite3.connect(database)) as connection:
            return int(connection.execute(query).fetchone()[0])
    import psycopg

    with psycopg.connect(database) as server:
        row = server.execute(query).fetchone()
        return int(row[0]) if row else 0
