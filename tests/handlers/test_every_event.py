"""Every event of Zalo's lists, one row each, and what the bot does with it: what it says and what it keeps.

The person of each row has agreed to the terms and was sent one message. A row that says and keeps nothing is kept as
it came, handled once, and that is all.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from tests import services
from tests.journeys.stage import OA, Person, Stage
from zalobot.ledger import reading
from zalobot.store.models import (
    Attachment,
    Conversation,
    InboxEvent,
    InboxState,
    OutboxMessage,
    Reaction,
    Withdrawal,
    ZaloNotice,
)
from zalobot.zalo.events import Event, Kind
from zalobot.zalo.kinds import KINDS, kind_of

SAMPLES = Path(__file__).parents[1] / "zalo" / "samples"
SOMEBODY = "246845883529197922"  # in the samples
_people = count(9_007_199_254_740_993)


@dataclass(frozen=True)
class Does:
    """What an event leads to: the wordings said to the person, the rows kept, what changes in the conversation."""

    says: str = ""
    keeps: str = ""
    talk: dict[str, Any] = field(default_factory=dict)
    message: str = ""  # what becomes of the message they had been sent


NOTHING = Does()
TOLD = Does(keeps="zalo_notice")

EVENTS = {
    # §2.2: a person writes or sends something
    "user_send_text": Does(says="welcome/hello_again"),
    "user_send_image": Does(says="report_issue/description.too_short", keeps="attachment:image"),
    "user_send_link": Does(says="report_issue/description", keeps="attachment:link"),
    "user_send_audio": Does(says="report_issue/description", keeps="attachment:audio"),
    "user_send_video": Does(says="report_issue/description", keeps="attachment:video"),
    "user_send_gif": Does(says="report_issue/description", keeps="attachment:gif"),
    "user_send_file": Does(says="report_issue/description", keeps="attachment:file"),
    "user_send_location": Does(says="report_issue/description", keeps="attachment:location"),
    "user_send_business_card": Does(says="report_issue/description.too_short", keeps="attachment:contact"),
    "user_send_sticker": Does(says="common/sticker"),
    # §2.4: what the account said comes back
    **dict.fromkeys(
        (
            *("oa_send_text", "oa_send_image", "oa_send_gif", "oa_send_list", "oa_send_file", "oa_send_sticker"),
            *("oa_send_template", "oa_send_link", "oa_send_request_user_info"),
        ),
        NOTHING,
    ),
    # §2.5: receipts and reactions
    "user_received_message": Does(message="delivered"),
    "user_seen_message": Does(message="seen"),
    "user_reacted_message": Does(keeps="reaction"),
    "oa_reacted_message": NOTHING,
    # §2.6: who comes and goes, who they are, what they withdraw
    "follow": Does(says="welcome/returned", talk={"follows": True}),
    "unfollow": NOTHING,  # they did not follow
    "user_click_chatnow": Does(says="welcome/returned"),
    "user_submit_info": Does(talk={"display_name": "Nguyễn Văn A"}),
    "update_user_info": NOTHING,
    "user_withdraw": Does(keeps="withdrawal", talk={"gone": True}, message="gone"),
    **dict.fromkeys(("add_user_to_tag", "remove_user_from_tag", "remove_tag", "extension_purchased"), TOLD),
    "widget_interaction_accepted": NOTHING,
    "widget_failed_to_sync_user_external_id": NOTHING,
    "shop_has_order": NOTHING,
    # §2.7: visitors without an account
    **{f"anonymous_send_{what}": NOTHING for what in ("text", "image", "file", "sticker")},
    **{f"oa_send_anonymous_{what}": NOTHING for what in ("text", "image", "file", "sticker")},
    # §2.8: templates
    **dict.fromkeys(
        (
            *("user_feedback", "user_click_response_button", "change_template_status", "change_template_quality"),
            *("change_template_quota", "change_oa_daily_quota", "change_oa_template_tags", "event_journey_time_out"),
            *("event_journey_acknowledged", "journey_acknowledged"),
        ),
        TOLD,
    ),
    # §2.9: calls
    **dict.fromkeys(("oa_send_consent", "user_reply_consent", "user_call_oa", "oa_call_user"), NOTHING),
    # §2.10: groups, in both spellings; only who calls the account by name is answered, and alone
    **dict.fromkeys(
        (
            *("create_group", "user_join_group", "user_request_join_group", "accept_request_join_group"),
            *("reject_request_join_group", "react_request_join_group_accept", "react_request_join_group_reject"),
            *("add_group_admin", "remove_group_admin", "update_group_info", "user_out_group", "user_leave_group"),
            "delete_group",
        ),
        NOTHING,
    ),
    "user_send_group_text": Does(says="common/in_a_group"),
    **{
        f"user_send_group_{what}": NOTHING
        for what in ("image", "link", "audio", "video", "business_card", "sticker", "gif", "file")
    },
    **{
        f"oa_send_group_{what}": NOTHING
        for what in ("text", "image", "link", "audio", "video", "business_card", "sticker", "gif", "file", "location")
    },
    # §2.11: asked about and not found, should they come all the same
    **dict.fromkeys(("user_click_button", "user_click_link", "permission_revoked", "user_asking_product"), NOTHING),
}
VARIANTS = {
    "oa_send_text.staff": Does(talk={"with_person": True}),
    "user_received_message.template": NOTHING,
    "user_send_location.bare": EVENTS["user_send_location"],
    "user_send_text.payload_object": Does(says="look_up/not_found"),
    "user_send_text.payload_string": Does(says="not_understood/first"),
    "user_submit_info.merged": EVENTS["user_submit_info"],
    "unknown": NOTHING,
}
GROUP_NAMES = ("text", "image", "link", "audio", "video", "business_card", "sticker", "gif", "file")
VISITOR_NAMES = ("text", "image", "file", "sticker")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if request.param == "sqlite":
        made = Stage(services.sqlite_database(tmp_path_factory.mktemp("events")))
        yield made
        made.store.close_now()
        return
    with services.postgres_database() as url:
        made = Stage(url)
        yield made
        made.store.close_now()


def sample(name: str) -> dict[str, Any]:
    """The event as Zalo sends it; of a family without a sample of its own its nearest relative's shape."""
    path = SAMPLES / f"{name}.json"
    if path.exists():
        body: dict[str, Any] = json.loads(path.read_text())
        return body
    families = ("user_send_group_", "oa_send_group_", "anonymous_send_", "oa_send_anonymous_")
    family = next((family for family in families if name.startswith(family)), "")
    if family:
        body = {**sample(f"{family}text"), "event_name": name}
        body["message"] = {"msg_id": "g1", "text": "chào cả nhóm"}
        return body
    return {**sample("event_journey_acknowledged" if "journey" in name else "unknown"), "event_name": name}


def table(session: Session, person: str) -> Counter[str]:
    """What is kept: of this person, and of the account itself."""
    kept: Counter[str] = Counter()
    for kind in session.execute(select(col(Attachment.kind)).where(col(Attachment.person_id) == person)).scalars():
        kept[f"attachment:{kind}"] += 1
    for model in (Reaction, Withdrawal, ZaloNotice):
        kept[str(model.__tablename__)] += len(session.execute(select(model)).all())
    return kept


def conversation(stage: Stage, person: str) -> dict[str, Any]:
    row = stage.store.read_now(lambda session: session.get(Conversation, person))
    if row is None:
        return {"gone": True}
    paused = row.with_person_until is not None and row.with_person_until > stage.now
    return {"follows": row.follows, "display_name": row.display_name, "with_person": paused}


def sent(session: Session, person: str) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(col(OutboxMessage.person_id) == person).order_by(col(OutboxMessage.id))
    return list(session.execute(query).scalars())


def hears(stage: Stage, person: Person, body: dict[str, Any]) -> Does:
    """Let an event come and see what it led to."""
    before, kept = stage.store.read_now(sent, person.id), stage.store.read_now(table, person.id)
    talk = conversation(stage, person.id)
    stage.hear(body)
    after = stage.store.read_now(sent, person.id)
    now = conversation(stage, person.id)
    first = after[0] if after else None
    status = "gone" if first is None else "seen" if first.seen_at else "delivered" if first.delivered_at else ""
    return Does(
        says=" ".join(row.template for row in after[len(before) :]),
        keeps=" ".join((stage.store.read_now(table, person.id) - kept).elements()),
        talk={name: value for name, value in now.items() if talk.get(name) != value},
        message=status,
    )


def someone(stage: Stage) -> Person:
    person = stage.person(str(next(_people)))
    person.agrees()
    return person


def told_of(stage: Stage, person: Person, name: str) -> dict[str, Any]:
    """The sample, as of now, about this person and the message they were sent."""
    body: dict[str, Any] = json.loads(json.dumps(sample(name), ensure_ascii=False).replace(SOMEBODY, person.id))
    body["timestamp"] = str(int(stage.now.timestamp() * 1000) + 1)
    message = body.get("message")
    if isinstance(message, dict) and name in ("user_received_message", "user_seen_message", "user_reacted_message"):
        was_sent = stage.store.read_now(sent, person.id)[0].message_id
        message.pop("msg_ids", None)
        message["msg_id"] = was_sent
    elif isinstance(message, dict) and "msg_id" in message:
        message["msg_id"] = f"{message['msg_id']}-{person.id}"
    if name == "user_send_link":
        body["message"].pop("text")  # what an address would be taken to be about is another test's business
    for subject in ("template_id", "msg_id"):
        if subject in body:
            body[subject] = f"{body[subject]}-{person.id}"
    return body


@pytest.mark.parametrize(("name", "does"), [*EVENTS.items(), *VARIANTS.items()], ids=[*EVENTS, *VARIANTS])
def test_every_event_leads_to_just_this(stage: Stage, name: str, does: Does) -> None:
    person = someone(stage)
    body = told_of(stage, person, name)
    assert hears(stage, person, body) == does
    again = hears(stage, person, body)  # delivered a second time
    assert (again.says, again.keeps, again.talk) == ("", "", {})
    assert stage.failures() == []


def test_an_event_of_another_account_leads_to_nothing(stage: Stage) -> None:
    """But for receipts: they name the message, and nobody else's account has one of ours."""
    person = someone(stage)
    for name in {*EVENTS, *VARIANTS} - {"user_received_message", "user_seen_message"}:
        told = hears(stage, person, json.loads(json.dumps(told_of(stage, person, name)).replace(OA, "1")))
        assert (name, told.says, told.talk, told.message) == (name, "", {}, "")
        assert "attachment" not in told.keeps
    assert stage.failures() == []


def test_the_table_has_every_name_the_code_knows() -> None:
    families = {f"{who}_group_{what}" for who in ("user_send", "oa_send") for what in GROUP_NAMES}
    families |= {"oa_send_group_location"}
    families |= {f"{who}_{what}" for who in ("anonymous_send", "oa_send_anonymous") for what in VISITOR_NAMES}
    assert (set(KINDS) | families) - set(EVENTS) == set()
    unknown = {name for name in EVENTS if kind_of(name) is Kind.UNKNOWN}
    assert unknown == {"user_click_button", "user_click_link", "permission_revoked", "user_asking_product"}


def test_every_event_is_kept_as_it_came_and_handled(stage: Stage) -> None:
    """Whatever its name: what nobody hears now may be wanted later."""
    person = someone(stage)
    body = told_of(stage, person, "unknown")
    stage.hear(body)

    def kept(session: Session) -> InboxEvent:
        query = select(InboxEvent).where(col(InboxEvent.name) == body["event_name"])
        row: InboxEvent = session.execute(query.order_by(col(InboxEvent.id).desc()).limit(1)).scalar_one()
        return row

    row = stage.store.read_now(kept)
    assert (json.loads(row.body), row.state) == (body, InboxState.DONE)
    assert Event.parse(row.body.encode(), OA, stage.now).kind is Kind.UNKNOWN


def test_the_ledger_holds_after_all_of_it(stage: Stage) -> None:
    assert stage.store.read_now(reading.verify) is None
