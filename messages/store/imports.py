"""Files of families on their way in: what was given in, how far it has come, what was wrong."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.ids import new_id
from messages.people import Staff
from messages.store import tables as t


@dataclass
class Import:
    """One file. `state`: checking, checked, enrolling, done. `found`: what is to be told, and what was seen so far."""

    id: str
    state: str
    raw: bytes
    total: int
    next_row: int
    counts: dict[str, int]
    at: datetime
    found: dict[str, Any] = field(default_factory=dict)


def begin_import(connection: Connection, vault: Vault, person: Staff, raw: bytes, total: int, now: datetime) -> str:
    import_id = new_id()
    connection.execute(
        t.imports.insert().values(
            id=import_id, hospital_id=person.hospital_id, staff_id=person.id, state="checking",
            file=vault.seal("imports.file", import_id, base64.b64encode(raw).decode()), total=total, next_row=0,
            counts={}, found=vault.seal("imports.found", import_id, "{}"), at=now,
        )
    )
    return import_id


def import_of(connection: Connection, vault: Vault, person: Staff, import_id: str, *, lock: bool = False) -> Import:
    """A person's own import; `lock` makes others wait. Raises NotFoundError for anybody else's."""
    i = t.imports.c
    query = sa.select(t.imports).where(
        i.id == import_id, i.hospital_id == person.hospital_id, i.staff_id == person.id
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError("There is no such list here.", mend="Give it in again.")
    raw = base64.b64decode(vault.open("imports.file", row.id, row.file))
    found = json.loads(vault.open("imports.found", row.id, row.found))
    return Import(row.id, row.state, raw, row.total, row.next_row, dict(row.counts), row.at, found)


def keep_import(connection: Connection, vault: Vault, one: Import) -> None:
    """Write down how far it has come."""
    connection.execute(
        t.imports.update()
        .where(t.imports.c.id == one.id)
        .values(
            state=one.state, next_row=one.next_row, counts=one.counts,
            found=vault.seal("imports.found", one.id, json.dumps(one.found)),
        )
    )


def forget_imports(connection: Connection, before: datetime) -> None:
    """Files are kept only as long as somebody mends them."""
    connection.execute(t.imports.delete().where(t.imports.c.at < before))
