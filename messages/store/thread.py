"""A conversation as a page shows it: every text with its delivery and its reading, in the order they reached us."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Evidence
from messages.encryption import Vault
from messages.flags import Level
from messages.store import tables as t
from messages.store.conversation import evidence_of

ARRIVED = ("accepted", "sent", "delivered", "read")


@dataclass(frozen=True)
class Read:
    """What the reader saw in one text: `level` by the standard, `decided` by the protocol."""

    level: Level
    decided: Level
    signs: tuple[str, ...]
    intent: str
    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]
    complete: bool
    version: str


@dataclass(frozen=True)
class Line:
    """One text. `who` is the caregiver, `author` the member of staff who wrote it; `state` only of texts out."""

    id: str
    out: bool
    channel: str
    at: datetime
    body: str
    photos: int
    caregiver_id: str | None
    who: str
    staff_id: str | None
    author: str
    purpose: str
    state: str
    code: str | None
    why: str
    segments: int
    not_before: datetime | None
    read: Read | None


def thread(
    connection: Connection,
    vault: Vault,
    hospital_id: str,
    *,
    caregiver_ids: Sequence[str] = (),
    peer_hash: bytes | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = 200,
) -> list[Line]:
    """The last `limit` texts with these caregivers, or with a number nobody enrolled; oldest first.

    Only those that came at `since` or later and earlier than `before`, where these are given.
    """
    m, o, cg, s = t.messages.c, t.outbox.c, t.caregivers.c, t.staff.c
    if not caregiver_ids and peer_hash is None:
        return []
    query = (
        sa.select(
            t.messages,
            o.state, o.code, o.why, o.segments, o.not_before,
            cg.name.label("caregiver_name"), s.name.label("staff_name"),
        )
        .select_from(t.messages)
        .outerjoin(t.outbox, o.message_id == m.id)
        .outerjoin(t.caregivers, cg.id == m.caregiver_id)
        .outerjoin(t.staff, s.id == m.staff_id)
        .order_by(m.at.desc(), m.id.desc())
        .limit(limit)
    )
    if caregiver_ids:
        # The hospital is asked of the caregiver: asked of the text, SQLite would walk through all its texts.
        query = query.where(m.caregiver_id.in_(caregiver_ids), cg.hospital_id == hospital_id)
    else:
        query = query.where(m.peer_hash == peer_hash, m.caregiver_id.is_(None), m.hospital_id == hospital_id)
    if since is not None:
        query = query.where(m.at >= since)
    if before is not None:
        query = query.where(m.at < before)
    rows = connection.execute(query).all()[::-1]
    readings = _readings(connection, [row.id for row in rows if row.direction == "in"])
    return [_line(vault, row, readings.get(row.id)) for row in rows]


def _readings(connection: Connection, message_ids: Sequence[str]) -> dict[str, Read]:
    """The latest reading of each text."""
    r = t.readings.c
    rows = connection.execute(sa.select(t.readings).where(r.message_id.in_(message_ids)).order_by(r.at))
    return {
        row.message_id: Read(
            level=Level(row.level),
            decided=Level(row.decided_level),
            signs=tuple(row.signs),
            intent=row.intent,
            evidence=evidence_of(row.evidence),
            rules=tuple(row.rules),
            complete=row.complete,
            version=row.version,
        )
        for row in rows
    }


def _line(vault: Vault, row: Any, read: Read | None) -> Line:
    name = vault.open("caregivers.name", row.caregiver_id, row.caregiver_name) if row.caregiver_name else ""
    author = vault.open("staff.name", row.staff_id, row.staff_name) if row.staff_name else ""
    media = vault.open_optional("messages.media", row.id, row.media)
    return Line(
        id=row.id,
        out=row.direction == "out",
        channel=row.channel,
        at=row.at,
        body=vault.open("messages.body", row.id, row.body),
        photos=len(json.loads(media)) if media else 0,
        caregiver_id=row.caregiver_id,
        who=name,
        staff_id=row.staff_id,
        author=author,
        purpose=row.purpose or "",
        state=row.state or "",
        code=row.code,
        why=row.why or "",
        segments=row.segments or 0,
        not_before=row.not_before,
        read=read,
    )


def on_the_phone(lines: Sequence[Line]) -> list[Line]:
    """What the family's own phone shows: what they wrote, and what reached them."""
    gone = ("cancelled", "expired", "refused", "failed", "undelivered")
    return [
        line
        for line in lines
        if not line.out or line.state in ARRIVED or (line.channel == "chat" and line.state not in gone)
    ]
