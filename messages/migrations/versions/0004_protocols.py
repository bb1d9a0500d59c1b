"""What an answer has stopped in the plan of an episode."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("episodes", sa.Column("stopped", sa.JSON(none_as_null=True), nullable=True))
