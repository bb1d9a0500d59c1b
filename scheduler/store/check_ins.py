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
    why: str
    stopped: tuple[str, ...]  # questions that an answer has stopped; none for what a person set


def claim_check_ins(connection: Connection, now: datetime, limit: int = 100) -> list[DueRow]:
    """Check-ins whose moment has come, locked with their episodes for this transaction; others skip them.

    Questions come before reminders, so that after a pause a family gets no reminder of a question that the next
    one takes the place of. An episode about which a text is just being decided waits for the next turn.
    """
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
            c.why,
            sa.case((c.set_by.is_(None), e.stopped)).label("stopped"),
        )
        .join(t.episodes, e.id == c.episode_id)
        .where(c.act_at <= now, c.act_at.is_not(None))
        .order_by(sa.case((c.state == "planned", 0), else_=1), c.act_at, c.id)
        .limit(limit)
        .with_for_update(of=[t.check_ins, t.episodes], key_share=True, skip_locked=True)
    )
    return [DueRow(**{**row._mapping, "stopped": tuple(row.stopped or ())}) for row in rows]


def asked_about(asked: Asked, row: DueRow) -> Asked | None:
    """The question with the check-in it belongs to; None for texts that ask nothing."""
    return None if asked.kind == "none" else replace(asked, episode_id=row.episode_id, check_in_id=row.id)


def move_check_in(connection: Connection, check_in_id: str, **values: Any) -> None:
    connection.execute(t.check_ins.update().where(t.check_ins.c.id == check_in_id).values(**values))


def last_and_next(connection: Connection, row: DueRow) -> tuple[datetime | None, datetime | None]:
    """When the same caregiver was last asked or told something of this episode, and when the next is due."""
    c = t.check_ins.c
    found = connection.execute(
        sa.select(
            sa.func.max(c.asked_at),
            sa.func.min(sa.case((sa.and_(c.state == "planned", c.due_at > row.due_at), c.due_at))),
        ).where(c.episode_id == row.episode_id, c.caregiver_id == row.caregiver_id)
    ).one()
    return found[0], found[1]


def left_at(connection: Connection, row: DueRow) -> datetime | None:
    """When the text of this check-in was handed to the carrier; None while it waits in the outbox."""
    m, o = t.messages.c, t.outbox.c
    return connection.execute(
        sa.select(sa.func.max(o.sending_at))
        .join(t.messages, m.id == o.message_id)
        .where(m.caregiver_id == row.caregiver_id, m.at >= row.asked_at, m.check_in_id == row.id)
        .where(o.purpose == "check_in", o.state != "queued")
    ).scalar_one_or_none()


def next_check_in(connection: Connection, episode_ids: Sequence[str], after: datetime) -> datetime | None:
    """When this family is next asked something."""
    c = t.check_ins.c
    return connection.execute(
        sa.select(sa.func.min(c.due_at)).where(
            c.episode_id.in_(episode_ids), c.state == "planned", c.due_at > after, c.question != "goodbye"
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
    """The family has answered: what was asked is answered, however late, and nothing more is asked about it."""
    c, o, m = t.check_ins.c, t.outbox.c, t.messages.c
    asked = c.state.in_(("asked", "silent"))
    last_day = sa.select(sa.func.max(c.day)).where(c.episode_id == episode_id, asked).scalar_subquery()
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, asked, sa.or_(c.state == "asked", c.day == last_day))
        .values(state="answered", answered_at=now, act_at=None)
    )
    questions = (
        sa.select(m.id)
        .join(t.about, t.about.c.message_id == m.id)
        .where(t.about.c.episode_id == episode_id, m.topic.not_in(("welcome", "goodbye")))
    )
    connection.execute(
        t.outbox.update()
        .where(o.state == "queued", o.purpose.in_(("check_in", "reminder")), o.message_id.in_(questions))
        .values(state="cancelled", why="the family answered", ended_at=now)
    )


def drop_waiting_reminders(connection: Connection, episode_id: str, now: datetime) -> None:
    """A new question takes the place of reminders of older ones that have not left yet."""
    o, a = t.outbox.c, t.about.c
    about = sa.select(a.message_id).where(a.episode_id == episode_id)
    connection.execute(
        t.outbox.update()
        .where(o.state == "queued", o.purpose == "reminder", o.message_id.in_(about))
        .values(state="cancelled", why="the next question took its place", ended_at=now)
    )


def skip_until(connection: Connection, episode_id: str, until: datetime, why: str) -> None:
    """Do not ask what is planned before `until`; it stays on record as skipped. A welcome is told all the same."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.update()
        .where(
            c.episode_id == episode_id,
            c.state == "planned",
            c.due_at < until,
            c.question.not_in(("welcome", "goodbye")),
        )
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
    """Whether a later check-in of this episode was asked meanwhile; one that needs no answer takes no one's place."""
    c = t.check_ins.c
    return bool(
        connection.execute(
            sa.select(
                sa.exists().where(
                    c.episode_id == episode_id, c.asked_at > asked_at, c.step.not_like("%@%"), c.state != "told"
                )
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
