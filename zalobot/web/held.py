"""A form whose session had run out is shown again, whole, to whoever sent it, to be sent with one press.

The one rule: nothing that was typed is lost, and nothing is done that its sender has not pressed once more. Only a form
that a page of ours sent, by the browser's own word, is held; `access` holds it, this is where it is seen again.
"""

from aiohttp import web

from zalobot.accounts import held_forms
from zalobot.services import SERVICES
from zalobot.web import pages
from zalobot.web.access import EVERYBODY, HELD, HOME, WHO, Row, safe_way

ONE = f"{HELD}/{{id}}"


async def show(request: web.Request) -> web.Response:
    """What was typed, and the button that sends it."""
    services, who = request.app[SERVICES], request[WHO]
    form = await services.store.read(held_forms.find, who.account.id, request.match_info["id"][:26])
    if form is None:
        raise web.HTTPNotFound
    back = safe_way(form.back, HOME[who.account.role])
    return pages.html(request, "sign_in/held", form=form, fields=form.fields, csrf=who.csrf, back=back, who=who)


async def drop(request: web.Request) -> web.Response:
    """Not wanted any more."""
    services, who = request.app[SERVICES], request[WHO]
    await services.store.run(held_forms.drop, who.account.id, request.match_info["id"][:26])
    raise web.HTTPSeeOther(HOME[who.account.role])


ROWS = (Row("GET", ONE, EVERYBODY, show), Row("POST", f"{ONE}/bo", EVERYBODY, drop))
