"""Who has a flag's page open, or had it a moment ago: kept by the page's own refresh."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.store import tables as t
from messages.store.once import insert_or_update

HERE_FOR = timedelta(seconds=30)  # after the last refresh; a page in a hidden tab refreshes every 8 seconds
_KEPT_EVERY = timedelta(seconds=10)  # a refresh is every two seconds, and is written down more seldom


def looking(
    connection: Connection, vault: Vault, flag_id: str, staff_id: str, now: datetime
) -> tuple[tuple[str, ...], bool]:
    """(names of the others who look at this flag now, whether this person's own look is due to be kept)."""
    k, s = t.looks.c, t.staff.c
    rows = connection.execute(
        sa.select(k.staff_id, k.at, s.name)
        .join(t.staff, s.id == k.staff_id)
        .where(k.flag_id == flag_id, k.at > now - HERE_FOR)
        .order_by(k.staff_id)
    ).all()
    others = tuple(vault.open("staff.name", row.staff_id, row.name) for row in rows if row.staff_id != staff_id)
    mine = next((row.at for row in rows if row.staff_id == staff_id), None)
    return others, mine is None or now - mine >= _KEPT_EVERY


def keep_look(connection: Connection, flag_id: str, staff_id: str, now: datetime) -> None:
    """This person looks at this flag now."""
    insert_or_update(connection, t.looks, {"flag_id": flag_id, "staff_id": staff_id, "at": now}, ["at"])
