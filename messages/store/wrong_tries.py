"""Wrong tries at getting in, seen by every process. A place is an address, or a browser that is known."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.access import BURST, COUNTED_FOR, Tries
from messages.encryption import Vault
from messages.ids import new_id
from messages.store import tables as t


def note_try(connection: Connection, vault: Vault, who: str, place: str, now: datetime) -> str:
    """Count a try as wrong before it is looked at, so that many at once cannot all be the first; its id."""
    try_id = new_id()
    connection.execute(
        t.wrong_tries.insert().values(
            id=try_id, login_hash=vault.fingerprint("try", who), address_hash=vault.fingerprint("place", place), at=now
        )
    )
    return try_id


def tries_before(connection: Connection, vault: Vault, who: str, place: str, now: datetime, *, but: str) -> Tries:
    """The wrong tries that bear on the try with the id `but`."""
    w = t.wrong_tries.c
    login, address = vault.fingerprint("try", who), vault.fingerprint("place", place)
    here = connection.execute(
        sa.select(w.at)
        .where(w.login_hash == login, w.address_hash == address, w.at > now - COUNTED_FOR, w.id != but)
        .order_by(w.at)
    ).scalars()

    def lately(column: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(t.wrong_tries).where(column, w.at > now - BURST, w.id != but)
        return int(connection.execute(query).scalar_one())

    return Tries(tuple(here), lately(w.login_hash == login), lately(w.address_hash == address))


def forget_try(connection: Connection, try_id: str) -> None:
    """It was not looked at."""
    connection.execute(t.wrong_tries.delete().where(t.wrong_tries.c.id == try_id))


def forgive(connection: Connection, vault: Vault, who: str, place: str) -> None:
    """It was right: the wrong ones before it, from the same place, are forgotten."""
    w = t.wrong_tries.c
    connection.execute(
        t.wrong_tries.delete().where(
            w.login_hash == vault.fingerprint("try", who), w.address_hash == vault.fingerprint("place", place)
        )
    )


def forget_tries(connection: Connection, before: datetime) -> None:
    connection.execute(t.wrong_tries.delete().where(t.wrong_tries.c.at < before))
