"""The ledger is append-only: the database itself refuses to change or delete an entry or a daily head.

So is the history of the words: a version that was released keeps its text, its number and whose it is.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = {"ticket_event": "seq", "ledger_day": "day", "admin_event": "seq"}
REFUSAL = "the ledger is append-only"
HELD = ("id", "name", "language", "number", "text", "author_id", "based_on")  # of a released version
REWRITTEN = "a released wording is never rewritten"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    for act in ("rewriting", "delete"):
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON wording_version"
        op.execute(f"DROP TRIGGER wording_version_no_{act}{on}")
    for table in KEY:
        if op.get_bind().dialect.name == "sqlite":
            for act in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        else:
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION ledger_is_append_only()")
        op.execute("DROP FUNCTION wording_is_kept()")


def _sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table, key in KEY.items():
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        # INSERT OR REPLACE deletes without asking the trigger above.
        there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {there} {refuse}")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REWRITTEN}'); END"
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in HELD)
    was = "WHEN OLD.number IS NOT NULL"
    op.execute(
        f"CREATE TRIGGER wording_version_no_rewriting BEFORE UPDATE ON wording_version {was} AND ({changed}) {refuse}"
    )
    op.execute(f"CREATE TRIGGER wording_version_no_delete BEFORE DELETE ON wording_version {was} {refuse}")


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in KEY:
        refuse = "EXECUTE FUNCTION ledger_is_append_only()"
        op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    op.execute(
        "CREATE FUNCTION wording_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REWRITTEN}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in HELD)
    for act, event, when in (("rewriting", "UPDATE", f" AND ({changed})"), ("delete", "DELETE", "")):
        op.execute(
            f"CREATE TRIGGER wording_version_no_{act} BEFORE {event} ON wording_version FOR EACH ROW "
            f"WHEN (OLD.number IS NOT NULL{when}) EXECUTE FUNCTION wording_is_kept()"
        )
