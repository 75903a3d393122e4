"""Pictures of every page of the demo, at 360 and 1280 px, light and dark: `./run pictures [FOLDER] [--only WORD]`.

The one rule: the pages are those a newcomer sees; each is opened by the door of its role, and a page that shows a
console error or scrolls sideways is named at the end. `--docs` makes the few that docs/consoles.md shows.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.async_api import async_playwright

from tests import services
from zalobot.demo import demo, week
from zalobot.services import SERVICES

if TYPE_CHECKING:
    from playwright.async_api import Page

TICKET, LATE = "QN-2611-00010", "QN-2611-00002"
PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("home", "/"),
        ("tickets", "/hoi-dap"),
        ("ticket", f"/hoi-dap/{LATE}"),
        ("search", "/hoi-dap?hoi=hoa+don+sai+ma+so+thue"),
        ("agencies", "/co-quan"),
        ("agency", "/co-quan/SXD"),
        ("data", "/du-lieu"),
        ("check", "/xac-thuc"),
        ("sign-in", "/dang-nhap"),
    ),
    "/demo/can-bo": (
        ("officer-queue", "/can-bo"),
        ("officer-part", f"/can-bo/{TICKET}/1"),
        ("officer-answers", "/can-bo/mau"),
        ("officer-absences", "/can-bo/vang-mat"),
        ("account", "/tai-khoan"),
    ),
    "/demo/dieu-phoi": (("coordinator", "/dieu-phoi"),),
    "/demo/dieu-hanh": (
        ("leader", "/dieu-hanh"),
        ("leader-ticket", f"/dieu-hanh/{LATE}"),
        ("leader-digest", "/dieu-hanh/ban-tin"),
    ),
    "/demo/van-hanh": (
        ("operator", "/van-hanh"),
        ("texts", "/van-hanh/loi-nhan"),
        ("text", "/van-hanh/loi-nhan/status/accepted"),
        ("text-waiting", "/van-hanh/loi-nhan/cho-duyet"),
        ("text-history", "/van-hanh/loi-nhan/lich-su/status/accepted"),
        ("text-files", "/van-hanh/loi-nhan/tep"),
        ("messages", "/van-hanh/tin-nhan"),
        ("events", "/van-hanh/su-kien"),
        ("chats", "/van-hanh/truc"),
        ("calendar", "/van-hanh/lich"),
        ("operator-agencies", "/van-hanh/co-quan"),
        ("operator-agency", "/van-hanh/co-quan/SXD"),
        ("operator-topics", "/van-hanh/linh-vuc"),
        ("operator-officers", "/van-hanh/can-bo"),
        ("knowledge", "/van-hanh/kho-cau-hoi"),
        ("state", "/van-hanh/tinh-trang"),
    ),
    "/demo/quan-tri": (("accounts", "/van-hanh/tai-khoan"),),
}
LOOKS = tuple((width, theme) for width in (360, 1280) for theme in ("light", "dark"))
DOCS = Path("docs/pictures")
SHOWN = frozenset(("officer-queue", "officer-part", "coordinator", "leader", "text", "calendar"))  # in docs/consoles.md


async def take(folder: Path, only: str) -> list[str]:
    """Every page whose name contains `only`, whole, into a file of its own; gives back what was wrong with them."""
    names = frozenset(name for pages in PAGES.values() for name, _ in pages if only in name)
    return await _taken(folder, names, LOOKS, whole=True)


async def take_for_docs() -> list[str]:
    """What docs/consoles.md shows: the first view of each main page, small files."""
    wrong = await _taken(DOCS, SHOWN, ((1280, "light"), (360, "dark")), whole=False)
    for name in SHOWN:
        (DOCS / f"{name}-1280-light.png").replace(DOCS / f"{name}-1280.png")
        for file in (DOCS / f"{name}-1280.png", DOCS / f"{name}-360-dark.png"):
            with Image.open(file) as picture:
                small = picture.convert("RGB").quantize(128)
            small.save(file, optimize=True)
    return wrong


async def _taken(folder: Path, names: frozenset[str], looks: Iterable[tuple[int, str]], *, whole: bool) -> list[str]:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="zalobot-gallery-") as place:
        async with (
            demo.started(Path(place) / "demo", week.load()) as (application, _),
            async_playwright() as playwright,
        ):
            address = application[SERVICES].settings.public_url
            browser = await playwright.chromium.launch(
                executable_path=services.chromium(), args=list(services.CHROMIUM_ARGUMENTS)
            )
            for door, pages in PAGES.items():
                wanted = [(name, path) for name, path in pages if name in names]
                for width, theme in looks if wanted else ():
                    context = await browser.new_context(viewport={"width": width, "height": 740}, color_scheme=theme)  # type: ignore[arg-type]
                    page = await context.new_page()
                    await page.goto(address + door)
                    page.on(
                        "console",
                        lambda said: (
                            wrong.append(f"{said.location['url']}: {said.text}") if said.type == "error" else None
                        ),
                    )
                    for name, path in wanted:
                        answer = await page.goto(address + path)
                        if answer is None or answer.status != 200:
                            wrong.append(f"{path} answered {answer and answer.status}")
                        await _picture(page, folder / f"{name}-{width}-{theme}.png", wrong, whole=whole)
                    await context.close()
            await browser.close()
    return wrong


async def _picture(page: "Page", file: Path, wrong: list[str], *, whole: bool) -> None:
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append(f"{page.url} scrolls sideways at {file.stem}")
    await page.screenshot(path=file, full_page=whole)


def main() -> int:
    """Take the pictures; 1 where a page was not as it should be."""
    parser = argparse.ArgumentParser(prog="./run pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots/pages"))
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--docs", action="store_true", help=f"only what docs/consoles.md shows, into {DOCS}")
    options = parser.parse_args()
    folder = DOCS if options.docs else options.folder
    folder.mkdir(parents=True, exist_ok=True)
    wrong = asyncio.run(take_for_docs() if options.docs else take(folder, options.only))
    print("\n".join([*dict.fromkeys(wrong), f"{len(list(folder.glob('*.png')))} pictures in {folder}"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
