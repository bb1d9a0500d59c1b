"""Whom a text from an unknown number may be from: a number nearly the same, or a child that is named. Hints only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.phones import near
from messages.store import tables as t
from messages.store.console import QueueRow
from messages.store.families import children_of

MOST = 1000  # running follow-ups whose names are opened to look for them in a text
SHORTEST = 3  # letters of a name that is looked for


@dataclass(frozen=True)
class Hint:
    """What an unknown number may have to do with a family. `caregiver` is "" when only the child was named."""

    episode_id: str
    child: str
    caregiver: str = ""


def plain(text: str) -> str:
    """Small letters without accents, for comparing names."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def hints(
    connection: Connection, vault: Vault, hospital_id: str, rows: Sequence[QueueRow]
) -> dict[str, Hint]:
    """The best hint for each of these flags, by flag; at most three queries, none when no number is unknown."""
    unknown = [row for row in rows if row.peer]
    if not unknown:
        return {}
    return _named(connection, vault, hospital_id, unknown) | _near(connection, vault, hospital_id, unknown)


def _near(connection: Connection, vault: Vault, hospital_id: str, rows: Sequence[QueueRow]) -> dict[str, Hint]:
    of = {
        mark: row.flag.id
        for row in rows
        for phone in near(row.peer)
        for mark in vault.fingerprints("phone", phone)
    }
    cg = t.caregivers.c
    found = connection.execute(
        sa.select(cg.id, cg.name, cg.phone_hash).where(cg.hospital_id == hospital_id, cg.phone_hash.in_(list(of)))
    ).all()
    children = children_of(connection, vault, [row.id for row in found])
    return {
        of[bytes(row.phone_hash)]: Hint(
            children[row.id][-1].episode_id, children[row.id][-1].name, vault.open("caregivers.name", row.id, row.name)
        )
        for row in found
        if row.id in children
    }


def _named(connection: Connection, vault: Vault, hospital_id: str, rows: Sequence[QueueRow]) -> dict[str, Hint]:
    e, c = t.episodes.c, t.children.c
    found = connection.execute(
        sa.select(e.id, c.id.label("child_id"), c.name)
        .join(t.children, c.id == e.child_id)
        .where(e.hospital_id == hospital_id, e.state != "ended")
        .order_by(e.day_zero.desc(), e.id)
        .limit(MOST)
    )
    episodes: dict[str, list[Hint]] = {}
    for row in found:
        name = vault.open("children.name", row.child_id, row.name)
        if len(name) >= SHORTEST:
            episodes.setdefault(plain(name), []).append(Hint(row.id, name))
    hinted = {}
    for unknown in rows:
        named = [episodes[word] for word in re.findall(r"\w+", plain(unknown.words)) if word in episodes]
        if named and len(named[0]) == 1:  # a name that two children share points at nobody
            hinted[unknown.flag.id] = named[0][0]
    return hinted
