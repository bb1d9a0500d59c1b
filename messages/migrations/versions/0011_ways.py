"""How a page reaches a member of staff: by text, call, e-mail, push, chat; and whether it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("staff", sa.Column("ways", sa.JSON(), nullable=True))
    op.add_column("outbox", sa.Column("way", sa.String(length=40), nullable=False, server_default="text"))
    op.add_column("outbox", sa.Column("address_id", sa.String(length=32), nullable=True))
    op.create_table(
        "staff_addresses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_addresses_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_addresses")),
        sa.UniqueConstraint("staff_id", "address_hash", name=op.f("uq_staff_addresses_staff_id_address_hash")),
    )
    op.create_table(
        "own_keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_own_keys")),
    )
