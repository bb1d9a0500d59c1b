"""What other systems read of families: texts, readings, flags and check-ins, by child and by when they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.store import tables as t

MOST = 200


@dataclass(frozen=True)
class Wish:
    """Which ones: of which child ("" for all), one of them alone, changed since and until, after which place."""

    hospital_id: str
    child_id: str = ""
    episode_id: str = ""
    one: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    limit: int = 50


def _narrowed(query: Any, wish: Wish, id_: Any, changed: Any, child: Any, episode: Any) -> Any:
    query = query.where(t.episodes.c.hospital_id == wish.hospital_id, t.episodes.c.erased_at.is_(None))
    for wanted, column in ((wish.child_id, child), (wish.episode_id, episode), (wish.one, id_)):
        if wanted:
            query = query.where(column == wanted)
    if wish.since:
        query = query.where(changed >= wish.since)
    if wish.until:
        query = query.where(changed < wish.until)
    if wish.after:
        query = query.where(id_ > wish.after)
    return query.order_by(id_).limit(min(wish.limit, MOST) + 1)


def _rows(connection: Connection, query: Any, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """The rows, and the place to go on from; "" at the end."""
    rows = [dict(row._mapping) for row in connection.execute(query)]
    limit = min(wish.limit, MOST)
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else ""


def texts(connection: Connection, vault: Vault, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """Texts about these children, with where they are now: one that was delivered or not has changed since it left."""
    m, a, e, o = t.messages.c, t.about.c, t.episodes.c, t.outbox.c
    changed = sa.func.coalesce(o.ended_at, o.sending_at, m.at, type_=m.at.type)
    query = (
        sa.select(
            m.id, m.direction, m.channel, m.caregiver_id, m.staff_id, m.body, m.purpose, m.topic, m.at,
            sa.func.max(changed, type_=m.at.type).label("changed"),
            sa.func.min(e.child_id).label("child_id"), sa.func.min(e.id).label("episode_id"),
            sa.func.min(o.state).label("state"),
        )
        .join(t.about, a.message_id == m.id)
        .join(t.episodes, e.id == a.episode_id)
        .outerjoin(t.outbox, o.message_id == m.id)
        .group_by(m.id)
    )
    rows, more = _rows(connection, _narrowed(query, wish, m.id, changed, e.child_id, e.id), wish)
    for row in rows:
        row["body"] = vault.open("messages.body", row["id"], row["body"])
    return rows, more


def readings(connection: Connection, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """What the texts of these children's adults said, as the computer read it."""
    r, m, a, e = t.readings.c, t.messages.c, t.about.c, t.episodes.c
    query = (
        sa.select(
            r.id, r.message_id, r.level, r.decided_level, r.signs, r.intent, r.temperature, r.pain, r.complete,
            r.version, r.at.label("changed"), m.caregiver_id, e.child_id, e.id.label("episode_id"),
        )
        .join(t.messages, m.id == r.message_id)
        .join(t.about, a.message_id == m.id)
        .join(t.episodes, e.id == a.episode_id)
    )
    return _rows(connection, _narrowed(query, wish, r.id, r.at, e.child_id, e.id), wish)


def flags(connection: Connection, wish: Wish, states: Sequence[str] = ()) -> tuple[list[dict[str, Any]], str]:
    """Flags of these children; those of unknown numbers belong to no child and are not among them."""
    f, e = t.flags.c, t.episodes.c
    changed = sa.func.coalesce(f.closed_at, f.taken_at, f.opened_at, type_=f.opened_at.type)
    query = sa.select(
        f.id, f.kind, f.level, f.state, f.signs, f.opened_at, f.due_at, f.taken_at, f.closed_at, f.outcome,
        changed.label("changed"), e.child_id, e.id.label("episode_id"),
    ).join(t.episodes, e.id == f.episode_id)
    if states:
        query = query.where(f.state.in_(states))
    return _rows(connection, _narrowed(query, wish, f.id, changed, e.child_id, e.id), wish)


def asked(connection: Connection, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """Check-ins of these children, planned ones too."""
    c, e = t.check_ins.c, t.episodes.c
    changed = sa.func.coalesce(c.answered_at, c.asked_at, e.enrolled_at, type_=e.enrolled_at.type)
    query = sa.select(
        c.id, c.question, c.day, c.state, c.due_at, c.until_at, c.asked_at, c.answered_at, c.caregiver_id, c.why,
        changed.label("changed"), e.child_id, e.id.label("episode_id"),
    ).join(t.episodes, e.id == c.episode_id)
    return _rows(connection, _narrowed(query, wish, c.id, changed, e.child_id, e.id), wish)


def children(connection: Connection, vault: Vault, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """The children themselves: a first name."""
    c, e = t.children.c, t.episodes.c
    query = (
        sa.select(c.id, c.name, c.created_at.label("changed"), c.id.label("child_id"))
        .join(t.episodes, e.child_id == c.id)
        .group_by(c.id)
    )
    rows, more = _rows(connection, _narrowed(query, wish, c.id, c.created_at, c.id, e.id), wish)
    for row in rows:
        row["name"] = vault.open("children.name", row["id"], row["name"])
    return rows, more


def adults(connection: Connection, vault: Vault, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """Adults of these children; one with several children comes once, with the child enrolled first."""
    cg, ec, e = t.caregivers.c, t.episode_caregivers.c, t.episodes.c
    query = (
        sa.select(
            cg.id, cg.name, cg.phone, cg.language, cg.texting, sa.func.min(ec.relation).label("relation"),
            sa.func.min(e.child_id).label("child_id"), sa.func.min(e.enrolled_at).label("changed"),
        )
        .join(t.episode_caregivers, ec.caregiver_id == cg.id)
        .join(t.episodes, e.id == ec.episode_id)
        .group_by(cg.id)
    )
    rows, more = _rows(connection, _narrowed(query, wish, cg.id, e.enrolled_at, e.child_id, e.id), wish)
    for row in rows:
        for field in ("name", "phone"):
            row[field] = vault.open(f"caregivers.{field}", row["id"], row[field])
    return rows, more


def plans(connection: Connection, wish: Wish) -> tuple[list[dict[str, Any]], str]:
    """Follow-ups of these children."""
    e = t.episodes.c
    changed = sa.func.coalesce(e.ended_at, e.enrolled_at, type_=e.enrolled_at.type)
    query = sa.select(
        e.id, e.child_id, e.state, e.ended_why, e.day_zero, e.protocol_name, changed.label("changed")
    )
    return _rows(connection, _narrowed(query, wish, e.id, changed, e.child_id, e.id), wish)


def child_of_record(connection: Connection, vault: Vault, hospital_id: str, record: str) -> str:
    """The child with the hospital's own number, of which only a mark is kept; "" when nobody has it."""
    c = t.children.c
    query = sa.select(c.id).where(
        c.hospital_id == hospital_id, c.key_hash.in_(vault.fingerprints("child", f"record {record}"))
    )
    return str(connection.execute(query).scalar() or "")


def episode_ids(connection: Connection, hospital_id: str, after: str, limit: int) -> tuple[list[str], str]:
    """Follow-ups in the order in which they began, and the place to go on from."""
    e = t.episodes.c
    here = (e.hospital_id == hospital_id, e.erased_at.is_(None))
    query = sa.select(e.id).where(*here, e.id > after).order_by(e.id).limit(limit + 1)
    found = list(connection.execute(query).scalars())
    return found[:limit], found[limit - 1] if len(found) > limit else ""
