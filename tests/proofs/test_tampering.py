"""Whatever is done to an exported ledger is found and named. (10,000 times: `python -m tests.proofs.tampering`.)"""

from pathlib import Path

from tests.proofs.tampering import TAMPERINGS, played, tamper
from zalobot.ledger import files

TIMES = 25


def test_every_tampering_is_found_and_named(tmp_path: Path) -> None:
    whole = played(tmp_path)
    assert files.verify(whole) is None
    for number in range(TIMES * len(TAMPERINGS)):
        how, fault, expected = tamper(whole, tmp_path / "spoilt.jsonl", "suite", number)
        assert expected.met_by(fault), f"suite/{number} {how}: found {fault}, expected {expected}"
