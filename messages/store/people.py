"""Hospitals, staff and caregivers in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import ladder
from messages.encryption import Vault
from messages.flags import Level
from messages.people import PAGED, Caregiver, Hospital, Hours, Role, SignOn, Staff, Way
from messages.store import tables as t
from messages.store.configured import add_numbers, columns, opened, shift_of, shifts_kept
from messages.store.rota import dated, with_dated


def _hospital(row: Any) -> Hospital:
    staffed = row.staffed
    return Hospital(
        id=row.id,
        slug=row.slug,
        name=row.name,
        zone=row.zone,
        sender=row.sender,
        phone=row.phone,
        emergency_number=row.emergency_number,
        languages=tuple(row.languages),
        staffed_days=tuple(staffed["days"]),
        staffed_from=time.fromisoformat(staffed["from"]),
        staffed_to=time.fromisoformat(staffed["to"]),
        phrases={language: tuple(texts) for language, texts in (row.phrases or {}).items()},
        second_factor=row.second_factor,
        sign_on=SignOn(row.sign_on["issuer"], row.sign_on["client_id"]) if row.sign_on else None,
        more_senders=tuple(one for one in sorted((row.numbers or "").split()) if one != row.sender),
        version=row.version,
        ladders=ladder.opened(row.ladder),
        **opened(row.settings),
    )


def _hospitals() -> sa.Select[Any]:
    """Every column of hospitals, and their numbers, which hold no space."""
    of = t.senders.alias()
    numbers = sa.select(sa.func.aggregate_strings(of.c.number, " ")).where(of.c.hospital_id == t.hospitals.c.id)
    return sa.select(t.hospitals, numbers.correlate(t.hospitals).scalar_subquery().label("numbers"))


# Put together once: every request of every open page asks them.
_BY_ID = _hospitals().where(t.hospitals.c.id == sa.bindparam("id"))
_STAFF_BY_ID = sa.select(t.staff).where(t.staff.c.id == sa.bindparam("id"), t.staff.c.active)


def add_hospital(connection: Connection, hospital: Hospital, now: datetime) -> None:
    connection.execute(
        t.hospitals.insert().values(
            id=hospital.id,
            slug=hospital.slug,
            created_at=now,
            second_factor=hospital.second_factor,
            **columns(hospital),
        )
    )
    add_numbers(connection, hospital, hospital.senders, now)


def set_sign_on(connection: Connection, hospital_id: str, sign_on: SignOn | None) -> None:
    """The hospital's provider of single sign-on; None: passwords only."""
    kept = asdict(sign_on) if sign_on else None
    connection.execute(t.hospitals.update().where(t.hospitals.c.id == hospital_id).values(sign_on=kept))


def all_hospitals(connection: Connection) -> tuple[Hospital, ...]:
    rows = connection.execute(_hospitals().order_by(t.hospitals.c.created_at, t.hospitals.c.id))
    return tuple(_hospital(row) for row in rows)


def hospital_by_id(connection: Connection, hospital_id: str, *, lock: bool = False) -> Hospital:
    """`lock`: whatever else raises a flag that belongs to no family waits until the commit."""
    query = _BY_ID.with_for_update(key_share=True, of=t.hospitals) if lock else _BY_ID
    return _hospital(connection.execute(query, {"id": hospital_id}).one())


def hospital_by_slug(connection: Connection, slug: str) -> Hospital | None:
    row = connection.execute(_hospitals().where(t.hospitals.c.slug == slug)).first()
    return _hospital(row) if row else None


def hospital_by_sender(connection: Connection, sender: str) -> Hospital | None:
    """The hospital families reach at this number. A number not known here is the only hospital's, or nobody's."""
    s = t.senders.c
    row = connection.execute(_hospitals().join(t.senders, s.hospital_id == t.hospitals.c.id).where(s.number == sender))
    found = row.first()
    if found:
        return _hospital(found)
    everyone = all_hospitals(connection)
    return everyone[0] if len(everyone) == 1 else None


def texts_with(connection: Connection, caregiver_id: str, number: str) -> None:
    """Remember the hospital's number that a caregiver texts to: what leaves for them leaves by it."""
    c = t.caregivers.c
    connection.execute(
        t.caregivers.update()
        .where(c.id == caregiver_id, sa.or_(c.number.is_(None), c.number != number))
        .values(number=number)
    )


def caregiver_of(vault: Vault, row: Any) -> Caregiver:
    """From a row that has every column of the table of caregivers."""
    return Caregiver(
        id=row.id,
        hospital_id=row.hospital_id,
        name=vault.open("caregivers.name", row.id, row.name),
        phone=vault.open("caregivers.phone", row.id, row.phone),
        language=row.language,
        zone=row.zone,
        texting=row.texting,
        confirmed=row.confirmed_at is not None,
        hours=Hours.of(row.hours),
    )


def caregiver_by_phone(
    connection: Connection, vault: Vault, hospital_id: str, phone: str
) -> Caregiver | None:
    hashes = vault.fingerprints("phone", phone)
    row = connection.execute(_BY_PHONE, {"hospital_id": hospital_id, "hashes": hashes}).first()
    return caregiver_of(vault, row) if row else None


_BY_PHONE = sa.select(t.caregivers).where(
    t.caregivers.c.hospital_id == sa.bindparam("hospital_id"),
    t.caregivers.c.phone_hash.in_(sa.bindparam("hashes", expanding=True)),
)


def caregivers_with(
    connection: Connection, vault: Vault, hospital_id: str, hashes: Collection[bytes]
) -> dict[bytes, Caregiver]:
    """Those of a hospital's caregivers whose phones have one of these fingerprints, by it."""
    rows = connection.execute(_BY_PHONE, {"hospital_id": hospital_id, "hashes": list(hashes)})
    return {bytes(row.phone_hash): caregiver_of(vault, row) for row in rows}


def caregiver_by_id(
    connection: Connection, vault: Vault, caregiver_id: str, *, lock: bool = False
) -> Caregiver:
    """`lock` keeps other texts of this caregiver waiting, and holds up no text that is being queued for them."""
    query = sa.select(t.caregivers).where(t.caregivers.c.id == caregiver_id)
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).one()
    return caregiver_of(vault, row)


def caregivers_by_id(connection: Connection, vault: Vault, ids: Sequence[str]) -> dict[str, Caregiver]:
    rows = connection.execute(sa.select(t.caregivers).where(t.caregivers.c.id.in_(set(ids))))
    return {row.id: caregiver_of(vault, row) for row in rows}


def caregivers_of(connection: Connection, vault: Vault, hospital_id: str) -> list[Caregiver]:
    """Everyone who texts with this hospital; for small lists only."""
    rows = connection.execute(
        sa.select(t.caregivers).where(t.caregivers.c.hospital_id == hospital_id).order_by(t.caregivers.c.id)
    )
    return [caregiver_of(vault, row) for row in rows]


def staff_of_row(vault: Vault, row: Any) -> Staff:
    return Staff(
        id=row.id,
        hospital_id=row.hospital_id,
        name=vault.open("staff.name", row.id, row.name),
        phone=vault.open("staff.phone", row.id, row.phone) if row.phone else "",
        login=vault.open("staff.login", row.id, row.login) if row.login else "",
        role=Role(row.role),
        shifts=tuple(shift_of(row.id, kept) for kept in row.shifts),
        language=row.language,
        zone=row.zone or "",
        ways=ways_opened(row.ways),
        waits=row.waits,
    )


def ways_opened(kept: Any) -> dict[Way, tuple[Level, ...]]:
    """The ways of a person as they are kept; who never chose is told everything by text."""
    return {Way(way): tuple(Level(one) for one in levels) for way, levels in (kept or {"text": PAGED}).items()}


def add_staff(
    connection: Connection, vault: Vault, person: Staff, *, password_hash: str | None, now: datetime
) -> None:
    """Add a person of the hospital; an existing login raises the database's IntegrityError."""
    position = connection.execute(
        sa.select(sa.func.count()).select_from(t.staff).where(t.staff.c.hospital_id == person.hospital_id)
    ).scalar_one()
    connection.execute(
        t.staff.insert().values(
            id=person.id,
            hospital_id=person.hospital_id,
            name=vault.seal("staff.name", person.id, person.name),
            phone=vault.seal("staff.phone", person.id, person.phone) if person.phone else None,
            phone_hash=vault.fingerprint("phone", person.phone) if person.phone else None,
            login=vault.seal("staff.login", person.id, person.login) if person.login else None,
            login_hash=vault.fingerprint("login", person.login.casefold()) if person.login else None,
            password_hash=password_hash,
            role=person.role.value,
            language=person.language,
            zone=person.zone or None,
            shifts=shifts_kept(person.shifts),
            position=position,
            active=True,
            created_at=now,
            waits=person.waits,
        )
    )


def came_in(connection: Connection, person: Staff) -> None:
    """They signed in: from now on pages may reach them."""
    if person.waits:
        connection.execute(t.staff.update().where(t.staff.c.id == person.id).values(waits=False))


def staff_of(connection: Connection, vault: Vault, hospital_id: str) -> tuple[Staff, ...]:
    """Everyone active in this hospital with their part of the dated rota, in the order they were added."""
    rows = connection.execute(
        sa.select(t.staff)
        .where(t.staff.c.hospital_id == hospital_id, t.staff.c.active)
        .order_by(t.staff.c.position, t.staff.c.id)
    )
    people = tuple(staff_of_row(vault, row) for row in rows)
    return with_dated(people, dated(connection, hospital_id))


def staff_by_id(connection: Connection, vault: Vault, staff_id: str) -> Staff | None:
    row = connection.execute(_STAFF_BY_ID, {"id": staff_id}).first()
    return staff_of_row(vault, row) if row else None


def staff_by_phone(connection: Connection, vault: Vault, hospital_id: str, phone: str) -> Staff | None:
    row = connection.execute(
        sa.select(t.staff).where(
            t.staff.c.hospital_id == hospital_id,
            t.staff.c.phone_hash.in_(vault.fingerprints("phone", phone)),
            t.staff.c.active,
        )
    ).first()
    return staff_of_row(vault, row) if row else None


def check_keys(connection: Connection, vault: Vault) -> None:
    """Raise SealError when the newest name kept here does not open: these are not this database's keys."""
    row = connection.execute(sa.select(t.staff).order_by(t.staff.c.id.desc()).limit(1)).first()
    if row is not None:
        vault.open("staff.name", row.id, row.name)
