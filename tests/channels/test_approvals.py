"""The pack's templates and what Zalo has of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.office import MONDAY, Office, Token, office
from zalobot import province, speech, templating
from zalobot.channels import approvals, filling, letters
from zalobot.errors import Refused
from zalobot.pack_templates import MessageTemplate, Parameter
from zalobot.store.models import TemplateApproval, TemplateState
from zalobot.zalo.calls import Caller
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.zbs import TemplateInfo, ZbsClient

HERE = province.load("quang-ninh")


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("template", HERE.message_templates, ids=lambda one: one.key)
def test_every_template_can_be_filled_and_stands_for_messages_there_are(template: MessageTemplate) -> None:
    templating.use(speech.wording(HERE))
    assert filling.wrong(template) == []
    assert template.title[0].isupper()
    assert 9 <= len(template.title) <= 65
    assert 9 <= len(template.text) <= 400


def letter(text: str) -> dict[str, letters.LetterFacts]:
    return {"letter": letters.LetterFacts(text, "QN-2611-00042", "https://zalo.me/1")}


@pytest.mark.parametrize("template", HERE.message_templates, ids=lambda one: one.key)
def test_every_template_names_the_code_that_its_message_is_looked_up_by(template: MessageTemplate) -> None:
    (named,) = [one for one in template.parameters if one.value == "ma_kiem_tra_tin"]
    assert f"<{named.name}>" in template.text
    assert named.required


def template_of(*parameters: Parameter) -> MessageTemplate:
    return MessageTemplate("k", 1, ("status/answered",), parameters, 560, 800, "Tiêu đề", "Nội dung")


def test_a_value_that_is_too_long_is_cut_between_words() -> None:
    templating.use(speech.wording(HERE))
    values = filling.fill(template_of(Parameter("noi_dung", "label", "noi_dung_tin", 30)), letter("Xin chào " * 20))
    assert values == {"noi_dung": "Xin chào Xin chào Xin chào…"}


@pytest.mark.parametrize(
    ("parameter", "problem"),
    [
        (Parameter("ma", "code", "ma_ho_so_tin", 5), "ma has 13 characters, at most 5"),
        (Parameter("ma", "label", "noi_dung_tin", 30), "ma is missing"),
        (Parameter("ma", "code", "ma_ho_so_tin", 30, least=20), "ma has 13 characters, at least 20"),
        (Parameter("ten", "name", "ten_can_bo", 30), "ten is missing"),
    ],
)
def test_what_cannot_be_cut_or_is_not_there_is_refused_by_name(parameter: Parameter, problem: str) -> None:
    templating.use(speech.wording(HERE))
    with pytest.raises(filling.NotFilled) as refused:
        filling.fill(template_of(parameter), letter("  "))
    assert refused.value.problems == (problem,)


def test_a_value_is_one_line() -> None:
    templating.use(speech.wording(HERE))
    made = letters.facts(Outgoing("Dòng một\n\nDòng hai"), "", "")
    values = filling.fill(template_of(Parameter("noi_dung", "product", "noi_dung_tin", 200)), {"letter": made})
    assert values == {"noi_dung": "Dòng một Dòng hai"}


async def test_a_template_is_approved_once_it_has_an_id_and_can_be_changed(here: Office) -> None:
    now = MONDAY
    here.store.run_now(approvals.approve, "co_tra_loi", "111", now, price_uid=500)
    here.store.run_now(approvals.approve, "co_tra_loi", "222", now, by_phone=False)
    listed = {one.template.key: one.approval for one in here.store.read_now(approvals.listed)}
    approval = listed["co_tra_loi"]
    assert approval is not None
    assert (approval.template_id, approval.by_uid, approval.by_phone, approval.price_uid) == ("222", True, False, None)
    assert listed["can_bo_sung"] is None
    with pytest.raises(Refused, match="no_such_template"):
        here.store.run_now(approvals.approve, "khong_co", "333", now)


async def test_a_template_that_zalo_stopped_is_not_used(here: Office) -> None:
    lan = here.business()
    here.approve("co_tra_loi")

    def stop(session: object) -> None:
        session.get_one(TemplateApproval, "co_tra_loi").state = TemplateState.DISABLED  # type: ignore[attr-defined]

    here.store.run_now(stop)
    here.later(days=8)
    here.say(lan, "Trả lời")
    await here.relay.drain()
    assert "zbs_uid: not_approved" in str(here.rows()[0].error)


async def test_zalos_template_is_compared_with_the_packs(here: Office) -> None:
    here.approve("co_tra_loi")
    template = next(one for one in HERE.message_templates if one.key == "co_tra_loi")
    import aiohttp

    async with aiohttp.ClientSession() as http:
        client = ZbsClient(Caller(http, here.simulator.base_url, Token(here.simulator)), here.simulator.base_url)
        info = await client.template("t-co_tra_loi")
    assert (info.status, approvals.differences(template, info)) == ("ENABLE", [])
    other = TemplateInfo("1", "ENABLE", "HIGH", "1", {"ma_ho_so": 12, "khac": 30})
    assert approvals.differences(template, other) == [
        "Zalo has no parameter co_quan",
        "Zalo has no parameter lien_ket",
        "Zalo has no parameter ma_kiem_tra",
        "Zalo has no parameter tinh_trang",
        "ma_ho_so: Zalo takes 12 characters, the pack says 30",
        "the pack has no parameter khac",
    ]
