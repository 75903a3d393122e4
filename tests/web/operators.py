"""What the operators' pages show in tests: the sample week, and one of everything that needs a hand."""

import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import aiohttp
from aiohttp import CookieJar
from PIL import Image
from sqlmodel import Session, col, select
from yarl import URL

from tests.web import sample
from tests.web.test_coordinator import here, to_be_sorted
from tests.web.test_officer import head
from tests.web.test_sign_in import Browser
from zalobot import conversations, officers, reference, speech, templating
from zalobot import province as packs
from zalobot.accounts import sessions
from zalobot.knowledge import keeping
from zalobot.pack_knowledge import KnownAnswer
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import (
    Account,
    AccountRole,
    Attachment,
    AttachmentState,
    Attempt,
    Channel,
    Conversation,
    InboxEvent,
    InboxState,
    Level,
    OutboxMessage,
    OutboxState,
    Person,
    Role,
    Ticket,
)
from zalobot.tickets import calling

HOME = "/van-hanh"
LAN = "8822110011"
PAGES = [f"{HOME}{path}" for path in (
    "", "/tin-nhan", "/tin-nhan?loc=unclear", "/tin-nhan?loc=waiting", "/su-kien", "/truc", f"/truc/{LAN}", "/lich",
    "/lich?ngay=2026-11-27&loai=off&ly_do=B%C3%A3o&van_ban=CD+21", "/lich/cac-ban", "/lich/van-ban", "/co-quan",
    "/co-quan/SXD",
    "/linh-vuc", "/linh-vuc/dat-dai", "/can-bo", "/kho-cau-hoi", "/kho-cau-hoi/cap-lai", "/kho-cau-hoi/moi",
    "/tinh-trang", "/tinh-trang?chi-phi=1",
)]  # fmt: skip
NAME = "Công ty TNHH Thương mại và Dịch vụ vận tải biển Hạ Long Xanh"
LONG = "Công Tằng Tôn Nữ Phương Khánh Huyền"
HOUR = timedelta(hours=1)
REVIEWS = {"cap-lai": date(2026, 11, 1), "tham-duyet": date(2026, 12, 10), "ke-khai": date(2027, 6, 1)}
SOURCE = "Nghị định 12/2025/NĐ-CP, điều 5"
TOLD = {
    "text": "Hồ sơ có trả lời mới.\nSở Xây dựng đã trả lời.",
    "buttons": [{"title": "Xem", "kind": "query", "value": "xem"}],
}


def filled(url: str) -> Store:
    """A store with the sample week and its troubles."""
    templating.use(speech.wording(packs.load("quang-ninh")))
    made = Store(url, info={reference.PUBLIC_URL: "http://127.0.0.1"})
    made.run_now(reference.seed, here(), sample.NOW)
    made.read_now(reference.open_for, here(), made.info)
    for verb in (sample.a_week, to_be_sorted, head, troubled):
        made.run_now(verb)
    return made


def seat(store: Store, name: str, role: AccountRole, agency: str = "") -> str:
    """Somebody who is signed in with everything their role asks for; the cookie of their session."""

    def verb(session: Session) -> str:
        given = {"role": role, "agency": agency, "created_at": sample.NOW, "confirmed_at": sample.NOW}
        account = Account(id=new_id(), name=name, full_name=name, **given)
        session.add(account)
        session.flush()
        return sessions.begin(session, account, Level.FULL, sample.NOW)

    return store.run_now(verb)


async def seated(store: Store, address: str, name: str, role: AccountRole, agency: str = "") -> Browser:
    """A browser of somebody who is signed in."""
    http = aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True))
    http.cookie_jar.update_cookies({"phien": seat(store, name, role, agency)}, URL(address))
    return Browser(address, http)


def one(store: Store, state: OutboxState) -> OutboxMessage:
    query = select(OutboxMessage).where(OutboxMessage.state == state, OutboxMessage.person_id == LAN)
    return store.read_now(lambda s: s.exec(query.order_by(col(OutboxMessage.id))).first())  # type: ignore[return-value]


def fate(store: Store, key: str) -> OutboxMessage:
    return store.read_now(lambda s: s.get_one(OutboxMessage, key))


def troubled(session: Session) -> None:
    """A person who waits for a human, messages that reached nobody, failed events, an answer past its review."""
    _people(session)
    ticket = session.exec(select(Ticket)).first()
    assert ticket is not None
    for state, code, error, tried in (
        (OutboxState.FAILED, -217, "User has blocked invitation from OA", -217),
        (OutboxState.FAILED, None, "ValueError: no form for it", None),
        (OutboxState.UNCLEAR, None, "3 attempts, none to be seen", None),
        (OutboxState.WAITING, None, "cs: window_closed, cs_paid: not_paid, mail: no_address", -230),
        (OutboxState.UNKNOWN, None, None, None),
    ):
        key = message(session, state, code=code, error=error, ticket_id=ticket.id)
        if tried:
            session.flush()
            session.add(Attempt(id=new_id(), outbox_id=key, channel=Channel.CS, at=sample.NOW - HOUR, code=tried))
    for number, error in enumerate(("KeyError: 'amount'", "KeyError: '0912345678'", "ValueError: no")):
        event(session, number, "menu", minutes=50, error=error)
    for key, review in REVIEWS.items():
        asked = (f"Thủ tục {key} cần những giấy tờ gì?", "cần gì")
        known = KnownAnswer(key, "dat-dai", "SXD", asked, "Nộp tại Trung tâm.", SOURCE, review)
        keeping.add(session, known, keeping.PACK, sample.NOW - timedelta(days=300))
    officers.issue_link_code(session, agency="SXD", name=LONG, role=Role.OFFICER, now=sample.NOW)


def message(session: Session, state: OutboxState, *, code: int | None = None, **more: object) -> str:
    """A message to the person of the sample; its key."""
    key = new_id()
    given = {"id": key, "person_id": LAN, "priority": 1, "template": "status/answered", "template_version": "1"}
    times = {"not_before": sample.NOW, "created_at": sample.NOW - 5 * HOUR}
    session.add(OutboxMessage(**given, **times, body=TOLD, state=state, error_code=code, **more))
    return key


def event(
    session: Session,
    number: int,
    text: str,
    *,
    minutes: int,
    error: str = "",
    attached: Sequence[dict[str, object]] = (),
) -> None:
    """Something the person of the sample wrote so many minutes ago, perhaps with something attached as Zalo tells it;
    with an error it failed."""
    at = sample.NOW - timedelta(minutes=minutes)
    body = {
        "app_id": "1",
        "event_name": "user_send_text",
        "sender": {"id": LAN},
        "recipient": {"id": "42"},
        "message": {"msg_id": f"m{number}{minutes}", "text": text, "attachments": list(attached)},
        "timestamp": str(int(at.timestamp() * 1000)),
    }
    given = {"key": f"{number}{minutes}{text}", "person_id": LAN, "name": "user_send_text", "body": json.dumps(body)}
    state = InboxState.FAILED if error else InboxState.DONE
    times = {"at": at, "received_at": at, "done_at": at}
    session.add(InboxEvent(id=new_id(), **given, **times, state=state, error=error or None, attempts=1))


def photo(session: Session, files: Path, *, minutes: int = 3) -> bytes:
    """The person of the sample sends a photo, which we keep; its bytes."""
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(made, "jpeg")
    data = made.getvalue()
    attached(session, "image", "photo", minutes=minutes, sha256=BlobStore(files).put(data), content_type="image/jpeg")
    return data


def attached(session: Session, kind: str, name: str, *, minutes: int, **kept: object) -> str:
    """Something the person of the sample sends besides words, and the row that is kept of it; the row's key."""
    key, url = new_id(), f"https://f.zdn.vn/{name}"
    payload = {"url": url} | ({"name": name, "size": "48000"} if kind == "file" else {})
    event(session, 7, "", minutes=minutes, attached=[{"type": kind, "payload": payload}])
    known = {"state": AttachmentState.KEPT, "url": url, "name": payload.get("name", "")} | kept
    times = {"try_at": sample.NOW, "created_at": sample.NOW}
    session.add(Attachment(id=key, person_id=LAN, kind=kind, **known, **times))
    return key


def _people(session: Session) -> None:
    session.add(Person(id=LAN, created_at=sample.NOW))
    session.flush()
    wrote = sample.NOW - timedelta(minutes=4)
    session.add(
        Conversation(person_id=LAN, display_name=NAME, follows=True, last_interaction_at=wrote, updated_at=wrote)
    )
    session.flush()
    for number, (text, minutes) in enumerate((("Tôi hỏi về giấy phép", 45), ("gặp cán bộ", 12), ("Có ai không ạ?", 4))):
        event(session, number, text, minutes=minutes)
    asked = sample.NOW - timedelta(minutes=12)
    calling.call_person(session, conversations.of(session, LAN, asked), asked)
