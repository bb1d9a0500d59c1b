"""The audit trail: who looked at or did what, when, about which child. One query a page, however much there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.store import tables as t


@dataclass(frozen=True)
class Entry:
    """One line of the trail. What is not known, or concerns nobody, is ""."""

    id: str
    at: datetime
    actor: str  # a person's name, or what acted
    action: str
    subject: str
    subject_id: str
    child: str
    whom: str  # the person of the hospital it was about


@dataclass(frozen=True)
class Wanted:
    """Which lines; empty is all. `child` is how a child's name begins, `since` and `until` bound the time."""

    actor: str = ""
    action: str = ""
    child: str = ""
    since: datetime | None = None
    until: datetime | None = None


def actors(connection: Connection, vault: Vault, hospital_id: str) -> dict[str, str]:
    """Everybody who is or was a person of this hospital: id -> name."""
    s = t.staff.c
    rows = connection.execute(sa.select(s.id, s.name).where(s.hospital_id == hospital_id).order_by(s.position, s.id))
    return {row.id: vault.open("staff.name", row.id, row.name) for row in rows}


def trail(
    connection: Connection, vault: Vault, hospital_id: str, wanted: Wanted, names: dict[str, str], *, before: str = "",
    limit: int,
) -> list[Entry]:  # fmt: skip
    """The newest lines that are `wanted`, before the line `before`; `names` are the actors'."""
    a, f, e, c = t.audit.c, t.flags.c, t.episodes.c, t.children.c
    query = (
        sa.select(t.audit, c.id.label("child_id"), c.name.label("child_name"))
        .select_from(t.audit)
        .outerjoin(t.flags, sa.and_(a.subject == "flag", f.id == a.subject_id, f.hospital_id == hospital_id))
        .outerjoin(
            t.episodes,
            sa.and_(e.id == sa.func.coalesce(f.episode_id, a.subject_id), e.hospital_id == hospital_id),
        )
        .outerjoin(t.children, c.id == e.child_id)
        .where(a.hospital_id == hospital_id)
        .order_by(a.at.desc(), a.id.desc())
        .limit(limit)
    )
    for value, column in ((wanted.actor, a.actor), (wanted.action, a.action)):
        if value:
            query = query.where(column == value)
    if wanted.since:
        query = query.where(a.at >= wanted.since)
    if wanted.until:
        query = query.where(a.at < wanted.until)
    if wanted.child:
        query = query.where(e.child_id.in_(_children(connection, vault, hospital_id, wanted.child)))
    if before:
        last = sa.select(a.at).where(a.id == before, a.hospital_id == hospital_id).scalar_subquery()
        query = query.where(sa.or_(a.at < last, sa.and_(a.at == last, a.id < before)))
    return [_entry(vault, row, names) for row in connection.execute(query)]


def _children(connection: Connection, vault: Vault, hospital_id: str, begins: str) -> list[str]:
    """The children whose name begins so. Names are sealed: each is opened."""
    c = t.children.c
    rows = connection.execute(sa.select(c.id, c.name).where(c.hospital_id == hospital_id))
    wanted = begins.casefold()
    return [row.id for row in rows if vault.open("children.name", row.id, row.name).casefold().startswith(wanted)]


def _entry(vault: Vault, row: Any, names: dict[str, str]) -> Entry:
    child = vault.open("children.name", row.child_id, row.child_name) if row.child_id else ""
    whom = names.get(row.subject_id or "", "") if row.subject == "staff" else ""
    return Entry(
        row.id, row.at, names.get(row.actor, row.actor), row.action, row.subject, row.subject_id or "", child, whom
    )
