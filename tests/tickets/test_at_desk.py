"""What the consoles keep and ask, on both engines: drafts, presence, notes, kept answers, what changed, what waits."""

from datetime import timedelta

from sqlmodel import Session, col, select

from tests.web import sample
from tests.web.sample import NOW
from zalobot.store.database import Store
from zalobot.store.models import LedgerHead, Officer, Part, PartNote, Role, Ticket
from zalobot.store.queries import news, triage
from zalobot.tickets import at_desk, colleagues, public_answer, saved_answers

CODE = "QN-2611-00042/1"


def test_a_desk_keeps_what_lies_on_it(database_url: str) -> None:
    store = Store(database_url)

    def people(session):  # type: ignore[no-untyped-def]
        sample.a_week(session)
        for name in ("ha", "minh"):
            session.add(Officer(id=name, agency="SXD", name=name, role=Role.OFFICER, created_at=NOW))
        session.add(LedgerHead(id=1, installation="01J", seq=7, hash=""))
        return session.exec(select(Part).where(Part.code == CODE)).one().id

    part = store.run_now(people)
    store.run_now(at_desk.save_draft, part, "ha", {"text": "một", "basis": " "}, NOW)
    store.run_now(at_desk.save_draft, part, "ha", {"text": "hai"}, NOW + timedelta(seconds=4))
    draft = store.read_now(at_desk.draft, part, "ha")
    assert draft == at_desk.Draft({"text": "hai"}, NOW + timedelta(seconds=4))
    assert store.read_now(at_desk.draft, part, "minh") is None
    store.run_now(at_desk.forget, part, "ha", ("text",), NOW)
    assert store.read_now(at_desk.draft, part, "ha") is None

    store.run_now(at_desk.be_here, part, "ha", NOW)
    store.run_now(at_desk.be_here, part, "ha", NOW + timedelta(seconds=30))
    later = NOW + timedelta(seconds=60)
    assert store.read_now(at_desk.beside, part, "minh", later) == [at_desk.Beside("ha", NOW)]
    assert store.read_now(at_desk.beside, part, "ha", later) == []
    assert store.read_now(at_desk.beside, part, "minh", NOW + timedelta(minutes=3)) == []
    store.run_now(at_desk.sweep, NOW + timedelta(days=90))

    note = PartNote(id="1", part_id=part, agency="SXD", officer_id="ha", asked="minh", text="Xem giúp", made_at=NOW)
    store.run_now(lambda s: s.add(note))
    assert store.read_now(colleagues.notes, part, "SXD") == [colleagues.Note(NOW, "ha", "minh", "Xem giúp")]
    assert store.read_now(colleagues.notes, part, "CA") == []
    store.close_now()


def test_what_waits_and_what_changed_is_found(database_url: str) -> None:
    store = Store(database_url)
    store.run_now(sample.a_week)
    line = store.read_now(triage.unconfirmed)
    assert [one.code for one in line] == sorted(one.code for one in line)
    assert {"QN-2611-00042", "QN-2611-00051"} <= {one.code for one in line}
    waits = store.read_now(triage.waiting)
    assert {one.code for one in waits} == {"QN-2611-00045/1", "QN-2611-00046/2", "QN-2611-00051/1"}
    assert store.read_now(triage.count_waiting) == len(waits)
    assert [one.to for one in store.read_now(triage.refusals, waits)] == ["STC"]
    warehouse = store.read_now(triage.one, "QN-2611-00042")
    assert warehouse is not None
    assert "QN-2611-00031" in {one.code for one in store.read_now(triage.others, warehouse, NOW)}
    (changed,) = [one for one in store.read_now(news.since, 0) if one.code == "QN-2611-00042"]
    assert changed.agencies == {"SXD", "CA", "BQLKKT"}
    topic = "xay-dung"
    before = store.read_now(saved_answers.answered_before, "", sample.WAREHOUSE, topic)
    assert [one.code for one in before] == ["QN-2611-00042/2"]
    store.close_now()


def test_what_was_answered_to_another_business_is_shown_masked(database_url: str) -> None:
    store = Store(database_url)
    store.run_now(sample.a_week)
    said = "Đã gọi ông Trần Văn Nam, 0912 345 678, kho ở Móng Cái 2; bổ sung bản vẽ theo khoản 3 Điều 12."

    def answered(session: Session) -> None:
        part = session.exec(select(Part).where(col(Part.code) == "QN-2611-00042/2")).one()
        part.answer, ticket = said, session.get_one(Ticket, part.ticket_id)
        ticket.masks = {"hidden": ["Móng Cái 2"]}
        public_answer.publish(session, ticket, part)

    store.run_now(answered)
    (before,) = store.read_now(saved_answers.answered_before, "", sample.WAREHOUSE, "xay-dung")
    assert before.fields == {"text": "Đã gọi ông [HỌ TÊN], [SĐT], kho ở [ĐÃ CHE]; bổ sung bản vẽ theo khoản 3 Điều 12."}
    store.close_now()
