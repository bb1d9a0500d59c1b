"""Who is signed in where. A cookie holds a random token, this table only its hash."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.access import LASTS, Session
from messages.ids import new_id
from messages.store import tables as t

# Put together once: every request of every open page asks it.
_BY_TOKEN = sa.select(t.sessions).where(
    t.sessions.c.token_hash == sa.bindparam("token_hash"), t.sessions.c.ended_at.is_(None)
)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _session(row: Any) -> Session:
    return Session(
        id=row.id, staff_id=row.staff_id, began_at=row.began_at, seen_at=row.seen_at, proved_at=row.proved_at,
        complete=row.complete, browser=row.browser,
    )


def begin_session(
    connection: Connection, staff_id: str, token: str, now: datetime, *, complete: bool, browser: str = ""
) -> Session:
    """A session whose cookie will hold `token`; not `complete` while a second factor is wanted."""
    kept = Session(new_id(), staff_id, now, now, now, complete, browser[:60])
    connection.execute(t.sessions.insert().values(**vars(kept), token_hash=_hash(token)))
    return kept


def session_of(connection: Connection, token: str) -> Session | None:
    """The session with this token that was not ended; its age is not looked at."""
    row = connection.execute(_BY_TOKEN, {"token_hash": _hash(token)}).first()
    return _session(row) if row else None


def note_use(connection: Connection, session_id: str, now: datetime) -> None:
    connection.execute(t.sessions.update().where(t.sessions.c.id == session_id).values(seen_at=now))


def note_proof(connection: Connection, session_id: str, now: datetime) -> None:
    """The password or passkey was given again."""
    connection.execute(
        t.sessions.update().where(t.sessions.c.id == session_id).values(proved_at=now, seen_at=now)
    )


def end_session(connection: Connection, staff_id: str, session_id: str, now: datetime) -> bool:
    """End one session of this person; False when it is not theirs or ended already."""
    s = t.sessions.c
    done = connection.execute(
        t.sessions.update()
        .where(s.id == session_id, s.staff_id == staff_id, s.ended_at.is_(None))
        .values(ended_at=now)
    )
    return done.rowcount == 1


def end_sessions(connection: Connection, staff_id: str, now: datetime, *, but: str = "") -> int:
    """End every session of this person except `but`; returns how many."""
    s = t.sessions.c
    done = connection.execute(
        t.sessions.update()
        .where(s.staff_id == staff_id, s.id != but, s.ended_at.is_(None))
        .values(ended_at=now)
    )
    return done.rowcount


def sessions_of(connection: Connection, staff_id: str, now: datetime) -> list[Session]:
    """The sessions of this person that are not over, last used first."""
    s = t.sessions.c
    rows = connection.execute(
        sa.select(t.sessions)
        .where(s.staff_id == staff_id, s.ended_at.is_(None), s.complete, s.began_at > now - LASTS)
        .order_by(s.seen_at.desc(), s.id.desc())
    )
    return [_session(row) for row in rows]


def forget_sessions(connection: Connection, before: datetime) -> None:
    """Delete what ended or ran out long ago. The last of each person stays: it says when they were here."""
    s = t.sessions.c
    newest = sa.select(sa.func.max(s.id)).group_by(s.staff_id)
    connection.execute(t.sessions.delete().where(s.began_at < before, s.id.not_in(newest)))
