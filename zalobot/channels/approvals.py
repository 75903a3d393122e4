"""Which templates of the pack Zalo has approved for this account, with the id it gave them.

The one rule: a template is used only while Zalo has it enabled; an event of Zalo's, or an operator, changes that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from zalobot import reference
from zalobot.channels import filling
from zalobot.errors import Refused
from zalobot.pack_templates import MessageTemplate
from zalobot.store.models import TemplateApproval, TemplateState
from zalobot.zalo.zbs import TemplateInfo


@dataclass(frozen=True, slots=True)
class Registered:
    """A template of the pack and what Zalo made of it; no approval: it was not handed in, or nobody has said so."""

    template: MessageTemplate
    approval: TemplateApproval | None


def listed(session: Session) -> list[Registered]:
    """Every template of the pack, in its order."""
    approvals = {one.key: one for one in session.execute(select(TemplateApproval)).scalars()}
    return [Registered(one, approvals.get(one.key)) for one in reference.current(session).message_templates]


def approve(
    session: Session,
    key: str,
    template_id: str,
    now: datetime,
    *,
    by_uid: bool = True,
    by_phone: bool = True,
    price_uid: int | None = None,
    price_phone: int | None = None,
    state: TemplateState = TemplateState.ENABLED,
) -> None:
    """Note under which id Zalo has a template. Raises Refused: no_such_template, template_not_fillable."""
    template = next((one for one in reference.current(session).message_templates if one.key == key), None)
    if template is None:
        raise Refused("no_such_template", template=key)
    if problems := filling.wrong(template):
        raise Refused("template_not_fillable", problems="; ".join(problems))
    row = session.get(TemplateApproval, key) or TemplateApproval(
        key=key, template_id=template_id, state=state, changed_at=now
    )
    row.template_id, row.state, row.by_uid, row.by_phone = template_id, state, by_uid, by_phone
    row.price_uid, row.price_phone, row.changed_at = price_uid, price_phone, now
    session.add(row)


def not_by_uid(session: Session, template_id: str) -> None:
    """Zalo takes it by phone only (-249): it was approved before 2025-12-10, or holds what goes by phone only."""
    mine = col(TemplateApproval.template_id) == template_id
    session.execute(update(TemplateApproval).where(mine).values(by_uid=False))


def differences(template: MessageTemplate, info: TemplateInfo) -> list[str]:
    """Where Zalo's template and the pack's differ: such a template would be refused, or say too little."""
    ours = {one.name: one.most for one in template.parameters}
    found = [f"Zalo has no parameter {name}" for name in ours.keys() - info.parameters.keys()]
    found += [f"the pack has no parameter {name}" for name in info.parameters.keys() - ours.keys()]
    for name in sorted(ours.keys() & info.parameters.keys()):
        if 0 < info.parameters[name] < ours[name]:
            found.append(f"{name}: Zalo takes {info.parameters[name]} characters, the pack says {ours[name]}")
    return sorted(found)
