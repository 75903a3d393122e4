"""The one home of jinja2 on the web side: templates become pages.

The one rule: autoescape is on and a missing name is an error, so a hostile text is shown literally and a forgotten
value is a test that fails. A value is never rendered a second time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from zalobot.figures.words import definitions
from zalobot.paths import templates_folder
from zalobot.services import SERVICES, Services
from zalobot.templating import samples, titles
from zalobot.web import assets
from zalobot.web.filters import FILTERS

THEMES = ("light", "dark")
THEME_COOKIE = "giao_dien"


@dataclass(frozen=True, slots=True)
class Site:
    """What every page needs to know besides its own subject. `zalo` is the address of the Official Account, or ''."""

    province: str
    province_key: str
    oa_name: str
    operator: str
    emergency: tuple[tuple[str, str], ...]
    zalo: str
    public_url: str
    verification: str
    theme: str
    path: str
    now: datetime


@cache
def environment() -> Environment:
    """The templates of `templates/web`, compiled once per process."""
    found = Environment(
        loader=FileSystemLoader(templates_folder() / "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(FILTERS)
    found.globals["static"] = assets.url
    found.globals["kept"] = kept
    found.globals["definitions"] = definitions()
    found.globals["titled"] = titles.title
    found.globals["placeholder_titled"] = samples.title
    return found


def kept(macro: Callable[..., str]) -> Callable[..., str]:
    """A macro that remembers what it drew: for one drawn often of the same values, which must be hashable."""
    return lru_cache(maxsize=8192)(macro)


def site(request: web.Request) -> Site:
    """The surroundings of a page: province, theme of the person, the instant of the figures."""
    services = request.app[SERVICES]
    settings, province = services.settings, services.province
    theme = request.cookies.get(THEME_COOKIE, "")
    return Site(
        province=province.name,
        province_key=province.key,
        oa_name=province.oa_name,
        operator=province.operator,
        emergency=tuple((contact.number, contact.name) for contact in province.contacts if contact.emergency),
        zalo=zalo_address(services),
        public_url=settings.public_url,
        verification=settings.zalo_site_verification if request.path == "/" else "",
        theme=theme if theme in THEMES else "",
        path=request.path,
        now=services.now(),
    )


def zalo_address(services: Services) -> str:
    """Where a business opens the chat; '' while no Official Account is configured."""
    return services.settings.chat_url


def html(request: web.Request, name: str, /, *, status: int = 200, **things: object) -> web.Response:
    """Render `templates/web/<name>.html` with `site` and what the page is about."""
    text = environment().get_template(f"{name}.html").render(site=site(request), **things)
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-cache"})
