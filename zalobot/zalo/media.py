"""Fetching what a person attached, without being led astray.

The one rule: every address is checked before it is called, the first and each it leads to: the host must be listed, and
the machine behind it public. The machine that was checked is the one that is called (a name may change its mind).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import aiohttp
from yarl import URL

from zalobot.errors import Refused, Retryable
from zalobot.zalo.media_types import type_of

Resolve = Callable[[str, int], Awaitable[list[str]]]

TIMEOUT = 60.0
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 1 << 16
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Media:
    """A fetched file; its type is what the bytes are, whatever the server said."""

    data: bytes
    content_type: str


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, IPv4 before IPv6 (which many servers have but can't reach anybody with)."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in sorted(found, key=lambda address: address[0] != socket.AF_INET)]


async def fetch(
    http: aiohttp.ClientSession,
    url: str,
    *,
    hosts: Sequence[str],
    limit_bytes: int,
    name: str = "",
    timeout: float = TIMEOUT,
    resolve: Resolve = resolve,
) -> Media:
    """Fetch a file from one of `hosts`: domains with all below them, or machines spelt out (`127.0.0.1:8081`).

    Raises Refused (`media_host`, `media_too_big`, `media_type`, `media_gone`), or Retryable when it may work later.
    """
    try:
        async with asyncio.timeout(timeout):
            data = await _follow(http, url, hosts, limit_bytes, resolve)
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Retryable(0, f"media: {type(error).__name__}", 30.0) from error
    return Media(data, type_of(data, name or URL(url).name))


async def _follow(
    http: aiohttp.ClientSession, url: str, hosts: Sequence[str], limit_bytes: int, resolve: Resolve
) -> bytes:
    for _ in range(MOST_REDIRECTS + 1):
        target = _parsed(url)
        address = await _checked(target, hosts, resolve)
        async with http.get(
            target.with_host(address),
            headers={"Host": target.authority, "Accept-Encoding": "identity"},
            server_hostname=target.host if target.scheme == "https" else None,
            allow_redirects=False,
        ) as response:
            if response.status not in _REDIRECTS:
                return await _body(response, limit_bytes)
            url = _joined(target, response.headers.get("Location", ""))
    raise Refused("media_host", host=URL(url).host or "")


def _parsed(url: str) -> URL:
    try:
        target = URL(url)
    except ValueError:
        _refuse(url)
    if target.scheme not in ("http", "https") or not target.host or target.user or target.password:
        _refuse(url)
    return target


def _joined(target: URL, location: str) -> str:
    try:
        return str(target.join(URL(location)))
    except ValueError:
        _refuse(location)


def _refuse(url: str) -> NoReturn:
    raise Refused("media_host", host=url[:100])


async def _checked(target: URL, hosts: Sequence[str], resolve: Resolve) -> str:
    """The address to call; raises Refused unless the host is listed and what is behind it public."""
    host, port = (target.host or "").lower().rstrip("."), target.port or 0
    matching = [entry for entry in hosts if _listed(host, port, entry.lower())]
    if not matching:
        raise Refused("media_host", host=host)
    addresses = [host] if _is_address(host) else await resolve(host, port)
    spelt_out = any(_is_machine(entry.lower()) for entry in matching)
    if not addresses or not (spelt_out or all(map(is_public, addresses))):
        raise Refused("media_host", host=host)
    return addresses[0]


def _listed(host: str, port: int, entry: str) -> bool:
    name, _, only = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
    if _is_machine(entry):
        return host == name.strip("[]") and only in ("", str(port))
    return (host == name or host.endswith("." + name)) and (str(port) == only if only else port in (80, 443))


def _is_machine(entry: str) -> bool:
    """Whether an entry spells out one machine, which may then be a private one (a simulator beside us)."""
    name = entry.rpartition(":")[0] if entry.count(":") == 1 else entry
    return name == "localhost" or _is_address(name.strip("[]"))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an address is on the internet, also where IPv6 only wraps an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64 or ip.sixtofour is not None or ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def _body(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    if response.status == 429 or response.status >= 500:
        raise Retryable(0, f"media: HTTP {response.status}", 30.0)
    if response.status != 200:
        raise Refused("media_gone", status=response.status)
    if (response.content_length or 0) > limit_bytes:
        raise Refused("media_too_big", limit=limit_bytes)
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > limit_bytes:
            raise Refused("media_too_big", limit=limit_bytes)
    return bytes(data)
