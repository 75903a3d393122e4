"""What stands around every answer: security headers, and an error page with a code one can quote.

The one rule: aiohttp passes a middleware's second argument by name, so it is called `handler`.
"""

import logging
import secrets
import time

from aiohttp import web, web_response
from aiohttp.typedefs import Handler, Middleware

from zalobot.services import SERVICES
from zalobot.web import pages
from zalobot.web.problems import problems
from zalobot.web.unchanged import unchanged

log = logging.getLogger(__name__)

# aiohttp says its version and Python's in every answer, also to what is no HTTP; it has no setting for that.
web_response.SERVER_SOFTWARE = "zalobot"  # type: ignore[attr-defined]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
}
ONLY_HTTPS = "max-age=31536000"  # a year, this name alone: what else the province serves is not ours to say
_WEBHOOK = "/zalo/webhook"
_SAID = {400: "unclear", 403: "old_page", 405: "unclear", 413: "too_much"}  # what the page of an error says
_FOR_MACHINES = (_WEBHOOK, "/api/", "/healthz", "/readyz", "/metrics", "/static/")


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the policy on every answer a browser may see, also on one that was raised; on pages, how long they took."""
    if request.path == _WEBHOOK:  # no browser reads it, and it is the hottest path
        return await handler(request)
    began = time.perf_counter()
    try:
        response = await handler(request)
    except web.HTTPException as error:
        _put_on(error, request)
        raise
    if not response.prepared:
        _put_on(response, request)
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.1f}"
    return response


def _put_on(response: web.StreamResponse | web.HTTPException, request: web.Request) -> None:
    """An answer that knows better keeps its own: open data may be read from everywhere."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app[SERVICES].settings.public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page in place of a bare refusal and of a fault; machines get the status. Nothing has a NUL in its name."""
    try:
        if "%00" in request.raw_path and not request.path.startswith(_FOR_MACHINES):
            raise web.HTTPNotFound
        return await handler(request)
    except web.HTTPNotFound:
        if request.path.startswith(_FOR_MACHINES):
            raise
        return pages.html(request, "public/error", status=404, kind="not_found", number="")
    except web.HTTPException as error:
        if error.status not in _SAID or request.path.startswith(_FOR_MACHINES):
            raise
        page = pages.html(request, "public/error", status=error.status, kind=_SAID[error.status], number="")
        page.headers.extend({name: value for name, value in error.headers.items() if name == "Allow"})
        return page
    except Exception:
        number = secrets.token_hex(2).upper()
        log.exception("fault %s at %s %s", number, request.method, request.rel_url.raw_path)  # a line stays one line
        if request.path.startswith(_FOR_MACHINES):
            raise web.HTTPInternalServerError(text=number) from None
        return pages.html(request, "public/error", status=500, kind="fault", number=number)


def middlewares() -> list[Middleware]:
    """In the order in which an application takes them: headers outside, error pages further in, then what is kept."""
    return [security_headers, problems, error_pages, unchanged()]
