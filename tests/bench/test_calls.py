"""The bench says how many calls to Zalo a ticket costs."""

from bench.calls import counted, line

METRICS = """\
# HELP zalobot_calls_total Calls to Zalo's OpenAPI, by what for
zalobot_calls_total{what="send"} 816.0
zalobot_calls_total{what="getoa"} 1.0
zalobot_sends_total{code="0"} 800.0
"""


def test_all_calls_are_divided_by_all_tickets() -> None:
    calls = counted(METRICS)
    assert calls == {"send": 816.0, "getoa": 1.0}
    said = line({**calls, "tickets": 100})
    assert said == "8.17 calls to Zalo per ticket (getoa 0.01, send 8.16), 100 tickets"
