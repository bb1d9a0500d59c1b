"""Second factors: the authenticator app's key, recovery codes, passkeys. Each code works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.ids import new_id
from messages.store import tables as t


@dataclass(frozen=True)
class Passkey:
    """A key that a phone, a computer or a stick holds for one person; `credential` and `public_key` are base64url."""

    id: str
    staff_id: str
    credential: str
    public_key: str
    counter: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What one person has beside the password."""

    app: str | None  # the key of the authenticator app
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def factors_of(connection: Connection, vault: Vault, staff_id: str) -> Factors:
    s, r = t.staff.c, t.recovery_codes.c
    left = (
        sa.select(sa.func.count()).select_from(t.recovery_codes)
        .where(r.staff_id == staff_id, r.used_at.is_(None)).scalar_subquery()
    )  # fmt: skip
    row = connection.execute(sa.select(s.totp, left.label("left")).where(s.id == staff_id)).one()
    keys = connection.execute(sa.select(t.passkeys).where(t.passkeys.c.staff_id == staff_id).order_by(t.passkeys.c.id))
    app = vault.open_optional("staff.totp", staff_id, row.totp)
    return Factors(app, tuple(_passkey(vault, key) for key in keys), row.left)


def set_app(connection: Connection, vault: Vault, staff_id: str, key: str, step: int) -> None:
    """The key of an authenticator app; the code of the half-minute `step` is used up by setting it."""
    connection.execute(
        t.staff.update().where(t.staff.c.id == staff_id)
        .values(totp=vault.seal("staff.totp", staff_id, key), totp_step=step)
    )  # fmt: skip


def use_step(connection: Connection, staff_id: str, step: int) -> bool:
    """Use up the code of a half-minute; False when it, or a later one, was used already."""
    s = t.staff.c
    used = connection.execute(
        t.staff.update()
        .where(s.id == staff_id, sa.or_(s.totp_step.is_(None), s.totp_step < step))
        .values(totp_step=step)
    )
    return used.rowcount == 1


def remove_app(connection: Connection, staff_id: str) -> None:
    connection.execute(t.staff.update().where(t.staff.c.id == staff_id).values(totp=None, totp_step=None))


def set_codes(connection: Connection, vault: Vault, staff_id: str, codes: list[str]) -> None:
    """New recovery codes; the old ones are worth nothing any more."""
    connection.execute(t.recovery_codes.delete().where(t.recovery_codes.c.staff_id == staff_id))
    hashes = [vault.fingerprint("recovery", f"{staff_id}|{code}") for code in codes]
    connection.execute(
        t.recovery_codes.insert(), [{"id": new_id(), "staff_id": staff_id, "code_hash": one} for one in hashes]
    )


def use_code(connection: Connection, vault: Vault, staff_id: str, code: str, now: datetime) -> bool:
    """Use up a recovery code; False when there is none like it."""
    r = t.recovery_codes.c
    hashes = vault.fingerprints("recovery", f"{staff_id}|{code}")
    used = connection.execute(
        t.recovery_codes.update()
        .where(r.staff_id == staff_id, r.code_hash.in_(hashes), r.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def add_passkey(
    connection: Connection, vault: Vault, staff_id: str, name: str, *, credential: str, public_key: str, counter: int,
    now: datetime,
) -> None:  # fmt: skip
    """Keep a passkey; one that is known already raises the database's IntegrityError."""
    key_id = new_id()
    connection.execute(
        t.passkeys.insert().values(
            id=key_id, staff_id=staff_id, credential=credential, public_key=public_key, counter=counter,
            name=vault.seal("passkeys.name", key_id, name), added_at=now,
        )
    )


def passkey_of(connection: Connection, vault: Vault, credential: str) -> Passkey | None:
    row = connection.execute(sa.select(t.passkeys).where(t.passkeys.c.credential == credential)).first()
    return _passkey(vault, row) if row else None


def use_passkey(connection: Connection, key: Passkey, counter: int, asked_at: datetime, now: datetime) -> bool:
    """Note the use; False when it was used since it was asked: the same answer counts once."""
    p = t.passkeys.c
    used = connection.execute(
        t.passkeys.update()
        .where(p.id == key.id, sa.or_(p.used_at.is_(None), p.used_at < asked_at))
        .values(counter=counter, used_at=now)
    )
    return used.rowcount == 1


def remove_passkey(connection: Connection, staff_id: str, key_id: str) -> bool:
    p = t.passkeys.c
    return connection.execute(t.passkeys.delete().where(p.id == key_id, p.staff_id == staff_id)).rowcount == 1


def forget_factors(connection: Connection, staff_id: str) -> None:
    """Everything beside the password is gone: app, passkeys, recovery codes."""
    remove_app(connection, staff_id)
    for table in (t.passkeys, t.recovery_codes):
        connection.execute(table.delete().where(table.c.staff_id == staff_id))


def _passkey(vault: Vault, row: Any) -> Passkey:
    return Passkey(
        id=row.id, staff_id=row.staff_id, credential=row.credential, public_key=row.public_key, counter=row.counter,
        name=vault.open("passkeys.name", row.id, row.name), added_at=row.added_at, used_at=row.used_at,
    )
