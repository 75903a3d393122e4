"""Whether a column is one of many texts: on PostgreSQL one parameter however many they are.

The one rule: there the statement's text is always the same one. An expanded IN is another text for every number of
values: SQLAlchemy writes it anew each time, the driver prepares none of them, and PostgreSQL plans them all. SQLite
plans every time anyway, and keeps the expanded one.
"""

from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "_Among":
        """As it is: SQLAlchemy would have SQLite compare it with 1, and no index serves that."""
        return self


def among(column: ColumnElement[str] | Mapped[str], name: str) -> ColumnElement[bool]:
    """The column is one of the texts in the parameter of this name, a list; of an empty one it is none."""
    return _Among(column, bindparam(name, type_=ARRAY(String())))


@compiles(_Among)
def _any(element: _Among, compiler: Any, **how: Any) -> str:
    column, given = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY ({given})"


@compiles(_Among, "sqlite")
def _expanded(element: _Among, compiler: Any, **how: Any) -> str:
    column, given = element.clauses
    name = given.key
    return str(compiler.process(column.in_(bindparam(name, expanding=True)), **how))
