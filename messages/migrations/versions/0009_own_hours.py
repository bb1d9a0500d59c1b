"""A caregiver's own hours for texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("caregivers", sa.Column("hours", sa.String(length=11), nullable=True))
