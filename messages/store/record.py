"""One family's whole record as data: everything kept about one follow-up, for a program and for a person.

The shape is described in docs/record.md; `VERSION` rises when a field changes its meaning or goes away. It costs a flat
number of queries, however long the record is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.errors import NotFoundError
from messages.store import tables as t
from messages.store.families import refuse_erased
from messages.store.record_flags import Fields, flags_of, plain, several

FORMAT = "hearback-family-record"
VERSION = 1
_AT_ONCE = 5_000  # ids in one question; SQLite and PostgreSQL allow some 32,000


def record_of(
    connection: Connection, vault: Vault, hospital_id: str, episode_id: str, *, made_by: str, now: datetime
) -> Fields:
    """The record of one follow-up. Texts known to be about another child only are counted and left out.

    Raises NotFoundError when it is another hospital's.
    """
    head = _head(connection, vault, hospital_id, episode_id)
    adults = head["caregivers"]
    names = {adult["id"]: adult["name"] for adult in adults}
    staff = _staff(connection, vault, hospital_id)
    texts, left_out = _texts(connection, vault, hospital_id, episode_id, sorted(names), staff)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.isoformat(),
        "made_by": made_by,
        **head,
        "consents": _consents(connection, vault, sorted(names)),
        "check_ins": _check_ins(connection, episode_id, staff),
        "texts": texts,
        "texts_left_out": left_out,
        "flags": flags_of(connection, vault, hospital_id, episode_id, sorted(names), staff),
        "acts": _episode_acts(connection, vault, episode_id, staff),
    }


def hospital_of(connection: Connection, episode_id: str) -> str:
    """The hospital that keeps this follow-up. Raises NotFoundError."""
    e = t.episodes.c
    found = connection.execute(sa.select(e.hospital_id).where(e.id == episode_id)).scalar_one_or_none()
    if found is None:
        raise NotFoundError("There is no such family.", mend="The id stands in the address of the family's page.")
    return str(found)


def _each(ids: Collection[str], ask: Callable[[Sequence[str]], Sequence[Any]]) -> list[Any]:
    """What `ask` finds for all these ids, asked for a bounded number at once."""
    every = list(ids)
    return [row for start in range(0, len(every), _AT_ONCE) for row in ask(every[start : start + _AT_ONCE])]


def _head(connection: Connection, vault: Vault, hospital_id: str, episode_id: str) -> Fields:
    e, c, p, h, ec = (
        each.c for each in (t.episodes, t.children, t.protocols, t.hospitals, t.episode_caregivers)
    )
    row = connection.execute(
        sa.select(
            t.episodes, c.name, c.risks, p.version,
            h.name.label("hospital_name"), h.zone.label("hospital_zone"), h.phone.label("hospital_phone"), h.sender,
        )
        .select_from(t.episodes)
        .join(t.children, c.id == e.child_id)
        .join(t.protocols, p.id == e.protocol_id)
        .join(t.hospitals, h.id == e.hospital_id)
        .where(e.id == episode_id, e.hospital_id == hospital_id)
    ).first()
    if row is None or row.erased_at:
        refuse_erased(connection, hospital_id, episode_id)
        raise NotFoundError("There is no such family here.", mend="Go back to the list.")
    adults = connection.execute(
        sa.select(t.caregivers, ec.relation, ec.position)
        .join(t.episode_caregivers, ec.caregiver_id == t.caregivers.c.id)
        .where(ec.episode_id == episode_id)
        .order_by(ec.position, t.caregivers.c.id)
    )
    return {
        "hospital": {
            "name": row.hospital_name, "zone": row.hospital_zone, "phone": row.hospital_phone, "sender": row.sender,
        },
        "child": {"name": vault.open("children.name", row.child_id, row.name), "risks": list(row.risks)},
        "episode": {
            **plain(row, "id", "day_zero", "state", "enrolled_at", "ended_at", "ended_why"),
            "protocol": row.protocol_name,
            "protocol_version": row.version,
        },
        "caregivers": [
            {
                "name": vault.open("caregivers.name", adult.id, adult.name),
                "phone": vault.open("caregivers.phone", adult.id, adult.phone),
                **plain(adult, "id", "relation", "position", "language", "zone", "texting"),
            }
            for adult in adults
        ],
    }


def _staff(connection: Connection, vault: Vault, hospital_id: str) -> dict[str | None, str]:
    """The names of everybody who works or worked at the hospital, by id."""
    s = t.staff.c
    rows = connection.execute(sa.select(s.id, s.name).where(s.hospital_id == hospital_id))
    return {row.id: vault.open("staff.name", row.id, row.name) for row in rows}


def _consents(connection: Connection, vault: Vault, whose: Sequence[str]) -> list[Fields]:
    c = t.consents.c
    rows = connection.execute(sa.select(t.consents).where(c.caregiver_id.in_(whose)).order_by(c.at, c.id))
    return [
        {
            **plain(row, "at", "caregiver_id", "kind", "how"),
            "words": vault.open("consents.words", row.id, row.words),
            "text_id": row.message_id,
        }
        for row in rows
    ]


def _check_ins(connection: Connection, episode_id: str, staff: dict[str | None, str]) -> list[Fields]:
    c = t.check_ins.c
    rows = connection.execute(
        sa.select(t.check_ins).where(c.episode_id == episode_id).order_by(c.due_at, c.caregiver_id, c.id)
    )
    return [
        {
            **plain(
                row, "id", "caregiver_id", "step", "day", "question", "due_at", "until_at", "state", "asked_at",
                "reminded_at", "seconded_at", "answered_at", "why",
            ),
            "set_by": staff.get(row.set_by),
        }
        for row in rows
    ]


def _texts(
    connection: Connection,
    vault: Vault,
    hospital_id: str,
    episode_id: str,
    whose: Sequence[str],
    staff: dict[str | None, str],
) -> tuple[list[Fields], int]:
    """(every text with these caregivers, oldest first; how many were left out as another child's)."""
    m, o, a, r, d = t.messages.c, t.outbox.c, t.about.c, t.readings.c, t.delivery_events.c
    rows = connection.execute(
        sa.select(
            t.messages, o.id.label("outbox_id"), o.state, o.code, o.why, o.segments, o.attempts, o.not_before,
            o.sending_at, o.ended_at,
        )
        .join(t.caregivers, t.caregivers.c.id == m.caregiver_id)
        .outerjoin(t.outbox, o.message_id == m.id)
        .where(t.caregivers.c.hospital_id == hospital_id, m.caregiver_id.in_(whose))
        .order_by(m.at, m.id)
    ).all()
    about: dict[str, set[str]] = {}
    for one in _each(
        [row.id for row in rows], lambda ids: connection.execute(sa.select(t.about).where(a.message_id.in_(ids))).all()
    ):
        about.setdefault(one.message_id, set()).add(one.episode_id)
    kept = [row for row in rows if not about.get(row.id) or episode_id in about[row.id]]
    readings = several(
        _each(
            [row.id for row in kept if row.direction == "in"],
            lambda ids: connection.execute(
                sa.select(t.readings).where(r.message_id.in_(ids)).order_by(r.at, r.id)
            ).all(),
        ),
        "message_id", "at", "version", "level", "decided_level", "signs", "intent", "temperature", "pain", "complete",
        "rules", "evidence",
    )
    events = several(
        _each(
            [row.outbox_id for row in kept if row.outbox_id],
            lambda ids: connection.execute(
                sa.select(t.delivery_events).where(d.outbox_id.in_(ids)).order_by(d.at, d.id)
            ).all(),
        ),
        "outbox_id", "at", "status", "code", "applied",
    )
    return [_text(vault, row, episode_id, about, readings, events, staff) for row in kept], len(rows) - len(kept)


def _text(
    vault: Vault,
    row: Any,
    episode_id: str,
    about: dict[str, set[str]],
    readings: dict[str, list[Fields]],
    events: dict[str, list[Fields]],
    staff: dict[str | None, str],
) -> Fields:
    media = vault.open_optional("messages.media", row.id, row.media)
    its = about.get(row.id, set())
    text: Fields = {
        **plain(row, "id", "at", "direction", "channel", "caregiver_id", "purpose", "topic"),
        "author": staff.get(row.staff_id),
        "body": vault.open("messages.body", row.id, row.body),
        "photos": json.loads(media) if media else [],
        "about": "unknown" if not its else "this child" if its == {episode_id} else "perhaps another child",
        "check_in_id": row.check_in_id,
        "readings": readings.get(row.id, []),
        "delivery": None,
    }
    if row.outbox_id:
        text["delivery"] = {
            **plain(row, "state", "code", "why", "segments", "attempts", "not_before", "sending_at", "ended_at"),
            "events": events.get(row.outbox_id, []),
        }
    return text


def _episode_acts(
    connection: Connection, vault: Vault, episode_id: str, staff: dict[str | None, str]
) -> list[Fields]:
    a = t.episode_acts.c
    rows = connection.execute(
        sa.select(t.episode_acts).where(a.episode_id == episode_id).order_by(a.at, a.id)
    )
    return [
        {
            **plain(row, "id", "at", "kind", "detail"),
            "by": staff.get(row.staff_id),
            "note": vault.open_optional("episode_acts.note", row.id, row.note) or "",
        }
        for row in rows
    ]
