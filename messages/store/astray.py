"""Texts to a number of ours that is no hospital's: kept, belonging to nobody, until the number has a hospital."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Incoming
from messages.encryption import Vault
from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_once


@dataclass(frozen=True)
class Astray:
    """How many texts came to one number, and when the first and the last of them."""

    number: str
    texts: int
    first_at: datetime
    last_at: datetime


def keep_astray(connection: Connection, vault: Vault, incoming: Incoming, channel: str, now: datetime) -> bool:
    """Keep a text; False when it was kept before."""
    row_id = new_id()
    text = json.dumps({"peer": incoming.peer, "body": incoming.body, "media": list(incoming.media)})
    row = {
        "id": row_id,
        "number": incoming.to[:40],
        "channel": channel[:20],
        "carrier_id": incoming.carrier_id,
        "text": vault.seal("astray.text", row_id, text),
        "at": now,
    }
    return insert_once(connection, t.astray, row)


def astray_numbers(connection: Connection) -> list[Astray]:
    """The numbers, the newest text first; no words and nobody's number."""
    a = t.astray.c
    rows = connection.execute(
        sa.select(a.number, sa.func.count(), sa.func.min(a.at), sa.func.max(a.at))
        .group_by(a.number)
        .order_by(sa.func.max(a.at).desc())
    )
    return [Astray(*row) for row in rows]


def astray_at(connection: Connection, vault: Vault, number: str) -> list[tuple[str, str, Incoming]]:
    """The texts that came to a number, oldest first: (row id, channel, text)."""
    a = t.astray.c
    found = []
    for row in connection.execute(sa.select(t.astray).where(a.number == number).order_by(a.at, a.id)):
        text = json.loads(vault.open("astray.text", row.id, row.text))
        incoming = Incoming(
            row.carrier_id, peer=text["peer"], to=row.number, body=text["body"], at=row.at, media=tuple(text["media"])
        )
        found.append((row.id, row.channel, incoming))
    return found


def not_astray(connection: Connection, row_id: str) -> None:
    connection.execute(t.astray.delete().where(t.astray.c.id == row_id))
