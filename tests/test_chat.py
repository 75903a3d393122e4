"""What the chat makes of a message: the form the account takes, Zalo's ids for our files, a sign in place of words."""

import io
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from tests.town import Town
from tests.town import town as new_town
from zalobot import outbox
from zalobot.outbox import Leaving, Outcome
from zalobot.simulator.app import Effect, Person
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.zalo.messages import Button, Outgoing

PHOTO = Path(__file__).parent.parent / "zalobot/simulator/sample.jpg"
SEE = Button("Xem hồ sơ", "url", "https://kenh.example.vn/p/QN-2611-00042")


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    async with new_town(store, tmp_path) as made:
        yield made


def calls(town: Town, ending: str) -> int:
    return sum(path.endswith(ending) for path in town.paths)


async def attempt(town: Town, person: Person, outgoing: Outgoing, *, restarted: bool = False) -> Outcome:
    """One attempt, as the same process or as one just started would make it."""
    relay = town.another(town.new_client()) if restarted else town.relay
    outcome = await relay.attempt(Leaving("row", person.id, outgoing, 1))
    assert outcome is not None
    return outcome


def blob(town: Town, data: bytes) -> str:
    return BlobStore(town.folder).put(data)


async def test_an_account_without_buttons_gets_the_words_with_their_addresses_and_is_not_asked_again(
    town: Town,
) -> None:
    person, other = await town.person("Lan"), await town.person("Huy")
    town.simulator.faults.no_buttons = True
    town.say(person, "Gõ 1 để đồng ý", ("Đồng ý", "Đồng ý"), (SEE.title, SEE.value))
    await town.relay.drain()
    (row,) = town.rows()
    plain = f"Gõ 1 để đồng ý\nXem hồ sơ: {SEE.value}"
    assert (row.state, row.attempts, town.phone(person)) == (OutboxState.SENT, 2, [plain])
    town.say(other, "Gõ 1 để đồng ý", (SEE.title, SEE.value))
    await town.another(town.new_client()).drain()  # another process, a restart
    assert (town.rows()[1].attempts, town.phone(other)) == (1, [plain])
    town.clock.wait(hours=25)
    town.simulator.faults.no_buttons = False
    await attempt(town, other, Outgoing("Chọn", (SEE,)), restarted=True)
    assert [len(message.buttons) for message in town.simulator.received(other)] == [0, 1]


async def test_that_one_message_was_refused_does_not_take_the_buttons_from_everybody(town: Town) -> None:
    """-201 has many reasons: the words alone were refused, too."""
    person, other = await town.person("Lan"), await town.person("Huy")
    town.simulator.faults.start(Effect.REFUSE, code=-201, person_id=person.id)
    town.say(person, "Chọn", ("Có", "Có"))
    town.say(other, "Chọn", ("Có", "Có"))
    await town.relay.drain()
    assert town.states() == [OutboxState.FAILED, OutboxState.SENT]
    assert [len(message.buttons) for message in town.simulator.received(other)] == [1]


async def test_words_sent_without_their_buttons_are_found_again_in_the_conversation(town: Town) -> None:
    """The row still has its buttons, the phone has the words with the address."""
    person = await town.person()
    town.simulator.faults.no_buttons = True
    await town.relay.drain()
    town.say(person, "một", (SEE.title, SEE.value))
    await town.relay.drain()
    town.say(person, "hai", (SEE.title, SEE.value))
    town.simulator.faults.start(Effect.ANSWER_LOST, count=1)
    await town.relay.drain()
    town.clock.wait(seconds=4)
    assert await town.relay.settle_unknown() == 1
    assert town.states() == [OutboxState.SENT] * 2
    assert len(town.phone(person)) == 2


@pytest.mark.parametrize(
    ("code", "state", "quotes"),
    [(0, "sent", ["m"]), (-201, "queued", []), (-32, "queued", ["m"]), (-230, "failed", ["m"])],
)
async def test_a_quote_is_left_out_where_it_is_what_zalo_refuses_for_good(
    town: Town, code: int, state: str, quotes: list[str]
) -> None:
    person = await town.person()
    quoted = town.simulator.world.chat(person.id)[0].id
    if code:
        town.simulator.faults.start(Effect.REFUSE, code=code, count=1)
    outcome = await attempt(town, person, Outgoing("Vâng", quote_id=quoted))
    left = outcome.outgoing or Outgoing("Vâng", quote_id=quoted)
    assert [("m" if left.quote_id else "")] == (quotes or [""])
    if code in (0, -201):
        final = outcome if code == 0 else await attempt(town, person, left)
        assert final.state is OutboxState.SENT
        assert [message.quote_id for message in town.simulator.received(person)] == [quoted if quotes else ""]


async def test_a_file_is_uploaded_once_for_everybody_and_a_restart_forgets_none(town: Town) -> None:
    people = [await town.person(name) for name in "abcd"]
    picture, letter = blob(town, PHOTO.read_bytes()), blob(town, b"%PDF-1.7 " + b"x" * 100)
    for number, person in enumerate(people):
        await attempt(town, person, Outgoing("Ảnh", image_blob=picture), restarted=number == 2)
        await attempt(town, person, Outgoing(file_blob=letter, file_name="don.pdf"), restarted=number == 2)
    assert (calls(town, "/upload/image"), calls(town, "/upload/file")) == (1, 1)
    assert [message.kind for message in town.simulator.received(people[3])] == ["image", "file"]
    town.clock.wait(days=6, seconds=1)
    await attempt(town, people[0], Outgoing(image_blob=picture))
    assert calls(town, "/upload/image") == 2


async def test_many_who_get_the_same_picture_at_once_wait_for_one_upload(town: Town) -> None:
    people = [await town.person(str(number)) for number in range(8)]
    picture = blob(town, PHOTO.read_bytes())
    said = Outgoing(image_blob=picture)
    for person in people:
        town.store.run_now(outbox.enqueue_message, person.id, said, now=town.clock.now(), wording=("test", "1"))
    await town.relay.drain()
    assert (town.states(), calls(town, "/upload/image")) == ([OutboxState.SENT] * 8, 1)


async def test_a_picture_too_large_for_zalo_is_shrunk_and_one_that_moves_stays_so(town: Town) -> None:
    person = await town.person()
    noise = Image.frombytes("RGB", (1200, 900), random.Random(1).randbytes(1200 * 900 * 3))
    large, moving = io.BytesIO(), io.BytesIO()
    noise.save(large, "PNG")
    noise.resize((60, 40)).save(moving, "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")])
    assert len(large.getvalue()) > 1_000_000
    for data in (large, moving):
        sha256 = blob(town, data.getvalue())
        assert (await attempt(town, person, Outgoing(image_blob=sha256))).state is OutboxState.SENT
    assert [message.kind for message in town.simulator.received(person)] == ["image", "gif"]
    sizes = [len(message.file.data) for message in town.simulator.received(person) if message.file]
    assert sizes[0] <= 1_000_000
    assert sizes[1] == len(moving.getvalue())


@pytest.mark.parametrize("data", [b"no picture at all", b""], ids=["words", "nothing"])
async def test_what_is_no_picture_is_given_up_and_nothing_is_uploaded(town: Town, data: bytes) -> None:
    person = await town.person()
    outcome = await attempt(town, person, Outgoing(image_blob=blob(town, data)))
    assert (outcome.state, calls(town, "/upload/image"), town.phone(person)) == (OutboxState.FAILED, 0, [])


async def test_a_file_larger_than_zalo_takes_is_given_up_before_it_is_sent(town: Town) -> None:
    person = await town.person()
    large = Outgoing(file_blob=blob(town, b"%PDF-1.7 " + b"x" * 5_000_000), file_name="don.pdf")
    outcome = await attempt(town, person, large)
    assert (outcome.state, outcome.error_code, calls(town, "/upload/file")) == (OutboxState.FAILED, -210, 0)


async def test_stickers_and_forms_to_fill_in_arrive(town: Town) -> None:
    person = await town.person()
    form = Outgoing(
        ask_title="Thông tin liên hệ", ask_subtitle="Để cơ quan gọi lại", ask_image_url="https://a.vn/a.jpg"
    )
    for outgoing in (Outgoing(sticker_id="bfe458bf64fa8da4d4eb"), form):
        assert (await attempt(town, person, outgoing)).state is OutboxState.SENT
    assert [message.kind for message in town.simulator.received(person)] == ["sticker", "ask_info"]
