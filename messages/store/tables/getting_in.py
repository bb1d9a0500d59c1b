"""Who gets in: sessions, second factors, invitations, wrong tries, keys of other systems; and what everybody did."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Id, Sealed, metadata, own_id, ref

sessions = sa.Table(
    "sessions",
    metadata,
    own_id(),
    ref("staff_id", "staff", index=True),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("proved_at", Instant, nullable=False),  # when a password or passkey was last given
    sa.Column("complete", sa.Boolean, nullable=False),  # false while the second factor is wanted
    sa.Column("browser", sa.String(60), nullable=False),  # such as "Firefox on Windows"
    sa.Column("ended_at", Instant),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    own_id(),
    ref("staff_id", "staff", index=True),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("used_at", Instant),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    own_id(),
    ref("staff_id", "staff", index=True),
    sa.Column("credential", sa.String(1400), nullable=False, unique=True),  # base64url, as is the key
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("counter", sa.Integer, nullable=False),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

invitations = sa.Table(  # a link that lets one person choose a password, once
    "invitations",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    ref("staff_id", "staff", index=True),
    sa.Column("made_by", Id),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

wrong_tries = sa.Table(
    "wrong_tries",
    metadata,
    own_id(),
    sa.Column("login_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("address_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_wrong_tries_login_hash_at", "login_hash", "at"),
    sa.Index("ix_wrong_tries_address_hash_at", "address_hash", "at"),
)

api_keys = sa.Table(  # what another system of the hospital shows to be let in
    "api_keys",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),  # read, enrol
    ref("made_by", "staff"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", Id),
)

api_answers = sa.Table(  # what was answered under an idempotency key, to be answered again
    "api_answers",
    metadata,
    own_id(),
    ref("key_id", "api_keys"),
    sa.Column("again_hash", sa.LargeBinary(32), nullable=False),  # of the idempotency key
    sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", Sealed, nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.UniqueConstraint("key_id", "again_hash"),
)

api_minutes = sa.Table(  # how many requests a key made in a minute
    "api_minutes",
    metadata,
    sa.Column("key_id", Id, sa.ForeignKey("api_keys.id"), primary_key=True),
    sa.Column("minute", Instant, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    own_id(),
    sa.Column("hospital_id", Id),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", Code, nullable=False),
    sa.Column("subject", Code, nullable=False),
    sa.Column("subject_id", Id),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Index("ix_audit_hospital_id_at", "hospital_id", "at"),
)
