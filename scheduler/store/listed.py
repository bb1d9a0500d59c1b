"""A hundred families of a list at once: who of them is here, asked in five questions, and all their new rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.people import Caregiver
from messages.store import tables as t
from messages.store.people import caregivers_with
from scheduler.store.episodes import LOSS
from scheduler.store.families import BY_HAND

# In the order in which rows refer to each other.
_TABLES = (t.caregivers, t.consents, t.children, t.episodes, t.episode_caregivers, t.check_ins)


@dataclass
class EpisodeHere:
    """One follow-up of a child: what a list that comes again is compared with."""

    id: str
    protocol: str
    ended: bool
    lost: bool
    day_zero: date
    adults: set[str] = field(default_factory=set)
    by_hand: bool = False  # a person has set something of it


@dataclass
class ChildHere:
    """A child who is here, with every follow-up it had."""

    id: str
    name: str
    key_hash: bytes
    risks: list[str]
    episodes: list[EpisodeHere] = field(default_factory=list)


@dataclass(frozen=True)
class Here:
    """Who is here of those asked about: adults by the fingerprint of their phone, children by their mark."""

    adults: dict[bytes, Caregiver]
    children: dict[bytes, ChildHere]


def who_is_here(
    connection: Connection, vault: Vault, hospital_id: str, phones: Collection[bytes], marks: Collection[bytes]
) -> Here:
    """Everybody with one of these fingerprints, as they are now."""
    c, e, ec, a = t.children.c, t.episodes.c, t.episode_caregivers.c, t.episode_acts.c
    adults = caregivers_with(connection, vault, hospital_id, phones)
    rows = connection.execute(
        sa.select(c.id, c.name, c.key_hash, c.risks).where(c.hospital_id == hospital_id, c.key_hash.in_(marks))
    )
    children = {
        row.id: ChildHere(row.id, vault.open("children.name", row.id, row.name), row.key_hash, list(row.risks))
        for row in rows
    }
    by_mark = {child.key_hash: child for child in children.values()}
    if not children:
        return Here(adults, by_mark)
    episodes = {}
    of_children = sa.select(e.id, e.child_id, e.protocol_name, e.state, e.ended_why, e.day_zero)
    for row in connection.execute(of_children.where(e.child_id.in_(list(children)))):
        one = EpisodeHere(row.id, row.protocol_name, row.state == "ended", row.ended_why == LOSS, row.day_zero)
        children[row.child_id].episodes.append(one)
        episodes[one.id] = one
    on_them = sa.select(ec.episode_id, ec.caregiver_id).where(ec.episode_id.in_(list(episodes)))
    for episode_id, caregiver_id in connection.execute(on_them):
        episodes[episode_id].adults.add(caregiver_id)
    touched = sa.select(a.episode_id).where(a.episode_id.in_(list(episodes)), a.kind.in_(BY_HAND)).distinct()
    for episode_id in connection.execute(touched).scalars():
        episodes[episode_id].by_hand = True
    return Here(adults, by_mark)


class NewRows:
    """Rows of families that are new, or of consents, kept until they are written together."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in _TABLES}

    def add(self, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
        self._rows[table.name].extend(rows)

    def write(self, connection: Connection) -> None:
        """Raises IntegrityError when somebody else has written one of them meanwhile; then nothing is written."""
        with connection.begin_nested():
            for table in _TABLES:
                if self._rows[table.name]:
                    connection.execute(_INSERTS[table.name], self._rows[table.name])


_INSERTS = {table.name: table.insert() for table in _TABLES}
