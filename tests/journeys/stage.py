"""A stage for conversations: the real rooms from the inbox to the outbox, without HTTP, on a clock the test moves.

`person.says(...)` plays one message and gives back what the bot answers to that person; what others are pushed waits
in their `pushes()`.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.event import listen
from sqlmodel import Session, col, select

from zalobot import app, digests, inbox, nudging, officers, outbox, reminders, unseen
from zalobot.config import Settings
from zalobot.handlers import talking
from zalobot.handlers.dispatch import dispatcher
from zalobot.inbox import Incoming
from zalobot.outbox import Outcome
from zalobot.outbox.leaving import SIGN
from zalobot.store.database import Store
from zalobot.store.models import (
    InboxEvent,
    InboxState,
    OutboxMessage,
    OutboxState,
    Part,
    Priority,
    Role,
    Ticket,
)
from zalobot.tickets import disputes, proposals, silence
from zalobot.zalo.events import Event
from zalobot.zalo.messages import Outgoing

OA, APP = "388613280878808645", "360846524940903967"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Hạ Long

SWEEPS = (
    reminders.remind,
    digests.send,
    unseen.climb,
    disputes.remind,
    disputes.escalate,
    proposals.remind,
    silence.end_pauses,
    silence.close_unjudged,
    silence.note_unexplained,
    nudging.nudge,
)


class Stage:
    """A bot with a database, and the people who talk to it."""

    def __init__(self, url: str, *, province: str = "quang-ninh", now: datetime = MONDAY, burst: float = 0) -> None:
        self.url, self.now, self.numbers = url, now, count(1)
        self.settings = replace(
            Settings(), database_url=url, province=province, secret_key="x", zalo_oa_id=OA, burst_seconds=burst
        )
        self.people: dict[str, Person] = {}
        self.store: Store
        self.restart()

    def restart(self) -> None:
        """Open the database as a new process would."""
        if hasattr(self, "store"):
            self.store.close_now()
        self.store, self.province = app.open_store(self.settings, self.now)

    def burst(self, seconds: float) -> None:
        """How long a reply waits for more."""
        self.store.info[talking.BURST] = timedelta(seconds=seconds)

    def person(self, name: str) -> "Person":
        """Somebody with Zalo on the phone."""
        return self.people.setdefault(name, Person(self, name))

    def officer(self, name: str, agency: str, role: Role = Role.OFFICER) -> "Person":
        """A member of staff, linked by a one-time code sent in Zalo."""
        code = self.store.run_now(officers.issue_link_code, agency=agency, name=name, role=role, now=self.now)
        person = self.person(name)
        person.says(code)
        return person

    def hear(self, body: dict[str, Any]) -> None:
        """An event arrives, is kept, handled, and what is due is sent."""
        raw = json.dumps(body, ensure_ascii=False)
        event = Event.parse(raw.encode(), OA, self.now)
        incoming = Incoming(event.key, event.person_id, event.name, event.at, self.now, raw)
        self.store.run_now(inbox.keep, [incoming])
        self.work()

    def work(self) -> None:
        """Handle what waits and send what is due."""
        while self.store.run_now(inbox.work, dispatcher(OA), self.now, careful=True).handled:
            pass
        self.send()

    def send(self) -> None:
        """Send everything that is due; every send succeeds."""
        while leaving := self.store.run_now(outbox.claim, self.now, 50):
            for row in leaving:
                person = self.person(row.person_id)
                (person.signs if row.outgoing.react_icon else person.got).append(row.outgoing)
            sent = [Outcome(row.id, OutboxState.SENT, f"sent-{row.id}") for row in leaving]
            self.store.run_now(outbox.settle, sent, self.now)

    def later(self, **delta: float) -> None:
        """Move the clock in steps of five minutes at the most, with the jobs of every step."""
        end = self.now + timedelta(**delta)
        while self.now < end:
            self.now = min(end, self.now + timedelta(minutes=5))
            self.sweep()
            self.send()

    def sweep(self) -> None:
        """Every job once. One that changes something ends its transaction; those that change nothing share one."""
        waiting = list(SWEEPS)

        def some(session: Session) -> None:
            changed: list[bool] = []
            listen(session, "do_orm_execute", lambda state: changed.append(not state.is_select))
            while waiting and not (any(changed) or session.new or session.dirty or held(session)):
                waiting.pop(0)(session, self.now)

        while waiting:
            self.store.run_now(some)

    def until(self, instant: datetime) -> None:
        """Move the clock to an instant."""
        self.later(seconds=(instant - self.now).total_seconds())

    def failures(self) -> list[str | None]:
        """The errors of events whose handling failed, and the pushes, to whomever, without a code to check them by."""

        def failed(session: Session) -> list[str | None]:
            query = select(col(InboxEvent.error)).where(col(InboxEvent.state) == InboxState.FAILED)
            bare = select(col(OutboxMessage.template)).where(
                col(OutboxMessage.priority) != Priority.REPLY,
                col(OutboxMessage.check_code).is_(None),
                col(OutboxMessage.template) != SIGN,
            )
            return [*session.exec(query), *(f"{name} has no code" for name in session.exec(bare))]

        return self.store.read_now(failed)

    def tickets(self) -> list[Ticket]:
        """All tickets in order."""
        return self.store.read_now(lambda s: list(s.exec(select(Ticket).order_by(col(Ticket.id)))))

    def parts(self) -> list[Part]:
        """All parts in order of their codes."""
        return self.store.read_now(lambda s: list(s.exec(select(Part).order_by(col(Part.code)))))


def held(session: Session) -> bool:
    """Whether anything waits to be written at the commit."""
    return any(session.info.get(kind) for kind in ("later", "before_commit", "at_last", "awaiting"))


class Person:
    """A person's phone: what came to it, and what is typed on it."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.id = stage, name
        self.got: list[Outgoing] = []
        self.signs: list[Outgoing] = []  # put to messages of theirs

    def says(self, text: str, *, times: int = 1) -> list[str]:
        """Send a text (the same event `times` times) and give back the texts that came to this phone since."""
        return self._sends({"text": text}, "user_send_text", times)

    def agrees(self) -> list[str]:
        """Read the terms and say yes to them."""
        self.says("xin chào")
        return self.says("đồng ý")

    def sends_photo(self, url: str = "http://f6.photo.talk.zdn.vn/a.jpg", caption: str = "") -> list[str]:
        """Send a photo."""
        attachment = {"type": "image", "payload": {"url": url, "thumbnail": url}}
        return self._sends({"text": caption, "attachments": [attachment]}, "user_send_image", 1)

    def sends(self, name: str, kind: str, payload: dict[str, Any], text: str = "") -> list[str]:
        """Send something else than words or a photo: the event's name, the kind of the attachment, what is in it."""
        return self._sends({"text": text, "attachments": [{"type": kind, "payload": payload}]}, name, 1)

    def follows(self) -> list[str]:
        """Follow the account."""
        stage = self.stage
        stage.now += timedelta(seconds=5)
        self.got.clear()
        stage.hear(
            {
                "app_id": APP,
                "event_name": "follow",
                "oa_id": OA,
                "follower": {"id": self.id},
                "timestamp": str(int(stage.now.timestamp() * 1000)),
            }
        )
        return self.texts()

    def pushes(self) -> list[str]:
        """What came to this phone and was not read yet; reading empties it."""
        texts = self.texts()
        self.got.clear()
        return texts

    def texts(self) -> list[str]:
        """The texts that came since the last message."""
        return [message.text for message in self.got]

    def buttons(self) -> list[str]:
        """The button titles of the newest message."""
        return [button.title for button in self.got[-1].buttons] if self.got else []

    def _sends(self, message: dict[str, Any], name: str, times: int) -> list[str]:
        stage = self.stage
        stage.now += timedelta(seconds=1)
        self.got.clear()
        body = {
            "app_id": APP,
            "event_name": name,
            "sender": {"id": self.id},
            "recipient": {"id": OA},
            "message": {**message, "msg_id": f"m{next(stage.numbers)}"},
            "timestamp": str(int(stage.now.timestamp() * 1000)),
        }
        for _ in range(times):
            stage.hear(body)
        return self.texts()


def report(person: Person, text: str, **answers: str) -> str:
    """A business goes through a whole report; gives back the ticket's code. `answers` as of `finish`."""
    person.agrees()
    person.says(text)
    finish(person, **answers)
    return person.stage.tickets()[-1].code


def finish(
    person: Person, *, field: str = "1", agencies: str = "1", who: str = "bỏ qua", still: str = "đúng", until: str = ""
) -> str:
    """Answer whatever is still asked of a report and send it; gives back the last thing said. `until`: stop there."""
    asked = {
        "lĩnh vực nào": field,
        "một trong các lĩnh vực": field,
        "của cơ quan nào": agencies,
        "Cơ quan dự kiến": agencies,
        "tên doanh nghiệp, mã số thuế": who,
        "vẫn là": still,
        "xem lại trước khi gửi": "gửi",
        "Đã nhận": "xong",
        "đã gửi việc gần giống": "Việc của tôi khác",
    }
    for _ in range(6):
        last = person.texts()[-1]
        answer = next((says for words, says in asked.items() if words in last), None)
        if answer is None or (until and until in last):
            return last
        person.says(answer)
    return person.texts()[-1]
