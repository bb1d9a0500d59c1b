"""Families that ask to join by text: the codes they text, and how far each has come."""

from __future__ import annotations

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


@dataclass(frozen=True)
class JoinCode:
    """A word on a poster, for one protocol of the hospital."""

    id: str
    code: str
    protocol: str
    made_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Join:
    """Somebody who texted a code. `state`: consent, child, adult (what is asked), waiting (for a coordinator)."""

    id: str
    state: str
    phone: str
    language: str
    protocol: str
    words: str
    child: str
    adult: str
    at: datetime
    flag_id: str | None = None


def codes_of(connection: Connection, hospital_id: str) -> list[JoinCode]:
    """Every code of a hospital, those that are open first."""
    c = t.join_codes.c
    rows = connection.execute(
        sa.select(t.join_codes).where(c.hospital_id == hospital_id).order_by(c.closed_at.is_not(None), c.made_at, c.id)
    )
    return [_code(row) for row in rows]


def _code(row: Any) -> JoinCode:
    return JoinCode(row.id, row.code, row.protocol_name, row.made_at, row.closed_at)


def code_by_id(connection: Connection, hospital_id: str, code_id: str) -> JoinCode:
    """Raises NotFoundError for another hospital's."""
    c = t.join_codes.c
    row = connection.execute(sa.select(t.join_codes).where(c.hospital_id == hospital_id, c.id == code_id)).first()
    if row is None:
        raise NotFoundError("There is no such code here.", mend="Go back to the list.")
    return _code(row)


def code_texted(connection: Connection, hospital_id: str, word: str) -> JoinCode | None:
    """The open code that this word is."""
    c = t.join_codes.c
    row = connection.execute(
        sa.select(t.join_codes).where(c.hospital_id == hospital_id, c.code == word.upper(), c.closed_at.is_(None))
    ).first()
    return _code(row) if row else None


def add_code(connection: Connection, person: Staff, code: str, protocol: str, now: datetime) -> bool:
    """False when the hospital has, or had, this word already."""
    values = {
        "id": new_id(), "hospital_id": person.hospital_id, "code": code, "protocol_name": protocol,
        "made_by": person.id, "made_at": now,
    }
    return insert_once(connection, t.join_codes, values)


def close_code(connection: Connection, code_id: str, now: datetime) -> bool:
    c = t.join_codes.c
    done = connection.execute(
        t.join_codes.update().where(c.id == code_id, c.closed_at.is_(None)).values(closed_at=now)
    )
    return done.rowcount == 1


def _join(vault: Vault, row: Any) -> Join:
    def opened(column: str) -> str:
        return vault.open_optional(f"joins.{column}", row.id, getattr(row, column)) or ""

    return Join(
        row.id, row.state, opened("peer"), row.language, row.protocol_name, opened("words"), opened("child"),
        opened("adult"), row.at, row.flag_id,
    )


_WHOLE = sa.select(t.joins, t.join_codes.c.protocol_name).join(t.join_codes, t.join_codes.c.id == t.joins.c.code_id)


def join_of(connection: Connection, vault: Vault, hospital_id: str, phone: str) -> Join | None:
    """The join of this phone that has not ended, locked."""
    j = t.joins.c
    marks = vault.fingerprints("phone", phone)
    row = connection.execute(
        _WHOLE.where(j.hospital_id == hospital_id, j.peer_hash.in_(marks), j.ended_at.is_(None)).with_for_update(
            of=t.joins
        )
    ).first()
    return _join(vault, row) if row else None


def all_waiting(connection: Connection, vault: Vault, hospital_id: str) -> list[Join]:
    """Those that wait for a coordinator, oldest first."""
    j = t.joins.c
    rows = connection.execute(
        _WHOLE.where(j.hospital_id == hospital_id, j.state == "waiting", j.ended_at.is_(None)).order_by(j.at, j.id)
    )
    return [_join(vault, row) for row in rows]


def waiting(connection: Connection, vault: Vault, hospital_id: str, join_id: str, *, lock: bool = False) -> Join:
    """Raises NotFoundError for another hospital's, and for one that has ended."""
    j = t.joins.c
    query = _WHOLE.where(j.hospital_id == hospital_id, j.id == join_id, j.state == "waiting", j.ended_at.is_(None))
    row = connection.execute(query.with_for_update(of=t.joins) if lock else query).first()
    if row is None:
        raise NotFoundError("Nobody waits here any more.", mend="Go back to the list.")
    return _join(vault, row)


def begin_join(
    connection: Connection, vault: Vault, hospital_id: str, code_id: str, phone: str, language: str, now: datetime
) -> None:
    """Nothing happens when this phone is joining already."""
    join_id = new_id()
    values = {
        "id": join_id, "hospital_id": hospital_id, "code_id": code_id, "state": "consent",
        "peer": vault.seal("joins.peer", join_id, phone), "peer_hash": vault.fingerprint("phone", phone),
        "language": language, "at": now,
    }
    insert_once(connection, t.joins, values)


def move_join(
    connection: Connection, vault: Vault, join_id: str, state: str, *, agreed_at: datetime | None = None,
    flag_id: str | None = None, **texts: str,
) -> None:
    """Take down what was texted (`words`, `child`, `adult`) and what is asked next."""
    values: dict[str, Any] = {"state": state}
    values |= {name: vault.seal(f"joins.{name}", join_id, text) for name, text in texts.items()}
    values |= {"agreed_at": agreed_at} if agreed_at else {}
    values |= {"flag_id": flag_id} if flag_id else {}
    connection.execute(t.joins.update().where(t.joins.c.id == join_id).values(**values))


def end_join(connection: Connection, join_id: str, state: str, now: datetime, *, by: str | None = None) -> None:
    """`state`: enrolled or refused."""
    connection.execute(
        t.joins.update().where(t.joins.c.id == join_id).values(state=state, ended_at=now, ended_by=by)
    )
