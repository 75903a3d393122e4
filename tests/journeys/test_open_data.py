"""What businesses and officers did by chat is told as JSON, in shapes that are described. On both engines."""

from tests.journeys.stage import Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from tests.web.conftest import application
from tests.web.described import reading
from zalobot.store.models import Role

CODE = "QN-2611-00001"
NOT_OURS = "Việc này không thuộc chức năng của chúng tôi, gọi 0912345678."
ANSWER = "Được. Hai việc nộp song song. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ tổng đài 1022."


async def test_a_ticket_handed_over_paused_answered_and_judged_is_told(stage: Stage) -> None:
    ha, zone, lan = stage.officer("ha", "SXD"), stage.officer("khu", "BQLKKT"), stage.person("lan")
    report(lan, WAREHOUSE)
    for words in (f"Không thuộc thẩm quyền {CODE}/1", "ban quản lý khu kinh tế", NOT_OURS):
        ha.says(words)
    stage.later(hours=1)
    zone.says(f"Nhận {CODE}/1")
    for words in (f"Hỏi thêm {CODE}/1", "Xin gửi số đăng ký kho và ngày nộp hồ sơ."):
        zone.says(words)
    stage.later(hours=2)
    lan.says("kho số 12, nộp ngày 3/11, gọi 0912345678")
    lan.says("1")
    for words in (f"Trả lời {CODE}/1", ANSWER, "gửi"):
        zone.says(words)
    lan.says(f"Trả lời chung chung {CODE}/1")
    async with reading(application(stage.store)) as api:
        reply = await api.ask(f"/api/v1/tickets/{CODE}")
        listed = (await api.get("/api/v1/tickets"))["tickets"]
        held = {one["code"]: one["open"] for one in (await api.get("/api/v1/agencies"))["agencies"] if one["open"]}
    found, first = reply.json, reply.json["parts"][0]
    assert [line["kind"] for line in found["history"] if line["part"] == 1] == [
        "assigned", "declined", "transferred", "question_asked", "business_replied", "answered", "verdict_given",
        "reopened",
    ]  # fmt: skip
    assert (first["state"], first["clock"], first["verdict"]) == ("reopened", 2, "generic")
    assert (first["answer"]["text"], first["answered_at"], first["hand_overs"]) == (ANSWER, None, 1)
    assert [(move["from"]["code"], move["to"]["code"]) for move in first["moves"]] == [("SXD", "BQLKKT")]
    assert [(one["clock"], one["struck_reason"]) for one in first["receipts"]] == [(1, "paused"), (1, None), (2, None)]
    assert len(first["receipts"][1]["receipt"]["waits"]) == 1
    assert first["idle_seconds"] >= 3600
    assert [ticket["code"] for ticket in listed] == [CODE]
    assert held == {"BQLKKT": 1, "CAT": 1}
    told = {line["kind"]: line["facts"] for line in found["history"]}
    assert told["question_asked"] == {"question": "Xin gửi số đăng ký kho và ngày nộp hồ sơ."}
    assert told["business_replied"] == {"reply": "kho số 12, nộp ngày 3/11, gọi [SĐT]"}
    assert [word for word in ("0912345678", '"lan"', '"ha"') if word in reply.body.decode()] == []


async def test_the_public_reason_of_a_coordinator_is_told_and_the_lateness_it_makes(stage: Stage) -> None:
    kim = stage.officer("kim", "VPUBND", Role.COORDINATOR)
    report(stage.person("lan"), WAREHOUSE)
    for words in (f"Xác nhận {CODE}", f"đổi loại {CODE}", "đơn giản", "Chỉ cần xác nhận thủ tục hiện hành."):
        kim.says(words)
    stage.later(days=2)
    async with reading(application(stage.store)) as api:
        found = await api.get(f"/api/v1/tickets/{CODE}")
    changed = next(line for line in found["history"] if line["kind"] == "class_changed")
    assert changed["facts"] == {"reason": "Chỉ cần xác nhận thủ tục hiện hành.", "class": "simple"}
    assert [one["struck_reason"] for one in found["parts"][0]["receipts"]] == ["class_changed", None]
    assert (found["class"], found["late"]) == ("simple", True)
    assert {"overdue", "escalated"} <= {line["kind"] for line in found["history"]}
