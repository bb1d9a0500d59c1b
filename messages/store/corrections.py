"""What coordinators said of readings that were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import ERASED, Vault
from messages.flags import ActKind, Correction, Level
from messages.store import tables as t


@dataclass(frozen=True)
class Corrected:
    """A text that was read wrongly, and how a coordinator says it should have been read."""

    message_id: str
    body: str
    caregiver_id: str | None
    hospital_id: str
    at: datetime
    intent: str
    right: Correction


def corrections(connection: Connection, vault: Vault, hospital_id: str | None = None) -> list[Corrected]:
    """The last correction of each text, in the order the texts came."""
    m, a, f, r = t.messages.c, t.acts.c, t.flags.c, t.readings.c
    undo = t.acts.alias().c
    query = (
        sa.select(t.messages, a.right_level, a.right_signs, r.intent)
        .select_from(t.acts)
        .join(t.flags, f.id == a.flag_id)
        .join(t.messages, m.id == f.message_id)
        .join(t.readings, r.message_id == m.id, isouter=True)
        .where(a.kind == ActKind.CLOSED.value, a.right_level.is_not(None), m.direction == "in")
        .where(m.body != ERASED)
        .where(~sa.exists().where(undo.flag_id == a.flag_id, undo.undoes == a.id))
        .order_by(m.at, m.id, a.at)
    )
    if hospital_id:
        query = query.where(m.hospital_id == hospital_id)
    out: dict[str, Corrected] = {}
    for row in connection.execute(query):
        out[row.id] = Corrected(
            message_id=row.id,
            body=vault.open("messages.body", row.id, row.body),
            caregiver_id=row.caregiver_id,
            hospital_id=row.hospital_id,
            at=row.at,
            intent=row.intent or "",
            right=Correction(Level(row.right_level), tuple(row.right_signs or ())),
        )
    return list(out.values())
