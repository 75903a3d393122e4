"""Letters by e-mail, over one mail server.

The one rule: `send` says truly what it knows, in the relay's words: a letter that surely was not taken may be tried
again, one that may have been taken is not. Its Message-ID is made from its key: a second copy can be recognised.
"""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from zalobot.errors import OutcomeUnknown, Retryable, Undeliverable

_WIRE = SMTP.clone(cte_type="7bit")  # old servers do not take 8-bit letters
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\\]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
_NO_ADDRESS, _NO_SERVER = 553, 421  # SMTP's own codes for what is found out before the server is asked


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one address. `key` is the key of what it says."""

    key: str
    to: str
    subject: str
    text: str


def as_html(text: str) -> str:
    """The same words for programs that show HTML: paragraphs, and addresses of pages to be tapped."""
    lines = _LINK.sub(r'<a href="\g<0>">\g<0></a>', html.escape(text, quote=True))
    paragraphs = "".join(f"<p>{one.strip().replace(chr(10), '<br>')}</p>" for one in lines.split("\n\n") if one.strip())
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{paragraphs}</body></html>'


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


class Postbox:
    """A mail server (`smtp://user:password@host:587` with STARTTLS, `smtps://…`) and the address letters come from."""

    def __init__(self, url: str, sender: str, timeout: float = 20.0) -> None:
        parsed = urlsplit(url)
        self._host, self._tls = parsed.hostname or "", parsed.scheme == "smtps"
        self._port = parsed.port or (465 if self._tls else 25)
        self._user = unquote(parsed.username) if parsed.username else None
        self._password = unquote(parsed.password) if parsed.password else None
        self._sender, self._timeout = parseaddr(sender), timeout

    @property
    def open(self) -> bool:
        """Whether letters can be sent at all: a server and a sender are set."""
        return bool(self._host and self._sender[1])

    async def send(self, letter: Letter) -> str:
        """Send it; gives its Message-ID. Raises Retryable and Undeliverable where it surely was not taken (`code` is
        the server's), OutcomeUnknown where the connection ended after the words had been handed over."""
        if not self.open:
            raise Undeliverable(_NO_SERVER, "no mail server is set")
        if not is_address(letter.to):
            raise Undeliverable(_NO_ADDRESS, "no e-mail address")
        message = self._written(letter)
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._sender[1].partition("@")[2],
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            # A password is never said aloud; without one the server may offer STARTTLS or not.
            start_tls=False if self._tls else (True if self._user else None),
            timeout=self._timeout,
        )
        try:
            await _begin(client, self._sender[1], letter.to)
            await _hand_over(client, message.as_bytes(policy=_WIRE))
        finally:
            client.close()
        return str(message["Message-ID"]).strip("<>")

    def _written(self, letter: Letter) -> EmailMessage:
        name, address = self._sender
        message = EmailMessage(policy=_WIRE)
        message["From"] = Address(display_name=name, addr_spec=address)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{letter.key}@{address.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer it
        message.set_content(letter.text)
        message.add_alternative(as_html(letter.text), subtype="html")
        return message


async def _begin(client: aiosmtplib.SMTP, sender: str, to: str) -> None:
    """Up to the words: whatever fails here, nothing was taken."""
    try:
        await client.connect()
        await client.mail(sender)
        await client.rcpt(to)
    except aiosmtplib.SMTPResponseException as refused:
        raise _refused(refused) from refused
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise Retryable(_NO_SERVER, f"mail server: {type(error).__name__}", 60.0) from error


async def _hand_over(client: aiosmtplib.SMTP, message: bytes) -> None:
    try:
        await client.data(message)
    except aiosmtplib.SMTPResponseException as refused:
        raise _refused(refused) from refused
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise OutcomeUnknown(0, f"mail server: {type(error).__name__}") from error


def _refused(answer: aiosmtplib.SMTPResponseException) -> Retryable | Undeliverable:
    """4xx and a wrong password may pass (an operator mends it); any other 5xx is final (RFC 5321, 4.2.1)."""
    if answer.code < 500 or isinstance(answer, aiosmtplib.SMTPAuthenticationError):
        return Retryable(answer.code, answer.message, 300.0)
    return Undeliverable(answer.code, answer.message)
