"""Tamper with a ledger in every way at random, and see that the fault is found and named.

`python -m tests.proofs.tampering --times 10000`: a few tickets are played over four days, the ledger is exported once,
and each time a copy is spoilt: by somebody careless, or by somebody who makes the hash right again.
"""

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import services
from tests.journeys.stage import Stage, report
from zalobot.ledger import days, files
from zalobot.ledger.chain import canonical, digest
from zalobot.ledger.checking import Fault, Wrong

TEXTS = ("Hồ sơ thẩm định thiết kế kho hàng chờ nhau", "Giá thuê đất tăng gấp ba lần", "Xin cấp lại giấy phép xây dựng")
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be named: the numbers (a copy stands for two) and the words."""

    seqs: frozenset[int]
    wrongs: frozenset[Wrong]

    def met_by(self, fault: Fault | None) -> bool:
        """Whether the fault is this one."""
        return fault is not None and fault.seq in self.seqs and fault.wrong in self.wrongs


@dataclass(slots=True)
class Ledger:
    """An exported file, taken apart."""

    header: Line
    entries: list[Line]

    @property
    def last_day(self) -> int:
        """The entry that the last daily head names."""
        return int(max(day["seq"] for day in self.header["days"]))

    def lines(self) -> list[bytes]:
        """The file's lines."""
        return [f"{canonical(line)}\n".encode() for line in (self.header, *self.entries)]


def played(folder: Path) -> Path:
    """A real ledger of some tickets over four days."""
    stage = Stage(services.sqlite_database(folder))
    stage.officer("officer", "SXD")
    for number, text in enumerate(TEXTS * 4):
        code = report(stage.person(f"business-{number}"), text)
        stage.person("officer").says(f"Nhận {code}/1")
        stage.later(hours=5)
        if number % 2:
            stage.person("officer").says(f"Hỏi thêm {code}/1")
            stage.person("officer").says("Quý doanh nghiệp cho biết số hồ sơ đã nộp?")
            stage.person("officer").says("1")
            stage.person(f"business-{number}").says("Số 118")
        stage.store.run_now(days.close_days, stage.now)
        stage.later(hours=11)
    path = folder / "ledger.jsonl"
    stage.store.read_now(files.export, path, stage.now)
    stage.store.close_now()
    return path


def read(path: Path) -> Ledger:
    """Take an exported file apart."""
    header, *entries = [json.loads(line) for line in path.read_bytes().splitlines()]
    return Ledger(header, entries)


def resealed(line: Line, **changes: Any) -> Line:
    """The line changed, with a hash that is right again."""
    said = {name: value for name, value in (line | changes).items() if name != "hash"}
    return {**said, "hash": digest(said)}


def expect(seq: int, *wrongs: Wrong) -> Expected:
    return Expected(frozenset({seq}), frozenset(wrongs))


def flip_a_byte(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    lines, number = ledger.lines(), chance.randint(1, len(ledger.entries))
    line = bytearray(lines[number])
    line[chance.randrange(len(line) - 1)] ^= 1 << chance.randrange(7)
    lines[number] = bytes(line)
    return lines, expect(number, Wrong.CHANGED)


def change_a_value(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    number = chance.randint(1, len(ledger.entries))
    value = chance.choice([{"agency": "ABC"}, {"data": {"late": False}}, {"kind": "closed"}, {"public": False}])
    ledger.entries[number - 1] |= {"at": "2020-01-01T00:00:00.000000Z"} | value
    return ledger.lines(), expect(number, Wrong.CHANGED)


def change_and_reseal(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    number = chance.randint(1, len(ledger.entries))
    ledger.entries[number - 1] = resealed(ledger.entries[number - 1], agency="ABC")
    return ledger.lines(), expect(number, Wrong.CHANGED, Wrong.REWRITTEN)


def relink_and_reseal(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    number = chance.randint(1, len(ledger.entries))
    ledger.entries[number - 1] = resealed(ledger.entries[number - 1], prev_hash="0" * 64)
    return ledger.lines(), expect(number, Wrong.CHANGED, Wrong.REWRITTEN)


def rewrite_from(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    """Everything from an entry on made right again, the header too: the next published head tells."""
    number = chance.randint(1, ledger.last_day)
    last = ledger.entries[number - 1]["prev_hash"]
    for place in range(number - 1, len(ledger.entries)):
        ledger.entries[place] = resealed(ledger.entries[place], agency="ABC", prev_hash=last)
        last = ledger.entries[place]["hash"]
    ledger.header = resealed(ledger.header, head=last)
    first = min(day["seq"] for day in ledger.header["days"] if day["seq"] >= number)
    return ledger.lines(), expect(first, Wrong.REWRITTEN)


def drop(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    number, many = chance.randint(1, len(ledger.entries)), chance.choice([1, 1, 2, 5])
    at_the_end = number + many > len(ledger.entries)
    del ledger.entries[number - 1 : number - 1 + many]
    return ledger.lines(), expect(number, Wrong.TRUNCATED if at_the_end else Wrong.MISSING)


def swap(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    one, other = sorted(chance.sample(range(len(ledger.entries)), 2))
    ledger.entries[one], ledger.entries[other] = ledger.entries[other], ledger.entries[one]
    return ledger.lines(), expect(one + 1, Wrong.SWAPPED)


def insert_a_copy(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    of, place = chance.randint(1, len(ledger.entries)), chance.randint(0, len(ledger.entries))
    ledger.entries.insert(place, ledger.entries[of - 1])
    return ledger.lines(), expect(of, Wrong.INSERTED)


def insert_a_forgery(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    """A made-up entry stands before the real one, in seven cases of ten with a hash that is right."""
    number = chance.randint(1, len(ledger.entries))
    made_up = ledger.entries[number - 1] | {"agency": "ABC"}
    made_up = resealed(made_up) if chance.random() < 0.7 else made_up
    ledger.entries.insert(number - 1, made_up)
    return ledger.lines(), expect(number, Wrong.INSERTED, Wrong.REWRITTEN)


def append_a_forgery(ledger: Ledger, _chance: random.Random) -> tuple[list[bytes], Expected]:
    last = ledger.entries[-1]
    ledger.entries.append(resealed(last, seq=last["seq"] + 1, prev_hash=last["hash"], agency="ABC"))
    return ledger.lines(), expect(last["seq"] + 1, Wrong.INSERTED)


def truncate(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    """The end is cut off, in the middle of a line in one case in two."""
    kept = chance.randrange(len(ledger.entries))
    lines = ledger.lines()
    rest = lines[kept + 1][: chance.randrange(len(lines[kept + 1]) - 1)] if chance.random() < 0.5 else b""
    return [*lines[: kept + 1], rest], expect(kept + 1, Wrong.TRUNCATED)


def truncate_and_reseal(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    """The end is cut off and the header agrees; a published head lies beyond."""
    kept = chance.randrange(1, ledger.last_day)
    del ledger.entries[kept:]
    ledger.header = resealed(ledger.header, entries=kept, head=ledger.entries[-1]["hash"])
    return ledger.lines(), expect(kept + 1, Wrong.TRUNCATED)


def change_the_header(ledger: Ledger, chance: random.Random) -> tuple[list[bytes], Expected]:
    name, value = chance.choice([("entries", 1), ("head", "0" * 64), ("days", []), ("installation", "X")])
    ledger.header[name] = value
    return ledger.lines(), expect(0, Wrong.CHANGED)


TAMPERINGS: tuple[Callable[[Ledger, random.Random], tuple[list[bytes], Expected]], ...] = (
    flip_a_byte,
    change_a_value,
    change_and_reseal,
    relink_and_reseal,
    rewrite_from,
    drop,
    swap,
    insert_a_copy,
    insert_a_forgery,
    append_a_forgery,
    truncate,
    truncate_and_reseal,
    change_the_header,
)


def tamper(whole: Path, spoilt: Path, seed: str, number: int) -> tuple[str, Fault | None, Expected]:
    """Spoil a copy; gives back how, what was found, and what had to be."""
    how = TAMPERINGS[number % len(TAMPERINGS)]
    lines, expected = how(read(whole), random.Random(f"{seed}/{number}"))
    spoilt.write_bytes(b"".join(lines))
    return how.__name__, files.verify(spoilt), expected


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.tampering", description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--seed", default="20261124")
    asked = parser.parse_args()
    services.open_shared_folder()
    began, done = time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="zalobot-ledger-") as name:
        whole = played(Path(name))
        if fault := files.verify(whole):
            raise SystemExit(f"the ledger is wrong before anybody touched it: {fault}")
        for number in range(asked.times):
            how, fault, expected = tamper(whole, Path(name) / "spoilt.jsonl", asked.seed, number)
            if not expected.met_by(fault):
                raise SystemExit(f"{asked.seed}/{number} {how}: found {fault}, expected {expected}")
            done[how] += 1
        entries = len(read(whole).entries)
    services.close_shared_folder()
    for how, times in sorted(done.items()):
        print(f"{times:6} {how}")
    took = time.monotonic() - began
    print(f"{asked.times} tamperings of a ledger of {entries} entries, each found and named; {took:.0f} s")


if __name__ == "__main__":
    main()
