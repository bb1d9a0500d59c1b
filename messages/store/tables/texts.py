"""What was said: every text in or out, what it was read as, and how it left."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Id, Sealed, metadata, own_id, ref

messages = sa.Table(
    "messages",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("channel", Code, nullable=False),
    sa.Column("carrier", Code, nullable=False),
    sa.Column("carrier_id", sa.String(64)),
    ref("caregiver_id", "caregivers", null=True),
    ref("staff_id", "staff", null=True),
    sa.Column("peer_hash", sa.LargeBinary(32)),
    sa.Column("peer", Sealed),
    sa.Column("body", Sealed, nullable=False),
    sa.Column("media", Sealed),
    sa.Column("purpose", Code),
    sa.Column("topic", Code, nullable=False),
    sa.Column("level", Code),  # of the answer given
    sa.Column("asked", sa.JSON),
    sa.Column("check_in_id", Id),
    sa.Column("at", Instant, nullable=False),
    sa.Column("number", sa.String(40)),  # of the hospital, that a text in came to
    sa.UniqueConstraint("carrier", "carrier_id"),
    sa.Index("ix_messages_caregiver_id_at", "caregiver_id", "at"),
    sa.Index("ix_messages_peer_hash_at", "peer_hash", "at"),
    sa.Index("ix_messages_hospital_id_at", "hospital_id", "at"),
    sa.Index(
        "ix_messages_in",
        "hospital_id",
        "direction",  # the same in all its rows: SQLite prefers the index that answers most of the question
        "at",
        "caregiver_id",
        "id",
        postgresql_where=sa.text("direction = 'in'"),
        sqlite_where=sa.text("direction = 'in'"),
    ),
)

about = sa.Table(  # which episodes a text is about; more than one while that is unclear
    "about",
    metadata,
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True),
    sa.Column("episode_id", Id, sa.ForeignKey("episodes.id"), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_about_episode_id_at", "episode_id", "at"),
)

undecided = sa.Table(  # kept, not yet decided: whoever deletes the row has decided
    "undecided",
    metadata,
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True),
    sa.Column("kept_at", Instant, nullable=False, index=True),
)

readings = sa.Table(
    "readings",
    metadata,
    own_id(),
    ref("message_id", "messages"),
    sa.Column("level", Code, nullable=False),  # by the standard's table
    sa.Column("decided_level", Code, nullable=False),  # by the protocol
    sa.Column("signs", sa.JSON, nullable=False),
    sa.Column("intent", Code, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),  # offsets and rule names, no words
    sa.Column("temperature", sa.Float),
    sa.Column("pain", sa.Integer),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("message_id", "version"),
    sa.Index("ix_readings_counted", "message_id", "complete", "decided_level"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    own_id(),
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), nullable=False, unique=True),
    ref("hospital_id", "hospitals"),
    sa.Column("caregiver_id", Id),
    sa.Column("purpose", Code, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("lease_owner", sa.String(64)),
    sa.Column("carrier", Code),
    sa.Column("carrier_id", sa.String(64)),
    sa.Column("code", sa.String(20)),
    sa.Column("why", sa.String(300), nullable=False),
    sa.Column("segments", sa.Integer, nullable=False),
    sa.Column("sending_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("number", sa.String(40)),  # of the hospital, that it leaves by; null: the caregiver's, else the first
    sa.Column("look_at", Instant),  # when an unsure send, or one without a receipt, is looked into next
    sa.Column("way", Code, nullable=False, server_default="text"),  # how it reaches a member of staff
    sa.Column("address_id", Id),  # of staff_addresses, for a way that needs more than a phone
    sa.Index(
        "ix_outbox_counted", "hospital_id", "sending_at", "state", "purpose", "caregiver_id", "segments"
    ),
    sa.UniqueConstraint("carrier", "carrier_id"),
    sa.Index(
        "ix_outbox_queued",
        "priority",
        "not_before",
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    ),
    sa.Index(
        "ix_outbox_lease_until",
        "lease_until",
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    ),
    sa.Index(
        "ix_outbox_look_at",
        "look_at",
        postgresql_where=sa.text("look_at IS NOT NULL"),
        sqlite_where=sa.text("look_at IS NOT NULL"),
    ),
)

delivery_events = sa.Table(
    "delivery_events",
    metadata,
    own_id(),
    sa.Column(
        "outbox_id", sa.String(64), nullable=False, index=True
    ),  # as named by the URL; may be an orphan
    sa.Column("carrier_id", sa.String(64), nullable=False),
    sa.Column("status", Code, nullable=False),
    sa.Column("code", sa.String(20)),
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
