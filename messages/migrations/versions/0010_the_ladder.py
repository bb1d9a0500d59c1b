"""The ladder: a hospital's own rungs, how far a flag has climbed, answers to pages, promises that the clock sees kept.

Promises made before are left in peace when their time has passed. Whoever was invited and never came in is paged no
more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("hospitals", sa.Column("ladder", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("staff", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE staff SET waits = true WHERE password_hash IS NULL"
        " AND EXISTS (SELECT 1 FROM invitations WHERE invitations.staff_id = staff.id)"
        " AND NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.staff_id = staff.id)"
        " AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.staff_id = staff.id)"
        " AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.actor = staff.id AND audit.action LIKE 'signed in%')"
    )
    op.add_column("flags", sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
    for name in ("failed_at", "climbs_since", "tell_family_at"):
        op.add_column("flags", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _index_of_what_is_due("flags", "tell_family_at")
    op.add_column("pages", sa.Column("way", sa.String(length=40), nullable=False, server_default="text"))
    op.add_column("pages", sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True))
    op.add_column("pages", sa.Column("answer", sa.String(length=40), nullable=True))
    op.add_column("pages", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_pages_token_hash", "pages", ["token_hash"], unique=True)
    op.create_index(op.f("ix_pages_staff_id_at"), "pages", ["staff_id", "at"], unique=False)
    op.add_column("promises", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE promises SET look_at = due_at WHERE due_at > CURRENT_TIMESTAMP")
    _index_of_what_is_due("promises", "look_at")
    op.create_table(
        "amends",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_amends_flag_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_amends_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amends")),
        sa.UniqueConstraint("once", name=op.f("uq_amends_once")),
    )
    op.create_index(op.f("ix_amends_flag_id"), "amends", ["flag_id"], unique=False)


def _index_of_what_is_due(table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=where, sqlite_where=where)
