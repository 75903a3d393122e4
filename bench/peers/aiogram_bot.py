"""The same eight messages in aiogram 3, as its documentation writes a bot: routers, states, Redis, asyncpg.

The one rule: fair. It does nothing aiogram's users would not do, and leaves out nothing they would have by default.
It runs in an environment of its own (`.venv-peers`), so it imports nothing of this project.
"""

import argparse
import asyncio
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

WORDS = tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))
PHONE = re.compile(r"0\d{9}")
TABLES = """
CREATE TABLE IF NOT EXISTS ticket (
    id BIGSERIAL PRIMARY KEY, person BIGINT NOT NULL, summary TEXT NOT NULL, field TEXT NOT NULL,
    phone TEXT NOT NULL, received TIMESTAMPTZ NOT NULL);
CREATE TABLE IF NOT EXISTS part (
    id BIGSERIAL PRIMARY KEY, ticket BIGINT NOT NULL REFERENCES ticket (id), agency TEXT NOT NULL,
    due TIMESTAMPTZ NOT NULL);
"""

router = Router()


class Report(StatesGroup):
    """The question that is open."""

    consent = State()
    summary = State()
    field = State()
    agencies = State()
    evidence = State()
    phone = State()
    confirm = State()


@router.message(Report.consent, F.text)
async def consent(message: Message, state: FSMContext) -> None:
    if message.text.strip().lower() != WORDS["yes"]:
        await message.answer(WORDS["consent_again"])
        return
    await state.set_state(Report.summary)
    await message.answer(WORDS["summary"])


@router.message(Report.summary, F.text)
async def summary(message: Message, state: FSMContext) -> None:
    if len(message.text.strip()) < 20:
        await message.answer(WORDS["summary_too_short"])
        return
    await state.update_data(summary=message.text.strip())
    await state.set_state(Report.field)
    await message.answer(WORDS["field"])


@router.message(Report.field, F.text)
async def field(message: Message, state: FSMContext) -> None:
    chosen = WORDS["fields"].get(message.text.strip())
    if chosen is None:
        await message.answer(WORDS["field_unknown"])
        return
    name, agency = chosen
    await state.update_data(field=name, agency=agency)
    await state.set_state(Report.agencies)
    await message.answer(WORDS["agencies"].format(field=name, agency=agency))


@router.message(Report.agencies, F.text)
async def agencies(message: Message, state: FSMContext) -> None:
    if message.text.strip().lower() not in WORDS["right"]:
        await message.answer(WORDS["agencies_again"])
        return
    await state.set_state(Report.evidence)
    await message.answer(WORDS["evidence"])


@router.message(Report.evidence, F.text)
async def evidence(message: Message, state: FSMContext) -> None:
    if message.text.strip().lower() != WORDS["skip"]:
        await message.answer(WORDS["evidence"])
        return
    await state.set_state(Report.phone)
    await message.answer(WORDS["phone"])


@router.message(Report.phone, F.text)
async def phone(message: Message, state: FSMContext) -> None:
    if not PHONE.fullmatch(message.text.strip()):
        await message.answer(WORDS["phone_wrong"])
        return
    answers = await state.update_data(phone=message.text.strip())
    await state.set_state(Report.confirm)
    await message.answer(WORDS["confirm"].format(**answers))


@router.message(Report.confirm, F.text)
async def confirm(message: Message, state: FSMContext, pool: asyncpg.Pool) -> None:
    if message.text.strip().lower() != WORDS["send"]:
        await message.answer(WORDS["confirm_again"])
        return
    answers = await state.get_data()
    now = datetime.now(UTC)
    due = now + timedelta(days=3)
    number = await open_ticket(pool, message.from_user.id, answers, now, due)
    await state.clear()
    code = f"QN-{now:%y%m}-{number:05d}"
    await message.answer(WORDS["done"].format(code=code, agency=answers["agency"], due=f"{due:%H:%M %d/%m/%Y}"))


@router.message(F.text)
async def welcome(message: Message, state: FSMContext) -> None:
    await state.set_state(Report.consent)
    await message.answer(WORDS["welcome"])


async def open_ticket(pool: asyncpg.Pool, person: int, answers: dict[str, str], now: datetime, due: datetime) -> int:
    """Both rows in one transaction."""
    async with pool.acquire() as connection, connection.transaction():
        number = await connection.fetchval(
            "INSERT INTO ticket (person, summary, field, phone, received) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            person,
            answers["summary"],
            answers["field"],
            answers["phone"],
            now,
        )
        await connection.execute(
            "INSERT INTO part (ticket, agency, due) VALUES ($1, $2, $3)", number, answers["agency"], due
        )
    return number


async def ready(request: web.Request) -> web.Response:
    return web.Response()


async def serve(options: argparse.Namespace) -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(options.database)
    await pool.execute(TABLES)
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.api))
    bot = Bot("42:bench", session=session)
    # As many connections as persons talk at once: the pool of 100 that is the default ends in errors with more.
    storage = RedisStorage.from_url(options.redis, connection_kwargs={"max_connections": 1024})
    dispatcher = Dispatcher(storage=storage, pool=pool)
    dispatcher.include_router(router)
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=options.secret).register(app, path="/webhook")
    app.router.add_get("/healthz", ready)
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Start the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True, help="base address of the Telegram-like sink")
    parser.add_argument("--database", required=True)
    parser.add_argument("--redis", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--uvloop", action="store_true", help="run on uvloop instead of the standard loop")
    options = parser.parse_args()
    if options.uvloop:
        import uvloop

        uvloop.run(serve(options))
    else:
        asyncio.run(serve(options))


if __name__ == "__main__":
    main()
