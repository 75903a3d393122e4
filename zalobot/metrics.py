"""What the service counts about itself, in Prometheus' terms. Counters move where the thing happens; gauges are read
from the database when `/metrics` is asked.

The one rule: no label ever carries a person, a ticket or a text.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter that nobody reads
REGISTRY = CollectorRegistry()

EVENTS = Counter("zalobot_events", "Events taken in, by kind", ["kind"], registry=REGISTRY)
SIGNATURES = Counter(
    "zalobot_signatures",
    "Signatures checked, by the formula that fitted or the reason for dropping the event",
    ["result"],
    registry=REGISTRY,
)
DUPLICATES = Counter("zalobot_duplicate_events", "Events that had been taken in before", registry=REGISTRY)
DELIVERIES = Counter(
    "zalobot_deliveries",
    "Events delivered, by Zalo's count of its tries (9: that many or more)",
    ["num_retry"],
    registry=REGISTRY,
)
CAUGHT_UP = Counter("zalobot_caught_up", "Messages the webhook missed, read from the conversations", registry=REGISTRY)
HANDLER_FAILURES = Counter("zalobot_handler_failures", "Events whose handling failed", ["kind"], registry=REGISTRY)
SENDS = Counter("zalobot_sends", "Calls to send a message, by Zalo's code (0 is success)", ["code"], registry=REGISTRY)
CALLS = Counter("zalobot_calls", "Calls to Zalo's OpenAPI, by what for", ["what"], registry=REGISTRY)
RATE_SHUT = Counter("zalobot_rate_shut", "Times that Zalo's limit of calls was reached", registry=REGISTRY)
UNCLEAR = Counter("zalobot_unclear", "Messages of which nobody could find out whether they arrived", registry=REGISTRY)
UNHEARD_OF = Counter("zalobot_unheard_of_codes", "Zalo's codes that stand in no table", ["code"], registry=REGISTRY)
BY_CHANNEL = Counter(
    "zalobot_messages_by_channel", "Messages that a channel took, by channel", ["channel"], registry=REGISTRY
)
REMINDERS = Counter("zalobot_reminders", "Steps of the ladder taken, by step", ["step"], registry=REGISTRY)
TOKEN_REFRESHES = Counter("zalobot_token_refreshes", "Token renewals, by result", ["result"], registry=REGISTRY)
GRANT_ALARMS = Counter("zalobot_grant_alarms", "Alarms that an administrator must consent again", registry=REGISTRY)
ACK_SECONDS = Histogram(
    "zalobot_ack_seconds",
    "From a webhook's arrival to its answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0),
    registry=REGISTRY,
)

INBOX_BACKLOG = Gauge("zalobot_inbox_backlog", "Events kept and not yet handled", registry=REGISTRY)
INBOX_FAILED = Gauge("zalobot_inbox_failed", "Events kept for replay because handling them failed", registry=REGISTRY)
INBOX_AGE = Gauge("zalobot_inbox_oldest_seconds", "Age of the oldest event not yet handled", registry=REGISTRY)
OUTBOX = Gauge("zalobot_outbox", "Messages by state, sent ones not counted", ["state"], registry=REGISTRY)
OUTBOX_AGE = Gauge("zalobot_outbox_oldest_seconds", "Age of the oldest message that could be sent", registry=REGISTRY)
TOKEN_AGE = Gauge("zalobot_token_age_seconds", "Age of the token pair", registry=REGISTRY)
TOKEN_LEFT = Gauge("zalobot_token_left_seconds", "Until the access token expires", registry=REGISTRY)
RATE_LIMIT = Gauge("zalobot_rate_limit", "Calls a minute that Zalo allows, as its answers say", registry=REGISTRY)
RATE_REMAIN = Gauge("zalobot_rate_remain", "Calls left of the minute, as Zalo's last answer said", registry=REGISTRY)
HORIZON = Gauge("zalobot_calendar_horizon_days", "Days until the last known day of the calendar", registry=REGISTRY)


def text() -> bytes:
    """Everything in Prometheus' text form."""
    return generate_latest(REGISTRY)
