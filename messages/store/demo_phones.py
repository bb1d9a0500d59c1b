"""The phones of a hospital's families as the demo shows them: the last text on each, the most serious open flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.flags import Level
from messages.store import tables as t
from messages.store.families import children_of, flags_about
from messages.store.thread import ARRIVED


@dataclass(frozen=True)
class Phone:
    """One caregiver's phone in a list: whose, the last text on it, the most serious open flag."""

    caregiver_id: str
    caregiver: str
    language: str
    children: tuple[str, ...]
    relation: str
    texting: bool
    last: str
    last_out: bool
    last_at: datetime | None
    open_level: Level | None


def phones(connection: Connection, vault: Vault, hospital_id: str, limit: int = 24) -> list[Phone]:
    """The phones of a hospital's families, in the order they were enrolled; for the demo."""
    cg, f = t.caregivers.c, t.flags.c
    last = t.messages.alias("last")
    m, o = t.messages.c, t.outbox.c
    newest = (
        sa.select(m.id)
        .select_from(t.messages)
        .outerjoin(t.outbox, o.message_id == m.id)
        .where(m.caregiver_id == cg.id, sa.or_(m.direction == "in", o.state.in_(ARRIVED)))
        .order_by(m.at.desc(), m.id.desc())
        .limit(1)
        .correlate(t.caregivers)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(t.caregivers, last.c.id.label("last_id"), last.c.body, last.c.direction, last.c.at.label("last_at"))
        .select_from(t.caregivers)
        .outerjoin(last, last.c.id == newest)
        .where(cg.hospital_id == hospital_id)
        .order_by(cg.created_at, cg.id)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    kids = children_of(connection, vault, ids)
    mine = {id_: {child.episode_id for child in kids.get(id_, ())} for id_ in ids}
    levels: dict[str, Level] = {}
    opened = flags_about(hospital_id, sorted(set().union(*mine.values())), ids).where(t.is_open)
    for flag in connection.execute(opened.order_by(f.rank)):
        for id_ in ids:
            if flag.caregiver_id == id_ or flag.episode_id in mine[id_]:
                levels[id_] = Level(flag.level)  # the most serious one stays
    return [
        Phone(
            caregiver_id=row.id,
            caregiver=vault.open("caregivers.name", row.id, row.name),
            language=row.language,
            children=tuple(child.name for child in kids.get(row.id, ())),
            relation=next((child.relation for child in kids.get(row.id, ())), ""),
            texting=row.texting,
            last=vault.open("messages.body", row.last_id, row.body) if row.last_id else "",
            last_out=row.direction == "out",
            last_at=row.last_at,
            open_level=levels.get(row.id),
        )
        for row in rows
    ]
