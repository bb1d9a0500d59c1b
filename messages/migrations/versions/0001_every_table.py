"""Every table, and the guards that keep what must not change. Over 300 lines: one migration makes them all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = ("messages", "readings", "acts", "consents", "delivery_events", "audit")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "delivery_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("outbox_id", sa.String(length=64), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_events")),
    )
    op.create_index(op.f("ix_delivery_events_outbox_id"), "delivery_events", ["outbox_id"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "hospitals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("emergency_number", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("staffed", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospitals")),
        sa.UniqueConstraint("sender", name=op.f("uq_hospitals_sender")),
        sa.UniqueConstraint("slug", name=op.f("uq_hospitals_slug")),
    )
    op.create_table(
        "caregivers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("texting", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_caregivers_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caregivers")),
        sa.UniqueConstraint("hospital_id", "phone_hash", name=op.f("uq_caregivers_hospital_id_phone_hash")),
    )
    op.create_table(
        "children",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_children_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_children")),
        sa.UniqueConstraint("hospital_id", "key_hash", name=op.f("uq_children_hospital_id_key_hash")),
    )
    op.create_index(op.f("ix_children_hospital_id"), "children", ["hospital_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("episode_id", sa.String(length=32), nullable=True),
        sa.Column("caregiver_id", sa.String(length=32), nullable=True),
        sa.Column("peer_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("outbox_id", sa.String(length=32), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("read_rightly", sa.Boolean(), nullable=True),
        sa.Column("pages_sent", sa.Integer(), nullable=False),
        sa.Column("next_page_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_flags_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index(op.f("ix_flags_caregiver_id"), "flags", ["caregiver_id"], unique=False)
    op.create_index(op.f("ix_flags_episode_id"), "flags", ["episode_id"], unique=False)
    op.create_index(
        "ix_flags_next_page_at",
        "flags",
        ["next_page_at"],
        unique=False,
        postgresql_where=sa.text("next_page_at IS NOT NULL"),
        sqlite_where=sa.text("next_page_at IS NOT NULL"),
    )
    op.create_index(
        "ix_flags_open",
        "flags",
        ["hospital_id", "rank", "due_at"],
        unique=False,
        postgresql_where=sa.text("state != 'closed'"),
        sqlite_where=sa.text("state != 'closed'"),
    )
    op.create_index(op.f("ix_flags_outbox_id"), "flags", ["outbox_id"], unique=False)
    op.create_table(
        "protocols",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_protocols_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
        sa.UniqueConstraint(
            "hospital_id", "name", "version", name=op.f("uq_protocols_hospital_id_name_version")
        ),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("login", sa.LargeBinary(), nullable=True),
        sa.Column("login_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_staff_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login_hash", name=op.f("uq_staff_login_hash")),
    )
    op.create_index(op.f("ix_staff_hospital_id"), "staff", ["hospital_id"], unique=False)
    op.create_table(
        "acts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("read_rightly", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_acts_flag_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_acts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_flag_id"), "acts", ["flag_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["caregiver_id"], ["caregivers.id"], name=op.f("fk_consents_caregiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_caregiver_id"), "consents", ["caregiver_id"], unique=False)
    op.create_table(
        "episodes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("protocol_id", sa.String(length=32), nullable=False),
        sa.Column("protocol_name", sa.String(length=40), nullable=False),
        sa.Column("day_zero", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        sa.Column("serious_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["children.id"], name=op.f("fk_episodes_child_id")),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_episodes_hospital_id")),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_episodes_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodes")),
    )
    op.create_index(op.f("ix_episodes_hospital_id"), "episodes", ["hospital_id"], unique=False)
    op.create_index(
        "uq_episodes_child_id_protocol_name",
        "episodes",
        ["child_id", "protocol_name"],
        unique=True,
        postgresql_where=sa.text("state != 'ended'"),
        sqlite_where=sa.text("state != 'ended'"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=True),
        sa.Column("caregiver_id", sa.String(length=32), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("peer_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("peer", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=True),
        sa.Column("check_in_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["caregiver_id"], ["caregivers.id"], name=op.f("fk_messages_caregiver_id")),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_messages_hospital_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_messages_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("carrier", "carrier_id", name=op.f("uq_messages_carrier_carrier_id")),
    )
    op.create_index("ix_messages_caregiver_id_at", "messages", ["caregiver_id", "at"], unique=False)
    op.create_index("ix_messages_hospital_id_at", "messages", ["hospital_id", "at"], unique=False)
    op.create_index("ix_messages_peer_hash_at", "messages", ["peer_hash", "at"], unique=False)
    op.create_table(
        "about",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("episode_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_about_episode_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_about_message_id")),
        sa.PrimaryKeyConstraint("message_id", "episode_id", name=op.f("pk_about")),
    )
    op.create_index("ix_about_episode_id_at", "about", ["episode_id", "at"], unique=False)
    op.create_table(
        "check_ins",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("episode_id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("act_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["caregiver_id"], ["caregivers.id"], name=op.f("fk_check_ins_caregiver_id")),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name=op.f("fk_check_ins_episode_id")),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_check_ins_hospital_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint(
            "episode_id", "caregiver_id", "step", name=op.f("uq_check_ins_episode_id_caregiver_id_step")
        ),
    )
    op.create_index(
        "ix_check_ins_act_at",
        "check_ins",
        ["act_at"],
        unique=False,
        postgresql_where=sa.text("act_at IS NOT NULL"),
        sqlite_where=sa.text("act_at IS NOT NULL"),
    )
    op.create_table(
        "episode_caregivers",
        sa.Column("episode_id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caregiver_id"], ["caregivers.id"], name=op.f("fk_episode_caregivers_caregiver_id")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episodes.id"], name=op.f("fk_episode_caregivers_episode_id")
        ),
        sa.PrimaryKeyConstraint("episode_id", "caregiver_id", name=op.f("pk_episode_caregivers")),
    )
    op.create_index(
        op.f("ix_episode_caregivers_caregiver_id"), "episode_caregivers", ["caregiver_id"], unique=False
    )
    op.create_table(
        "flag_messages",
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_messages_flag_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_flag_messages_message_id")),
        sa.PrimaryKeyConstraint("flag_id", "message_id", name=op.f("pk_flag_messages")),
    )
    op.create_index(op.f("ix_flag_messages_message_id"), "flag_messages", ["message_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("hospital_id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("carrier", sa.String(length=40), nullable=True),
        sa.Column("carrier_id", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospitals.id"], name=op.f("fk_outbox_hospital_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("carrier", "carrier_id", name=op.f("uq_outbox_carrier_carrier_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index(
        "ix_outbox_lease_until",
        "outbox",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_outbox_look_at",
        "outbox",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
        sqlite_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_queued",
        "outbox",
        ["priority", "not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("caregiver_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["caregiver_id"], ["caregivers.id"], name=op.f("fk_promises_caregiver_id")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_promises_flag_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_promises_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_flag_id"), "promises", ["flag_id"], unique=False)
    op.create_table(
        "readings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("decided_level", sa.String(length=40), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("pain", sa.Integer(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_readings_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("message_id", "version", name=op.f("uq_readings_message_id_version")),
    )
    op.create_table(
        "undecided",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_undecided_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_undecided")),
    )
    op.create_index(op.f("ix_undecided_kept_at"), "undecided", ["kept_at"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("outbox_id", sa.String(length=32), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_pages_flag_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_pages_outbox_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_pages_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_flag_id"), "pages", ["flag_id"], unique=False)
    op.create_index(op.f("ix_pages_outbox_id"), "pages", ["outbox_id"], unique=False)
    # ### end Alembic commands ###
    guard_append_only()


def guard_append_only() -> None:
    """What was said and done is never changed; retention may delete it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION hearback_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION hearback_refuse_change()"
            )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
