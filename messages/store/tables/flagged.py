"""What needs a person: flags, what was done about them, who was told, what families were promised;
and the searches that people keep."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Id, Sealed, metadata, own_id, ref

flags = sa.Table(
    "flags",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("kind", Code, nullable=False),
    sa.Column("level", Code, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("signs", sa.JSON, nullable=False),
    sa.Column("episode_id", Id, index=True),
    sa.Column("caregiver_id", Id, index=True),
    sa.Column("peer_hash", sa.LargeBinary(32)),
    sa.Column("message_id", Id),  # the text that raised it
    sa.Column("outbox_id", Id, index=True),  # the send that failed
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("taken_by", Id),
    sa.Column("taken_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("outcome", Code),
    sa.Column("read_rightly", sa.Boolean),
    sa.Column("pages_sent", sa.Integer, nullable=False),
    sa.Column("next_page_at", Instant),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False, server_default="0"),  # of its ladder, that was told last
    sa.Column("failed_at", Instant),  # when the last rung had failed
    sa.Column("climbs_since", Instant),  # of a taken flag about which nothing was done in time
    sa.Column("tell_family_at", Instant),  # when the family must be told that nobody came
    sa.Index(
        "ix_flags_tell_family_at",
        "tell_family_at",
        postgresql_where=sa.text("tell_family_at IS NOT NULL"),
        sqlite_where=sa.text("tell_family_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_flags_open",
        "hospital_id",
        "rank",
        "due_at",
        postgresql_where=sa.text("state != 'closed'"),
        sqlite_where=sa.text("state != 'closed'"),
    ),
    sa.Index(
        "ix_flags_next_page_at",
        "next_page_at",
        postgresql_where=sa.text("next_page_at IS NOT NULL"),
        sqlite_where=sa.text("next_page_at IS NOT NULL"),
    ),
    sa.Index("ix_flags_hospital_id_closed_at", "hospital_id", "closed_at"),
    sa.Index("ix_flags_hospital_id_opened_at", "hospital_id", "opened_at"),
)
# Said so that what asks for open flags reads `ix_flags_open`, however many are closed: "closed" is a literal, because
# of a bound value no database knows beforehand that the index holds all of them; and every flag has a rank, but SQLite,
# which keeps no statistics, takes an index of which it knows two columns before those of which it knows one.
is_open = sa.and_(flags.c.state != sa.literal_column("'closed'"), flags.c.rank >= 0)


def unindexed(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """A text column that no index of its own is read by: SQLite takes any equality for the rarest thing there is."""
    return column.concat("")


flag_messages = sa.Table(  # every text that belongs to a flag
    "flag_messages",
    metadata,
    sa.Column("flag_id", Id, sa.ForeignKey("flags.id"), primary_key=True),
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), primary_key=True, index=True),
)

acts = sa.Table(
    "acts",
    metadata,
    own_id(),
    ref("flag_id", "flags", index=True),
    ref("staff_id", "staff"),
    sa.Column("kind", Code, nullable=False),
    sa.Column("note", Sealed),
    sa.Column("outcome", Code),
    sa.Column("read_rightly", sa.Boolean),
    sa.Column("right_level", Code),  # how the text should have been read
    sa.Column("right_signs", sa.JSON(none_as_null=True)),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("to_id", Id),  # whom it was handed to
    sa.Column("undoes", Id),  # the act that this one takes back
    sa.Index(
        "ix_acts_undoes", "undoes",
        postgresql_where=sa.text("undoes IS NOT NULL"), sqlite_where=sa.text("undoes IS NOT NULL"),
    ),
    sa.Index(
        "ix_acts_right", "flag_id", "at",
        postgresql_where=sa.text("right_level IS NOT NULL"), sqlite_where=sa.text("right_level IS NOT NULL"),
    ),
)

looks = sa.Table(  # who has a flag's page open, or had it a moment ago
    "looks",
    metadata,
    sa.Column("flag_id", Id, sa.ForeignKey("flags.id"), primary_key=True),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

pages = sa.Table(
    "pages",
    metadata,
    own_id(),
    ref("flag_id", "flags", index=True),
    ref("staff_id", "staff"),
    sa.Column("outbox_id", Id, sa.ForeignKey("outbox.id"), nullable=False, index=True),
    sa.Column("rung", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("way", Code, nullable=False, server_default="text"),
    sa.Column("token_hash", sa.LargeBinary(32)),  # of its link to take the flag, good once
    sa.Column("answer", Code),  # what this person answered: took, cannot
    sa.Column("answered_at", Instant),
    sa.Index("uq_pages_token_hash", "token_hash", unique=True),
    sa.Index("ix_pages_staff_id_at", "staff_id", "at"),
)

promises = sa.Table(
    "promises",
    metadata,
    own_id(),
    ref("flag_id", "flags", index=True),
    ref("caregiver_id", "caregivers"),
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("look_at", Instant),  # when the clock must see whether it was kept; null: never again
    sa.Index(
        "ix_promises_look_at",
        "look_at",
        postgresql_where=sa.text("look_at IS NOT NULL"),
        sqlite_where=sa.text("look_at IS NOT NULL"),
    ),
)

amends = sa.Table(  # what a family was told when a promise slipped or every rung had failed, or why it was not
    "amends",
    metadata,
    own_id(),
    ref("flag_id", "flags", index=True),
    sa.Column("caregiver_id", Id),  # null: a number nobody enrolled
    sa.Column("kind", Code, nullable=False),  # slipped nobody
    sa.Column("message_id", Id, sa.ForeignKey("messages.id")),
    sa.Column("why", sa.String(200), nullable=False),  # they were not told; "" when they were
    sa.Column("at", Instant, nullable=False),
    sa.Column("once", sa.String(120), nullable=False, unique=True),  # the promise, or the flag, its level and who
)

views = sa.Table(  # a search that one person keeps
    "views",
    metadata,
    own_id(),
    ref("staff_id", "staff", index=True),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("query", Sealed, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)
