"""Keys of other systems of a hospital, how often they come, and what they were answered before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t
from messages.store.once import insert_once

SCOPES = ("read", "enrol")
PREFIX = "hb_"  # so that a key that leaked is found by those who search for such


@dataclass(frozen=True)
class ApiKey:
    """A key as it is kept: never the token itself. `made_by` is a person's id, or their name in a list."""

    id: str
    hospital_id: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def actor(self) -> str:
        """Who acts, in the audit and in the consent history."""
        return f"key {self.id}"


def _key(row: Any, made_by: str = "") -> ApiKey:
    return ApiKey(
        row.id, row.hospital_id, row.name, tuple(row.scopes), made_by or row.made_by, row.made_at, row.used_at,
        row.revoked_at,
    )


def make_key(
    connection: Connection, vault: Vault, person: Staff, name: str, scopes: tuple[str, ...], now: datetime
) -> tuple[str, str]:
    """(id, token). The token is shown once and kept only as its hash."""
    key_id, token = new_id(), PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        t.api_keys.insert().values(
            id=key_id, hospital_id=person.hospital_id, name=name, token_hash=vault.fingerprint("api_key", token),
            scopes=list(scopes), made_by=person.id, made_at=now,
        )
    )
    return key_id, token


def key_of(connection: Connection, vault: Vault, token: str) -> ApiKey | None:
    """The key with this token, if it was not revoked."""
    k = t.api_keys.c
    row = connection.execute(
        sa.select(t.api_keys).where(k.token_hash.in_(vault.fingerprints("api_key", token)), k.revoked_at.is_(None))
    ).first()
    return _key(row) if row else None


def keys_of(connection: Connection, vault: Vault, hospital_id: str) -> list[ApiKey]:
    """Every key of a hospital, those in use first; `made_by` are names."""
    k, s = t.api_keys.c, t.staff.c
    rows = connection.execute(
        sa.select(t.api_keys, s.id.label("staff_id"), s.name.label("staff_name"))
        .join(t.staff, s.id == k.made_by)
        .where(k.hospital_id == hospital_id)
        .order_by(k.revoked_at.is_not(None), k.made_at.desc(), k.id)
    )
    return [_key(row, vault.open("staff.name", row.staff_id, row.staff_name)) for row in rows]


def revoke_key(connection: Connection, person: Staff, key_id: str, now: datetime) -> bool:
    """False when it was revoked before. Raises NotFoundError for another hospital's."""
    k = t.api_keys.c
    mine = sa.and_(k.id == key_id, k.hospital_id == person.hospital_id)
    if connection.execute(sa.select(k.id).where(mine)).first() is None:
        raise NotFoundError("There is no such key here.", mend="Go back to the list.")
    done = connection.execute(
        t.api_keys.update().where(mine, k.revoked_at.is_(None)).values(revoked_at=now, revoked_by=person.id)
    )
    return done.rowcount == 1


def count_call(connection: Connection, key: ApiKey, now: datetime) -> int:
    """How many requests this key made in this minute, this one included."""
    m, minute = t.api_minutes.c, now.replace(second=0, microsecond=0)
    if insert_once(connection, t.api_minutes, {"key_id": key.id, "minute": minute, "count": 1}):
        connection.execute(t.api_minutes.delete().where(m.key_id == key.id, m.minute < minute))
        connection.execute(t.api_keys.update().where(t.api_keys.c.id == key.id).values(used_at=now))
        return 1
    here = sa.and_(m.key_id == key.id, m.minute == minute)
    counted = connection.execute(
        t.api_minutes.update().where(here).values(count=m.count + 1).returning(m.count)
    ).scalar_one_or_none()
    return int(counted or 1)


def answered_before(
    connection: Connection, vault: Vault, key: ApiKey, again: str
) -> tuple[bytes, int, str] | None:
    """(hash of the request, status, body) of what was answered under this idempotency key."""
    a = t.api_answers.c
    marks = vault.fingerprints("again", again)
    row = connection.execute(
        sa.select(t.api_answers).where(a.key_id == key.id, a.again_hash.in_(marks))
    ).first()
    return (bytes(row.request_hash), row.status, vault.open("api_answers.body", row.id, row.body)) if row else None


def keep_answer(
    connection: Connection, vault: Vault, key: ApiKey, again: str, request_hash: bytes, status: int, body: str,
    now: datetime,
) -> None:
    """Two requests at once under one idempotency key: the second raises the database's IntegrityError."""
    answer_id = new_id()
    connection.execute(
        t.api_answers.insert().values(
            id=answer_id, key_id=key.id, again_hash=vault.fingerprint("again", again), request_hash=request_hash,
            status=status, body=vault.seal("api_answers.body", answer_id, body), at=now,
        )
    )


def forget_answers(connection: Connection, before: datetime) -> None:
    connection.execute(t.api_answers.delete().where(t.api_answers.c.at < before))
