"""A hospital: its numbers, its staff and where pages reach them, its shifts, its protocols."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Sealed, metadata, own_id, ref

hospitals = sa.Table(
    "hospitals",
    metadata,
    own_id(),
    sa.Column("slug", Code, nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("zone", sa.String(60), nullable=False),
    sa.Column("sender", sa.String(40), nullable=False, unique=True),
    sa.Column("phone", sa.String(40), nullable=False),
    sa.Column("emergency_number", sa.String(20), nullable=False),
    sa.Column("languages", sa.JSON, nullable=False),
    sa.Column("staffed", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("phrases", sa.JSON(none_as_null=True)),  # ready phrases by language, shown beside a text to a family
    sa.Column("second_factor", sa.Boolean, nullable=False, server_default=sa.false()),  # everybody needs one
    sa.Column("sign_on", sa.JSON(none_as_null=True)),  # OpenID Connect: issuer and client id
    sa.Column("settings", sa.JSON(none_as_null=True)),  # hours, other days, targets ...: messages/store/configured.py
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),  # goes up with every change of the settings
    sa.Column("ladder", sa.JSON(none_as_null=True)),  # who is told of what, by level: messages/ladder.py
)

senders = sa.Table(  # the numbers families text with; a number is one hospital's
    "senders",
    metadata,
    sa.Column("number", sa.String(40), primary_key=True),
    ref("hospital_id", "hospitals", index=True),
    sa.Column("added_at", Instant, nullable=False),
)

astray = sa.Table(  # texts to a number of ours that is no hospital's: nobody's families, shown to administrators
    "astray",
    metadata,
    own_id(),
    sa.Column("number", sa.String(40), nullable=False, index=True),
    sa.Column("channel", Code, nullable=False),
    sa.Column("carrier_id", sa.String(64), nullable=False, unique=True),
    sa.Column("text", Sealed, nullable=False),  # who wrote, the words, the pictures
    sa.Column("at", Instant, nullable=False),
)

staff = sa.Table(
    "staff",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("phone", Sealed),
    sa.Column("phone_hash", sa.LargeBinary(32)),
    sa.Column("login", Sealed),
    sa.Column("login_hash", sa.LargeBinary(32), unique=True),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("role", Code, nullable=False),
    sa.Column("shifts", sa.JSON, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("language", sa.String(10), nullable=False, server_default="en"),  # of the pages
    sa.Column("zone", sa.String(60)),  # null: the hospital's
    sa.Column("totp", Sealed),  # the key of the authenticator app
    sa.Column("totp_step", sa.Integer),  # the last half-minute whose code was used
    sa.Column("ways", sa.JSON(none_as_null=True)),  # way -> levels that go by it; null: every level, by text
    sa.Column("waits", sa.Boolean, nullable=False, server_default=sa.false()),  # invited, and never came in
)

staff_addresses = sa.Table(  # where pages to one person go besides the phone
    "staff_addresses",
    metadata,
    own_id(),
    ref("staff_id", "staff"),
    sa.Column("way", Code, nullable=False),
    sa.Column("address", Sealed, nullable=False),
    sa.Column("address_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("label", sa.String(80), nullable=False),  # the service or the browser; nothing of the address
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("reached_at", Instant),  # when a page was last taken there
    sa.Column("problem", sa.String(300), nullable=False, server_default=""),  # why the last one was not, in plain words
    sa.Column("problem_at", Instant),
    sa.UniqueConstraint("staff_id", "address_hash"),
)

rota = sa.Table(  # changes of the weekly shifts: who is away, who has a shift of one date, who gave theirs to whom
    "rota",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("kind", Code, nullable=False),  # away shift swap
    sa.Column("state", Code, nullable=False),  # holds asked declined withdrawn
    ref("staff_id", "staff"),  # of a swap: who gives
    ref("to_id", "staff", null=True),  # of a swap: who takes
    sa.Column("day", sa.Date),  # of a shift and a swap: the day it begins, from/to on the hospital's clock
    sa.Column("start_time", sa.Time),
    sa.Column("end_time", sa.Time),
    sa.Column("rung", sa.Integer),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("past", sa.Boolean, nullable=False, server_default=sa.false()),  # over for weeks: no longer asked
    ref("made_by", "staff", null=True),  # null: a command
    sa.Column("made_at", Instant, nullable=False),
    ref("settled_by", "staff", null=True),
    sa.Column("settled_at", Instant),
    sa.Index("ix_rota_hospital_id_past", "hospital_id", "past"),
)

protocols = sa.Table(
    "protocols",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("name", Code, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("checksum", sa.String(64), nullable=False),
    sa.Column("published_by", sa.String(200), nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("approval", sa.JSON(none_as_null=True)),  # who wrote and who approved it, with their roles
    sa.Column("withdrawn_at", Instant),  # no new family begins with it; those on it stay
    sa.UniqueConstraint("hospital_id", "name", "version"),
)

drafts = sa.Table(  # a protocol somebody writes, until a second person publishes it
    "drafts",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    sa.Column("name", Code, nullable=False),
    ref("base_id", "protocols", null=True),  # the version it was begun from
    sa.Column("source", sa.Text, nullable=False),  # as typed: it may hold mistakes
    sa.Column("state", Code, nullable=False),  # draft submitted published discarded
    sa.Column("version", sa.Integer, nullable=False),  # counts the saves: a page that is older changes nothing
    sa.Column("editors", sa.JSON, nullable=False),  # ids of all who wrote in it: none of them approves it
    sa.Column("note", sa.String(2000), nullable=False),
    ref("edited_by", "staff"),
    sa.Column("edited_at", Instant, nullable=False),
    ref("submitted_by", "staff", null=True),
    sa.Column("submitted_at", Instant),
    ref("protocol_id", "protocols", null=True),  # the version it became
)
