"""Links that let one person choose a password, once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.access import INVITED_FOR
from messages.encryption import Vault
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t
from messages.store.people import staff_by_id


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def make_invitation(connection: Connection, person: Staff, token: str, now: datetime, *, by: str | None) -> None:
    """A link with this token; the links this person had before lead nowhere any more."""
    void_invitations(connection, person.id, now)
    connection.execute(
        t.invitations.insert().values(
            id=new_id(), hospital_id=person.hospital_id, token_hash=_hash(token), staff_id=person.id, made_by=by,
            made_at=now, expires_at=now + INVITED_FOR,
        )
    )


def void_invitations(connection: Connection, staff_id: str, now: datetime) -> None:
    i = t.invitations.c
    connection.execute(
        t.invitations.update().where(i.staff_id == staff_id, i.used_at.is_(None)).values(used_at=now)
    )


def invited(connection: Connection, vault: Vault, token: str, now: datetime) -> Staff | None:
    """Whom this token invites; None when it was used, is too old, or the person may not come in any more."""
    i = t.invitations.c
    row = connection.execute(
        sa.select(i.staff_id).where(i.token_hash == _hash(token), i.used_at.is_(None), i.expires_at > now)
    ).first()
    return staff_by_id(connection, vault, row.staff_id) if row else None


def use_invitation(connection: Connection, token: str, now: datetime) -> bool:
    """False when somebody used it first."""
    i = t.invitations.c
    used = connection.execute(
        t.invitations.update()
        .where(i.token_hash == _hash(token), i.used_at.is_(None), i.expires_at > now)
        .values(used_at=now)
    )
    return used.rowcount == 1
