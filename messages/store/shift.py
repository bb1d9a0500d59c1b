"""What a shift hands over: what was closed in it, what was noted, which promises run out."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.flags import Act, ActKind
from messages.store import tables as t
from messages.store.console import ActRow

MOST = 200  # rows of one list


def closed_since(connection: Connection, hospital_id: str, since: datetime) -> list[str]:
    """The flags that were closed since a moment, latest first."""
    f = t.flags.c
    return list(
        connection.execute(
            sa.select(f.id)
            .where(f.hospital_id == hospital_id, f.closed_at >= since, f.state == "closed")
            .order_by(f.closed_at.desc(), f.id)
            .limit(MOST)
        ).scalars()
    )


def noted_since(connection: Connection, vault: Vault, hospital_id: str, since: datetime) -> list[ActRow]:
    """What people wrote down about flags since a moment, oldest first: notes, calls, last words at closing."""
    a, f, s = t.acts.c, t.flags.c, t.staff.c
    rows = connection.execute(
        sa.select(a.id, a.flag_id, a.staff_id, a.kind, a.at, a.note, s.name)
        .select_from(t.acts)
        .join(t.flags, f.id == a.flag_id)
        .join(t.staff, s.id == a.staff_id)
        .where(a.at >= since, t.unindexed(f.hospital_id) == hospital_id, a.note.is_not(None))
        .order_by(a.at.desc(), a.id.desc())
        .limit(MOST)
    ).all()
    return [
        ActRow(
            Act(
                id=row.id, flag_id=row.flag_id, staff_id=row.staff_id, kind=ActKind(row.kind), at=row.at,
                note=vault.open("acts.note", row.id, row.note),
            ),
            by=vault.open("staff.name", row.staff_id, row.name),
        )
        for row in reversed(rows)
    ]


def closings(connection: Connection, vault: Vault, flag_ids: list[str]) -> dict[str, str]:
    """Who closed each of these flags, by flag."""
    a, s = t.acts.c, t.staff.c
    rows = connection.execute(
        sa.select(a.flag_id, a.staff_id, s.name)
        .join(t.staff, s.id == a.staff_id)
        .where(a.flag_id.in_(flag_ids), a.kind == ActKind.CLOSED.value)
        .order_by(a.at, a.id)
    )
    return {row.flag_id: vault.open("staff.name", row.staff_id, row.name) for row in rows}


def promises_by(connection: Connection, hospital_id: str, until: datetime) -> dict[str, datetime]:
    """The open flags of which a family was told a time not later than `until`, soonest first."""
    p, f = t.promises.c, t.flags.c
    soonest = sa.func.min(p.due_at, type_=p.due_at.type)
    rows = connection.execute(
        sa.select(p.flag_id, soonest.label("due_at"))
        .join(t.flags, f.id == p.flag_id)
        .where(f.hospital_id == hospital_id, t.is_open)
        .group_by(p.flag_id)
        .having(soonest <= until)
        .order_by(soonest, p.flag_id)
    )
    return {row.flag_id: row.due_at for row in rows}
