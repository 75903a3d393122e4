"""A reader of `/api/v1` that believes nothing: every answer it gets must be exactly what openapi.json describes."""

import copy
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import Draft202012Validator, FormatChecker
from yarl import URL

from zalobot.web.api_schema import openapi

SITE = "https://kenh.example.vn"

FORMATS = FormatChecker()
FORMATS.checks("date-time", ValueError)(lambda text: not isinstance(text, str) or bool(datetime.fromisoformat(text)))
FORMATS.checks("date", ValueError)(lambda text: not isinstance(text, str) or bool(date.fromisoformat(text)))
FORMATS.checks("uri")(lambda text: not isinstance(text, str) or URL(text).absolute or text.startswith("urn:"))


def closed(schema: Any) -> Any:
    """The same schema, in which an object may have no key that is not described."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {key: closed(value) for key, value in schema.items()}
    return {**shut, "additionalProperties": False} if isinstance(shut.get("properties"), dict) else shut


class Described:
    """The description, asked whether an answer is as it says."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._shut = closed(copy.deepcopy(document["components"]))

    def template(self, path: str) -> str:
        """The described path that an address belongs to."""
        for known in self.document["paths"]:
            if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(known)), path):
                return known
        raise AssertionError(f"{path} is not described")

    def check(self, path: str, status: int, headers: Any, body: bytes) -> None:
        """Fail unless this answer to GET is described: status, headers, kind of content, shape."""
        answers = self.document["paths"][self.template(path)]["get"]["responses"]
        answer = self.resolved(answers[str(status)])
        for name, told in answer.get("headers", {}).items():
            wanted = self.resolved(told).get("schema", {})
            if name != "Link":  # only where there is something to lead to
                assert name in headers, name
                self.validate(wanted, headers[name])
        if status == 304:
            assert body == b""
            return
        kind = headers["Content-Type"].split(";")[0]
        self.validate(answer["content"][kind]["schema"], json.loads(body))

    def validate(self, schema: dict[str, Any], value: Any) -> None:
        """Fail, naming the place, unless the value has this shape."""
        whole = {**closed(schema), "components": self._shut}
        wrong = sorted(Draft202012Validator(whole, format_checker=FORMATS).iter_errors(value), key=str)
        assert [f"{one.json_path}: {one.message[:200]}" for one in wrong] == []

    def resolved(self, thing: dict[str, Any]) -> dict[str, Any]:
        """A thing, or what it refers to."""
        while "$ref" in thing:
            found: Any = self.document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            thing = found
        return thing


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


@dataclass
class Reader:
    """Reads the open data over HTTP and holds each answer against the description."""

    address: str
    http: aiohttp.ClientSession
    described: Described

    async def ask(self, path: str, *, headers: dict[str, str] | None = None, **query: str) -> Reply:
        """Whatever comes back for GET; it must be described."""
        url = URL(self.address + path)
        async with self.http.get(url.extend_query(query), headers=headers, allow_redirects=False) as answer:
            reply = Reply(answer.status, answer.headers, await answer.read())
        self.described.check(url.path, reply.status, reply.headers, reply.body)
        return reply

    async def get(self, path: str, **query: str) -> Any:
        """The data of an answer that must be 200."""
        reply = await self.ask(path, **query)
        assert reply.status == 200, reply.body
        return reply.json

    async def codes(self, **query: str) -> list[str]:
        """The numbers of the codes on the first page of a list."""
        found = await self.get("/api/v1/tickets", **query)
        return [ticket["code"].removeprefix("QN-2611-").lstrip("0") for ticket in found["tickets"]]


@asynccontextmanager
async def reading(app: web.Application) -> AsyncIterator[Reader]:
    """The application on a port, and a reader of its data."""
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Reader(str(server.make_url("")).rstrip("/"), http, Described(openapi(SITE)))
