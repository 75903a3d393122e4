"""A real mail server in the test's own process, that keeps what it is given and refuses what it is told to refuse."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP

FROM = "Kênh doanh nghiệp <kenh@dichvu.example.vn>"


@dataclass
class Mailbox:
    """What arrived. `refuse` answers every recipient, `refuse_words` the letter itself; `hang_up` takes it and goes."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    refuse_words: str = ""
    hang_up: bool = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse_words:
            return self.refuse_words
        self.letters.append(
            cast(EmailMessage, email.message_from_bytes(envelope.original_content, policy=email.policy.default))
        )
        if self.hang_up:
            server.transport.abort()
        return "250 OK"

    def words(self) -> list[str]:
        """The plain text of every letter."""
        bodies = [part for letter in self.letters if (part := letter.get_body(("plain",)))]
        return [str(part.get_content()).replace("\r\n", "\n").strip() for part in bodies]


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A server on a free port of this machine."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test", enable_SMTPUTF8=True), "127.0.0.1", 0)
    box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
