"""The page of one message: typed, seen, checked, asked for.

The one rule: every act of the page keeps what is typed first; a refusal shows the page again with all of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from zalobot import languages, reference
from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.services import SERVICES
from zalobot.store.models import Account, WordingOrigin
from zalobot.studio import difference, releasing, telling, versions
from zalobot.templating import Unsafe, mended, previews, titles
from zalobot.templating.language import SOURCE_LIMIT
from zalobot.web import console
from zalobot.web.access import WHO, Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell, wording_view
from zalobot.web.operator.acts import perform
from zalobot.web.operator.wording_view import WordingPage

PATH: Final = f"{shell.PATH}/loi-nhan"
ACT: Final = f"{shell.PATH}/viec-loi-nhan"
NAME: Final = r"{name:[a-z_0-9]+/[a-z_0-9.]+}"
TYPED_MOST: Final = 4_000_000  # bytes of a form: what is far too long is told so, not cut off


async def show(request: web.Request) -> web.StreamResponse:
    """The message with this person's draft, else as it is in use."""
    language, sample = request.query.get("ngon-ngu", DEFAULT)[:8], request.query.get("mau", "")[:16]
    return await _answer(request, request.match_info["name"], language, sample=sample)


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep what is typed, with a placeholder or a remedy put in where one was pressed; then show it."""
    name, language, text, sample = await _typed(request)
    form, upon = await request.post(), await _upon(request)
    if wanted := str(form.get("chen", ""))[:64]:
        text = f"{text.rstrip()} {{{{ {wanted} }}}}\n"
    if remedy := str(form.get("thay", ""))[:120]:
        text = await _mended(request, name, language, text, remedy)
    try:
        await perform(request, versions.save, name, language, text, seen=upon)
    except Refused as refusal:
        return await _answer(request, name, language, text=text, sample=sample, why_not=refusal)
    return _back(request, name, language, sample=sample)


async def keep_quietly(request: web.Request) -> web.StreamResponse:
    """What the script asks while somebody types: keep it, and give back what changed around it."""
    name, language, text, sample = await _typed(request)
    refusal = None
    try:
        more = {"seen": await _upon(request), "mine": str((await request.post()).get("da_gui", ""))}
        await perform(request, versions.save, name, language, text, **more)
    except Refused as why:
        refusal = why
    page = await _page(request, name, language, text=text, sample=sample, why_not=refusal)
    return console.html(request, "consoles/operator/_wording_live", page=page)


async def ask(request: web.Request) -> web.StreamResponse:
    """Keep it, then ask a second person to release it."""
    name, language, text, sample = await _typed(request)
    why = str((await request.post()).get("ly_do", ""))[:500]
    try:
        await perform(request, versions.save, name, language, text, seen=await _upon(request))
        await perform(request, versions.ask, name, language, why)
    except Refused as refusal:
        return await _answer(request, name, language, text=text, sample=sample, why_not=refusal, why=why)
    return _back(request, name, language, flash="de-nghi")


async def try_out(request: web.Request) -> web.StreamResponse:
    """Keep it, then send it to this person's own Zalo, filled with the case on the screen."""
    name, language, text, sample = await _typed(request)
    try:
        await perform(request, versions.save, name, language, text, seen=await _upon(request))
        await perform(request, _trial, name, language, text, sample)
    except Refused as refusal:
        return await _answer(request, name, language, text=text, sample=sample, why_not=refusal)
    return _back(request, name, language, sample=sample, flash="gui-thu")


async def act(request: web.Request) -> web.StreamResponse:
    """What one press does with this person's draft."""
    name, language, _, _ = await _typed(request)
    verb, done = ACTS[request.match_info["act"]]
    try:
        await perform(request, verb, name, language)
    except Refused as refusal:
        return _back(request, name, language, refusal=refusal)
    return _back(request, name, language, flash=done)


async def take_back(request: web.Request) -> web.StreamResponse:
    """What was asked for is a draft again."""
    name, language, _, _ = await _typed(request)
    try:
        await perform(request, versions.take_back, str((await request.post()).get("ban", ""))[:26])
    except Refused as refusal:
        return _back(request, name, language, refusal=refusal)
    return _back(request, name, language, flash="rut-lai")


async def undo(request: web.Request) -> web.StreamResponse:
    """Back to the words before the last release, at once."""
    name, language, _, _ = await _typed(request)
    try:
        await perform(request, releasing.undo, name, language, str((await request.post()).get("dang_dung", ""))[:16])
    except Refused as refusal:
        return _back(request, name, language, refusal=refusal)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return _back(request, name, language, flash="hoan-tac")


def _shipped(session: Any, name: str, language: str, now: Any, *, by: Account) -> None:
    try:
        text = versions.words_of(session).shipped[language][name].source
    except KeyError:
        raise Refused("no_such_message", message=name) from None
    versions.load(session, name, language, WordingOrigin.SHIPPED, text, now, by=by)


def _trial(session: Any, name: str, language: str, text: str, sample: str, now: Any, *, by: Account) -> None:
    words = versions.words_of(session)
    cases = {one.key: one for one in previews.samples(name, language, wording=words)}
    try:
        shown = previews.render(text, name, cases.get(sample, cases[previews.USUAL]), language, wording=words)
    except Unsafe as fault:
        raise Refused("wording_stop", message=name, line=fault.line) from None
    telling.trial(session, name, shown, now, by=by)


ACTS: Final = {
    "bo": (versions.discard, "bo-nhap"),
    "goc": (_shipped, "ban-goc"),
    "len-ban-moi": (versions.rebase, "len-ban-moi"),
}


async def _typed(request: web.Request) -> tuple[str, str, str, str]:
    """Which message, in which language, what is typed, and the case looked at."""
    form = await request.post()
    name, language = str(form.get("ten", ""))[:100], str(form.get("ngon_ngu", DEFAULT))[:8]
    sample = str(form.getall("mau", [""])[-1])[:16]  # a pressed case comes after the one on the screen
    return name, language, str(form.get("noi_dung", "")), sample


async def _upon(request: web.Request) -> str | None:
    """The draft that was typed upon; None where the form says nothing of it, or that it is meant to be replaced."""
    form = await request.post()
    return None if form.get("de") or "moc" not in form else str(form["moc"])[:40]


async def _mended(request: web.Request, name: str, language: str, text: str, key: str) -> str:
    page = await _page(request, name, language, text=text)
    finding = next((one.finding for one in page.found if one.key == key), None)
    return mended(page.text, finding) if finding else text


async def _page(
    request: web.Request,
    name: str,
    language: str,
    *,
    text: str | None = None,
    sample: str = "",
    why_not: Refused | None = None,
    why: str = "",
) -> WordingPage:
    services, me = request.app[SERVICES], request[WHO].account
    try:
        known = await services.store.read(wording_view.kept, name, language, me)
    except Refused:
        raise web.HTTPNotFound from None
    text = text[: SOURCE_LIMIT + 1] if text is not None else None  # as much as shows that it is too long
    made = wording_view.page(name, language, known, services.now(), me, text=text, sample=sample)
    if why_not is None:
        return replace(made, why=why)
    elsewhere = difference.between(known.draft.text, made.text) if known.draft else ()
    upon = await _upon(request)
    return replace(
        made,
        why=why,
        refusal=refused(why_not),
        lacks_why=why_not.reason == "reason_missing",
        upon=made.upon if upon is None else upon,
        elsewhere=tuple(elsewhere) if why_not.reason == "wording_elsewhere" else None,
    )


async def _answer(request: web.Request, name: str, language: str, **more: Any) -> web.StreamResponse:
    page = await _page(request, name, language, **more)
    groups = titles.groups(page.kept.words.names)
    place = next(group for group in groups if name in group.names)
    around: dict[str, Any] = {
        "groups": groups,
        "place": place,
        "steps": _steps(place.names, name),
        "languages": {one: str(languages.words(one)["language"]["name"]) for one in page.kept.words.languages},
    }
    status = 409 if page.refusal else 200
    return await shell.html(request, "wording", "wording", status=status, page=page, act=ACT, **around)


def _steps(names: Sequence[str], name: str) -> Sequence[str]:
    """What comes before and after a message, questions without their refusals."""
    steps = [one for one in names if one == name or "." not in one]
    at = steps.index(name)
    return steps[max(0, at - 3) : at + 4]


def _back(
    request: web.Request,
    name: str,
    language: str,
    *,
    sample: str = "",
    flash: str = "luu-nhap",
    refusal: Refused | None = None,
) -> web.StreamResponse:
    way = telling.address(name, language) + (f"&mau={sample}" if sample in previews.KEYS else "")
    said = Flash("late", text=refused(refusal)) if refusal else Flash("ok", flash)
    return onwards(request, way, said)


ROWS = (
    Row("GET", f"{PATH}/{NAME}", shell.ROLES, show),
    Row("POST", f"{ACT}/luu", shell.ROLES, keep, TYPED_MOST),
    Row("POST", f"{ACT}/nhap", shell.ROLES, keep_quietly, TYPED_MOST),
    Row("POST", f"{ACT}/de-nghi", shell.ROLES, ask, TYPED_MOST),
    Row("POST", f"{ACT}/thu", shell.ROLES, try_out, TYPED_MOST),
    Row("POST", f"{ACT}/rut", shell.ROLES, take_back),
    Row("POST", f"{ACT}/hoan-tac", shell.ROLES, undo),
    Row("POST", f"{ACT}/{{act:bo|goc|len-ban-moi}}", shell.ROLES, act, TYPED_MOST),
)
