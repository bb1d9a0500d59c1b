"""Flags in the database: raised, joined, attributed. What people do about them is in `acts.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.errors import NotFoundError
from messages.flags import Flag, FlagKind, FlagState, Level
from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_once


@dataclass(frozen=True)
class Raised:
    """What came of raising a flag: `fresh` when it is new, `higher` when an open one became more serious."""

    flag_id: str
    fresh: bool
    higher: bool

    @property
    def tell(self) -> bool:
        return self.fresh or self.higher


def flag_of(row: Any) -> Flag:
    return Flag(
        id=row.id,
        hospital_id=row.hospital_id,
        kind=FlagKind(row.kind),
        level=Level(row.level),
        state=FlagState(row.state),
        signs=tuple(row.signs),
        opened_at=row.opened_at,
        due_at=row.due_at,
        episode_id=row.episode_id,
        caregiver_id=row.caregiver_id,
        message_id=row.message_id,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        pages_sent=row.pages_sent,
        next_page_at=row.next_page_at,
        reason=row.reason,
        rung=row.rung,
        failed_at=row.failed_at,
        climbs_since=row.climbs_since,
    )


def raise_flag(
    connection: Connection,
    *,
    hospital_id: str,
    kind: FlagKind,
    level: Level,
    due_at: datetime,
    now: datetime,
    signs: Sequence[str] = (),
    episode_id: str | None = None,
    caregiver_id: str | None = None,
    peer_hash: bytes | None = None,
    message_id: str | None = None,
    outbox_id: str | None = None,
    reason: str = "",
    told_at: datetime | None = None,
) -> Raised:
    """One flag per family and matter: a new text joins the open one and can raise it, never lower it.

    `told_at`: nobody is told before (UTC), unless it is raised or joined by something that cannot wait so long.
    """
    joined = _open_flag_to_join(connection, hospital_id, kind, episode_id, caregiver_id, peer_hash, outbox_id)
    if joined is None:
        flag_id = new_id()
        connection.execute(
            t.flags.insert().values(
                id=flag_id,
                hospital_id=hospital_id,
                kind=kind.value,
                level=level.value,
                rank=level.rank,
                state=FlagState.OPEN.value,
                signs=sorted(set(signs)),
                episode_id=episode_id,
                caregiver_id=caregiver_id,
                peer_hash=peer_hash,
                message_id=message_id,
                outbox_id=outbox_id,
                opened_at=now,
                due_at=due_at,
                pages_sent=0,
                next_page_at=told_at or now,
                reason=reason[:300],
                version=1,
            )
        )
        if message_id:
            connection.execute(t.flag_messages.insert().values(flag_id=flag_id, message_id=message_id))
        return Raised(flag_id, fresh=True, higher=False)
    higher = level.rank > joined.rank
    changes: dict[str, Any] = {"signs": sorted({*joined.signs, *signs}), "version": joined.version + 1}
    if higher:
        # More serious than when it was taken: people are told from the first rung on.
        changes |= {
            "level": level.value,
            "rank": level.rank,
            "due_at": min(joined.due_at, due_at),
            "next_page_at": now,
            "pages_sent": 0,
            "rung": 0,
            "failed_at": None,
            "climbs_since": None,
            "kind": kind.value,
            "message_id": message_id or joined.message_id,
            "reason": reason[:300] or joined.reason,
        }
        if kind is FlagKind.REPLY and joined.state == FlagState.TAKEN.value:
            changes |= {"state": FlagState.OPEN.value, "taken_by": None, "taken_at": None}
    elif joined.state == FlagState.TAKEN.value and level >= Level.URGENT and joined.climbs_since is None:
        # Whoever has it has until then for the new text; then it climbs.
        changes["next_page_at"] = min(joined.next_page_at or due_at, due_at)
    elif joined.state == FlagState.OPEN.value and not joined.pages_sent and told_at is None:
        changes["next_page_at"] = now  # nobody was told yet, and may have been waiting for the digest
    if not higher and kind is FlagKind.REPLY and level.value == joined.level:
        every = filter(None, (*joined.reason.split(", "), *reason.split(", ")))
        changes["reason"] = ", ".join(dict.fromkeys(every))[:300]  # of several rules each is named once
    connection.execute(t.flags.update().where(t.flags.c.id == joined.id).values(**changes))
    if message_id:
        insert_once(connection, t.flag_messages, {"flag_id": joined.id, "message_id": message_id})
    return Raised(joined.id, fresh=False, higher=higher)


def _open_flag_to_join(
    connection: Connection,
    hospital_id: str,
    kind: FlagKind,
    episode_id: str | None,
    caregiver_id: str | None,
    peer_hash: bytes | None,
    outbox_id: str | None,
) -> Any | None:
    c = t.flags.c
    query = sa.select(t.flags).where(c.hospital_id == hospital_id, t.is_open)
    if outbox_id:
        query = query.where(c.kind == kind.value, c.caregiver_id == caregiver_id)
    elif episode_id:
        query = query.where(c.episode_id == episode_id, c.kind != FlagKind.SENDING.value)
    elif caregiver_id:
        query = query.where(
            c.caregiver_id == caregiver_id, c.episode_id.is_(None), c.kind != FlagKind.SENDING.value
        )
    elif peer_hash:
        query = query.where(c.peer_hash == peer_hash, c.caregiver_id.is_(None))
    else:
        return None
    return connection.execute(query.order_by(c.rank.desc(), c.opened_at).limit(1).with_for_update()).first()


def attribute_flags(connection: Connection, message_ids: Sequence[str], episode_id: str) -> None:
    """A family's flags raised before it was clear which child they are about find their child."""
    connection.execute(
        t.flags.update()
        .where(t.flags.c.message_id.in_(message_ids), t.flags.c.episode_id.is_(None))
        .values(episode_id=episode_id, version=t.flags.c.version + 1)
    )


def add_promise(
    connection: Connection,
    *,
    flag_id: str,
    caregiver_id: str,
    message_id: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Write down what the family was told: somebody acts on this flag by `due_at`."""
    connection.execute(
        t.promises.insert().values(
            id=new_id(),
            flag_id=flag_id,
            caregiver_id=caregiver_id,
            message_id=message_id,
            due_at=due_at,
            at=now,
            look_at=due_at,
        )
    )


def open_flags(connection: Connection, hospital_id: str | None = None) -> list[Flag]:
    """Every flag not closed, most serious first, then by how little of its time is left."""
    c = t.flags.c
    query = sa.select(t.flags).where(t.is_open)
    if hospital_id:
        query = query.where(c.hospital_id == hospital_id)
    return [flag_of(row) for row in connection.execute(query.order_by(c.rank.desc(), c.due_at, c.id))]


def flag_by_id(
    connection: Connection, flag_id: str, hospital_id: str, *, lock: bool = False
) -> tuple[Flag, int]:
    """The flag and its version; raises NotFoundError when it is another hospital's."""
    query = sa.select(t.flags).where(t.flags.c.id == flag_id, t.flags.c.hospital_id == hospital_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError("There is no such flag here.", mend="Go back to the list.")
    return flag_of(row), row.version


def is_about(connection: Connection, flag_id: str, episode_id: str) -> list[str]:
    """A person said which child a flag is about; returns the ids of its texts."""
    f, fm = t.flags.c, t.flag_messages.c
    connection.execute(
        t.flags.update().where(f.id == flag_id).values(episode_id=episode_id, version=f.version + 1)
    )
    return list(connection.execute(sa.select(fm.message_id).where(fm.flag_id == flag_id)).scalars())
