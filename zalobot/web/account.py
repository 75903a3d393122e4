"""My account: where I am signed in, and ending it there; which Zalo is mine."""

from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot.accounts import log, own_zalo, sessions
from zalobot.accounts.sessions import SignedIn
from zalobot.services import SERVICES
from zalobot.web import console
from zalobot.web.access import EVERYBODY, WHO, Row
from zalobot.web.acting import onwards
from zalobot.web.flashes import Flash

PATH = "/tai-khoan"
BROWSERS = (  # the first that fits: each names those it wants to be taken for
    ("Zalo", "Zalo"), ("Edg", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Cốc Cốc"), ("SamsungBrowser", "Samsung"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


async def account(request: web.Request) -> web.Response:
    """The account and its open sessions."""
    return await _page(request)


async def bind_zalo(request: web.Request) -> web.Response:
    """A one-time code, to be sent from my own Zalo. It is shown once; an officer's Zalo is bound by their own code."""
    services, me = request.app[SERVICES], request[WHO].account
    if me.officer_id:
        raise web.HTTPNotFound
    return await _page(request, await services.store.run(own_zalo.issue_code, me.id, services.now()))


async def _page(request: web.Request, code: str = "") -> web.Response:
    services, who = request.app[SERVICES], request[WHO]
    listed = await services.store.read(sessions.listed, who.account.id, services.now())
    bound = bool(await services.store.read(own_zalo.person_of, who.account))
    open_ones = [(one, browser_of(one.agent)) for one in listed]
    return console.html(request, "consoles/account", sessions=open_ones, bound=bound, code=code)


def browser_of(agent: str) -> tuple[str, str]:
    """What a browser calls itself, in two short words: which one, and on what; '' for what is not known."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    return browser, next((name for mark, name in SYSTEMS if mark in agent), "")


async def end_session(request: web.Request) -> web.Response:
    """End one of my sessions; one of somebody else is not found."""
    services, who = request.app[SERVICES], request[WHO]
    which = str((await request.post()).get("phien", ""))[:64]
    await services.store.run(_end, who, which, services.now())
    return onwards(request, PATH, Flash("ok", "phien"))


def _end(session: Session, who: SignedIn, which: str, now: datetime) -> None:
    if sessions.end(session, which, now, account_id=who.account.id):
        log.note(session, "session_ended", who.account, now)


ROWS = (
    Row("GET", PATH, EVERYBODY, account),
    Row("POST", f"{PATH}/phien", EVERYBODY, end_session),
    Row("POST", f"{PATH}/zalo", EVERYBODY, bind_zalo),
)
