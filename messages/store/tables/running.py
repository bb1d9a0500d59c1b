"""What this installation knows of itself."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Sealed, metadata

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
