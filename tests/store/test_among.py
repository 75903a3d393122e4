"""One of many texts: the same rows on both engines, along an index, and on PostgreSQL one text of the statement."""

from sqlalchemy import event, select
from sqlmodel import Session

from tests.rooms import NOW
from zalobot import conversations
from zalobot.store.among import among
from zalobot.store.database import Store
from zalobot.store.models import Person

_person = Person.__table__  # type: ignore[attr-defined]
_known = select(_person.c.id).where(among(_person.c.id, "people")).order_by(_person.c.id)


def found(session: Session, *people: str) -> list[str]:
    return list(session.connection().execute(_known, {"people": list(people)}).scalars())


def test_it_finds_those_and_nobody_for_an_empty_list(store: Store) -> None:
    store.run_now(conversations.known, ["an", "bình", "chi"], NOW)
    assert store.read_now(found, "chi", "an", "o'nobody") == ["an", "chi"]
    assert store.read_now(found) == []


def test_on_postgresql_the_text_is_the_same_for_any_number_and_on_sqlite_an_index_serves(store: Store) -> None:
    texts = list[str]()

    def looked(session: Session) -> str:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *of: texts.append(of[2]))
        found(session, "an")
        found(session, "an", "bình", "chi")
        plan = "EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN "
        given = ("an",) if store.sqlite else {"people": ["an"]}
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(plan + texts[0], given))

    plan = store.read_now(looked)
    assert len(set(texts[:2])) == (2 if store.sqlite else 1)
    assert "SEARCH person" in plan if store.sqlite else "person" in plan
