"""Personal data of every known form goes through whole tickets, and no public address shows any of it.

The addresses are those of the application itself, so one that is added later is tried, too.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session, col, select

from tests.journeys.stage import Stage, finish
from tests.web.conftest import application
from zalobot.store.models import OutboxMessage, Part, Ticket
from zalobot.web.routes import CONSOLES

LINES = (Path(__file__).parents[1] / "data" / "redaction.jsonl").read_text(encoding="utf-8").splitlines()
SAMPLES = [one for one in map(json.loads, LINES) if one["entities"]]
ELSEWHERE = re.compile(
    r"/(?:zalo/|static/|metrics|healthz|readyz|dang-nhap|dang-xuat|giao-dien|lien-ket|du-lieu-cua-toi)"
)
"""What machines, people of the office or one person alone open: tried in the tests of their own."""
FILES = ("phan-viec.csv", "phan-viec.json", "co-quan.csv", "co-quan.json")


def played(stage: Stage) -> list[str]:
    """A ticket for each sample, its words in the report, a question, a reply and an answer; gives back the codes."""
    officer = stage.officer("ha", "SXD")
    codes = []
    for number, sample in enumerate(SAMPLES):
        business = stage.person(f"b{number}")
        business.agrees()
        business.says(f"Hồ sơ thẩm định thiết kế kho của tôi chậm. {sample['text']}")
        finish(business)
        codes.append(code := stage.tickets()[-1].code)
        for words in (f"Hỏi doanh nghiệp {code}/1", f"Cho biết số hồ sơ. {sample['text']}", "gửi"):
            officer.says(words)
        for words in (f"Số hồ sơ là 12. {sample['text']}", "gửi"):
            business.says(words)
        answer = f"Được nghiệm thu theo Điều 16 Luật 55, nộp tại quầy số 3. {sample['text']}"
        for words in (f"Trả lời {code}/1", answer, "gửi"):
            officer.says(words)
    stage.send()
    return codes


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.fixture
async def visitor(stage: Stage) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(application(stage.store))) as client:
        yield client


def addresses(client: TestClient, codes: list[str], checks: list[str]) -> list[str]:
    """Every public address of the application, those with a blank filled in each way."""
    consoles = {row.path for row in CONSOLES}
    blanks = {"{code}": (*codes, "SXD"), "{name}": FILES, "{number}": ("1",)}
    found: list[str] = []
    for resource in client.server.app.router.resources():  # type: ignore[attr-defined]
        path = resource.canonical
        methods = {route.method for route in resource}
        if path in consoles or "GET" not in methods or ELSEWHERE.match(path) or "zalo_verifier" in path:
            continue
        found += [path.replace(blank, one) for blank, words in blanks.items() if blank in path for one in words]
        found += [] if "{" in path else [path]
    found += [f"/hoi-dap?hoi={quote(sample['text'])}" for sample in SAMPLES]
    return [*found, "/hoi-dap?hoi=tham+dinh+thiet+ke+kho", *(f"/xac-thuc?ma={code}" for code in checks)]


async def test_no_public_address_shows_what_is_personal(stage: Stage, visitor: TestClient) -> None:
    codes = played(stage)
    stage.now += timedelta(days=1)

    def looked(session: Session) -> tuple[list[str], int]:
        checks = session.exec(select(OutboxMessage.check_code).where(col(OutboxMessage.check_code).is_not(None)))
        answered = session.exec(select(Part).join(Ticket).where(col(Part.public_answer) != ""))
        return [str(code) for code in checks], len(list(answered))

    checks, answered = stage.store.read_now(looked)
    assert answered == len(SAMPLES), "each ticket was really answered"
    assert len(checks) >= len(SAMPLES)
    tried = addresses(visitor, codes, checks)
    assert {"/", "/co-quan/SXD", "/du-lieu/tra-loi.atom", "/api/v1/tickets", f"/hoi-dap/{codes[0]}"} <= set(tried)
    shown: list[tuple[str, str]] = []
    opened = 0
    for path in tried:
        answer = await visitor.get(path)
        text = await answer.text()
        opened += answer.status == 200
        asked = path.partition("?hoi=")[2]
        for sample in SAMPLES:
            if asked == quote(sample["text"]):
                continue  # what was typed stands in the field again
            shown += [
                (path, text[at - 60 : at + 30]) for one in sample["entities"] if (at := text.find(one["value"])) >= 0
            ]
    assert shown == []
    assert opened > len(codes) * 3
