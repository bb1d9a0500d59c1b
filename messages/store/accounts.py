"""What changes about a person: password, role, page language, whether they may come in at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.people import Role, Staff
from messages.store import tables as t
from messages.store.people import staff_of_row


@dataclass(frozen=True)
class Account:
    """One person of a hospital as its manager sees them."""

    person: Staff
    active: bool
    has_password: bool
    seen_at: datetime | None
    app: bool  # an authenticator app is the second factor
    passkeys: int
    invited_until: datetime | None  # an invitation not used yet

    @property
    def second_factor(self) -> bool:
        return self.app or self.passkeys > 0


def accounts(connection: Connection, vault: Vault, hospital_id: str, now: datetime) -> list[Account]:
    """Everybody of a hospital, those who may come in first. One query."""
    return [_account(vault, row) for row in connection.execute(_query(hospital_id, now))]


def account(
    connection: Connection, vault: Vault, hospital_id: str, staff_id: str, now: datetime, *, lock: bool = False
) -> Account:
    """One person, whether active or not; raises NotFoundError for another hospital's.

    `lock`: whoever else changes the people of this hospital waits until the commit.
    """
    if lock:
        connection.execute(sa.select(t.hospitals.c.id).where(t.hospitals.c.id == hospital_id).with_for_update())
    row = connection.execute(_query(hospital_id, now).where(t.staff.c.id == staff_id)).first()
    if row is None:
        raise NotFoundError("This person is not here.", mend="They may belong to another hospital.")
    return _account(vault, row)


def _query(hospital_id: str, now: datetime) -> sa.Select[Any]:
    s, i = t.staff.c, t.invitations.c

    def of_theirs(value: Any, table: sa.Table, *where: Any) -> Any:
        return sa.select(value).where(table.c.staff_id == s.id, *where).correlate(t.staff).scalar_subquery()

    return (
        sa.select(
            t.staff,
            of_theirs(sa.func.max(t.sessions.c.seen_at), t.sessions, t.sessions.c.complete).label("seen_at"),
            of_theirs(sa.func.count(), t.passkeys).label("keys"),
            of_theirs(sa.func.max(i.expires_at), t.invitations, i.used_at.is_(None), i.expires_at > now).label(
                "invited_until"
            ),
        )
        .where(s.hospital_id == hospital_id)
        .order_by(s.active.desc(), s.position, s.id)
    )


def _account(vault: Vault, row: Any) -> Account:
    return Account(
        person=staff_of_row(vault, row), active=row.active, has_password=row.password_hash is not None,
        seen_at=row.seen_at, app=row.totp is not None, passkeys=row.keys, invited_until=row.invited_until,
    )


def password_of(connection: Connection, staff_id: str) -> str | None:
    """The hash of this person's password; None when they have none."""
    return connection.execute(sa.select(t.staff.c.password_hash).where(t.staff.c.id == staff_id)).scalar_one_or_none()


def set_password(connection: Connection, staff_id: str, password_hash: str) -> None:
    _set(connection, staff_id, password_hash=password_hash)


def set_pages(connection: Connection, staff_id: str, *, language: str, zone: str) -> None:
    """The language of this person's pages and the zone of their times; "" is the hospital's."""
    _set(connection, staff_id, language=language, zone=zone or None)


def set_role(connection: Connection, staff_id: str, role: Role) -> None:
    _set(connection, staff_id, role=role.value)


def set_active(connection: Connection, staff_id: str, active: bool) -> None:
    _set(connection, staff_id, active=active)


def _set(connection: Connection, staff_id: str, **values: Any) -> None:
    connection.execute(t.staff.update().where(t.staff.c.id == staff_id).values(**values))


def need_second_factor(connection: Connection, hospital_id: str, needed: bool) -> None:
    """Whether everybody of this hospital needs a second factor to sign in."""
    connection.execute(t.hospitals.update().where(t.hospitals.c.id == hospital_id).values(second_factor=needed))


def flags_taken_by(connection: Connection, staff_id: str) -> list[str]:
    """The flags this person has and has not closed."""
    f = t.flags.c
    return list(connection.execute(sa.select(f.id).where(f.taken_by == staff_id, f.closed_at.is_(None))).scalars())


def login_of(connection: Connection, vault: Vault, login: str) -> tuple[Staff, str] | None:
    """The person with this login, and the hash of the password."""
    row = connection.execute(
        sa.select(t.staff).where(
            t.staff.c.login_hash.in_(vault.fingerprints("login", login.casefold())), t.staff.c.active
        )
    ).first()
    return (staff_of_row(vault, row), row.password_hash) if row and row.password_hash else None


def staff_with_login(connection: Connection, vault: Vault, login: str, *, active: bool = True) -> Staff | None:
    """The person with this login, with or without a password; not `active`: whether they may come in or not."""
    hashes = vault.fingerprints("login", login.casefold())
    query = sa.select(t.staff).where(t.staff.c.login_hash.in_(hashes))
    row = connection.execute(query.where(t.staff.c.active) if active else query).first()
    return staff_of_row(vault, row) if row else None
