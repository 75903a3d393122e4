"""Letters over a real mail server: what arrives, and what is known of what did not."""

from collections.abc import AsyncIterator

import pytest

from tests.mailbox import FROM, Mailbox, mailbox
from zalobot.errors import OutcomeUnknown, Retryable, Undeliverable
from zalobot.mail import Letter, Postbox, as_html, is_address

LETTER = Letter("01M", "lan@congty.example.vn", "Trả lời QN-2611-00042", "Kính gửi Quý doanh nghiệp")


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as opened:
        yield opened


async def test_a_letter_arrives_with_its_words_twice_and_an_id_made_from_its_key(box: Mailbox) -> None:
    assert await Postbox(box.url, FROM).send(LETTER) == "01M@dichvu.example.vn"
    (letter,) = box.letters
    assert (letter["Subject"], letter["To"], letter["From"]) == (LETTER.subject, LETTER.to, FROM)
    assert letter["Message-ID"] == "<01M@dichvu.example.vn>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert box.words() == [LETTER.text]


def test_as_html_links_can_be_tapped_and_nothing_that_was_written_becomes_markup() -> None:
    written = as_html("Xem <b>trả lời</b>:\nhttps://kenh.example.vn/hoi-dap/QN-2611-00042.\n\nTrân trọng")
    assert '<a href="https://kenh.example.vn/hoi-dap/QN-2611-00042">' in written
    assert "&lt;b&gt;trả lời&lt;/b&gt;:<br>" in written
    assert written.count("<p>") == 2


async def test_a_line_break_in_a_subject_starts_no_header(box: Mailbox) -> None:
    await Postbox(box.url, FROM).send(Letter("02M", LETTER.to, "Trả lời\r\nBcc: x@y.vn", "lời"))
    assert box.letters[0]["Subject"] == "Trả lời Bcc: x@y.vn"
    assert box.letters[0]["Bcc"] is None


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [("550 no such user", Undeliverable, 550), ("450 mailbox busy", Retryable, 450), ("421 closing", Retryable, 421)],
)
async def test_what_the_server_refuses_was_not_taken(
    box: Mailbox, answer: str, error: type[Undeliverable | Retryable], code: int
) -> None:
    box.refuse = answer
    with pytest.raises(error) as refused:
        await Postbox(box.url, FROM).send(LETTER)
    assert (refused.value.code, box.letters) == (code, [])


async def test_words_that_the_server_does_not_like_were_not_taken(box: Mailbox) -> None:
    box.refuse_words = "554 looks like spam"
    with pytest.raises(Undeliverable, match="554"):
        await Postbox(box.url, FROM).send(LETTER)


async def test_a_connection_lost_after_the_words_leaves_open_whether_they_were_taken(box: Mailbox) -> None:
    box.hang_up = True
    with pytest.raises(OutcomeUnknown):
        await Postbox(box.url, FROM).send(LETTER)
    assert len(box.letters) == 1


async def test_where_no_server_answers_nothing_was_taken() -> None:
    with pytest.raises(Retryable, match="mail server"):
        await Postbox("smtp://127.0.0.1:1", FROM).send(LETTER)


async def test_a_password_is_not_said_to_a_server_without_encryption(box: Mailbox) -> None:
    with pytest.raises(Retryable, match="mail server"):
        await Postbox(box.url.replace("://", "://user:secret@"), FROM).send(LETTER)
    assert box.letters == []


async def test_without_a_server_or_an_address_nothing_is_tried() -> None:
    assert not Postbox("", "").open
    with pytest.raises(Undeliverable):
        await Postbox("", "").send(LETTER)
    with pytest.raises(Undeliverable):
        await Postbox("smtp://127.0.0.1:1", FROM).send(Letter("03M", "lan", "x", "y"))


@pytest.mark.parametrize("text", ["a@b.vn", "ten.ho@so.quangninh.gov.vn"])
def test_one_address_is_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["", "a@b", "a b@c.vn", "a@b.vn, c@d.vn", "a@b.vn\r\nBcc: c@d.vn", "<a@b.vn>"])
def test_anything_else_is_none(text: str) -> None:
    assert not is_address(text)
