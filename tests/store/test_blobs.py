import hashlib
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest

from zalobot.store.blobs import BlobStore

DATA = "Kính gửi".encode()
NAME = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def blobs(tmp_path):
    return BlobStore(tmp_path / "files")


def test_a_file_is_named_by_what_is_in_it(blobs):
    assert blobs.put(DATA) == NAME
    assert blobs.get(NAME) == DATA
    assert blobs.path(NAME) == blobs.folder / NAME[:2] / NAME[2:]


def test_the_same_bytes_twice_are_one_file(blobs):
    assert blobs.put(DATA) == blobs.put(DATA)
    assert [path for path in blobs.folder.rglob("*") if path.is_file()] == [blobs.path(NAME)]


def test_writers_at_the_same_time_do_not_disturb_each_other(blobs):
    data = bytes(200_000)
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(lambda _: blobs.put(data), range(32)))
    assert len(names) == 1
    assert blobs.get(names.pop()) == data
    assert len([path for path in blobs.folder.rglob("*") if path.is_file()]) == 1


def test_an_empty_file_is_a_file(blobs):
    assert blobs.get(blobs.put(b"")) == b""


def test_what_was_never_kept_is_not_found(blobs):
    assert blobs.has(NAME) is False
    with pytest.raises(KeyError):
        blobs.get(NAME)
    blobs.put(DATA)
    assert blobs.has(NAME) is True


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", NAME.upper(), NAME + "\n", NAME[:-1], "ab/" + NAME])
def test_what_is_no_name_leads_nowhere(blobs, name):
    with pytest.raises(KeyError):
        blobs.path(name)


def test_a_removed_file_is_gone_and_may_come_back(blobs):
    blobs.put(DATA)
    blobs.remove(NAME)
    blobs.remove(NAME)
    assert blobs.has(NAME) is False
    assert blobs.get(blobs.put(DATA)) == DATA


def _put_for_ever(folder: str) -> None:
    blobs = BlobStore(folder)
    number = 0
    while True:
        blobs.put(str(number).encode() * 50_000)
        number += 1


def test_a_killed_writer_leaves_only_whole_files(blobs):
    writer = multiprocessing.get_context("spawn").Process(target=_put_for_ever, args=(str(blobs.folder),))
    writer.start()
    while not blobs.folder.exists() or len(list(blobs.folder.rglob("*"))) < 40:
        assert writer.is_alive()
    writer.kill()
    writer.join()
    kept = [path for path in blobs.folder.rglob("[0-9a-f]*") if path.is_file()]
    assert len(kept) > 5
    for path in kept:
        name = path.parent.name + path.name
        assert hashlib.sha256(blobs.get(name)).hexdigest() == name
