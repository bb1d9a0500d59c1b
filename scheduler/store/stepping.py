"""The coming steps of one plan as answers change them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.store import tables as t


def changeable(connection: Connection, episode_id: str, now: datetime, why: str) -> list[Any]:
    """Check-ins to come that no person has set: planned, or skipped for this `why`."""
    c = t.check_ins.c
    return list(
        connection.execute(
            sa.select(t.check_ins)
            .where(c.episode_id == episode_id, c.due_at > now, c.set_by.is_(None), c.question != "welcome")
            .where(sa.or_(c.state == "planned", sa.and_(c.state == "skipped", c.why == why)))
            .order_by(c.due_at, c.id)
            .with_for_update()
        )
    )


def coming(connection: Connection, episode_id: str) -> list[datetime]:
    """When something is planned."""
    c = t.check_ins.c
    return list(
        connection.execute(
            sa.select(c.due_at).where(c.episode_id == episode_id, c.state == "planned", c.question != "welcome")
        ).scalars()
    )


def skip_goodbye(connection: Connection, episode_id: str, why: str) -> bool:
    """Leave the planned goodbye out; False when there is none to come."""
    c = t.check_ins.c
    done = connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.step == "goodbye", c.state == "planned")
        .values(state="skipped", act_at=None, why=why)
    )
    return bool(done.rowcount)


def drop_added(connection: Connection, episode_id: str, question: str, begins: str) -> None:
    """Forget what an answer had added and another takes back."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.delete().where(
            c.episode_id == episode_id, c.question == question, c.state == "planned", c.step.startswith(begins)
        )
    )
