"""What the page can do: be the people, move the clock, provoke faults. One function for each action, by name.

The one rule: an action takes the JSON it was given and raises LookupError, ValueError or TypeError for nonsense; it
does only what a person, an administrator or the network could do.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from .acts import Acts
from .faults import Effect
from .settings import HERE
from .switches import DEEDS, choose, turn
from .world import By, Role

Given = dict[str, Any]
Action = Callable[[Acts, Given], Awaitable[Given | None]]

PLACE = (20.9583, 107.0448)  # Hạ Long
CONTACT = ("Lê Văn Hùng", "84912345678")
LONGEST = 24 * 31  # hours the clock moves at once


async def _say(acts: Acts, given: Given) -> None:
    await acts.says(given["person"], str(given["text"]))


async def _staff(acts: Acts, given: Given) -> None:
    await acts.staff_says(given["person"], str(given["text"]))


async def _press(acts: Acts, given: Given) -> None:
    message = acts.world.message(given["message"])
    if message is None:
        raise LookupError(given["message"])
    await acts.presses_button(message.person_id, message.buttons[int(given["button"])])


async def _menu(acts: Acts, given: Given) -> None:
    await acts.taps_menu(given["person"], int(given["index"]))


async def _send(acts: Acts, given: Given) -> None:
    """One of the things a person can send besides text, or do in the chat."""
    person = given["person"]
    match given["what"]:
        case "sample":
            await acts.sends_image(person, (HERE / "sample.jpg").read_bytes(), name="sample.jpg")
        case "place":
            await acts.sends_location(person, *PLACE)
        case "sticker":
            await acts.sends_sticker(person, "1001")
        case "voice":
            await acts.sends_voice(person)
        case "video":
            await acts.sends_video(person)
        case "contact":
            await acts.sends_contact(person, *CONTACT)
        case "share":
            await acts.shares(person, address="12 Trần Phú", ward="Phường 1", city="")
        case "chatnow":
            await acts.clicks_chatnow(person)
        case "withdraw":
            await acts.withdraws(person)
        case "heart":
            await _heart(acts, person)
        case what:
            raise LookupError(what)


async def _heart(acts: Acts, person: str) -> None:
    newest = next((message for message in reversed(acts.messages(person)) if message.by is not By.PERSON), None)
    if newest is None:
        raise LookupError("nothing to react to")
    newest.reaction = "/-heart"
    await acts.reacts(person, newest.id, "/-heart")


async def _follow(acts: Acts, given: Given) -> None:
    await (acts.follow if given["on"] else acts.unfollow)(given["person"])


async def _seen(acts: Acts, given: Given) -> None:
    await acts.sees(given["person"])


async def _new(acts: Acts, given: Given) -> Given:
    person = acts.add_person(str(given["name"])[:80] or "?", Role(given["role"]), str(given.get("note", ""))[:80])
    return {"person": person.id}


async def _clock(acts: Acts, given: Given) -> None:
    """`hours` forward, or `to` the next evening or the next working morning."""
    clock, week = acts.clock, acts.stage.settings.week
    match given.get("to"):
        case "evening":
            await clock.to(week.next_evening(clock.now()))
        case "morning":
            await clock.to(week.next_morning(clock.now()))
        case _:
            await clock.advance(timedelta(hours=min(float(given["hours"]), LONGEST)))
    acts.world.note(clock.now(), "clock")


async def _fault(acts: Acts, given: Given) -> None:
    name, on = str(given["name"]), bool(given["on"])
    turn(acts.stage, name, on)
    acts.world.note(acts.clock.now(), "fault", name=name, on=on)


async def _choose(acts: Acts, given: Given) -> None:
    name, value = str(given["name"]), str(given["value"])
    await choose(acts, name, value)
    acts.world.note(acts.clock.now(), "choice", name=name, value=value)


async def _deed(acts: Acts, given: Given) -> None:
    name = str(given["name"])
    deed = DEEDS[name]
    acts.world.note(acts.clock.now(), "deed", name=name)
    await deed(acts, str(given.get("person", "")))


async def _rule(acts: Acts, given: Given) -> Given:
    """A fault of one's own; `minutes` (0: without end) from now."""
    minutes, now = float(given.get("minutes") or 0), acts.clock.now()
    rule = acts.faults.start(
        Effect(given["effect"]),
        str(given.get("where") or ""),
        name=str(given.get("name") or "*"),
        person_id=str(given.get("person") or ""),
        every=max(int(given.get("every") or 1), 1),
        count=max(int(given.get("count") or 0), 0),
        until=now + timedelta(minutes=minutes) if minutes else None,
        code=int(given.get("code") or 0),
        seconds=max(float(given.get("seconds") or 0), 0.0),
    )
    acts.world.note(now, "rule", effect=rule.effect)
    return {"id": rule.id}


async def _unrule(acts: Acts, given: Given) -> None:
    """End one rule, or (without an id) every rule and every switch that is on."""
    if (rule_id := given.get("id")) is not None:
        acts.faults.stop(int(rule_id))
    else:
        acts.faults.stop()
    acts.world.touch()


async def _subscribe(acts: Acts, _given: Given) -> None:
    acts.world.unsubscribed = False
    acts.world.touch()


ACTIONS: dict[str, Action] = {
    "say": _say, "staff": _staff, "press": _press, "menu": _menu, "send": _send, "follow": _follow, "seen": _seen,
    "new": _new, "clock": _clock, "fault": _fault, "choose": _choose, "deed": _deed, "rule": _rule, "unrule": _unrule,
    "subscribe": _subscribe,
}  # fmt: skip
