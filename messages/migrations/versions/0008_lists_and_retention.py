"""Families are erased: follow-ups say when, and append-only rows may lose their words, and only that.

Lists that come again find their children by an index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from messages.migrations.guard import guard

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(op.f("ix_episodes_child_id"), "episodes", ["child_id"], unique=False)
    op.add_column("episodes", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    guard("messages", words=("body", "media", "peer", "peer_hash"))
    guard("acts", words=("note",))
    guard("episode_acts", words=("note",))
    guard("consents", words=("words",))
    for table in ("readings", "delivery_events", "audit"):
        guard(table)
