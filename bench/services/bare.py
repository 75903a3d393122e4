"""The least a webhook can do: check the signature, perhaps commit one row, answer 200.

The one rule: nothing else, so that the distance to it is the price of everything a real service does.
"""

import argparse
import asyncio
import hashlib
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import uvloop
from aiohttp import web

from bench.conversation import APP_ID, OA_SECRET

Row = tuple[str, bytes, float]
Keep = Callable[[Row], Awaitable[None]]

_TABLE = "CREATE TABLE IF NOT EXISTS inbox (key TEXT PRIMARY KEY, body {blob} NOT NULL, at {real} NOT NULL)"
_INSERT = "INSERT INTO inbox (key, body, at) VALUES ({0}, {0}, {0}) ON CONFLICT DO NOTHING"
_BATCH = 200


def verified(body: bytes, header: str) -> str | None:
    """The event's key when the signature is right, else None."""
    event = json.loads(body)
    signed = APP_ID.encode() + body + event["timestamp"].encode() + OA_SECRET.encode()
    right = header == "mac=" + hashlib.sha256(signed).hexdigest()
    return f"{event['message']['msg_id']}:{event['event_name']}" if right else None


def application(keep: Keep | None) -> web.Application:
    """One route; `keep` commits the row before the answer."""

    async def webhook(request: web.Request) -> web.Response:
        body = await request.read()
        key = verified(body, request.headers.get("X-ZEvent-Signature", ""))
        if key is None:
            return web.Response(status=403)
        if keep:
            await keep((key, body, time.time()))
        return web.Response()

    async def ready(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/zalo/webhook", webhook)
    app.router.add_get("/healthz", ready)
    return app


def sqlite(path: str) -> sqlite3.Connection:
    """A connection as durable as zalobot's own."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_TABLE.format(blob="BLOB", real="REAL"))
    return connection


def sqlite_alone(path: str) -> Keep:
    """Every request commits for itself, on the loop's own thread."""
    connection, insert = sqlite(path), _INSERT.format("?")

    async def keep(row: Row) -> None:
        connection.execute(insert, row)

    return keep


async def postgres_alone(url: str) -> Keep:
    """Every request commits for itself, on one of eight connections."""
    pool: asyncio.Queue[psycopg.AsyncConnection] = asyncio.Queue()
    insert = _INSERT.format("%s")
    for _ in range(8):
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        await connection.execute(_TABLE.format(blob="BYTEA", real="FLOAT"))
        pool.put_nowait(connection)

    async def keep(row: Row) -> None:
        connection = await pool.get()
        try:
            await connection.execute(insert, row)
        finally:
            pool.put_nowait(connection)

    return keep


def sqlite_writer(path: str) -> Callable[[list[Row]], None]:
    """Writes a batch in one transaction."""
    connection, insert = sqlite(path), _INSERT.format("?")

    def write(rows: list[Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")

    return write


def postgres_writer(url: str) -> Callable[[list[Row]], None]:
    """Writes a batch in one transaction."""
    connection, insert = psycopg.connect(url), _INSERT.format("%s")
    connection.execute(_TABLE.format(blob="BYTEA", real="FLOAT"))
    connection.commit()

    def write(rows: list[Row]) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(insert, rows)

    return write


def grouped(write: Callable[[list[Row]], None]) -> Keep:
    """What has gathered while the last commit ran is committed together, on one writer thread."""
    waiting: asyncio.Queue[tuple[Row, asyncio.Future[None]]] = asyncio.Queue()
    thread = ThreadPoolExecutor(1)

    async def commit() -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await waiting.get()]
            while len(batch) < _BATCH and not waiting.empty():
                batch.append(waiting.get_nowait())
            await loop.run_in_executor(thread, write, [row for row, _ in batch])
            for _, kept in batch:
                kept.set_result(None)

    async def keep(row: Row) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.put_nowait((row, kept))
        await kept

    keeping = asyncio.get_running_loop().create_task(commit())
    keep.__dict__["task"] = keeping  # the loop itself only holds tasks weakly
    return keep


async def keeper(commit: str, database: str) -> Keep | None:
    """The named way of committing."""
    match commit:
        case "sqlite":
            return sqlite_alone(database)
        case "sqlite-group":
            return grouped(sqlite_writer(database))
        case "postgres":
            return await postgres_alone(database)
        case "postgres-group":
            return grouped(postgres_writer(database))
    return None


async def serve(port: int, commit: str, database: str) -> None:
    """Serve until killed."""
    runner = web.AppRunner(application(await keeper(commit, database)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Start one of the bare services."""
    parser = argparse.ArgumentParser(prog="python -m bench.services.bare", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--commit", choices=("none", "sqlite", "sqlite-group", "postgres", "postgres-group"))
    parser.add_argument("--database", default="", help="file of SQLite, URL of PostgreSQL")
    options = parser.parse_args()
    uvloop.run(serve(options.port, options.commit, options.database))


if __name__ == "__main__":
    main()
