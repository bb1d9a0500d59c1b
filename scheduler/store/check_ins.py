"""Check-ins in the database: planned, claimed, asked, answered. Every change is one short statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.conversation import Asked
from messages.ids import new_id
from messages.store import tables as t
from messages.store.once import insert_many_once
from scheduler.plan import Planned


def plan_rows(
    hospital_id: str, episode_id: str, caregiver_id: str, planned: Sequence[Planned]
) -> list[dict[str, Any]]:
    """The rows of a plan; `act_at` is when the clock looks at each."""
    return [
        {
            "id": new_id(),
            "hospital_id": hospital_id,
            "episode_id": episode_id,
            "caregiver_id": caregiver_id,
            "step": one.step,
            "day": one.day,
            "question": one.question,
            "due_at": one.at,
            "until_at": one.until,
            "state": "planned",
            "act_at": one.at,
            "why": "",
        }
        for one in planned
    ]


def add_check_ins(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Plan check-ins; a step that is there already is left as it is."""
    insert_many_once(connection, t.check_ins, rows)


def forget_planned(connection: Connection, episode_id: str) -> None:
    """Drop what was planned and not yet asked, before planning anew."""
    connection.execute(
        t.check_ins.delete().where(t.check_ins.c.episode_id == episode_id, t.check_ins.c.state == "planned")
    )


def set_aside_asked(connection: Connection, episode_id: str, day_zero: date) -> None:
    """Keep what was asked under a day zero that was wrong, out of the way of the new calendar."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.state != "planned", c.step != "welcome", c.step.not_like("%@%"))
        .values(step=c.step + f"@{day_zero.isoformat()}")
    )


@dataclass(frozen=True)
class DueRow:
    """One check-in the clock must look at, with what it needs to decide."""

    id: str
    hospital_id: str
    episode_id: str
    caregiver_id: str
    step: str
    day: int
    question: str
    due_at: datetime
    until_at: datetime
    state: str
    asked_at: datetime | None
    reminded_at: datetime | None
    seconded_at: datetime | None
    protocol_id: str
    day_zero: date
    episode_state: str
    serious_at: datetime | None


def claim_check_ins(connection: Connection, now: datetime, limit: int = 100) -> list[DueRow]:
    """Check-ins whose moment has come, locked for this transaction; other processes skip them."""
    c, e = t.check_ins.c, t.episodes.c
    rows = connection.execute(
        sa.select(
            c.id,
            c.hospital_id,
            c.episode_id,
            c.caregiver_id,
            c.step,
            c.day,
            c.question,
            c.due_at,
            c.until_at,
            c.state,
            c.asked_at,
            c.reminded_at,
            c.seconded_at,
            e.protocol_id,
            e.day_zero,
            e.state.label("episode_state"),
            e.serious_at,
        )
        .join(t.episodes, e.id == c.episode_id)
        .where(c.act_at <= now, c.act_at.is_not(None))
        .order_by(c.act_at)
        .limit(limit)
        .with_for_update(of=t.check_ins, skip_locked=True)
    )
    return [DueRow(**row._mapping) for row in rows]


def asked_about(asked: Asked, row: DueRow) -> Asked | None:
    """The question with the check-in it belongs to; None for texts that ask nothing."""
    return None if asked.kind == "none" else replace(asked, episode_id=row.episode_id, check_in_id=row.id)


def move_check_in(connection: Connection, check_in_id: str, **values: Any) -> None:
    connection.execute(t.check_ins.update().where(t.check_ins.c.id == check_in_id).values(**values))


def next_due_at(
    connection: Connection, episode_id: str, caregiver_id: str, after: datetime
) -> datetime | None:
    """When the same caregiver's next check-in of this episode is due."""
    c = t.check_ins.c
    return connection.execute(
        sa.select(sa.func.min(c.due_at)).where(
            c.episode_id == episode_id, c.caregiver_id == caregiver_id, c.state == "planned", c.due_at > after
        )
    ).scalar_one_or_none()


def next_check_in(connection: Connection, episode_ids: Sequence[str], after: datetime) -> datetime | None:
    """When this family is next asked something."""
    c = t.check_ins.c
    return connection.execute(
        sa.select(sa.func.min(c.due_at)).where(
            c.episode_id.in_(episode_ids), c.state == "planned", c.due_at > after, c.step != "goodbye"
        )
    ).scalar_one_or_none()


def outstanding(connection: Connection, caregiver_id: str, since: datetime) -> list[str]:
    """Episodes with a check-in asked of this caregiver since `since` and not answered."""
    c = t.check_ins.c
    rows = connection.execute(
        sa.select(c.episode_id)
        .where(
            sa.or_(c.caregiver_id == caregiver_id, c.seconded_at.is_not(None)),
            c.state == "asked",
            c.asked_at >= since,
            c.episode_id.in_(
                sa.select(t.episode_caregivers.c.episode_id).where(
                    t.episode_caregivers.c.caregiver_id == caregiver_id
                )
            ),
        )
        .distinct()
    )
    return list(rows.scalars())


def mark_answered(connection: Connection, episode_id: str, now: datetime) -> None:
    """The family has answered: what was asked is answered, and no reminder follows."""
    c, o = t.check_ins.c, t.outbox.c
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.state == "asked")
        .values(state="answered", answered_at=now, act_at=None)
    )
    connection.execute(
        t.outbox.update()
        .where(
            o.state == "queued",
            o.purpose == "reminder",
            o.message_id.in_(sa.select(t.about.c.message_id).where(t.about.c.episode_id == episode_id)),
        )
        .values(state="cancelled", why="the family answered", ended_at=now)
    )


def skip_until(connection: Connection, episode_id: str, until: datetime, why: str) -> None:
    """Do not ask what is planned before `until`; it stays on record as skipped."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.state == "planned", c.due_at < until)
        .values(state="skipped", act_at=None, why=why)
    )


def missed_days(connection: Connection, episode_id: str) -> int:
    """Days in a row, up to now, on which something was asked and nothing answered."""
    c = t.check_ins.c
    here = (c.episode_id == episode_id, c.step.not_like("%@%"))
    answered = sa.select(sa.func.max(c.day)).where(*here, c.state == "answered").scalar_subquery()
    return connection.execute(
        sa.select(sa.func.count(c.day.distinct())).where(
            *here, c.state.in_(("asked", "silent")), c.day > sa.func.coalesce(answered, -10_000)
        )
    ).scalar_one()


def asked_later(connection: Connection, episode_id: str, asked_at: datetime) -> bool:
    """Whether a later check-in of this episode was asked meanwhile."""
    c = t.check_ins.c
    return bool(
        connection.execute(
            sa.select(
                sa.exists().where(c.episode_id == episode_id, c.asked_at > asked_at, c.step.not_like("%@%"))
            )
        ).scalar_one()
    )


def asked_instants(connection: Connection, episode_id: str) -> list[datetime]:
    """When this episode's check-ins are or were due, whatever became of them."""
    c = t.check_ins.c
    return list(
        connection.execute(
            sa.select(c.due_at).where(
                c.episode_id == episode_id, c.step.not_in(("welcome", "goodbye")), c.step.not_like("%@%")
            )
        ).scalars()
    )
