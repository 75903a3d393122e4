"""What really happened: what the simulator posted and was answered, what reached the phones, what the database holds.

The one rule: it judges from both sides of the wire and believes neither alone.
"""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from zalobot.simulator.app import Simulator
from zalobot.simulator.deliver import Post
from zalobot.store.database import Store
from zalobot.store.models import InboxEvent, InboxState, OutboxMessage, OutboxState, Ticket
from zalobot.zalo.events import Event
from zalobot.zalo.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Cut:
    """A send that a kill cut off: `arrived` when the phone has it although the bot cannot know."""

    row_id: str
    person_id: str
    text: str
    arrived: bool


class Record:
    """Listens to a simulator; keeps every post and its whole log."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.posts: dict[str, Post] = {}
        simulator.world.log = deque()  # of any length
        sign = simulator.stage.deliverer.sign

        def noted(*arguments: object, **more: object) -> Post:
            post = sign(*arguments, **more)  # type: ignore[arg-type]
            self.posts[post.mac] = post
            return post

        simulator.stage.deliverer.sign = noted  # type: ignore[method-assign]

    def acknowledged(self) -> set[str]:
        """The keys of all events that were answered 200 at least once."""
        now, oa_id = datetime.now(UTC), self.simulator.settings.oa_id
        answered = {
            str(entry.facts["mac"])
            for entry in self.simulator.world.log
            if entry.kind == "event" and entry.facts.get("status") == 200
        }
        return {Event.parse(self.posts[mac].data, oa_id, now).key for mac in answered}

    def cut_off(self, store: Store) -> list[Cut]:
        """The sends that were under way when the process died, seen before the next one starts."""
        found = store.read_now(_under_way)
        ids = store.read_now(_known_ids)
        return [
            Cut(row_id, person, outgoing.text, self._arrived(person, outgoing, ids))
            for row_id, person, outgoing in found
        ]

    def _arrived(self, person_id: str, outgoing: Outgoing, known: set[str]) -> bool:
        return any(
            message.text == outgoing.text and message.id not in known for message in self.simulator.received(person_id)
        )


def doubled(simulator: Simulator, people: list[str]) -> Counter[tuple[str, str]]:
    """Messages of the bot that stand more than once on a phone, with how many are too many.

    In the conversations of the proofs no two replies are alike.
    """
    texts = Counter((one, message.text) for one in people for message in simulator.received(one))
    return Counter({which: times - 1 for which, times in texts.items() if times > 1})


def _under_way(session: Session) -> list[tuple[str, str, Outgoing]]:
    query = select(OutboxMessage).where(col(OutboxMessage.state).in_((OutboxState.SENDING, OutboxState.UNKNOWN)))
    return [(row.id, row.person_id, Outgoing.from_json(row.body)) for row in session.exec(query)]


def _known_ids(session: Session) -> set[str]:
    return {str(one) for one in session.exec(select(OutboxMessage.message_id))}


def handled(session: Session) -> set[str]:
    """The keys of the events whose effect is committed."""
    return set(session.exec(select(InboxEvent.key).where(col(InboxEvent.state) == InboxState.DONE)))


def unhandled(session: Session) -> list[str]:
    """Events still waiting or failed, with the reason."""
    query = select(InboxEvent).where(col(InboxEvent.state) != InboxState.DONE)
    return [f"{row.name} {row.state} {row.error or ''}" for row in session.exec(query)]


def unsent(session: Session, people: list[str]) -> list[str]:
    """Messages to these people that never left, or of which nobody knows."""
    query = select(OutboxMessage).where(col(OutboxMessage.state) != OutboxState.SENT)
    return [f"{row.template} {row.state} {row.error or ''}" for row in session.exec(query) if row.person_id in people]


def tickets(session: Session) -> Counter[str]:
    """How many tickets each person has."""
    return Counter(session.exec(select(Ticket.person_id)))


def templates(session: Session) -> dict[str, tuple[str, ...]]:
    """What each person was told, by the names of the messages, in order."""
    told: dict[str, tuple[str, ...]] = {}
    for row in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))):
        told[row.person_id] = (*told.get(row.person_id, ()), row.template)
    return told


def states(session: Session) -> list[OutboxState]:
    """The state of every message, in order."""
    return list(session.exec(select(OutboxMessage.state).order_by(col(OutboxMessage.id))))
