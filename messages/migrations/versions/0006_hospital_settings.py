"""Settings of a hospital: hours and holidays, targets, several numbers; texts to a number that is nobody's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table, column in (
        ("hospitals", sa.Column("settings", sa.JSON(), nullable=True)),
        ("hospitals", sa.Column("version", sa.Integer(), nullable=False, server_default="1")),
        ("caregivers", sa.Column("number", sa.String(length=40), nullable=True)),
        ("messages", sa.Column("number", sa.String(length=40), nullable=True)),
        ("outbox", sa.Column("number", sa.String(length=40), nullable=True)),
    ):
        op.add_column(table, column)
    op.create_table(
        "senders",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_senders_hospital_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_senders")),
    )
    op.create_index(op.f("ix_senders_hospital_id"), "senders", ["hospital_id"], unique=False)
    op.create_table(
        "astray",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_astray")),
        sa.UniqueConstraint("carrier_id", name=op.f("uq_astray_carrier_id")),
    )
    op.create_index(op.f("ix_astray_number"), "astray", ["number"], unique=False)
    op.create_index("ix_flags_hospital_id_opened_at", "flags", ["hospital_id", "opened_at"], unique=False)
    op.create_index("ix_check_ins_hospital_id_due_at", "check_ins", ["hospital_id", "due_at"], unique=False)
    op.create_index("ix_outbox_hospital_id_sending_at", "outbox", ["hospital_id", "sending_at"], unique=False)
    op.create_index(
        "ix_messages_in", "messages", ["hospital_id", "at", "caregiver_id", "id"], unique=False,
        postgresql_where=sa.text("direction = 'in'"), sqlite_where=sa.text("direction = 'in'"),
    )
    op.execute("INSERT INTO senders (number, hospital_id, added_at) SELECT sender, id, created_at FROM hospitals")
