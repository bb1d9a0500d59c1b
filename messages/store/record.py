"""One family's whole record as data: everything kept about one follow-up, for a program and for a person.

The shape is described in docs/record.md; `VERSION` rises when a field changes its meaning or goes away. It costs a flat
number of queries, however long the record is.

Over 300 lines: one format, read as a whole.
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

FORMAT = "hearback-family-record"
VERSION = 1
_AT_ONCE = 5_000  # ids in one question; SQLite and PostgreSQL allow some 32,000

Fields = dict[str, Any]


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
        "flags": _flags(connection, vault, hospital_id, episode_id, sorted(names), staff),
        "acts": _episode_acts(connection, vault, episode_id, staff),
    }


def hospital_of(connection: Connection, episode_id: str) -> str:
    """The hospital that keeps this follow-up. Raises NotFoundError."""
    e = t.episodes.c
    found = connection.execute(sa.select(e.hospital_id).where(e.id == episode_id)).scalar_one_or_none()
    if found is None:
        raise NotFoundError("There is no such family.", mend="The id stands in the address of the family's page.")
    return str(found)


def _plain(row: Any, *names: str) -> Fields:
    """These columns of a row, times written as text in UTC."""
    values = ((name, getattr(row, name)) for name in names)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values}


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
    if row is None:
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
            **_plain(row, "id", "day_zero", "state", "enrolled_at", "ended_at", "ended_why"),
            "protocol": row.protocol_name,
            "protocol_version": row.version,
        },
        "caregivers": [
            {
                "name": vault.open("caregivers.name", adult.id, adult.name),
                "phone": vault.open("caregivers.phone", adult.id, adult.phone),
                **_plain(adult, "id", "relation", "position", "language", "zone", "texting"),
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
            **_plain(row, "at", "caregiver_id", "kind", "how"),
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
            **_plain(
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
    readings = _several(
        _each(
            [row.id for row in kept if row.direction == "in"],
            lambda ids: connection.execute(
                sa.select(t.readings).where(r.message_id.in_(ids)).order_by(r.at, r.id)
            ).all(),
        ),
        "message_id", "at", "version", "level", "decided_level", "signs", "intent", "temperature", "pain", "complete",
        "rules", "evidence",
    )
    events = _several(
        _each(
            [row.outbox_id for row in kept if row.outbox_id],
            lambda ids: connection.execute(
                sa.select(t.delivery_events).where(d.outbox_id.in_(ids)).order_by(d.at, d.id)
            ).all(),
        ),
        "outbox_id", "at", "status", "code", "applied",
    )
    return [_text(vault, row, episode_id, about, readings, events, staff) for row in kept], len(rows) - len(kept)


def _several(rows: Sequence[Any], key: str, *names: str) -> dict[str, list[Fields]]:
    found: dict[str, list[Fields]] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(_plain(row, *names))
    return found


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
        **_plain(row, "id", "at", "direction", "channel", "caregiver_id", "purpose", "topic"),
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
            **_plain(row, "state", "code", "why", "segments", "attempts", "not_before", "sending_at", "ended_at"),
            "events": events.get(row.outbox_id, []),
        }
    return text


def _flags(
    connection: Connection,
    vault: Vault,
    hospital_id: str,
    episode_id: str,
    whose: Sequence[str],
    staff: dict[str | None, str],
) -> list[Fields]:
    """Flags of this follow-up, and of its adults while it is unclear which child they are about."""
    f, a, p, o, pr, fm = (
        each.c for each in (t.flags, t.acts, t.pages, t.outbox, t.promises, t.flag_messages)
    )
    unclear = sa.and_(f.caregiver_id.in_(whose), f.episode_id.is_(None))
    mine = sa.and_(f.hospital_id == hospital_id, sa.or_(f.episode_id == episode_id, unclear))
    rows = connection.execute(sa.select(t.flags).where(mine).order_by(f.opened_at, f.id)).all()
    ids = sa.select(f.id).where(mine)
    acts: dict[str, list[Fields]] = {}
    for row in connection.execute(sa.select(t.acts).where(a.flag_id.in_(ids)).order_by(a.at, a.id)):
        acts.setdefault(row.flag_id, []).append(
            {
                **_plain(row, "id", "at", "kind", "outcome", "read_rightly", "right_level", "right_signs", "undoes"),
                "by": staff.get(row.staff_id),
                "to": staff.get(row.to_id),
                "note": vault.open_optional("acts.note", row.id, row.note) or "",
            }
        )
    pages: dict[str, list[Fields]] = {}
    for row in connection.execute(
        sa.select(t.pages, o.state, o.code, o.why).join(t.outbox, o.id == p.outbox_id).where(p.flag_id.in_(ids))
        .order_by(p.at, p.id)
    ):
        paged = {**_plain(row, "at", "rung", "state", "code", "why"), "to": staff.get(row.staff_id)}
        pages.setdefault(row.flag_id, []).append(paged)
    promises = _several(
        connection.execute(sa.select(t.promises).where(pr.flag_id.in_(ids)).order_by(pr.at, pr.id)).all(),
        "flag_id", "at", "caregiver_id", "due_at",
    )
    texts: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(t.flag_messages).where(fm.flag_id.in_(ids)).order_by(fm.message_id)):
        texts.setdefault(row.flag_id, []).append(row.message_id)
    return [
        {
            **_plain(
                row, "id", "kind", "level", "signs", "state", "reason", "caregiver_id", "opened_at", "due_at",
                "taken_at", "closed_at", "outcome", "read_rightly",
            ),
            "certain": row.episode_id == episode_id,
            "taken_by": staff.get(row.taken_by),
            "text_id": row.message_id,
            "text_ids": texts.get(row.id, []),
            "acts": acts.get(row.id, []),
            "pages": pages.get(row.id, []),
            "promises": promises.get(row.id, []),
        }
        for row in rows
    ]


def _episode_acts(
    connection: Connection, vault: Vault, episode_id: str, staff: dict[str | None, str]
) -> list[Fields]:
    a = t.episode_acts.c
    rows = connection.execute(
        sa.select(t.episode_acts).where(a.episode_id == episode_id).order_by(a.at, a.id)
    )
    return [
        {
            **_plain(row, "id", "at", "kind", "detail"),
            "by": staff.get(row.staff_id),
            "note": vault.open_optional("episode_acts.note", row.id, row.note) or "",
        }
        for row in rows
    ]
