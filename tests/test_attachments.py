"""Files people send: fetched from where they may be, and where not, refused with the reason, while all else goes on."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session, col, select

from tests.rooms import NOW, OA, incoming, outbox_rows, text_event
from zalobot import app, attachments, inbox, jobs
from zalobot.config import Settings
from zalobot.handlers.dispatch import dispatcher
from zalobot.jobs import Duties
from zalobot.services import Services
from zalobot.simulator.settings import HERE as SIMULATOR
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import Attachment, AttachmentState

PICTURE = (SIMULATOR / "sample.jpg").read_bytes()
LIMIT = len(PICTURE) + 1000


@dataclass
class Town:
    """A bot, and the machine that stands for Zalo's media hosts. `secret` is beside it and must never be asked."""

    store: Store
    duties: Duties
    media: TestServer
    asked: list[str]

    async def sends(self, url: str, *, kind: str = "image", name: str = "") -> None:
        """Lan sends a file that is said to lie at this address."""
        body = text_event("lan", "")
        payload: dict[str, Any] = {"url": url, "thumbnail": url} | ({"name": name} if name else {})
        body["event_name"] = f"user_send_{kind}"
        body["message"]["attachments"] = [{"type": kind, "payload": payload}]
        await self.store.run(inbox.keep, [incoming(body)])
        worked = await self.store.run(inbox.work, dispatcher(OA), NOW, careful=True)
        assert worked.failed == ()

    async def outcome(self, url: str) -> tuple[AttachmentState, str]:
        """What became of a file at this address."""
        await self.sends(url)
        await jobs.fetch(self.duties)
        row = self.rows()[-1]
        return row.state, row.error

    def rows(self) -> list[Attachment]:
        return self.store.read_now(lambda s: list(s.exec(select(Attachment).order_by(col(Attachment.id)))))

    def at(self, path: str) -> str:
        return str(self.media.make_url(path))


def media(asked: list[str], elsewhere: str) -> web.Application:
    """Zalo's media host: a picture, one too many, one that leads away, one that is gone, one that is busy."""

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        match request.path:
            case "/picture.jpg":
                return web.Response(body=PICTURE, content_type="image/jpeg")
            case "/big.jpg":
                return web.Response(body=PICTURE + b"x" * 2000, content_type="image/jpeg")
            case "/endless.jpg":
                return await _endless(request)
            case "/away":
                raise web.HTTPFound(elsewhere)
            case "/metadata":
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
            case "/file":
                raise web.HTTPFound("file:///etc/passwd")
            case "/round":
                raise web.HTTPFound("/round")
            case "/near":
                raise web.HTTPFound("/picture.jpg")
            case "/page.jpg":
                return web.Response(text="<html><script>alert(1)</script></html>", content_type="image/jpeg")
            case "/busy.jpg":
                return web.Response(status=503)
        return web.Response(status=404)

    made = web.Application()
    made.router.add_get("/{path:.*}", answer)
    return made


async def _endless(request: web.Request) -> web.StreamResponse:
    """A body that does not say how long it is."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    for _ in range(10_000):
        try:
            await response.write(b"\xff\xd8\xff\xe0" + b"x" * 100_000)
        except ConnectionError:
            break
    return response


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    asked: list[str] = []
    secret: list[str] = []
    async with AsyncExitStack() as stack:
        hidden = await stack.enter_async_context(TestServer(media(secret, "")))
        server = await stack.enter_async_context(TestServer(media(asked, str(hidden.make_url("/picture.jpg")))))
        duties = await stack.enter_async_context(_duties(database_url, tmp_path, f"127.0.0.1:{server.port}"))
        yield Town(duties.services.store, duties, server, asked)
        assert secret == []


@asynccontextmanager
async def _duties(url: str, folder: Path, hosts: str) -> AsyncIterator[Duties]:
    settings = replace(
        Settings(), database_url=url, zalo_oa_id=OA, attachment_hosts=hosts, attachment_limit=LIMIT, burst_seconds=0
    )
    store, here = app.open_store(settings, NOW)
    services = Services(settings, store, InProcess(), here, lambda: NOW)
    async with aiohttp.ClientSession() as http:
        yield Duties(services, cast(Any, None), cast(Any, None), http, BlobStore(folder), cast(Any, None))
    await store.close()


async def test_a_picture_is_kept_as_it_is(town: Town) -> None:
    assert await town.outcome(town.at("/picture.jpg")) == (AttachmentState.KEPT, "")
    (row,) = town.rows()
    assert (row.content_type, row.size) == ("image/jpeg", len(PICTURE))
    assert town.duties.blobs.get(row.sha256 or "") == PICTURE


async def test_a_redirect_within_the_listed_hosts_is_followed(town: Town) -> None:
    assert await town.outcome(town.at("/near")) == (AttachmentState.KEPT, "")
    assert town.asked == ["/near", "/picture.jpg"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/big.jpg", "media_too_big"),
        ("/endless.jpg", "media_too_big"),
        ("/away", "media_host"),
        ("/metadata", "media_host"),
        ("/file", "media_host"),
        ("/round", "media_host"),
        ("/page.jpg", "media_type"),
        ("/gone.jpg", "media_gone"),
    ],
)
async def test_what_may_not_be_had_is_refused_with_its_reason(town: Town, path: str, reason: str) -> None:
    assert await town.outcome(town.at(path)) == (AttachmentState.REFUSED, reason)
    assert town.rows()[0].sha256 is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5432/",
        "http://127.0.0.1/a.jpg",
        "http://localhost/a.jpg",
        "http://[::1]/a.jpg",
        "http://0x7f000001/a.jpg",
        "http://2130706433/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.jpg",
        "http://f6.photo.talk.zdn.vn.evil.example/a.jpg",
        "http://user:password@127.0.0.1/a.jpg",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//127.0.0.1/a.jpg",
        "no address at all",
        "http://[broken/",
    ],
)
async def test_an_address_that_is_not_listed_is_never_called(town: Town, url: str) -> None:
    assert await town.outcome(url) == (AttachmentState.REFUSED, "media_host")


async def test_a_busy_host_is_asked_again_later_and_given_up_after_some_hours(town: Town) -> None:
    assert (await town.outcome(town.at("/busy.jpg")))[0] is AttachmentState.WANTED
    (row,) = town.rows()
    assert (row.attempts, row.try_at) == (1, NOW + timedelta(minutes=1))
    await jobs.fetch(town.duties)
    assert town.asked == ["/busy.jpg"]  # not before its time
    for _ in range(attachments.ATTEMPTS - 1):
        (wanted,) = town.store.read_now(attachments.wanted, NOW + timedelta(days=1))
        town.store.run_now(attachments.again, wanted, "busy", NOW)
    assert [(row.state, row.error) for row in town.rows()] == [(AttachmentState.REFUSED, "busy")]


async def test_a_refused_file_keeps_nobody_from_going_on(town: Town) -> None:
    """The business has its question answered; the officer will see that there was a file."""
    assert await town.outcome("http://127.0.0.1/a.jpg") == (AttachmentState.REFUSED, "media_host")
    assert len(town.store.read_now(outbox_rows)) == 1


async def test_a_file_that_goes_to_a_ticket_bears_its_number(town: Town) -> None:
    await town.sends(town.at("/picture.jpg"), name="đơn đề nghị.pdf", kind="file")
    (row,) = town.rows()

    def give(session: Session) -> None:
        attachments.assign(session, [row.id], "ticket", 2)
        attachments.assign(session, [], "another")

    town.store.run_now(give)
    (row,) = town.rows()
    assert (row.name, row.ticket_id, row.part_number) == ("đơn đề nghị.pdf", "ticket", 2)
