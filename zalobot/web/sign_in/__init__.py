"""Coming in and going out: name and password, second factor, a new password, a link from Zalo.

The one rule: every answer after a success is a redirect with a new cookie; every refusal shows the same page again.
"""

from zalobot.web.sign_in import by_link, second, steps

ROUTES = (*steps.routes, *second.routes, *by_link.routes)
