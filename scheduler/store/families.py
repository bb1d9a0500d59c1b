"""Who a family is: the child and the caregivers, recognised when they come again."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.ids import new_id
from messages.people import Caregiver, ConsentKind, Hours
from messages.store import tables as t
from messages.store.consents import note_consent
from messages.store.once import insert_once
from messages.store.people import caregiver_by_phone

BY_HAND = ("corrected", "day_zero", "resumed", "risks", "taken_off", "joined")


def spelled(name: str) -> str:
    """A name as it is kept: single spaces, composed letters."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def same_name(one: str, other: str) -> bool:
    return spelled(one).casefold() == spelled(other).casefold()


def one_at_a_time(connection: Connection, hospital_id: str) -> None:
    """Until the commit nobody else enrols at this hospital: two who give the same child would not see each other."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(_ALONE, {"whose": f"enrol {hospital_id}"})


_ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))")


def caregiver_values(
    vault: Vault, hospital_id: str, name: str, phone: str, language: str, zone: str, now: datetime, *,
    confirmed: bool, hours: Hours | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The row of an adult who is new."""
    caregiver_id = new_id()
    return {
        "id": caregiver_id,
        "hospital_id": hospital_id,
        "name": vault.seal("caregivers.name", caregiver_id, name),
        "phone": vault.seal("caregivers.phone", caregiver_id, phone),
        "phone_hash": vault.fingerprint("phone", phone),
        "language": language,
        "zone": zone,
        "hours": str(hours) if hours else None,
        "texting": True,
        "created_at": now,
        "confirmed_at": now if confirmed else None,
        "confirm_at": None if confirmed else now,
    }


def keep_caregiver(
    connection: Connection,
    vault: Vault,
    *,
    hospital_id: str,
    name: str,
    phone: str,
    language: str,
    zone: str,
    now: datetime,
    how: str = "enrolment",
    words: str = "",
    asked_by: str | None = None,
    confirmed: bool = False,
    known: Caregiver | None = None,
    hours: Hours | None = None,
) -> tuple[Caregiver, bool]:
    """The caregiver with this phone, and whether they are new. One who is `known`, or turns out so, stays as is.

    Unless `confirmed`, a new number is asked to answer before anything private goes there.
    """
    if known is not None:
        return known, False
    values = caregiver_values(vault, hospital_id, name, phone, language, zone, now, confirmed=confirmed, hours=hours)
    caregiver_id = str(values["id"])
    if not insert_once(connection, t.caregivers, values):  # another process enrolled the same phone just now
        again = caregiver_by_phone(connection, vault, hospital_id, phone)
        assert again is not None
        return again, False
    note_consent(
        connection, vault, caregiver_id, ConsentKind.GIVEN, how=how, words=words, now=now, asked_by=asked_by,
        texting=True,
    )
    return Caregiver(caregiver_id, hospital_id, name, phone, language, zone, True, confirmed, hours), True


def _keys(name: str, record: str, phones: Sequence[str]) -> list[str]:
    """What a child may be recognised by, the surest first."""
    return ([f"record {record}"] if record else []) + [f"{spelled(name).casefold()} {phone}" for phone in phones]


def child_marks(vault: Vault, name: str, record: str, phones: Sequence[str]) -> list[tuple[bytes, ...]]:
    """What a child's row is found by, the surest first; each under every key of the vault."""
    return [vault.fingerprints("child", key) for key in _keys(name, record, phones)]


def find_child(
    connection: Connection, vault: Vault, *, hospital_id: str, name: str, record: str, phones: Sequence[str],
    known: Sequence[str],
) -> str | None:
    """The same child: by the hospital's record number, else by name and the phone of any of their adults.

    A child who is here under another record number is another child, whatever the name. `known` are the ids of
    those adults who are here.
    """
    c = t.children.c
    marks = child_marks(vault, name, record, phones)
    hashes = [one for several in marks for one in several]
    rows = connection.execute(_BY_KEY, {"hospital_id": hospital_id, "hashes": hashes}).all()
    for mark in marks:
        for row in rows:
            if row.key_hash in mark:
                return str(row.id)
    if not known:
        return None
    ec, e = t.episode_caregivers.c, t.episodes.c
    theirs_too = connection.execute(
        sa.select(c.id, c.name, c.key_hash)
        .join(t.episodes, e.child_id == c.id)
        .join(t.episode_caregivers, ec.episode_id == e.id)
        .where(c.hospital_id == hospital_id, ec.caregiver_id.in_(known))
        .order_by(c.created_at, c.id)
    ).all()
    for other in theirs_too:
        if same_name(vault.open("children.name", other.id, other.name), name):
            keys = _keys(name, "", phones_of(connection, vault, other.id))
            by_name = {mark for key in keys for mark in vault.fingerprints("child", key)}
            if not record or other.key_hash in by_name:
                return str(other.id)
    return None


_BY_KEY = sa.select(t.children.c.id, t.children.c.key_hash).where(
    t.children.c.hospital_id == sa.bindparam("hospital_id"),
    t.children.c.key_hash.in_(sa.bindparam("hashes", expanding=True)),
)


def _child_by(connection: Connection, vault: Vault, hospital_id: str, key: str) -> Any | None:
    c = t.children.c
    marks = vault.fingerprints("child", key)
    return connection.execute(
        sa.select(c.id, c.key_hash).where(c.hospital_id == hospital_id, c.key_hash.in_(marks))
    ).first()


def phones_of(connection: Connection, vault: Vault, child_id: str) -> list[str]:
    """The phones of all adults who were ever asked about a child."""
    ec, e, cg = t.episode_caregivers.c, t.episodes.c, t.caregivers.c
    rows = connection.execute(
        sa.select(cg.id, cg.phone)
        .join(t.episode_caregivers, ec.caregiver_id == cg.id)
        .join(t.episodes, e.id == ec.episode_id)
        .where(e.child_id == child_id)
        .distinct()
    )
    return [vault.open("caregivers.phone", row.id, row.phone) for row in rows]


def child_values(
    vault: Vault, hospital_id: str, name: str, key: str, risks: Sequence[str], now: datetime
) -> dict[str, Any]:
    """The row of a child who is new; `key` is the surest it is recognised by."""
    child_id = new_id()
    return {
        "id": child_id,
        "hospital_id": hospital_id,
        "name": vault.seal("children.name", child_id, name),
        "key_hash": vault.fingerprint("child", key),
        "risks": sorted(set(risks)),
        "created_at": now,
    }


def new_child(
    vault: Vault, hospital_id: str, name: str, record: str, phone: str, risks: Sequence[str], now: datetime
) -> dict[str, Any]:
    """The row of a child whom nothing is known of; `phone` is that of the first adult."""
    name = spelled(name)
    return child_values(vault, hospital_id, name, _keys(name, record, [phone])[0], risks, now)


def keep_child(
    connection: Connection,
    vault: Vault,
    *,
    hospital_id: str,
    found: str | None,
    name: str,
    record: str,
    phone: str,
    risks: Sequence[str] | None,
    now: datetime,
) -> str:
    """The child's id; `found` is who `find_child` says it is. `risks` None leaves them as they are."""
    name = spelled(name)
    key = _keys(name, record, [phone])[0]
    c = t.children.c
    if found is None:
        values = child_values(vault, hospital_id, name, key, risks or (), now)
        if insert_once(connection, t.children, values):
            return str(values["id"])
        row = _child_by(connection, vault, hospital_id, key)  # another process was first
        assert row is not None
        found = str(row.id)
    values = {"name": vault.seal("children.name", found, name)}
    if risks is not None:
        values["risks"] = sorted(set(risks))
    if record and _child_by(connection, vault, hospital_id, key) is None:
        values["key_hash"] = vault.fingerprint("child", key)  # from now on it is known by its record number
    connection.execute(t.children.update().where(c.id == found).values(**values))
    return found


@dataclass(frozen=True)
class ByHand:
    """What people set of a follow-up with their own hands: a list that comes again does not undo it."""

    taken_off: frozenset[str] = frozenset()  # caregivers
    day_zero: date | None = None
    risks: bool = False


def by_hand(connection: Connection, episode_id: str) -> ByHand:
    a = t.episode_acts.c
    rows = connection.execute(
        sa.select(a.kind, a.detail).where(a.episode_id == episode_id, a.kind.in_(BY_HAND)).order_by(a.at, a.id)
    )
    off: set[str] = set()
    day_zero: date | None = None
    risks = False
    for row in rows:
        if row.kind == "taken_off":
            off.add(row.detail.get("caregiver", ""))
        elif row.kind == "joined":
            off.discard(row.detail.get("caregiver", ""))
        elif row.kind in ("day_zero", "resumed") and row.detail.get("day_zero"):
            day_zero = date.fromisoformat(row.detail["day_zero"])
        elif row.kind == "risks":
            risks = True
    return ByHand(frozenset(off), day_zero, risks)


def corrected_fields(connection: Connection, caregiver_id: str) -> set[str]:
    """What a person corrected of a caregiver: name, language, zone and so on."""
    a, ec = t.episode_acts.c, t.episode_caregivers.c
    theirs = sa.select(ec.episode_id).where(ec.caregiver_id == caregiver_id)
    rows = connection.execute(sa.select(a.detail).where(a.kind == "corrected", a.episode_id.in_(theirs)))
    return {
        field for row in rows if row.detail.get("caregiver") == caregiver_id for field in row.detail.get("fields", ())
    }


def children_like(
    connection: Connection, vault: Vault, hospital_id: str, name: str, most: int = 1000
) -> list[tuple[str, str, str]]:
    """Running follow-ups of children of this name: (episode, child, adults), newest first, of the last `most`."""
    e, c, ec, cg = t.episodes.c, t.children.c, t.episode_caregivers.c, t.caregivers.c
    rows = connection.execute(
        sa.select(e.id, c.id.label("child_id"), c.name)
        .join(t.children, c.id == e.child_id)
        .where(e.hospital_id == hospital_id, e.state != "ended")
        .order_by(e.enrolled_at.desc(), e.id)
        .limit(most)
    ).all()
    here = [(row.id, vault.open("children.name", row.child_id, row.name)) for row in rows]
    found = [(episode_id, kept) for episode_id, kept in here if same_name(kept, name)]
    adults = connection.execute(
        sa.select(ec.episode_id, cg.id, cg.name)
        .join(t.caregivers, cg.id == ec.caregiver_id)
        .where(ec.episode_id.in_([episode_id for episode_id, _name in found]))
        .order_by(ec.position)
    ).all()
    named: dict[str, list[str]] = {}
    for row in adults:
        named.setdefault(row.episode_id, []).append(vault.open("caregivers.name", row.id, row.name))
    return [(episode_id, kept, ", ".join(named.get(episode_id, []))) for episode_id, kept in found]
