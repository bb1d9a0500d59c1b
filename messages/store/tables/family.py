"""A family: child, caregivers and their consents, the follow-up and its check-ins, and how families come in."""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant
from messages.store.tables.columns import Code, Id, Sealed, metadata, own_id, ref

children = sa.Table(
    "children",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    sa.Column("name", Sealed, nullable=False),
    sa.Column(
        "key_hash", sa.LargeBinary(32), nullable=False
    ),  # name + first phone, or the hospital's record number
    sa.Column("risks", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("hospital_id", "key_hash"),
)

caregivers = sa.Table(
    "caregivers",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("phone", Sealed, nullable=False),
    sa.Column("phone_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("zone", sa.String(60), nullable=False),
    sa.Column("texting", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),  # when the number answered for itself, or a person did; null: nobody yet
    sa.Column("confirm_asked", sa.Integer, nullable=False, server_default="0"),  # how often it was asked to
    sa.Column("confirm_at", Instant),  # when the clock must see to that next; null: never again
    sa.Column("number", sa.String(40)),  # the hospital's number they last texted to; null: the one for new families
    sa.Column("hours", sa.String(11)),  # texts come only between these, "12:00-20:00"; null: as the protocol asks
    sa.UniqueConstraint("hospital_id", "phone_hash"),
    sa.Index(
        "ix_caregivers_confirm_at",
        "confirm_at",
        postgresql_where=sa.text("confirm_at IS NOT NULL"),
        sqlite_where=sa.text("confirm_at IS NOT NULL"),
    ),
)

consents = sa.Table(
    "consents",
    metadata,
    own_id(),
    ref("caregiver_id", "caregivers", index=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("how", Code, nullable=False),
    sa.Column("words", Sealed, nullable=False),
    sa.Column("message_id", Id),
    sa.Column("at", Instant, nullable=False),
    sa.Column("asked_by", sa.String(80)),  # who asked: a person's id, "key" and a key's id, or what did
)

episodes = sa.Table(
    "episodes",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    ref("child_id", "children", index=True),
    ref("protocol_id", "protocols"),
    sa.Column("protocol_name", Code, nullable=False),
    sa.Column("day_zero", sa.Date, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("enrolled_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_why", sa.String(200), nullable=False),
    sa.Column("serious_at", Instant),  # the last urgent or emergency text
    sa.Column("paused_until", Instant),  # the clock resumes it then; null: a person does
    sa.Column("hours", sa.JSON(none_as_null=True)),  # another hour for what the protocol asks at one: "09:00": "11:00"
    sa.Column("stopped", sa.JSON(none_as_null=True)),  # names of questions that an answer has stopped
    sa.Column("erased_at", Instant),  # names, numbers and words are gone: what is left are figures
    sa.Index(
        "uq_episodes_child_id_protocol_name",
        "child_id",
        "protocol_name",
        unique=True,
        postgresql_where=sa.text("state != 'ended'"),
        sqlite_where=sa.text("state != 'ended'"),
    ),
    sa.Index(
        "ix_episodes_paused_until",
        "paused_until",
        postgresql_where=sa.text("paused_until IS NOT NULL"),
        sqlite_where=sa.text("paused_until IS NOT NULL"),
    ),
)

episode_caregivers = sa.Table(
    "episode_caregivers",
    metadata,
    sa.Column("episode_id", Id, sa.ForeignKey("episodes.id"), primary_key=True),
    sa.Column("caregiver_id", Id, sa.ForeignKey("caregivers.id"), primary_key=True, index=True),
    sa.Column("relation", sa.String(40), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # 1 is asked first
)

episode_acts = sa.Table(  # what a person did about a follow-up: paused, ended, skipped or moved a check-in
    "episode_acts",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    ref("episode_id", "episodes"),
    ref("staff_id", "staff"),
    sa.Column("kind", Code, nullable=False),
    sa.Column("note", Sealed),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_episode_acts_episode_id_at", "episode_id", "at"),
)

check_ins = sa.Table(
    "check_ins",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    ref("episode_id", "episodes"),
    ref("caregiver_id", "caregivers"),
    sa.Column("step", Code, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("question", Code, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("until_at", Instant, nullable=False),
    sa.Column("state", Code, nullable=False),  # planned asked answered silent missed skipped stopped told
    sa.Column("act_at", Instant),  # when the clock must look next; null: never again
    sa.Column("asked_at", Instant),
    sa.Column("reminded_at", Instant),
    sa.Column("seconded_at", Instant),
    sa.Column("answered_at", Instant),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("set_by", Id),  # the person who added, moved or skipped it; a new plan leaves it alone
    # Insight counts from the index alone.
    sa.Index("ix_check_ins_counted", "hospital_id", "due_at", "state", "day", "episode_id", "caregiver_id"),
    # A step happens once for a caregiver, whatever a change of zone or day zero does to its instant.
    sa.UniqueConstraint("episode_id", "caregiver_id", "step"),
    sa.Index(
        "ix_check_ins_act_at",
        "act_at",
        postgresql_where=sa.text("act_at IS NOT NULL"),
        sqlite_where=sa.text("act_at IS NOT NULL"),
    ),
)

imports = sa.Table(  # a file of families on its way in
    "imports",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals", index=True),
    ref("staff_id", "staff"),
    sa.Column("state", Code, nullable=False),  # checking checked enrolling done
    sa.Column("file", Sealed, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("next_row", sa.Integer, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("found", Sealed, nullable=False),  # problems and notes by row; while checking also whom it has seen
    sa.Column("at", Instant, nullable=False),
)

join_codes = sa.Table(  # a word that families text to join by themselves
    "join_codes",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    sa.Column("code", sa.String(20), nullable=False),
    sa.Column("protocol_name", Code, nullable=False),
    ref("made_by", "staff"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.UniqueConstraint("hospital_id", "code"),
)

joins = sa.Table(  # somebody who texted a code and is being asked, or waits for a coordinator
    "joins",
    metadata,
    own_id(),
    ref("hospital_id", "hospitals"),
    ref("code_id", "join_codes"),
    sa.Column("state", Code, nullable=False),  # consent child adult waiting enrolled refused
    sa.Column("peer", Sealed, nullable=False),
    sa.Column("peer_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("words", Sealed),  # with which they agreed
    sa.Column("agreed_at", Instant),
    sa.Column("child", Sealed),
    sa.Column("adult", Sealed),
    sa.Column("at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_by", Id),
    sa.Column("flag_id", Id),
    sa.Index(
        "uq_joins_hospital_id_peer_hash",
        "hospital_id",
        "peer_hash",
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    ),
)
