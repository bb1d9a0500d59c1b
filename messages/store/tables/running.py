"""What this installation knows of itself."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Id, Sealed, metadata, own_id

own_keys = sa.Table(  # keys that this installation makes for itself, once
    "own_keys",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("key", Sealed, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

heartbeats = sa.Table(
    "heartbeats",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("detail", sa.String(200), nullable=False),
)

alarms = sa.Table(  # what went wrong with Hearback itself, since when, and when somebody is told of it again
    "alarms",
    metadata,
    own_id(),
    sa.Column("alarm", Code, nullable=False),
    sa.Column("hospital_id", Id, nullable=False),  # "": everybody's
    sa.Column("since", Instant, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),  # that somebody was told
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("gone_at", Instant),  # it may come back within minutes and is the same then
    sa.Column("ended_at", Instant),
    sa.Column("detail", sa.String(300), nullable=False),  # in English, for whoever runs Hearback; nothing private
    sa.Index(
        "uq_alarms_alarm_hospital_id",
        "alarm",
        "hospital_id",
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index("ix_alarms_ended_at", "ended_at"),
)
