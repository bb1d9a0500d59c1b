"""Children, caregivers and episodes in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.encryption import Vault
from messages.flags import Level
from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_once

LOSS = "loss"  # why an episode was paused or ended when the child died


@dataclass(frozen=True)
class EpisodeHere:
    """An episode as a conversation sees it: whose, which day zero, by which protocol version."""

    id: str
    hospital_id: str
    child_id: str
    name: str
    risks: tuple[str, ...]
    protocol_id: str
    day_zero: date
    state: str
    why: str = ""
    open_level: Level | None = None
    flag_taken: bool = False
    stopped: tuple[str, ...] = ()


def episodes_of(
    connection: Connection, vault: Vault, caregiver_id: str, *, lock: bool = False
) -> list[EpisodeHere]:
    """Every episode this caregiver texts about, oldest first, ended ones too; `lock` keeps others waiting."""
    e, c, ec = t.episodes.c, t.children.c, t.episode_caregivers.c
    query = (
        sa.select(
            t.episodes,
            c.name,
            c.risks,
        )
        .join(t.children, c.id == e.child_id)
        .join(t.episode_caregivers, ec.episode_id == e.id)
        .where(ec.caregiver_id == caregiver_id, e.erased_at.is_(None))
        .order_by(e.enrolled_at, e.id)
    )
    rows = connection.execute(query.with_for_update(of=t.episodes, key_share=True) if lock else query).all()
    if not rows:
        return []
    f = t.flags.c
    opened = connection.execute(
        sa.select(f.episode_id, f.level, f.rank, f.state)
        .where(f.episode_id.in_([row.id for row in rows]), t.is_open)
        .order_by(f.rank)
    ).all()
    flags: Mapping[str, Any] = {flag.episode_id: flag for flag in opened}  # the most serious one stays
    return [_episode(vault, row, flags.get(row.id)) for row in rows]


def _episode(vault: Vault, row: Any, flag: Any | None) -> EpisodeHere:
    return EpisodeHere(
        id=row.id,
        hospital_id=row.hospital_id,
        child_id=row.child_id,
        name=vault.open("children.name", row.child_id, row.name),
        risks=tuple(row.risks),
        protocol_id=row.protocol_id,
        day_zero=row.day_zero,
        state=row.state,
        why=row.ended_why,
        open_level=Level(flag.level) if flag else None,
        flag_taken=bool(flag and flag.state == "taken"),
        stopped=tuple(row.stopped or ()),
    )


def second_caregiver(connection: Connection, episode_id: str, caregiver_id: str) -> str | None:
    """Another caregiver of this episode who takes texts at a number that is theirs, first in order."""
    ec, cg = t.episode_caregivers.c, t.caregivers.c
    return connection.execute(
        sa.select(ec.caregiver_id)
        .join(t.caregivers, cg.id == ec.caregiver_id)
        .where(ec.episode_id == episode_id, ec.caregiver_id != caregiver_id)
        .where(cg.texting, cg.confirmed_at.is_not(None))
        .order_by(ec.position, ec.caregiver_id)
        .limit(1)
    ).scalar_one_or_none()


def episodes_texted(connection: Connection, caregiver_id: str) -> int:
    """How many children this phone is texted about: with more than one, texts name the child.

    A child who died counts: no text may leave it open which child it is about.
    """
    ec, e = t.episode_caregivers.c, t.episodes.c
    return connection.execute(
        sa.select(sa.func.count())
        .select_from(t.episode_caregivers)
        .join(t.episodes, e.id == ec.episode_id)
        .where(ec.caregiver_id == caregiver_id, e.erased_at.is_(None))
        .where(sa.or_(e.state == "active", e.ended_why == LOSS))
    ).scalar_one()


def note_serious(connection: Connection, episode_ids: Sequence[str], now: datetime) -> None:
    connection.execute(t.episodes.update().where(t.episodes.c.id.in_(episode_ids)).values(serious_at=now))


def asked_caregiver(connection: Connection, episode_id: str) -> str:
    """The caregiver who is asked first."""
    ec = t.episode_caregivers.c
    return str(
        connection.execute(
            sa.select(ec.caregiver_id)
            .where(ec.episode_id == episode_id)
            .order_by(ec.position, ec.caregiver_id)
            .limit(1)
        ).scalar_one()
    )


def caregivers_on(connection: Connection, episode_id: str) -> list[str]:
    """Who texts about this episode, whoever is asked first before the others."""
    ec = t.episode_caregivers.c
    return list(
        connection.execute(
            sa.select(ec.caregiver_id).where(ec.episode_id == episode_id).order_by(ec.position, ec.caregiver_id)
        ).scalars()
    )


def running_episode(
    connection: Connection, child_id: str, protocol_name: str, *, lock: bool = True
) -> Any | None:
    """The child's episode by this protocol that has not ended, locked unless told otherwise; its row, or None."""
    e = t.episodes.c
    query = sa.select(t.episodes).where(
        e.child_id == child_id, e.protocol_name == protocol_name, e.state != "ended"
    )
    return connection.execute(query.with_for_update() if lock else query).first()


def episode_values(
    *, hospital_id: str, child_id: str, protocol_id: str, protocol_name: str, day_zero: date, now: datetime
) -> dict[str, Any]:
    """The row of a follow-up that begins."""
    return {
        "id": new_id(),
        "hospital_id": hospital_id,
        "child_id": child_id,
        "protocol_id": protocol_id,
        "protocol_name": protocol_name,
        "day_zero": day_zero,
        "state": "active",
        "enrolled_at": now,
        "ended_why": "",
    }


def start_episode(
    connection: Connection,
    *,
    hospital_id: str,
    child_id: str,
    protocol_id: str,
    protocol_name: str,
    day_zero: date,
    now: datetime,
) -> str | None:
    """The new episode's id; None when another process has just started one for this child."""
    values = episode_values(
        hospital_id=hospital_id, child_id=child_id, protocol_id=protocol_id, protocol_name=protocol_name,
        day_zero=day_zero, now=now,
    )
    return str(values["id"]) if insert_once(connection, t.episodes, values) else None


def move_episode(connection: Connection, episode_id: str, *, day_zero: date, protocol_id: str) -> None:
    connection.execute(
        t.episodes.update()
        .where(t.episodes.c.id == episode_id)
        .values(day_zero=day_zero, protocol_id=protocol_id)
    )


def set_hours(connection: Connection, episode_id: str, hours: Mapping[str, str]) -> None:
    """What the protocol asks at one time ("09:00") is asked of this family at another."""
    connection.execute(t.episodes.update().where(t.episodes.c.id == episode_id).values(hours=dict(hours) or None))


def set_stopped(connection: Connection, episode_id: str, questions: Collection[str]) -> None:
    """Answers have stopped these questions; () when all are asked again."""
    connection.execute(
        t.episodes.update().where(t.episodes.c.id == episode_id).values(stopped=sorted(questions) or None)
    )


def child_lost(connection: Connection, child_id: str) -> bool:
    """Whether a follow-up of this child ended, or waits, because the child died."""
    e = t.episodes.c
    found = sa.exists().where(e.child_id == child_id, e.ended_why == LOSS)
    return bool(connection.execute(sa.select(found)).scalar_one())


def join_episode(
    connection: Connection, episode_id: str, caregiver_id: str, *, relation: str, position: int = 0
) -> None:
    """Let a caregiver text about this episode, after the others; nothing happens when they do already.

    `position` is for an episode that has just begun, where nobody else can be.
    """
    values: dict[str, Any] = {"episode_id": episode_id, "caregiver_id": caregiver_id, "relation": relation}
    if not position:
        ec = t.episode_caregivers.c
        last = sa.select(sa.func.coalesce(sa.func.max(ec.position), 0)).where(ec.episode_id == episode_id)
        insert_once(connection, t.episode_caregivers, values | {"position": last.scalar_subquery() + 1})
        return
    insert_once(connection, t.episode_caregivers, values | {"position": position})


def episode_plan(connection: Connection, episode_id: str) -> Any:
    """The episode's row: hospital, protocol version, day zero, hours."""
    return connection.execute(sa.select(t.episodes).where(t.episodes.c.id == episode_id)).one()


def episodes_named(
    connection: Connection, vault: Vault, hospital_id: str, ids: Sequence[str]
) -> dict[str, str]:
    """Children's names by episode id, for lists."""
    e, c = t.episodes.c, t.children.c
    rows = connection.execute(
        sa.select(e.id, c.id.label("child_id"), c.name)
        .join(t.children, c.id == e.child_id)
        .where(e.id.in_(set(ids)), e.hospital_id == hospital_id)
    )
    return {row.id: vault.open("children.name", row.child_id, row.name) for row in rows}
