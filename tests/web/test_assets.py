"""Static files are named by their content, so that they may be kept for ever."""

import hashlib
import tomllib

from tests.web.conftest import Town
from zalobot.web import assets


async def test_the_named_file_is_kept_for_ever(town: Town) -> None:
    async with town.http.get(town.address + assets.url("zalobot.css")) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == (assets.FOLDER / "zalobot.css").read_bytes()


async def test_an_old_name_is_not_kept(town: Town) -> None:
    async with town.http.get(town.address + "/static/zalobot.css?v=000000000000") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_an_unchanged_file_is_not_sent_again(town: Town) -> None:
    tag = f'"{assets.assets()["zalobot.css"].digest}"'
    assert await town.get("/static/zalobot.css", 304, headers={"If-None-Match": tag}) == ""


async def test_nothing_outside_the_folder_is_served(town: Town) -> None:
    for path in ("/static/%2e%2e/pages.py", "/static/..%2fpages.py", "/static/none.css"):
        assert "import" not in await town.get(path, 404)


def test_what_others_made_is_as_they_published_it_and_has_its_licence() -> None:
    folder = assets.FOLDER / "vendor"
    listed = tomllib.loads((folder / "VENDOR.toml").read_text())["file"]
    for file in listed:
        assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
        assert (folder / file["path"]).with_name("LICENSE").is_file()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {file["path"] for file in listed}
    assert there - named - {licence(path) for path in named} == {"VENDOR.toml"}


def licence(path: str) -> str:
    return f"{path.rpartition('/')[0]}/LICENSE"
