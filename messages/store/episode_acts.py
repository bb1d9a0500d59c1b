"""What people did about a follow-up: kept for good, shown in the family's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t


@dataclass(frozen=True)
class EpisodeAct:
    """One act: `kind` is a short code, `detail` holds ids, instants and codes and no private word."""

    id: str
    staff_id: str
    by: str
    kind: str
    note: str
    detail: dict[str, Any]
    at: datetime


def note_episode_act(
    connection: Connection,
    vault: Vault,
    person: Staff,
    episode_id: str,
    kind: str,
    *,
    now: datetime,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> str:
    """Write down what a person did about an episode; returns the act's id."""
    act_id = new_id()
    connection.execute(
        t.episode_acts.insert().values(
            id=act_id,
            hospital_id=person.hospital_id,
            episode_id=episode_id,
            staff_id=person.id,
            kind=kind,
            note=vault.seal("episode_acts.note", act_id, note) if note else None,
            detail=detail or {},
            at=now,
        )
    )
    return act_id


def episode_acts_of(connection: Connection, vault: Vault, episode_id: str) -> list[EpisodeAct]:
    """Everything people did about an episode, oldest first."""
    a = t.episode_acts.c
    rows = connection.execute(
        sa.select(t.episode_acts, t.staff.c.name.label("staff_name"))
        .join(t.staff, t.staff.c.id == a.staff_id)
        .where(a.episode_id == episode_id)
        .order_by(a.at, a.id)
    )
    return [
        EpisodeAct(
            id=row.id,
            staff_id=row.staff_id,
            by=vault.open("staff.name", row.staff_id, row.staff_name),
            kind=row.kind,
            note=vault.open("episode_acts.note", row.id, row.note) if row.note else "",
            detail=row.detail,
            at=row.at,
        )
        for row in rows
    ]
