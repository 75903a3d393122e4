"""A part that waits for the business can be taken up by a colleague; it waits on, and the reply still finds it."""

from tests.journeys.stage import Stage, report
from zalobot.store.models import PartState
from zalobot.tickets import working


def test_a_colleague_takes_up_a_waiting_part_and_the_reply_ends_the_wait_as_ever(stage: Stage) -> None:
    report(stage.person("lan"), "Xin thẩm định thiết kế kho ở Móng Cái 2 đã nộp hồ sơ từ tháng trước.")
    part = stage.parts()[0]
    holder = stage.officer("minh", part.agency)
    before = part.due_at
    holder.says(f"Hỏi thêm {part.code}")
    holder.says("Xin gửi số hồ sơ đã nộp.")
    colleague = stage.officer("thu", part.agency)
    colleague.says(f"Nhận {part.code}")
    part = stage.parts()[0]
    assert part.state is PartState.PAUSED
    assert part.paused_at is not None
    stage.later(hours=3)
    stage.store.run_now(working.reply, part.code, "lan", "Số hồ sơ là 123.", stage.now)
    part = stage.parts()[0]
    assert (part.state, part.paused_at) == (PartState.ACCEPTED, None)
    assert part.due_at is not None
    assert before is not None
    assert part.due_at > before
    assert part.remind_at is not None
    assert stage.failures() == []
