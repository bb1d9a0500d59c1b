"""The flags of one family's record as data, with their acts, pages and promises; and how a row becomes data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.store import tables as t

Fields = dict[str, Any]


def plain(row: Any, *names: str) -> Fields:
    """These columns of a row, times written as text in UTC."""
    values = ((name, getattr(row, name)) for name in names)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values}


def several(rows: Sequence[Any], key: str, *names: str) -> dict[str, list[Fields]]:
    """These columns of the rows, by the value of the column `key`."""
    found: dict[str, list[Fields]] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(plain(row, *names))
    return found


def flags_of(
    connection: Connection,
    vault: Vault,
    hospital_id: str,
    episode_id: str,
    whose: Sequence[str],
    staff: dict[str | None, str],
) -> list[Fields]:
    """Flags of this follow-up, and of its adults while it is unclear which child they are about."""
    f, a, p, o, pr, fm = (
        each.c for each in (t.flags, t.acts, t.pages, t.outbox, t.promises, t.flag_messages)
    )
    unclear = sa.and_(f.caregiver_id.in_(whose), f.episode_id.is_(None))
    mine = sa.and_(f.hospital_id == hospital_id, sa.or_(f.episode_id == episode_id, unclear))
    rows = connection.execute(sa.select(t.flags).where(mine).order_by(f.opened_at, f.id)).all()
    ids = sa.select(f.id).where(mine)
    acts: dict[str, list[Fields]] = {}
    for row in connection.execute(sa.select(t.acts).where(a.flag_id.in_(ids)).order_by(a.at, a.id)):
        acts.setdefault(row.flag_id, []).append(
            {
                **plain(row, "id", "at", "kind", "outcome", "read_rightly", "right_level", "right_signs", "undoes"),
                "by": staff.get(row.staff_id),
                "to": staff.get(row.to_id),
                "note": vault.open_optional("acts.note", row.id, row.note) or "",
            }
        )
    pages: dict[str, list[Fields]] = {}
    for row in connection.execute(
        sa.select(t.pages, o.state, o.code, o.why).join(t.outbox, o.id == p.outbox_id).where(p.flag_id.in_(ids))
        .order_by(p.at, p.id)
    ):
        paged = {**plain(row, "at", "rung", "state", "code", "why"), "to": staff.get(row.staff_id)}
        pages.setdefault(row.flag_id, []).append(paged)
    promises = several(
        connection.execute(sa.select(t.promises).where(pr.flag_id.in_(ids)).order_by(pr.at, pr.id)).all(),
        "flag_id", "at", "caregiver_id", "due_at",
    )
    am = t.amends.c
    amends = several(
        connection.execute(sa.select(t.amends).where(am.flag_id.in_(ids)).order_by(am.at, am.id)).all(),
        "flag_id", "at", "caregiver_id", "kind", "message_id", "why",
    )
    texts: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(t.flag_messages).where(fm.flag_id.in_(ids)).order_by(fm.message_id)):
        texts.setdefault(row.flag_id, []).append(row.message_id)
    return [
        {
            **plain(
                row, "id", "kind", "level", "signs", "state", "reason", "caregiver_id", "opened_at", "due_at",
                "taken_at", "closed_at", "outcome", "read_rightly",
            ),
            "certain": row.episode_id == episode_id,
            "taken_by": staff.get(row.taken_by),
            "text_id": row.message_id,
            "text_ids": texts.get(row.id, []),
            "acts": acts.get(row.id, []),
            "pages": pages.get(row.id, []),
            "promises": promises.get(row.id, []),
            "amends": amends.get(row.id, []),
        }
        for row in rows
    ]
