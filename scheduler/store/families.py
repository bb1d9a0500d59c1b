"""Who a family is: the child and the caregivers, recognised when they come again."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.ids import new_id
from messages.people import Caregiver, ConsentKind
from messages.store import tables as t
from messages.store.once import insert_once
from messages.store.people import caregiver_by_id, caregiver_by_phone, note_consent


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
) -> Caregiver:
    """The caregiver as they were before; a known phone keeps its consent history and gets the new details."""
    before = caregiver_by_phone(connection, vault, hospital_id, phone)
    if before is not None:
        connection.execute(
            t.caregivers.update()
            .where(t.caregivers.c.id == before.id)
            .values(name=vault.seal("caregivers.name", before.id, name), language=language, zone=zone)
        )
        return before
    caregiver_id = new_id()
    values = {
        "id": caregiver_id,
        "hospital_id": hospital_id,
        "name": vault.seal("caregivers.name", caregiver_id, name),
        "phone": vault.seal("caregivers.phone", caregiver_id, phone),
        "phone_hash": vault.fingerprint("phone", phone),
        "language": language,
        "zone": zone,
        "texting": True,
        "created_at": now,
    }
    if not insert_once(connection, t.caregivers, values):  # another process enrolled the same phone just now
        again = caregiver_by_phone(connection, vault, hospital_id, phone)
        assert again is not None
        return again
    note_consent(connection, vault, caregiver_id, ConsentKind.GIVEN, how=how, words=words, now=now)
    return caregiver_by_id(connection, vault, caregiver_id)


def keep_child(
    connection: Connection,
    vault: Vault,
    *,
    hospital_id: str,
    name: str,
    record: str,
    phone: str,
    risks: Sequence[str],
    now: datetime,
) -> str:
    """The same child is recognised by the hospital's record number, else by name and first phone; the child's id."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    key = f"record {record}" if record else f"{name.casefold()} {phone}"
    c = t.children.c
    find = sa.select(c.id).where(
        c.hospital_id == hospital_id, c.key_hash.in_(vault.fingerprints("child", key))
    )
    found = connection.execute(find).scalar_one_or_none()
    if found is None:
        child_id = new_id()
        values = {
            "id": child_id,
            "hospital_id": hospital_id,
            "name": vault.seal("children.name", child_id, name),
            "key_hash": vault.fingerprint("child", key),
            "risks": sorted(set(risks)),
            "created_at": now,
        }
        if insert_once(connection, t.children, values):
            return child_id
        found = connection.execute(find).scalar_one()  # another process was first
    connection.execute(
        t.children.update()
        .where(c.id == found)
        .values(name=vault.seal("children.name", found, name), risks=sorted(set(risks)))
    )
    return str(found)
