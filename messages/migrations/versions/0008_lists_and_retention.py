"""Families are erased: follow-ups say when, and append-only rows may lose their words, and only that.

Lists that come again find their children by an index, and Insight counts from indexes alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from messages.migrations.guard import guard

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(op.f("ix_episodes_child_id"), "episodes", ["child_id"], unique=False)
    _counted()
    op.add_column("episodes", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    guard("messages", words=("body", "media", "peer", "peer_hash"))
    guard("acts", words=("note",))
    guard("episode_acts", words=("note",))
    guard("consents", words=("words",))
    for table in ("readings", "delivery_events", "audit"):
        guard(table)


def _counted() -> None:
    op.drop_index("ix_check_ins_hospital_id_due_at", "check_ins")
    op.create_index(
        "ix_check_ins_counted", "check_ins",
        ["hospital_id", "due_at", "state", "day", "episode_id", "caregiver_id"], unique=False,
    )  # fmt: skip
    op.drop_index("ix_messages_in", "messages")
    op.create_index(
        "ix_messages_in", "messages", ["hospital_id", "direction", "at", "caregiver_id", "id"], unique=False,
        postgresql_where=sa.text("direction = 'in'"), sqlite_where=sa.text("direction = 'in'"),
    )
    op.create_index("ix_readings_counted", "readings", ["message_id", "complete", "decided_level"], unique=False)
    op.drop_index("ix_outbox_hospital_id_sending_at", "outbox")
    op.create_index(
        "ix_outbox_counted", "outbox",
        ["hospital_id", "sending_at", "state", "purpose", "caregiver_id", "segments"], unique=False,
    )  # fmt: skip
    for name, columns, where in (
        ("ix_acts_undoes", ["undoes"], sa.text("undoes IS NOT NULL")),
        ("ix_acts_right", ["flag_id", "at"], sa.text("right_level IS NOT NULL")),
    ):
        op.create_index(name, "acts", columns, unique=False, postgresql_where=where, sqlite_where=where)
