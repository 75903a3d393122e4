"""Files of ours at Zalo: uploaded once, used for six of the seven days that Zalo keeps them.

The one rule: an upload is known by what is in the file, so that the same picture for a hundred people is one upload.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, select

from zalobot.errors import Undeliverable
from zalobot.services import Now
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import Upload
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.pictures import fitted

KEPT = timedelta(days=6)  # Zalo's seven, less one for a row that waits its turn
FILE_LIMIT = 5_000_000
TOO_LARGE = -210  # as Zalo says it
_table = Upload.__table__  # type: ignore[attr-defined]
_insert = insert(_table)
_keep = _insert.on_conflict_do_update(
    index_elements=["oa_id", "sha256"],
    set_={name: _insert.excluded[name] for name in ("kind", "asset_id", "width", "height", "uploaded_at")},
)


class Uploads:
    """What of our `blobs` Zalo has, for one account."""

    def __init__(self, client: ZaloClient, blobs: BlobStore, store: Store, oa_id: str, now: Now) -> None:
        self._client, self._blobs, self._store, self._oa_id, self._now = client, blobs, store, oa_id, now
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ready(self, outgoing: Outgoing) -> Outgoing:
        """The message with Zalo's ids in place of our files, uploaded now where Zalo does not have them.

        Raises Undeliverable for a file that is gone or too large, ValueError for a picture that is none.
        """
        if sha256 := outgoing.image_blob:
            there = await self._there(sha256, "", outgoing.file_name)
            field = "gif_id" if there.kind == "gif" else "image_id"
            size = {"width": there.width, "height": there.height} if there.kind == "gif" else {}
            return replace(outgoing, image_blob="", **{field: there.asset_id}, **size)  # type: ignore[arg-type]
        if sha256 := outgoing.file_blob:
            there = await self._there(sha256, "file", outgoing.file_name)
            return replace(outgoing, file_blob="", file_token=there.asset_id)
        return outgoing

    async def forget(self, outgoing: Outgoing) -> None:
        """Zalo says that it has these files no more (-100)."""
        for sha256 in (outgoing.image_blob, outgoing.file_blob):
            if sha256:
                await self._store.run(forget, self._oa_id, sha256)

    async def _there(self, sha256: str, kind: str, name: str) -> Upload:
        lock = self._locks.setdefault(sha256, asyncio.Lock())
        async with lock:  # the second of many who send the same waits for the first one's upload
            known = await self._store.read(fresh, self._oa_id, sha256, self._now() - KEPT)
            if known is not None and (known.kind == "file") == (kind == "file"):
                return known
            there = await self._uploaded(sha256, kind, name)
            await self._store.run(keep, there)
            return there

    async def _uploaded(self, sha256: str, kind: str, name: str) -> Upload:
        data = await self._file(sha256)
        made = Upload(oa_id=self._oa_id, sha256=sha256, kind=kind, asset_id="", uploaded_at=self._now())
        if kind == "file":
            if len(data) > FILE_LIMIT:
                raise Undeliverable(TOO_LARGE, f"a file of {len(data)} bytes")
            made.asset_id = await self._client.upload_file(data, name)
            return made
        picture = await asyncio.to_thread(fitted, data)
        upload = self._client.upload_gif if picture.kind == "gif" else self._client.upload_image
        stem = name.rpartition(".")[0] or name or "image"
        made.asset_id = await upload(picture.data, f"{stem}.{picture.ending}")
        made.kind, made.width, made.height = picture.kind, picture.width, picture.height
        return made

    async def _file(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self._blobs.get, sha256)
        except KeyError as error:
            raise Undeliverable(0, f"the file {sha256} is gone") from error


def fresh(session: Session, oa_id: str, sha256: str, since: datetime) -> Upload | None:
    """The upload of a file, unless it was before `since`."""
    query = select(Upload).where(_table.c.oa_id == oa_id, _table.c.sha256 == sha256, _table.c.uploaded_at > since)
    return session.exec(query).first()


def keep(session: Session, upload: Upload) -> None:
    """Write an upload down in place of a former one of the same file."""
    session.execute(_keep, {column.name: getattr(upload, column.name) for column in _table.columns})


def forget(session: Session, oa_id: str, sha256: str) -> None:
    """The upload is there no more."""
    session.execute(delete(_table).where(_table.c.oa_id == oa_id, _table.c.sha256 == sha256))
