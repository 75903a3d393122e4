"""Many rows in one statement, at the price of a plain driver: for the few tables that every event writes.

The one rule: what is written is exactly what `session.execute(statement, rows)` would write. SQLAlchemy prepares each
row anew, which costs 10 to 20 µs a row; here the statement is compiled once. SQLite takes all rows in one executemany;
PostgreSQL takes them as one JSON value, in one round trip and one statement whatever their number.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Dialect,
    Insert,
    Table,
    TableValuedAlias,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Session

from zalobot.store.types import UtcDateTime

_COUNTED = {"preserve_rowcount": True}
Rows = Sequence[dict[str, Any]]
Bind = Callable[[Any], Any] | None


def insert_rows(session: Session, statement: Insert, rows: Rows, *, before: tuple[Insert, Rows] | None = None) -> int:
    """Insert rows that all have the same columns; `statement` may say what happens on conflict. Gives back how many
    were written. `before`: another statement and its rows, inserted in the same statement where the engine can."""
    names, connection = tuple(rows[0]), session.connection()
    if connection.dialect.name != "sqlite":
        given = {"rows": json.dumps(rows, default=_iso)}
        insert = _from_json(statement, names)
        if before:
            given["before"] = json.dumps(before[1], default=_iso)
            insert = _from_json_both(before[0], tuple(before[1][0]), statement, names)
        return connection.execute(insert, given, execution_options=_COUNTED).rowcount
    if before:
        insert_rows(session, *before)
    text, binds = _compiled(statement, names, connection.dialect)
    prepared = [tuple([bind(row[name]) if bind else row[name] for name, bind in binds]) for row in rows]
    return connection.exec_driver_sql(text, prepared).rowcount


@cache
def _compiled(statement: Insert, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[tuple[str, Bind], ...]]:
    """The statement's text, and its values in order with what makes each fit for the driver."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    made = {name: _maker(bind.type, dialect) for name, bind in compiled.binds.items()}
    if unsaid := set(compiled.positiontup) - set(names):
        raise ValueError(f"{statement.table.name}: rows must say {', '.join(sorted(unsaid))}")
    return str(compiled), tuple((name, made[name]) for name in compiled.positiontup)


def update_rows(session: Session, table: Table, rows: Rows, **same: Any) -> None:
    """Update rows by their `id`, each to its own values, and all of them to the `same` ones."""
    names, connection = tuple(rows[0]), session.connection()
    common = {f"all_{name}": value for name, value in same.items()}
    if connection.dialect.name == "sqlite":
        values = [{**common, **{f"row_{name}": row[name] for name in names}} for row in rows]
        connection.execute(_update(table, names, tuple(same)), values)
    else:
        statement = _update_from_json(table, names, tuple(same))
        connection.execute(statement, {**common, "rows": json.dumps(rows, default=_iso)})


@cache
def _update(table: Table, names: tuple[str, ...], same: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"row_{name}") for name in names if name != "id"}
    values |= {name: bindparam(f"all_{name}") for name in same}
    return table.update().where(table.c.id == bindparam("row_id")).values(values)


@cache
def _update_from_json(table: Table, names: tuple[str, ...], same: tuple[str, ...]) -> Update:
    given = _given(table, names)
    values: dict[str, Any] = {name: given.c[name] for name in names if name != "id"}
    values |= {name: bindparam(f"all_{name}") for name in same}
    return table.update().where(table.c.id == given.c.id).values(values)


def _given(table: Table, names: tuple[str, ...], parameter: str = "rows") -> TableValuedAlias:
    """The rows of this JSON parameter, as a table with columns of the types they have there."""
    columns = [column(name, table.c[name].type) for name in names]
    given = func.json_to_recordset(cast(bindparam(parameter, type_=Text), JSON)).table_valued(*columns, name="given")
    return given.render_derived(with_types=True)


def _maker(kind: Any, dialect: Dialect) -> Bind:
    make: Bind = kind.dialect_impl(dialect).bind_processor(dialect)
    # The instants of a batch are mostly the same one.
    return lru_cache(256)(make) if make and isinstance(kind, UtcDateTime) else make


@cache
def _from_json(statement: Insert, names: tuple[str, ...], parameter: str = "rows") -> Insert:
    """INSERT … SELECT … FROM json_to_recordset(:rows) with the conflict clause of the statement."""
    table: Any = statement.table
    given = _given(table, names, parameter)
    return statement.from_select(list(names), select(*[given.c[name] for name in names]))


@cache
def _from_json_both(first: Insert, first_names: tuple[str, ...], then: Insert, names: tuple[str, ...]) -> Insert:
    """WITH … AS (INSERT …) INSERT …; neither sees what the other writes."""
    return _from_json(then, names).add_cte(_from_json(first, first_names, "before").cte("before"))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
