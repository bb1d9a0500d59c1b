"""Where pages to a person go besides the phone, for which levels, and whether they arrived. Addresses are sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import ConflictError
from messages.flags import Level
from messages.ids import new_id
from messages.people import Way
from messages.store import tables as t
from messages.store.once import insert_once
from messages.store.people import ways_opened

TEST = "test_page"  # the topic of a page that a person sends to themselves
TESTS_WITHIN = timedelta(minutes=10)
MOST_ADDRESSES = 8  # of one person


@dataclass(frozen=True)
class Address:
    """One address of one person; `problem` is why the last page did not arrive there, "" when it did."""

    id: str
    staff_id: str
    way: Way
    address: str
    label: str
    made_at: datetime
    reached_at: datetime | None
    problem: str
    problem_at: datetime | None


@dataclass(frozen=True)
class Tried:
    """The last test page by one way: where it is now."""

    state: str
    code: str | None
    why: str
    at: datetime


def addresses_of(connection: Connection, vault: Vault, staff_id: str) -> list[Address]:
    """In the order they were given."""
    a = t.staff_addresses.c
    rows = connection.execute(sa.select(t.staff_addresses).where(a.staff_id == staff_id).order_by(a.made_at, a.id))
    return [
        Address(
            row.id, row.staff_id, Way(row.way), vault.open("staff_addresses.address", row.id, row.address), row.label,
            row.made_at, row.reached_at, row.problem, row.problem_at,
        )
        for row in rows
    ]


def address_ids(connection: Connection, staff_id: str) -> dict[Way, list[str]]:
    """The ids of a person's addresses by way, without opening them."""
    a = t.staff_addresses.c
    found: dict[Way, list[str]] = {}
    for row in connection.execute(sa.select(a.id, a.way).where(a.staff_id == staff_id).order_by(a.made_at, a.id)):
        found.setdefault(Way(row.way), []).append(row.id)
    return found


def ways_of(connection: Connection, staff_id: str) -> dict[Way, tuple[Level, ...]]:
    """The ways of a person with their levels; nobody else changes them until the commit."""
    kept = connection.execute(sa.select(t.staff.c.ways).where(t.staff.c.id == staff_id).with_for_update()).scalar_one()
    return ways_opened(kept)


def set_ways(connection: Connection, staff_id: str, ways: Mapping[Way, Sequence[Level]]) -> None:
    """For which levels each way is used from now on."""
    kept = {way.value: [level.value for level in levels] for way, levels in ways.items()}
    connection.execute(t.staff.update().where(t.staff.c.id == staff_id).values(ways=kept))


def set_phone(connection: Connection, vault: Vault, staff_id: str, phone: str) -> None:
    """Another number (E.164), or none: ""."""
    connection.execute(
        t.staff.update()
        .where(t.staff.c.id == staff_id)
        .values(
            phone=vault.seal("staff.phone", staff_id, phone) if phone else None,
            phone_hash=vault.fingerprint("phone", phone) if phone else None,
        )
    )


def add_address(
    connection: Connection, vault: Vault, staff_id: str, way: Way, address: str, label: str, now: datetime,
    levels: Sequence[Level],
) -> str:
    """A new address; its way is used for `levels` when it is the first of it. The same address again is the old one."""
    ways = ways_of(connection, staff_id)
    a = t.staff_addresses.c
    hashes = vault.fingerprints(f"address {way}", address)
    known = connection.execute(sa.select(a.id).where(a.staff_id == staff_id, a.address_hash.in_(hashes))).scalar()
    if known:
        connection.execute(t.staff_addresses.update().where(a.id == known).values(problem="", problem_at=None))
        return str(known)
    many = connection.execute(sa.select(sa.func.count()).where(a.staff_id == staff_id)).scalar_one()
    if many >= MOST_ADDRESSES:
        raise ConflictError("You have many addresses already.", mend="Remove one first.")
    address_id = new_id()
    insert_once(
        connection, t.staff_addresses,
        {
            "id": address_id, "staff_id": staff_id, "way": way.value, "label": label[:80], "made_at": now,
            "address": vault.seal("staff_addresses.address", address_id, address), "address_hash": hashes[0],
            "problem": "",
        },
    )  # fmt: skip
    set_ways(connection, staff_id, {way: tuple(levels)} | ways)
    return address_id


def remove_address(connection: Connection, staff_id: str, address_id: str) -> Way | None:
    """Forget an address of this person; None when it was gone. What still waits to leave for it is refused."""
    ways = ways_of(connection, staff_id)
    a = t.staff_addresses.c
    gone = connection.execute(
        t.staff_addresses.delete().where(a.id == address_id, a.staff_id == staff_id).returning(a.way)
    ).scalar()
    if gone is None:
        return None
    left = connection.execute(sa.select(sa.func.count()).where(a.staff_id == staff_id, a.way == gone)).scalar_one()
    if not left:
        set_ways(connection, staff_id, {way: levels for way, levels in ways.items() if way.value != gone})
    return Way(gone)


def note_reached(connection: Connection, address_id: str, now: datetime, problem: str = "") -> None:
    """A page was taken at this address, or was not and why."""
    values = {"problem": problem[:300], "problem_at": now} if problem else {
        "problem": "", "problem_at": None, "reached_at": now,
    }  # fmt: skip
    connection.execute(t.staff_addresses.update().where(t.staff_addresses.c.id == address_id).values(**values))


def tests_of(connection: Connection, staff_id: str) -> dict[tuple[Way, str], Tried]:
    """The last test page to each address of this person; for phones the address is ""."""
    o, m = t.outbox.c, t.messages.c
    rows = connection.execute(
        sa.select(o.way, o.address_id, o.state, o.code, o.why, m.at)
        .join(t.messages, m.id == o.message_id)
        .where(m.staff_id == staff_id, m.topic == TEST)
        .order_by(m.at, o.id)
    )
    return {
        (Way(row.way), row.address_id or ""): Tried(row.state, row.code, row.why, row.at) for row in rows
    }


def is_test(connection: Connection, message_id: str) -> bool:
    """Whether this is a page that a person sent to themselves."""
    m = t.messages.c
    return connection.execute(sa.select(m.topic).where(m.id == message_id)).scalar() == TEST


def tests_lately(connection: Connection, staff_id: str, now: datetime) -> int:
    """How many test pages this person sent to themselves in the last minutes."""
    m = t.messages.c
    return int(
        connection.execute(
            sa.select(sa.func.count()).where(m.staff_id == staff_id, m.topic == TEST, m.at > now - TESTS_WITHIN)
        ).scalar_one()
    )


def push_key(connection: Connection, vault: Vault) -> str:
    """The key that browsers know this installation by, as PEM; "" before the first browser was added."""
    k = t.own_keys.c
    sealed = connection.execute(sa.select(k.key).where(k.name == "push")).scalar()
    return vault.open("own_keys.key", "push", sealed) if sealed else ""


def keep_push_key(connection: Connection, vault: Vault, pem: str, now: datetime) -> str:
    """Keep a new key unless there is one; returns the one that is kept."""
    kept = vault.seal("own_keys.key", "push", pem)
    insert_once(connection, t.own_keys, {"name": "push", "key": kept, "made_at": now})
    return push_key(connection, vault)
