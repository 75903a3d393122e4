"""How many messages a business sends until its ticket is open: a scripted person, over every sample that is a matter.

`./run effort` prints it. The one rule: the person answers what is asked and says nothing else; every message they send
counts, the first one and the consent too.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.journeys.stage import Stage
from zalobot.store import migrations
from zalobot.understanding import phrases
from zalobot.understanding.intents import MATTERS

WHO = "Công ty TNHH Hải Long, 5701880016, may mặc, phường Hà Tu, chị Lan 0912 345 678"
ANSWERS = {
    "có đồng ý không?": "đồng ý",
    "Chưa đúng": "chưa đúng",
    "Không phải": "không phải",
    "của cơ quan nào": "1",
    "tên doanh nghiệp, mã số thuế": WHO,
    "vẫn là": "đúng",
    "nêu rõ": "Việc xảy ra ở phường Hà Tu từ tháng trước, đề nghị giải quyết sớm",
    "xem lại trước khi gửi": "gửi",
    "Do you agree?": "I agree",
    "company name, tax code": WHO,
    "check before it is sent": "send",
}
AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Effort:
    """How many messages each sample took, None where no ticket came of it; the words of those are kept."""

    messages: tuple[int | None, ...]
    without: tuple[str, ...]

    @property
    def middle(self) -> float:
        """The median over those that led to a ticket."""
        return median(count for count in self.messages if count is not None)

    @property
    def opened(self) -> float:
        """Which share led to a ticket."""
        return 1 - len(self.without) / len(self.messages)


def matters() -> list[str]:
    """The samples that are matters: whoever writes them has said what it is."""
    return [sample.text for sample in phrases.samples() if sample.intent in MATTERS]


def measured(stage: Stage, texts: list[str]) -> Effort:
    """Let a person say each of these, another one each time, who has never written before."""
    counts = [_messages(stage, f"person-{number}", text) for number, text in enumerate(texts)]
    return Effort(tuple(counts), tuple(text for text, count in zip(texts, counts, strict=True) if count is None))


def _messages(stage: Stage, name: str, text: str) -> int | None:
    person, before = stage.person(name), len(stage.tickets())
    said, words = 0, text
    while said < AT_MOST:
        replies = person.says(words)
        said += 1
        if len(stage.tickets()) > before:
            return said
        answer = next((answer for asked, answer in ANSWERS.items() if replies and asked in replies[-1]), None)
        if answer is None:
            return None
        words = answer
    return None


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'effort.db'}"
        migrations.upgrade(url)
        stage = Stage(url)
        found = measured(stage, matters())
        stage.store.close_now()
    print(f"{len(found.messages)} matters; a ticket came of {found.opened:.1%}; median {found.middle:g} messages")
    for count in sorted({count for count in found.messages if count}):
        print(f"  {count} messages: {found.messages.count(count)}")
    for text in found.without:
        print(f"  no ticket: {text}")


if __name__ == "__main__":
    main()
