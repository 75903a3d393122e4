"""The demo's account has the province's message templates with Zalo, approved, under ids of the simulator.

The one rule: the simulator learns of a template what an office would hand in, the bot what an operator would enter.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.channels import approvals
from zalobot.pack_templates import MessageTemplate
from zalobot.province import Province
from zalobot.simulator.templates import Param, Template

FIRST_ID = 330_001
_TAGS = {1: "TRANSACTION", 2: "CUSTOMER_CARE", 3: "PROMOTION"}


def at_zalo(province: Province) -> tuple[Template, ...]:
    """The pack's templates as the simulator keeps them."""
    return tuple(_handed_in(_id(number), one) for number, one in enumerate(province.message_templates))


def enter(session: Session, province: Province, now: datetime) -> None:
    """Note the approvals, as `zalobot zbs approve` does."""
    for number, one in enumerate(province.message_templates):
        approvals.approve(session, one.key, _id(number), now)


def _id(number: int) -> str:
    return str(FIRST_ID + number)


def _handed_in(template_id: str, one: MessageTemplate) -> Template:
    return Template(
        template_id,
        one.title,
        "\n".join(line for line in (one.title, one.text, one.button) if line),
        tuple(
            Param(given.name, given.most, given.least if given.required else 0, given.required)
            for given in one.parameters
        ),
        tag=_TAGS[one.tag],
        price_uid=one.price_uid,
        price_phone=one.price_phone,
    )
