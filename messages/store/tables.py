"""Every table. Private columns (names, numbers, words) are sealed bytes; lookups go by keyed hash.

Over 300 lines: the schema is read as a whole. Times are UTC. `messages`, `readings`, `acts`, `episode_acts`,
`consents`, `delivery_events` and `audit` are append-only: triggers refuse every change and deletion, but the one that
takes a row's words away and nothing else (see migrations/guard.py). Uniqueness is stated here, so that "once" is a fact
of the schema.
"""

from __future__ import annotations

import sqlalchemy as sa

from messages.database import Instant

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.String(32)
Sealed = sa.LargeBinary
Code = sa.String(40)

APPEND_ONLY = ("messages", "readings", "acts", "consents", "delivery_events", "audit", "episode_acts")


def _id() -> sa.Column[str]:
    return sa.Column("id", Id, primary_key=True)


def _ref(name: str, target: str, *, null: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=null, index=index)


hospitals = sa.Table(
    "hospitals",
    metadata,
    _id(),
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
    _ref("hospital_id", "hospitals", index=True),
    sa.Column("added_at", Instant, nullable=False),
)

astray = sa.Table(  # texts to a number of ours that is no hospital's: nobody's families, shown to administrators
    "astray",
    metadata,
    _id(),
    sa.Column("number", sa.String(40), nullable=False, index=True),
    sa.Column("channel", Code, nullable=False),
    sa.Column("carrier_id", sa.String(64), nullable=False, unique=True),
    sa.Column("text", Sealed, nullable=False),  # who wrote, the words, the pictures
    sa.Column("at", Instant, nullable=False),
)

staff = sa.Table(
    "staff",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals", index=True),
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
    _id(),
    _ref("staff_id", "staff"),
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

own_keys = sa.Table(  # keys that this installation makes for itself, once
    "own_keys",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("key", Sealed, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    _id(),
    _ref("staff_id", "staff", index=True),
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
    _id(),
    _ref("staff_id", "staff", index=True),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("used_at", Instant),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    _id(),
    _ref("staff_id", "staff", index=True),
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
    _id(),
    _ref("hospital_id", "hospitals"),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    _ref("staff_id", "staff", index=True),
    sa.Column("made_by", Id),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

wrong_tries = sa.Table(
    "wrong_tries",
    metadata,
    _id(),
    sa.Column("login_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("address_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_wrong_tries_login_hash_at", "login_hash", "at"),
    sa.Index("ix_wrong_tries_address_hash_at", "address_hash", "at"),
)

views = sa.Table(  # a search that one person keeps
    "views",
    metadata,
    _id(),
    _ref("staff_id", "staff", index=True),
    sa.Column("name", Sealed, nullable=False),
    sa.Column("query", Sealed, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

protocols = sa.Table(
    "protocols",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
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
    _id(),
    _ref("hospital_id", "hospitals", index=True),
    sa.Column("name", Code, nullable=False),
    _ref("base_id", "protocols", null=True),  # the version it was begun from
    sa.Column("source", sa.Text, nullable=False),  # as typed: it may hold mistakes
    sa.Column("state", Code, nullable=False),  # draft submitted published discarded
    sa.Column("version", sa.Integer, nullable=False),  # counts the saves: a page that is older changes nothing
    sa.Column("editors", sa.JSON, nullable=False),  # ids of all who wrote in it: none of them approves it
    sa.Column("note", sa.String(2000), nullable=False),
    _ref("edited_by", "staff"),
    sa.Column("edited_at", Instant, nullable=False),
    _ref("submitted_by", "staff", null=True),
    sa.Column("submitted_at", Instant),
    _ref("protocol_id", "protocols", null=True),  # the version it became
)

children = sa.Table(
    "children",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals", index=True),
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
    _id(),
    _ref("hospital_id", "hospitals"),
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

episodes = sa.Table(
    "episodes",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals", index=True),
    _ref("child_id", "children", index=True),
    _ref("protocol_id", "protocols"),
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

check_ins = sa.Table(
    "check_ins",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
    _ref("episode_id", "episodes"),
    _ref("caregiver_id", "caregivers"),
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

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("channel", Code, nullable=False),
    sa.Column("carrier", Code, nullable=False),
    sa.Column("carrier_id", sa.String(64)),
    _ref("caregiver_id", "caregivers", null=True),
    _ref("staff_id", "staff", null=True),
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
    _id(),
    _ref("message_id", "messages"),
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
    _id(),
    sa.Column("message_id", Id, sa.ForeignKey("messages.id"), nullable=False, unique=True),
    _ref("hospital_id", "hospitals"),
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
    _id(),
    sa.Column(
        "outbox_id", sa.String(64), nullable=False, index=True
    ),  # as named by the URL; may be an orphan
    sa.Column("carrier_id", sa.String(64), nullable=False),
    sa.Column("status", Code, nullable=False),
    sa.Column("code", sa.String(20)),
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

flags = sa.Table(
    "flags",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
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
    _id(),
    _ref("flag_id", "flags", index=True),
    _ref("staff_id", "staff"),
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

episode_acts = sa.Table(  # what a person did about a follow-up: paused, ended, skipped or moved a check-in
    "episode_acts",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
    _ref("episode_id", "episodes"),
    _ref("staff_id", "staff"),
    sa.Column("kind", Code, nullable=False),
    sa.Column("note", Sealed),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_episode_acts_episode_id_at", "episode_id", "at"),
)

pages = sa.Table(
    "pages",
    metadata,
    _id(),
    _ref("flag_id", "flags", index=True),
    _ref("staff_id", "staff"),
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
    _id(),
    _ref("flag_id", "flags", index=True),
    _ref("caregiver_id", "caregivers"),
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
    _id(),
    _ref("flag_id", "flags", index=True),
    sa.Column("caregiver_id", Id),  # null: a number nobody enrolled
    sa.Column("kind", Code, nullable=False),  # slipped nobody
    sa.Column("message_id", Id, sa.ForeignKey("messages.id")),
    sa.Column("why", sa.String(200), nullable=False),  # they were not told; "" when they were
    sa.Column("at", Instant, nullable=False),
    sa.Column("once", sa.String(120), nullable=False, unique=True),  # the promise, or the flag, its level and who
)

consents = sa.Table(
    "consents",
    metadata,
    _id(),
    _ref("caregiver_id", "caregivers", index=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("how", Code, nullable=False),
    sa.Column("words", Sealed, nullable=False),
    sa.Column("message_id", Id),
    sa.Column("at", Instant, nullable=False),
    sa.Column("asked_by", sa.String(80)),  # who asked: a person's id, "key" and a key's id, or what did
)

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    sa.Column("hospital_id", Id),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", Code, nullable=False),
    sa.Column("subject", Code, nullable=False),
    sa.Column("subject_id", Id),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Index("ix_audit_hospital_id_at", "hospital_id", "at"),
)

heartbeats = sa.Table(
    "heartbeats",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("detail", sa.String(200), nullable=False),
)

api_keys = sa.Table(  # what another system of the hospital shows to be let in
    "api_keys",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals", index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),  # read, enrol
    _ref("made_by", "staff"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", Id),
)

api_answers = sa.Table(  # what was answered under an idempotency key, to be answered again
    "api_answers",
    metadata,
    _id(),
    _ref("key_id", "api_keys"),
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

imports = sa.Table(  # a file of families on its way in
    "imports",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals", index=True),
    _ref("staff_id", "staff"),
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
    _id(),
    _ref("hospital_id", "hospitals"),
    sa.Column("code", sa.String(20), nullable=False),
    sa.Column("protocol_name", Code, nullable=False),
    _ref("made_by", "staff"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.UniqueConstraint("hospital_id", "code"),
)

joins = sa.Table(  # somebody who texted a code and is being asked, or waits for a coordinator
    "joins",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
    _ref("code_id", "join_codes"),
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

rota = sa.Table(  # changes of the weekly shifts: who is away, who has a shift of one date, who gave theirs to whom
    "rota",
    metadata,
    _id(),
    _ref("hospital_id", "hospitals"),
    sa.Column("kind", Code, nullable=False),  # away shift swap
    sa.Column("state", Code, nullable=False),  # holds asked declined withdrawn
    _ref("staff_id", "staff"),  # of a swap: who gives
    _ref("to_id", "staff", null=True),  # of a swap: who takes
    sa.Column("day", sa.Date),  # of a shift and a swap: the day it begins, from/to on the hospital's clock
    sa.Column("start_time", sa.Time),
    sa.Column("end_time", sa.Time),
    sa.Column("rung", sa.Integer),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("past", sa.Boolean, nullable=False, server_default=sa.false()),  # over for weeks: no longer asked
    _ref("made_by", "staff", null=True),  # null: a command
    sa.Column("made_at", Instant, nullable=False),
    _ref("settled_by", "staff", null=True),
    sa.Column("settled_at", Instant),
    sa.Index("ix_rota_hospital_id_past", "hospital_id", "past"),
)

alarms = sa.Table(  # what went wrong with Hearback itself, since when, and when somebody is told of it again
    "alarms",
    metadata,
    _id(),
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
