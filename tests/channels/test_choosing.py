"""The choice of a channel, as a table: what is known, what is asked for, what comes of it and why."""

from datetime import UTC, datetime, timedelta

import pytest

from zalobot.channel_policy import policy
from zalobot.channels.choosing import Choice, Known, Message, Why, choose
from zalobot.store.models import Channel, Priority

DAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 10:00 in Hạ Long
NIGHT = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # 22:30
EARLY = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # 05:30 of the next day
MORNING = datetime(2026, 11, 25, 23, 5, tzinfo=UTC)  # 06:05

CS, PAID, UID, PHONE = Channel.CS, Channel.CS_PAID, Channel.ZBS_UID, Channel.ZBS_PHONE
MAIL, WAIT = Channel.MAIL, Channel.WAIT
REPLY, STATUS, REMINDER = Priority.REPLY, Priority.STATUS, Priority.REMINDER


def someone(hours: float | None, now: datetime = DAY, **more: object) -> Known:
    """Who wrote so many hours ago and can be reached by everything, but for what is said."""
    everything = {"by_uid": None, "by_phone": None, "phone": "0912345678", "email": "a@b.vn"}
    last = None if hours is None else now - timedelta(hours=hours)
    return Known(last_interaction=last, **{**everything, **more})  # type: ignore[arg-type]


NOTHING = {"by_uid": Why.NO_TEMPLATE, "by_phone": Why.NO_TEMPLATE, "phone": "", "email": ""}

TABLE = [
    # priority, hours since the last word, what is different, what refused it, may be paid, the channel
    (STATUS, 1, {}, (), True, CS),
    (STATUS, 47.9, {}, (), True, CS),
    (STATUS, 47.95, {}, (), True, PAID),  # within the margin of the 48 hours
    (STATUS, 48, {}, (), True, PAID),
    (STATUS, 48, {}, (), False, UID),
    (STATUS, 167.9, {}, (), True, PAID),
    (STATUS, 167.95, {}, (), True, UID),
    (STATUS, 24 * 30, {}, (), True, UID),
    (STATUS, 24 * 30, {"by_uid": Why.NOT_APPROVED}, (), True, PHONE),
    (STATUS, 24 * 30, {"by_uid": Why.NOT_APPROVED, "phone": ""}, (), True, MAIL),
    (STATUS, 24 * 30, {"by_uid": Why.NOT_FILLED, "by_phone": Why.NOT_FILLED}, (), True, MAIL),
    (STATUS, 24 * 30, {**NOTHING, "email": "a@b.vn"}, (), True, MAIL),
    (STATUS, 24 * 30, NOTHING, (), True, WAIT),
    (STATUS, 50, NOTHING, (), False, WAIT),
    # a reminder takes a letter before a template that costs something
    (REMINDER, 24 * 30, {}, (), True, MAIL),
    (REMINDER, 24 * 30, {"email": ""}, (), True, UID),
    (REMINDER, 1, {}, (), True, CS),
    (REPLY, 1, {}, (), True, CS),
    (REPLY, 24 * 30, {}, (), True, UID),
    # when they last wrote is not known: Zalo is asked by trying
    (STATUS, None, {}, (), True, CS),
    (STATUS, None, {}, (), False, CS),
    # Zalo refused the chat to this person, whatever our clock says
    (STATUS, 1, {"chat_refused": True}, (), True, UID),
    (STATUS, None, {"chat_refused": True, **NOTHING}, (), True, WAIT),
    # what has refused this message is not asked again; the chat is one call, free or paid
    (STATUS, 1, {}, (CS,), True, UID),
    (STATUS, 50, {}, (PAID,), True, UID),
    (STATUS, 1, {}, (PAID,), True, UID),
    (STATUS, 1, {}, (CS, UID), True, PHONE),
    (STATUS, 1, {}, (CS, UID, PHONE), True, MAIL),
    (STATUS, 1, {}, (CS, UID, PHONE, MAIL), True, WAIT),
]


@pytest.mark.parametrize(("priority", "hours", "different", "refused", "may_pay", "channel"), TABLE)
def test_the_first_open_way_is_taken(
    priority: Priority,
    hours: float | None,
    different: dict[str, object],
    refused: tuple[Channel, ...],
    may_pay: bool,
    channel: Channel,
) -> None:
    chosen = choose(Message(priority, frozenset(refused)), someone(hours, **different), policy(may_pay=may_pay), DAY)
    assert chosen.channel is channel
    assert channel not in refused
    assert [one.channel for one in chosen.passed] == list(
        policy().order[priority][: policy().order[priority].index(channel)]
    )


def reasons(choice: Choice) -> dict[Channel, Why]:
    return {one.channel: one.why for one in choice.passed}


def test_why_every_way_was_passed_over_is_told() -> None:
    assert reasons(choose(Message(STATUS), Known(last_interaction=DAY - timedelta(days=30)), policy(), DAY)) == {
        CS: Why.WINDOW_CLOSED,
        PAID: Why.WINDOW_CLOSED,
        UID: Why.NO_TEMPLATE,
        PHONE: Why.NO_TEMPLATE,
        MAIL: Why.NO_ADDRESS,
    }
    refused = someone(50, phone="", by_uid=Why.NOT_APPROVED, email="")
    assert reasons(choose(Message(STATUS, {MAIL}), refused, policy(may_pay=False), DAY)) == {
        CS: Why.WINDOW_CLOSED,
        PAID: Why.NOT_PAID,
        UID: Why.NOT_APPROVED,
        PHONE: Why.NO_PHONE,
        MAIL: Why.REFUSED,
    }


def test_what_is_not_set_up_here_is_passed_over() -> None:
    chosen = choose(Message(STATUS, absent=frozenset({PAID, UID, PHONE, MAIL})), someone(50), policy(), DAY)
    assert (chosen.channel, reasons(chosen)[MAIL]) == (WAIT, Why.NOT_SET_UP)


@pytest.mark.parametrize(
    ("channel", "tag", "now", "not_before"),
    [
        (PHONE, 1, DAY, None),
        (PHONE, 1, NIGHT, MORNING),
        (PHONE, 1, EARLY, MORNING),
        (PHONE, 1, MORNING, None),
        (UID, 1, NIGHT, None),  # transaction and customer care go by user id day and night
        (UID, 3, NIGHT, MORNING),
        (UID, 3, DAY, None),
        (CS, 1, NIGHT, None),
        (MAIL, 1, NIGHT, None),
    ],
)
def test_templates_by_phone_wait_for_the_morning(
    channel: Channel, tag: int, now: datetime, not_before: datetime | None
) -> None:
    refused = frozenset({CS, UID, PHONE, MAIL} - {channel})
    chosen = choose(Message(STATUS, refused), someone(1, now, tag=tag), policy(), now)
    assert (chosen.channel, chosen.not_before) == (channel, not_before)


def test_the_policy_ends_every_order_with_waiting_and_prices_every_channel() -> None:
    shipped = policy()
    assert {order[-1] for order in shipped.order.values()} == {WAIT}
    assert all(set(order) == set(Channel) for order in shipped.order.values())
    assert set(shipped.price) == set(Channel)
    assert policy(may_pay=False).open < policy().open
