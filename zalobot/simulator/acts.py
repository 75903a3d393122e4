"""What people do in Zalo: follow, write, send, press, look. For tests, for sample data and for the page.

The one rule: every act changes the world as Zalo would and sends the event Zalo would send; an act returns when the bot
has answered the event's first try (or nobody did), not when the bot has replied. `replies` waits for that.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from .payloads import Body
from .rules import Draft, picture_type
from .sending import put
from .stage import Stage
from .templates import Status
from .world import Button, By, File, Message, Person, Role, new_person_id, phone_of

Who = Person | str

_NUMBER = re.compile(r"^\d+\. ")


class Acts:
    """The people on a stage. A person may be given as `Person` or by id."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.world
        self.faults = stage.faults
        self.grant = stage.grant
        self.account = stage.account
        self.console = stage.console
        self.clock = stage.clock
        self._read: dict[str, int] = {}

    def person(self, who: Who) -> Person:
        """The person; KeyError when there is none."""
        return self.world.people[who if isinstance(who, str) else who.id]

    def add_person(
        self, name: str, role: Role = Role.BUSINESS, note: str = "", person_id: str = "", phone: str = ""
    ) -> Person:
        """Somebody with Zalo who has never met the OA; without a `phone` (84…) they have one made of their id."""
        person_id = person_id or new_person_id()
        return self.world.add_person(Person(person_id, name, role, note, phone=phone or phone_of(person_id)))

    # what the OA hears

    async def follow(self, who: Who) -> None:
        """Press "Quan tâm"."""
        person = self._interacts(who)
        person.following = True
        self.world.touch()
        await self._tell(person, self.stage.payloads.followed(person.id, self.stage.now()))

    async def unfollow(self, who: Who) -> None:
        """Press "Bỏ quan tâm": from now on the OA cannot write (-213)."""
        person = self.person(who)
        person.following, person.left = False, True
        self.world.touch()
        await self._tell(person, self.stage.payloads.unfollowed(person.id, self.stage.now()))

    async def blocks(self, who: Who) -> None:
        """Block the OA on the phone: messages (-217) and templates (-139) are refused, and the OA is told nothing."""
        person = self.person(who)
        person.refuses, person.refuses_templates = -217, -139
        self.world.touch()

    async def clicks_chatnow(self, who: Who) -> None:
        """Open the chat for the first time without following."""
        person = self._interacts(who)
        await self._tell(person, self.stage.payloads.chatnow(person.id, self.stage.now()))

    async def says(self, who: Who, text: str, *, quote: str = "", hidden: bool = False) -> Message:
        """Write a text (hidden: an `oa.query.hide` payload)."""
        return await self._sends(who, "text", text=text, quote_id=quote, hidden=hidden)

    async def sends_image(self, who: Who, data: bytes, *, name: str = "photo", caption: str = "") -> Message:
        """Send a photo (jpg, png or gif bytes)."""
        kind = picture_type(data)
        if not kind:
            raise ValueError("not a jpg, png or gif")
        file = self._keep(f"{name}.{kind}" if "." not in name else name, kind, data)
        return await self._sends(who, "image", text=caption, image=file.url, file=file)

    async def sends_file(self, who: Who, data: bytes, name: str) -> Message:
        """Send a file; its type is its ending, as in Zalo's events."""
        return await self._sends(who, "file", file=self._keep(name, name.rpartition(".")[2].lower(), data))

    async def sends_location(self, who: Who, latitude: float, longitude: float) -> Message:
        """Send a place."""
        at = {"coordinates": {"latitude": str(latitude), "longitude": str(longitude)}}
        attachments = [{"type": "location", "payload": at}]
        return await self._sends(who, "location", attachments=attachments, place=(str(latitude), str(longitude)))

    async def sends_sticker(self, who: Who, sticker_id: str) -> Message:
        """Send a sticker."""
        payload = {"id": sticker_id, "url": f"{self.stage.base_url}/media/{sticker_id}"}
        return await self._sends(who, "sticker", attachments=[{"type": "sticker", "payload": payload}])

    async def sends_voice(self, who: Who) -> Message:
        """Send a voice message."""
        payload = {"url": f"{self.stage.base_url}/media/voice.amr"}
        return await self._sends(who, "audio", attachments=[{"type": "audio", "payload": payload}])

    async def sends_video(self, who: Who) -> Message:
        """Send a video."""
        base = f"{self.stage.base_url}/media/video"
        payload = {"url": f"{base}.mp4", "thumbnail": f"{base}.jpg", "description": ""}
        return await self._sends(who, "video", attachments=[{"type": "video", "payload": payload}])

    async def sends_link(self, who: Who, url: str) -> Message:
        """Send a web address that Zalo shows with a preview."""
        payload = {"thumbnail": "", "description": "", "url": url}
        return await self._sends(who, "link", text=url, attachments=[{"type": "link", "payload": payload}])

    async def sends_contact(self, who: Who, name: str, phone: str) -> Message:
        """Send a contact card; its number lies in a JSON string, as Zalo has it."""
        description = json.dumps({"phone": phone, "qrCodeUrl": ""}, separators=(",", ":"))
        payload = {"thumbnail": "", "description": description, "url": ""}
        return await self._sends(who, "business_card", text=name, attachments=[{"type": "link", "payload": payload}])

    async def presses(self, who: Who, title: str) -> Message | None:
        """Press the newest button with this title, its leading number left out or not; None if the OA hears nothing.

        LookupError when there is no such button.
        """
        for message in reversed(self.received(who)):
            for button in message.buttons:
                if title in (button.title, _NUMBER.sub("", button.title)):
                    return await self.presses_button(who, button)
        raise LookupError(f"no button {title!r} among {[b.title for m in self.received(who) for b in m.buttons]}")

    async def presses_button(self, who: Who, button: Button) -> Message | None:
        """Press one button."""
        if not button.type.startswith("oa.query."):
            return None
        return await self.says(who, button.value, hidden=button.type == "oa.query.hide")

    async def taps_menu(self, who: Who, index: int) -> Message:
        """Tap an entry of the OA's menu, counted from 0."""
        return await self.says(who, self.stage.settings.menus[self.person(who).role][index].payload)

    async def reacts(self, who: Who, message_id: str, icon: str) -> None:
        """Put a reaction on a message."""
        message = self.world.message(message_id)
        if message is None:
            raise LookupError(message_id)
        await self._tell(self.person(who), self.stage.payloads.reacted(message, icon, self.stage.now()))

    async def submits_info(self, who: Who, info: Mapping[str, Any]) -> None:
        """Answer the OA's request for personal data."""
        person = self.person(who)
        person.shared = dict(info)
        await self._tell(person, self.stage.payloads.submitted(person.id, info, self.stage.now()))

    async def shares(self, who: Who, address: str = "", ward: str = "", city: str = "") -> None:
        """Fill in the form the OA sent; the console says in which of Zalo's two shapes it comes."""
        person = self.person(who)
        if self.stage.console.old_info:
            info: dict[str, Any] = {"name": person.name, "phone": int(person.phone or 0), "address": address,
                                    "ward": ward, "district": "", "city": city}  # fmt: skip
        else:
            where = {"user_city": city, "user_ward": ward, "user_address": address}
            info = {"name": person.name, "phone": person.phone, "user_dob": "30/10/1999", "gender": "Nam",
                    "full_address": where}  # fmt: skip
        await self.submits_info(who, info)

    async def withdraws(self, who: Who) -> None:
        """Ask Zalo to have the data deleted."""
        person = self.person(who)
        await self._tell(person, self.stage.payloads.withdrew(person.id, self.stage.now()))

    async def sees(self, who: Who) -> None:
        """Look at everything that has come from the OA."""
        now = self.stage.now()
        unseen = [message for message in self.received(who) if message.seen_at is None]
        for message in unseen:
            message.seen_at = now
        if unseen:
            self.world.touch()
            await self._tell(self.person(who), self.stage.payloads.seen(unseen, now))

    async def staff_says(self, who: Who, text: str, admin_id: str = "7000000000000000001") -> Message:
        """Somebody of the office answers in the OA's own inbox."""
        return put(self.stage, Draft(self.person(who), text=text), By.STAFF, admin_id)

    async def group_says(self, who: Who, group_id: str, text: str) -> None:
        """Write in a group the OA is in; a mention of the OA is `[@<its id>]` within the text."""
        person, payloads = self.person(who), self.stage.payloads
        body = payloads.in_group(group_id, person.id, text, self.world.new_message_id(), self.stage.now())
        await self._tell(person, body)

    async def group_changes(self, name: str, group_id: str, *people: Who) -> None:
        """One of a group's own events, by its name (`create_group`, `user_join_group` …)."""
        ids = [self.person(who).id for who in people]
        body = self.stage.payloads.group(name, group_id, ids, self.stage.now())
        await self._emit("", body)

    async def reviews_template(self, template_id: str, status: Status, reason: str = "") -> None:
        """Zalo approves, rejects or switches off a template of the account, and says so."""
        template, now = self.stage.templates[template_id], self.stage.now()
        before, template.status, template.reason = template.status, status, reason
        self.world.touch()
        await self._emit("", self.stage.payloads.template_status(template_id, before, status, reason, now), zbs=True)

    async def changes_daily_quota(self, limit: int) -> None:
        """Zalo raises or lowers how many template messages may be sent in a day, and says so."""
        allowance = self.stage.account.templates
        before, allowance.limit = allowance.limit, limit
        await self._emit("", self.stage.payloads.daily_quota(str(before), str(limit), self.stage.now()), zbs=True)

    async def console_tests(self, event_name: str) -> int:
        """The console's Test button: a signed sample event with the placeholder ids of the documentation."""
        body = self.stage.payloads.sample(event_name, self.stage.now())
        return await self._emit("", body)

    async def sends_event(self, who: Who, body: Body, *, secret: str | None = None) -> int:
        """Sign and deliver any body (with another `secret`: forged); the status of the first try."""
        return await self._tell(self.person(who), body, secret)

    # what the person sees

    def messages(self, who: Who) -> list[Message]:
        """The chat as the phone shows it, oldest first."""
        return [message for message in self.world.chat(self.person(who).id) if not message.hidden]

    def received(self, who: Who) -> list[Message]:
        """What came from the OA, oldest first."""
        return [message for message in self.messages(who) if message.by is not By.PERSON]

    async def replies(self, who: Who, count: int = 1, seconds: float = 5.0) -> list[Message]:
        """Wait for the next `count` messages from the OA that this method has not returned yet.

        TimeoutError after `seconds` of real time, saying what did come.
        """
        person, until = self.person(who), monotonic() + seconds
        start = self._read.get(person.id, 0)
        while len(new := self.received(person)[start:]) < count:
            if (left := until - monotonic()) <= 0 or not await self.world.changed(left):
                if len(new := self.received(person)[start:]) >= count:
                    break
                raise TimeoutError(f"{len(new)} of {count} replies: {[message.text for message in new]}")
        self._read[person.id] = start + count
        return new[:count]

    async def nothing_more(self, who: Who, seconds: float = 0.3) -> None:
        """AssertionError if a message comes from the OA within `seconds` that `replies` has not returned."""
        person, until = self.person(who), monotonic() + seconds
        start = self._read.get(person.id, 0)
        while (left := until - monotonic()) > 0 and not self.received(person)[start:]:
            await self.world.changed(left)
        if more := self.received(person)[start:]:
            raise AssertionError(f"not expected: {[message.text for message in more]}")

    async def settled(self, quiet: float = 0.3, seconds: float = 15.0) -> None:
        """Wait until nothing has happened and nothing been under way for `quiet` seconds."""
        until = monotonic() + seconds
        while await self.world.changed(quiet) or self.stage.deliverer.busy:
            if monotonic() > until:
                raise TimeoutError("the simulator does not come to rest")

    def _interacts(self, who: Who) -> Person:
        person = self.person(who)
        person.last_interaction, person.left = self.stage.now(), False
        return person

    def _keep(self, name: str, kind: str, data: bytes) -> File:
        file_id = secrets.token_urlsafe(12)
        file = File(file_id, name, kind, data, self.stage.now(), f"{self.stage.base_url}/media/{file_id}.{kind}")
        self.world.files[file_id] = file
        return file

    async def _sends(self, who: Who, kind: str, *, attachments: list[Body] | None = None, **content: Any) -> Message:
        person, now = self._interacts(who), self.stage.now()
        message = self.world.add_message(
            Message(self.world.new_message_id(), person.id, By.PERSON, now, kind, **content)
        )
        status = await self._tell(person, self.stage.payloads.said(message, attachments))
        if status == 200:
            self._delivered(message, self.stage.now())
        return message

    def _delivered(self, message: Message, at: datetime) -> None:
        message.delivered_at = at
        self.world.touch()

    async def _tell(self, person: Person, body: Body, secret: str | None = None) -> int:
        return await self._emit(person.id, body, secret)

    async def _emit(self, person_id: str, body: Body, secret: str | None = None, *, zbs: bool = False) -> int:
        deliverer = self.stage.deliverer
        return await asyncio.shield(deliverer.emit(deliverer.sign(person_id, body, secret, zbs=zbs)))
