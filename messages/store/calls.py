"""Calls to staff in the database: which page a call is, and which ring."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Delivery
from messages.encryption import Vault
from messages.flags import Level
from messages.store import tables as t


@dataclass(frozen=True)
class Told:
    """A page that was sent: about which flag (None: a test), to whom, and by which row of the outbox."""

    page_id: str | None
    flag_id: str | None
    outbox_id: str
    hospital_id: str
    staff_id: str
    level: Level
    state: Delivery


def told_by_call(connection: Connection, outbox_id: str) -> Told | None:
    """The call that this row of the outbox is; None when it is none of ours."""
    p, o, m = t.pages.c, t.outbox.c, t.messages.c
    row = connection.execute(
        sa.select(o.id, o.hospital_id, o.state, m.staff_id, m.level, p.id.label("page_id"), p.flag_id)
        .join(t.messages, m.id == o.message_id)
        .outerjoin(t.pages, p.outbox_id == o.id)
        .where(o.id == outbox_id, o.way == "call", o.attempts > 0)
    ).first()
    if row is None:
        return None
    return Told(
        row.page_id, row.flag_id, row.id, row.hospital_id, row.staff_id, Level(row.level or Level.REVIEW),
        Delivery(row.state),
    )


def calls_ringing(connection: Connection, vault: Vault, hospital_id: str) -> list[tuple[str, str]]:
    """(id in the outbox, whose phone) of the calls to staff that nobody answered yet; for the demo."""
    o, m, s = t.outbox.c, t.messages.c, t.staff.c
    rows = connection.execute(
        sa.select(o.id, s.id.label("staff_id"), s.name)
        .join(t.messages, m.id == o.message_id)
        .join(t.staff, s.id == m.staff_id)
        .where(o.hospital_id == hospital_id, o.way == "call", o.state.in_(("accepted", "sent")))
        .where(o.look_at.is_not(None))  # few at a time: an index holds these
        .order_by(o.sending_at, o.id)
    )
    return [(row.id, vault.open("staff.name", row.staff_id, row.name)) for row in rows]
