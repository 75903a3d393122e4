"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, DateTime, Dialect, Enum, literal_column
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Constraints with known names, so that a migration can change them on both engines. Set before any table is declared.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC. SQLite drops offsets silently (seven hours wrong), so a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; store any other in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(kind: type[StrEnum]) -> Enum:
    """A stored word: the value, not the Python name, and no native PostgreSQL type (they are hard to change)."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda words: [word.value for word in words])


def word(value: StrEnum) -> ColumnElement[str]:
    """A stored word as part of the statement's text: a partial index serves only where the planner can see the word."""
    return literal_column(f"'{value}'")


def storable(text: str) -> str:
    """The text without what no database keeps: NUL characters and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def json_type() -> JSON:
    """A JSON column. Assign a new object: changes inside the old one are not seen."""
    return JSON(none_as_null=True)


Json = dict[str, Any]
