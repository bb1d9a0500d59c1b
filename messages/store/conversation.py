"""Texts in the database: kept before they are read, written once, never changed.

Over 300 lines: what is written of a text and what is asked of it stay side by side.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.carriers.carrier import Incoming
from messages.conversation import Asked, Evidence, MenuItem, Purpose, Reading
from messages.encryption import Vault
from messages.flags import Level
from messages.ids import new_id
from messages.people import Way
from messages.segments import segments
from messages.store import tables as t
from messages.store.once import insert_many_once, insert_once


@dataclass(frozen=True)
class Kept:
    """A text in, as it was kept. `at` is when it was kept, aware and UTC."""

    id: str
    hospital_id: str
    channel: str
    peer: str
    body: str
    media: tuple[str, ...]
    caregiver_id: str | None
    staff_id: str | None
    at: datetime
    number: str | None = None  # of the hospital, that it came to


@dataclass(frozen=True)
class Draft:
    """A text about to leave. `expires_at`: after that it is of no use and is not sent."""

    body: str
    purpose: Purpose
    topic: str
    channel: str = "sms"
    level: Level | None = None
    asks: Asked | None = None
    check_in_id: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    number: str | None = None  # of the hospital, that it leaves by; None: the caregiver's, else the first
    way: Way = Way.TEXT  # of a page
    address_id: str | None = None  # where a page goes by a way that needs more than a phone


def keep(
    connection: Connection,
    vault: Vault,
    incoming: Incoming,
    *,
    carrier: str,
    channel: str,
    hospital_id: str,
    caregiver_id: str | None,
    staff_id: str | None,
    now: datetime,
) -> str | None:
    """Write a text down before anyone reads it; None when this carrier id was kept already.

    `now` is when it is kept; the order of a conversation is the order in which texts reached us.
    """
    message_id = new_id()
    media = json.dumps(list(incoming.media)) if incoming.media else None
    kept = insert_once(
        connection,
        t.messages,
        {
            "id": message_id,
            "hospital_id": hospital_id,
            "direction": "in",
            "channel": channel,
            "carrier": carrier,
            "carrier_id": incoming.carrier_id,
            "caregiver_id": caregiver_id,
            "staff_id": staff_id,
            "peer_hash": vault.fingerprint("phone", incoming.peer),
            "peer": vault.seal("messages.peer", message_id, incoming.peer),
            "body": vault.seal("messages.body", message_id, incoming.body),
            "media": vault.seal_optional("messages.media", message_id, media),
            "topic": "",
            "at": now,
            "number": incoming.to[:40] or None,
        },
    )
    if not kept:
        return None
    connection.execute(t.undecided.insert().values(message_id=message_id, kept_at=now))
    return message_id


def not_kept(connection: Connection, carrier: str, carrier_ids: Sequence[str]) -> set[str]:
    """Those of a carrier's ids under which no text was kept."""
    m = t.messages.c
    kept = connection.execute(
        sa.select(m.carrier_id).where(m.carrier == carrier, m.carrier_id.in_(carrier_ids))
    )
    return set(carrier_ids) - set(kept.scalars())


def take_undecided(connection: Connection, message_id: str) -> bool:
    """True for the one caller that decides this text: deleting the row is the claim."""
    taken = connection.execute(t.undecided.delete().where(t.undecided.c.message_id == message_id))
    return taken.rowcount == 1


def undecided_before(connection: Connection, moment: datetime, limit: int = 50) -> list[str]:
    """Texts kept before `moment` that nobody decided yet, oldest first."""
    rows = connection.execute(
        sa.select(t.undecided.c.message_id)
        .where(t.undecided.c.kept_at <= moment)
        .order_by(t.undecided.c.kept_at)
        .limit(limit)
    )
    return list(rows.scalars())


def kept_text(connection: Connection, vault: Vault, message_id: str) -> Kept:
    row = connection.execute(sa.select(t.messages).where(t.messages.c.id == message_id)).one()
    media = vault.open_optional("messages.media", row.id, row.media)
    return Kept(
        id=row.id,
        hospital_id=row.hospital_id,
        channel=row.channel,
        peer=vault.open_optional("messages.peer", row.id, row.peer) or "",
        body=vault.open("messages.body", row.id, row.body),
        media=tuple(json.loads(media)) if media else (),
        caregiver_id=row.caregiver_id,
        staff_id=row.staff_id,
        at=row.at,
        number=row.number,
    )


def add_reading(
    connection: Connection,
    message_id: str,
    reading: Reading,
    *,
    decided: Level,
    rules: Sequence[str],
    now: datetime,
) -> None:
    """Keep what the reader saw, with its version; evidence is offsets and rule names, never words."""
    insert_once(
        connection,
        t.readings,
        {
            "id": new_id(),
            "message_id": message_id,
            "level": reading.level.value,
            "decided_level": decided.value,
            "signs": list(reading.signs),
            "intent": reading.intent.value,
            "evidence": [asdict(piece) for piece in reading.evidence],
            "temperature": reading.temperature,
            "pain": reading.pain,
            "complete": reading.complete,
            "rules": list(rules),
            "version": reading.version,
            "at": now,
        },
    )


def signs_read(connection: Connection, caregiver_id: str, since: datetime) -> tuple[str, ...]:
    """The signs read in this caregiver's texts since `since`, sorted."""
    m, r = t.messages.c, t.readings.c
    rows = connection.execute(
        sa.select(r.signs)
        .join(t.messages, m.id == r.message_id)
        .where(m.caregiver_id == caregiver_id, m.at >= since, m.direction == "in")
    )
    return tuple(sorted({sign for (signs,) in rows for sign in signs}))


def evidence_of(kept: Sequence[dict[str, Any]]) -> tuple[Evidence, ...]:
    """Evidence as it was kept by `add_reading`."""
    return tuple(
        Evidence(**{**piece, "level": Level(piece["level"]) if piece.get("level") else None})
        for piece in kept
    )


def note_about(
    connection: Connection, message_ids: Sequence[str], episode_ids: Sequence[str], now: datetime
) -> None:
    """Say which episodes these texts are about."""
    insert_many_once(
        connection,
        t.about,
        [{"message_id": m, "episode_id": e, "at": now} for m in message_ids for e in episode_ids],
    )


def settle_about(connection: Connection, message_ids: Sequence[str], episode_id: str, now: datetime) -> None:
    """These texts are about this episode and no other."""
    connection.execute(
        t.about.delete().where(t.about.c.message_id.in_(message_ids), t.about.c.episode_id != episode_id)
    )
    note_about(connection, message_ids, [episode_id], now)


def unclear_texts(connection: Connection, caregiver_id: str, since: datetime) -> list[str]:
    """Texts in that may still be about more than one child."""
    m, a = t.messages.c, t.about.c
    rows = connection.execute(
        sa.select(m.id)
        .join(t.about, a.message_id == m.id)
        .where(m.caregiver_id == caregiver_id, m.at >= since, m.direction == "in")
        .group_by(m.id)
        .having(sa.func.count() > 1)
    )
    return list(rows.scalars())


def write_out(
    connection: Connection,
    vault: Vault,
    draft: Draft,
    *,
    hospital_id: str,
    peer: str,
    now: datetime,
    caregiver_id: str | None = None,
    staff_id: str | None = None,
    episode_ids: Sequence[str] = (),
    message_id: str = "",
) -> tuple[str, str]:
    """Queue a text to leave by the outbox, in the caller's commit; returns (message id, outbox id)."""
    message_id, outbox_id = message_id or new_id(), new_id()
    connection.execute(
        t.messages.insert().values(
            id=message_id,
            hospital_id=hospital_id,
            direction="out",
            channel=draft.channel,
            carrier="outbox",
            carrier_id=outbox_id,
            caregiver_id=caregiver_id,
            staff_id=staff_id,
            peer_hash=vault.fingerprint("phone", peer),
            peer=vault.seal("messages.peer", message_id, peer),
            body=vault.seal("messages.body", message_id, draft.body),
            purpose=draft.purpose.value,
            topic=draft.topic,
            level=draft.level.value if draft.level else None,
            asked=_asked_to_json(draft.asks) if draft.asks else None,
            check_in_id=draft.check_in_id,
            at=now,
        )
    )
    connection.execute(
        t.outbox.insert().values(
            id=outbox_id,
            message_id=message_id,
            hospital_id=hospital_id,
            caregiver_id=caregiver_id,
            purpose=draft.purpose.value,
            priority=draft.purpose.priority,
            # Web chat has no carrier: the page shows the text as soon as it is kept.
            state="delivered" if draft.channel == "chat" else "queued",
            not_before=draft.not_before or now,
            expires_at=draft.expires_at,
            attempts=0,
            why="",
            segments=segments(draft.body).count,
            number=draft.number,
            way=draft.way.value,
            address_id=draft.address_id,
        )
    )
    note_about(connection, [message_id], episode_ids, now)
    return message_id, outbox_id


def _asked_to_json(asked: Asked) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "menu": {digit: [item.level.value, item.sign] for digit, item in asked.menu.items()},
        "episode_id": asked.episode_id,
        "check_in_id": asked.check_in_id,
        "options": list(asked.options),
        "of": list(asked.of),
        "question": asked.question,
        "more": list(asked.more),
    }


def _asked_from_json(kept: dict[str, Any], at: datetime) -> Asked:
    return Asked(
        kind=kept["kind"],
        menu={digit: MenuItem(Level(level), sign) for digit, (level, sign) in kept["menu"].items()},
        episode_id=kept["episode_id"],
        check_in_id=kept["check_in_id"],
        options=tuple(kept["options"]),
        of=tuple(kept["of"]),
        at=at,
        question=kept.get("question", ""),
        more=tuple(kept.get("more", ())),
    )


def last_asked(
    connection: Connection, caregiver_id: str, since: datetime, before: datetime | None = None
) -> Asked:
    """The last question this caregiver was sent since `since` (and `before`); of kind "none" when there is none."""
    m, o = t.messages.c, t.outbox.c
    rows = connection.execute(
        sa.select(m.asked, m.at)
        .join(t.outbox, o.message_id == m.id)
        .where(m.caregiver_id == caregiver_id, m.at >= since, m.direction == "out")
        .where(m.at < before if before is not None else sa.true())
        .where(o.state.not_in(("cancelled", "expired", "refused")))
        .order_by(m.at.desc(), m.id.desc())
        .limit(12)
    )
    # A question stays the last one though an answer without a question followed it.
    return next((_asked_from_json(row.asked, row.at) for row in rows if row.asked), Asked())


def last_heard(connection: Connection, caregiver_id: str) -> datetime | None:
    """When this caregiver last wrote."""
    m = t.messages.c
    return connection.execute(
        sa.select(sa.func.max(m.at)).where(m.caregiver_id == caregiver_id, m.direction == "in")
    ).scalar_one_or_none()


@dataclass(frozen=True)
class SaidRow:
    topic: str
    level: Level | None
    at: datetime
    purpose: Purpose


def said_since(
    connection: Connection, peer_hashes: Sequence[bytes], hospital_id: str, since: datetime
) -> tuple[SaidRow, ...]:
    """Our texts to this number since `since`, newest first."""
    m = t.messages.c
    rows = connection.execute(
        sa.select(m.topic, m.level, m.at, m.purpose)
        .where(
            m.peer_hash.in_(peer_hashes), m.at >= since, m.direction == "out", m.hospital_id == hospital_id
        )
        .order_by(m.at.desc(), m.id.desc())
        .limit(60)
    )
    return tuple(
        SaidRow(row.topic, Level(row.level) if row.level else None, row.at, Purpose(row.purpose))
        for row in rows
    )


def received_since(connection: Connection, peer_hashes: Sequence[bytes], since: datetime) -> int:
    """How many texts came from this number since `since`."""
    m = t.messages.c
    return connection.execute(
        sa.select(sa.func.count()).where(m.peer_hash.in_(peer_hashes), m.at >= since, m.direction == "in")
    ).scalar_one()


def texts_just_before(
    connection: Connection, vault: Vault, kept: Kept, within: timedelta, limit: int = 4
) -> list[str]:
    """What the same number wrote shortly before this text, oldest first, since we last answered."""
    m = t.messages.c
    rows = connection.execute(
        sa.select(m.id, m.body, m.direction, m.purpose)
        .where(
            m.peer_hash.in_(vault.fingerprints("phone", kept.peer)), m.at >= kept.at - within, m.at <= kept.at
        )
        .where(m.hospital_id == kept.hospital_id, m.id < kept.id, m.direction == "in")
        .order_by(m.at.desc(), m.id.desc())
        .limit(limit)
    ).all()
    return [vault.open("messages.body", row.id, row.body) for row in reversed(rows)]
