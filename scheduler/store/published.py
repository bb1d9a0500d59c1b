"""Published protocols: versions in the database, which never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.ids import new_id
from messages.store import tables as t
from scheduler.load import load_kept, load_protocol, whole
from scheduler.protocol import Protocol


def publish(
    connection: Connection, hospital_id: str, source: str, *, by: str, now: datetime,
    approval: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """Store a protocol as the hospital's next version; the same text again is the same version.

    The parts that it uses are stored with it. Returns (protocol id, version). What was withdrawn is in use again.
    Raises ProtocolError when the text is not a good protocol.
    """
    source = whole(source)
    protocol = load_protocol(source, "the protocol")
    checksum = sha256(source.encode()).hexdigest()
    p = t.protocols.c
    latest = connection.execute(
        sa.select(p.id, p.version, p.checksum)
        .where(p.hospital_id == hospital_id, p.name == protocol.name)
        .order_by(p.version.desc())
        .limit(1)
    ).first()
    mine = t.protocols.update().where(p.hospital_id == hospital_id, p.name == protocol.name)
    connection.execute(mine.where(p.withdrawn_at.is_not(None)).values(withdrawn_at=None))
    if latest and latest.checksum == checksum:
        return latest.id, latest.version
    protocol_id, version = new_id(), (latest.version + 1 if latest else 1)
    connection.execute(
        t.protocols.insert().values(
            id=protocol_id,
            hospital_id=hospital_id,
            name=protocol.name,
            version=version,
            source=source,
            checksum=checksum,
            published_by=by,
            published_at=now,
            approval=dict(approval) if approval else None,
        )
    )
    return protocol_id, version


def latest_protocol(connection: Connection, hospital_id: str, name: str) -> str | None:
    """The id of the newest version of a hospital's protocol; None when it has none of that name, or withdrew it."""
    return connection.execute(_NEWEST, {"hospital_id": hospital_id, "name": name}).scalar_one_or_none()


_NEWEST = (
    sa.select(t.protocols.c.id)
    .where(t.protocols.c.hospital_id == sa.bindparam("hospital_id"), t.protocols.c.name == sa.bindparam("name"))
    .where(t.protocols.c.withdrawn_at.is_(None))
    .order_by(t.protocols.c.version.desc())
    .limit(1)
)


@lru_cache(maxsize=256)
def _loaded(source: str) -> Protocol:
    """By its text: hospitals that use the shipped file share one, and it is parsed once in a process."""
    return load_kept(source)


_sources: dict[str, str] = {}  # a version never changes, so it is read once


def protocol_by_id(connection: Connection, protocol_id: str) -> Protocol:
    if protocol_id not in _sources:
        _sources[protocol_id] = connection.execute(
            sa.select(t.protocols.c.source).where(t.protocols.c.id == protocol_id)
        ).scalar_one()
    return _loaded(_sources[protocol_id])


def published_names(connection: Connection, hospital_id: str) -> tuple[str, ...]:
    """The names of a hospital's protocols that a family can begin with."""
    p = t.protocols.c
    rows = sa.select(p.name).where(p.hospital_id == hospital_id, p.withdrawn_at.is_(None)).distinct()
    return tuple(connection.execute(rows).scalars())


def protocols_in_use(connection: Connection, hospital_id: str) -> list[Protocol]:
    """The newest version of each of a hospital's protocols, and the versions that running follow-ups are on."""
    p, e = t.protocols.c, t.episodes.c
    newest = sa.select(p.name, sa.func.max(p.version)).where(p.hospital_id == hospital_id).group_by(p.name)
    running = sa.select(e.protocol_id).where(e.hospital_id == hospital_id, e.state != "ended")
    ids = connection.execute(
        sa.select(p.id)
        .where(p.hospital_id == hospital_id, sa.tuple_(p.name, p.version).in_(newest) | p.id.in_(running))
        .order_by(p.name, p.version)
    ).scalars()
    return [protocol_by_id(connection, one) for one in ids]
