"""Two months around Tết on each engine; the whole year is `./run year`."""

import pytest

from tests.proofs.year.figures import judge, received
from tests.proofs.year.play import play
from tests.proofs.year.rules import Books
from tests.proofs.year.scenario import around_tet


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_months_around_tet_break_no_rule(sqlite_url: str) -> None:
    year = play(sqlite_url, around_tet, officers=30, tickets=250, seed=2026)
    books = Books.read(year)
    violations, checked, _ = judge(books)
    year.machine.close()
    print(received(books), checked, year.acted, sep="\n")
    assert violations == []
    # It was worth looking: everything that can happen did.
    assert {"answer", "ask", "reply", "decline", "withdraw", "verdict", "absent", "leave", "calendar"} <= set(
        year.acted
    )
    assert year.machine.befell["killed within a sweep"] + year.machine.befell["restarts between sweeps"] > 0
    assert checked["escalations and daily reminders due"] > 200
    assert checked["escalations that an outage kept from leaving"] > 0
    assert checked["coordinator-days with a push of the clock"] > 40
    assert checked["tickets"] == 250
