"""Lists that come again find their children by an index."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(op.f("ix_episodes_child_id"), "episodes", ["child_id"], unique=False)
