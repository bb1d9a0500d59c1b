"""The families of a hospital as a list shows them, by pages: running ones first, with who has gone silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.store import tables as t
from messages.store.families import FamilyRow, families

PAGE = 50  # families of one page
STATES = ("active", "paused", "ended")


@dataclass(frozen=True)
class Listed:
    """A family in a list: when it last wrote about this child, and on how many days since then nobody answered."""

    family: FamilyRow
    heard_at: datetime | None
    silent_days: int


def count_families(connection: Connection, hospital_id: str) -> dict[str, int]:
    """How many follow-ups are in each state."""
    e = t.episodes.c
    rows = connection.execute(
        sa.select(e.state, sa.func.count().label("n"))
        .where(e.hospital_id == hospital_id, e.erased_at.is_(None))
        .group_by(e.state)
    )
    found = {row.state: int(row.n) for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def page_of_families(connection: Connection, hospital_id: str, page: int) -> list[str]:
    """The episodes of one page (1 is the first): running, paused, ended; in each the youngest follow-up first."""
    e = t.episodes.c
    order = sa.case({state: place for place, state in enumerate(STATES)}, value=e.state, else_=len(STATES))
    found = connection.execute(
        sa.select(e.id)
        .where(e.hospital_id == hospital_id, e.erased_at.is_(None))
        .order_by(order, e.day_zero.desc(), e.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(found.scalars())


def listed(connection: Connection, vault: Vault, hospital_id: str, episode_ids: Sequence[str]) -> list[Listed]:
    """These families, in the order given, whichever list they are for."""
    heard = _heard(connection, episode_ids)
    silent = _silent_days(connection, episode_ids)
    return [
        Listed(row, heard.get(row.episode_id), silent.get(row.episode_id, 0))
        for row in families(connection, vault, hospital_id, episode_ids)
    ]


def _heard(connection: Connection, episode_ids: Sequence[str]) -> dict[str, datetime]:
    """When somebody last wrote about each of these."""
    e, a, m = t.episodes.c, t.about.c, t.messages.c
    last = (
        sa.select(a.at)
        .join(t.messages, m.id == a.message_id)
        .where(a.episode_id == e.id, m.direction == "in")
        .order_by(a.at.desc())
        .limit(1)
        .correlate(t.episodes)
        .scalar_subquery()
    )
    rows = connection.execute(sa.select(e.id, last.label("at")).where(e.id.in_(episode_ids)))
    return {row.id: row.at for row in rows if row.at is not None}


def _silent_days(connection: Connection, episode_ids: Sequence[str]) -> dict[str, int]:
    """On how many days since the last answer a check-in of each of these stayed silent."""
    c, other = t.check_ins.c, t.check_ins.alias("other")
    answered = (
        sa.select(sa.func.max(other.c.day))
        .where(other.c.episode_id == c.episode_id, other.c.state == "answered", other.c.step.not_like("%@%"))
        .correlate(t.check_ins)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(c.episode_id, sa.func.count(c.day.distinct()).label("days"))
        .where(c.episode_id.in_(episode_ids), c.state == "silent", c.step.not_like("%@%"))
        .where(c.day > sa.func.coalesce(answered, -10_000))
        .group_by(c.episode_id)
    )
    return {row.episode_id: int(row.days) for row in rows}
