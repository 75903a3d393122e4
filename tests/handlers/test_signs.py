"""While a member of staff talks and the bot is silent, a message gets a sign that it came."""

from tests.handlers.test_staff_between import staff_says
from tests.journeys.stage import Person, Stage
from zalobot.outbox.acknowledging import ICON


def test_the_first_message_after_each_word_of_staff_gets_a_sign_and_no_words(stage: Stage, lan: Person) -> None:
    staff_says(stage, lan, "Chào anh")
    for words in ("em có ở đó không?", "alo"):
        assert lan.says(words) == []
    assert [sign.react_icon for sign in lan.signs] == ["/-strong"]
    assert lan.signs[0].react_id
    staff_says(stage, lan, "Có ạ")
    lan.says("tốt quá")
    assert len({sign.react_id for sign in lan.signs}) == 2


def test_where_the_bot_answers_there_is_no_sign(stage: Stage, lan: Person) -> None:
    assert lan.says("gửi phản ánh") != []
    assert lan.signs == []


def test_the_sign_can_be_turned_off(stage: Stage, lan: Person) -> None:
    stage.store.info[ICON] = ""
    staff_says(stage, lan, "Chào anh")
    lan.says("alo")
    assert lan.signs == []


def test_a_sign_does_not_wait_for_what_is_held_back_while_staff_talk(stage: Stage, lan: Person) -> None:
    stage.burst(5)
    lan.says("gửi phản ánh")
    lan.says("Kho của tôi vướng thẩm duyệt PCCC từ tháng trước")
    staff_says(stage, lan, "Chào anh")
    stage.later(minutes=1)
    before = len(lan.got)
    lan.says("alo")
    assert (len(lan.got), len(lan.signs)) == (before, 1)
