"""A coordinator's correction: how a text that was read wrongly should have been read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("acts", sa.Column("right_level", sa.String(length=40), nullable=True))
    op.add_column("acts", sa.Column("right_signs", sa.JSON(), nullable=True))
