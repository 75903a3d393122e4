import ssl
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from zalobot.errors import Refused, Retryable
from zalobot.zalo.media import Media, fetch, is_public

PDF = b"%PDF-1.7\n%" + b"a" * 50
ZALO = ("zdn.vn", "zadn.vn", "zalo.me")


def here(server) -> str:
    return server.url.removeprefix("http://")


async def refusal(http, url, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        await fetch(http, url, **{"hosts": ZALO, "limit_bytes": 1000, **arguments})
    return refused.value.reason


async def test_a_file_is_fetched_from_a_listed_machine(http, server):
    server.answers.append((200, PDF))
    media = await fetch(http, f"{server.url}/don?a=1%2F2", hosts=[*ZALO, here(server)], limit_bytes=1000)
    assert media == Media(PDF, "application/pdf")
    assert server.asked[0].headers["Host"] == here(server)
    assert server.asked[0].query == {"a": "1/2"}


@pytest.mark.parametrize("entry", ["127.0.0.1", "localhost"])
async def test_a_machine_listed_without_a_port_is_called_on_any(http, server, entry):
    server.answers.append((200, PDF))
    url = server.url.replace("127.0.0.1", entry) + "/a.pdf"
    assert (await fetch(http, url, hosts=[entry], limit_bytes=1000)).data == PDF


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.jpg",
        "http://evilzdn.vn/a.jpg",
        "http://zdn.vn.example.com/a.jpg",
        "http://zdn.vn@example.com/a.jpg",
        "http://user:pass@f6.zdn.vn/a.jpg",
        "http://f6.zdn.vn:8080/a.jpg",
        "ftp://f6.zdn.vn/a.jpg",
        "file:///etc/passwd",
        "http://127.0.0.1/a.jpg",
        "http://[::1]/a.jpg",
        "http://2130706433/a.jpg",
        "//f6.zdn.vn/a.jpg",
        "http://[bad/a.jpg",
        "",
    ],
)
async def test_no_other_host_is_called(http, url):
    async def public(host: str, port: int) -> list[str]:
        return ["203.113.131.1"]

    assert await refusal(http, url, resolve=public) == "media_host"


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["203.113.131.1", "192.168.0.1"], ["::1"], ["fd00::1"], []],
)
async def test_a_listed_name_that_leads_inside_is_not_called(http, addresses):
    async def inside(host: str, port: int) -> list[str]:
        return addresses

    assert await refusal(http, "http://f6.zdn.vn/a.jpg", resolve=inside) == "media_host"


async def test_a_private_machine_is_called_on_its_listed_port_only(http, server):
    assert await refusal(http, f"{server.url}/a.pdf", hosts=["127.0.0.1:1"]) == "media_host"
    assert server.asked == []


async def test_a_redirect_is_followed_to_a_listed_host(http, server):
    server.answers += ["redirect:/b.pdf", f"redirect:{server.url}/c.pdf", "redirect:d.pdf", (200, PDF)]
    media = await fetch(http, f"{server.url}/a.pdf", hosts=[here(server)], limit_bytes=1000)
    assert media.data == PDF
    assert [asked.path for asked in server.asked] == ["/a.pdf", "/b.pdf", "/c.pdf", "/d.pdf"]


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/a.pdf", "http://169.254.169.254/", "file:///etc/passwd"])
async def test_a_redirect_elsewhere_is_not_followed(http, server, target):
    server.answers.append(f"redirect:{target}")
    assert await refusal(http, f"{server.url}/a.pdf", hosts=[here(server)]) == "media_host"


async def test_a_fourth_redirect_is_not_followed(http, server):
    server.answers += ["redirect:/b.pdf"] * 4
    assert await refusal(http, f"{server.url}/a.pdf", hosts=[here(server)]) == "media_host"
    assert len(server.asked) == 4


async def test_a_file_too_big_is_refused_before_and_while_it_is_read(http, server):
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"%PDF-1.7" * 100)
        except ConnectionError:
            return response

    server.answers.append((200, PDF * 100))
    assert await refusal(http, f"{server.url}/a.pdf", hosts=["127.0.0.1"]) == "media_too_big"
    app = web.Application()
    app.router.add_get("/a.pdf", endless)
    async with TestServer(app) as unending:
        assert await refusal(http, str(unending.make_url("/a.pdf")), hosts=["127.0.0.1"]) == "media_too_big"


async def test_what_is_no_listed_kind_of_file_is_refused(http, server):
    server.answers.append((200, b"MZ\x90\0" + b"\0" * 99))
    assert await refusal(http, f"{server.url}/a.pdf", hosts=["127.0.0.1"]) == "media_type"


async def test_what_is_gone_is_told_and_what_is_down_is_tried_later(http, server):
    server.answers += [(404, b""), (503, b"")]
    assert await refusal(http, f"{server.url}/a.pdf", hosts=["127.0.0.1"]) == "media_gone"
    for url in (f"{server.url}/a.pdf", f"http://127.0.0.1:{unused_port()}/a.pdf"):
        with pytest.raises(Retryable):
            await fetch(http, url, hosts=["127.0.0.1"], limit_bytes=1000)


async def test_a_slow_file_is_tried_later(http, server):
    async def never(host: str, port: int) -> list[str]:
        raise TimeoutError

    with pytest.raises(Retryable):
        await fetch(http, "https://f6.zdn.vn/a", hosts=ZALO, limit_bytes=1000, resolve=never)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("203.113.131.1", True),
        ("2402:800::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:203.113.131.1", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("ff0e::1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


def certificate(name: str, folder) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context around a fresh certificate for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(private + pem)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "both.pem")
    return serving, ssl.create_default_context(cadata=pem.decode())


async def test_the_name_and_not_the_address_must_be_on_the_certificate(tmp_path):
    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=PDF)

    serving, trusting = certificate("localhost", tmp_path)
    app = web.Application()
    app.router.add_get("/a.pdf", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=serving).start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as http:
        named = await fetch(http, f"https://localhost:{port}/a.pdf", hosts=["localhost"], limit_bytes=1000)
        assert named.data == PDF
        with pytest.raises(Retryable):
            await fetch(http, f"https://127.0.0.1:{port}/a.pdf", hosts=["127.0.0.1"], limit_bytes=1000)
    await runner.cleanup()
