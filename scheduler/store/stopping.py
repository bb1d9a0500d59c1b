"""What stops the texts about an episode, for a while or for good, and what lets them leave again.

Whoever calls holds the episode's row, so that the clock passes over its check-ins until the commit. What waits in
the outbox is cancelled first and check-ins follow, in the order in which the outbox and the clock lock them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.store import tables as t
from scheduler.store.episodes import LOSS

PAUSED = "the follow-up is paused"
ENDED = "the follow-up has ended"
LOST = "the child has died"
_NOT_SENT = (PAUSED, ENDED, LOST, "the follow-up is paused or has ended")

ROUTINE = ("check_in", "reminder", "follow_up")


@dataclass(frozen=True)
class Standing:
    """How an episode stood before an act: enough to put it back."""

    state: str
    why: str
    until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Stopped:
    """What stopping did: texts cancelled that had not left, and texts that were already leaving."""

    cancelled: int
    leaving: int


def standing(connection: Connection, episode_id: str) -> Standing:
    e = t.episodes.c
    here = sa.select(e.state, e.ended_why, e.paused_until, e.ended_at).where(e.id == episode_id)
    row = connection.execute(here).one()
    return Standing(row.state, row.ended_why, row.paused_until, row.ended_at)


def pause_rows(
    connection: Connection, episode_id: str, why: str, now: datetime, until: datetime | None = None
) -> Stopped:
    """Nothing routine about this episode leaves for any of its caregivers until `until`, or a person's word."""
    e = t.episodes.c
    stopped = _stop(connection, episode_id, PAUSED, now, lost=why == LOSS)
    connection.execute(
        t.episodes.update()
        .where(e.id == episode_id, e.state != "ended")
        .values(state="paused", ended_why=why[:200], paused_until=until)
    )
    return stopped


def end_rows(connection: Connection, episode_id: str, hospital_id: str, why: str, now: datetime) -> Stopped | None:
    """Mark an episode ended, with what was planned, asked and queued for it; None when it had ended before.

    After a loss an episode that had ended keeps its day and gets the reason.
    """
    e, c = t.episodes.c, t.check_ins.c
    mine = sa.and_(e.id == episode_id, e.hospital_id == hospital_id)
    if why != LOSS:
        mine = sa.and_(mine, e.state != "ended")
    ended = connection.execute(
        t.episodes.update()
        .where(mine)
        .values(state="ended", ended_at=sa.func.coalesce(e.ended_at, now), ended_why=why[:200], paused_until=None)
    )
    if ended.rowcount == 0:
        return None
    words = LOST if why == LOSS else ENDED
    stopped = _stop(connection, episode_id, words, now, lost=why == LOSS)
    connection.execute(
        t.check_ins.update()
        .where(c.episode_id == episode_id, c.state == "planned")
        .values(state="skipped", act_at=None, why=words)
    )
    return stopped


def _stop(connection: Connection, episode_id: str, why: str, now: datetime, *, lost: bool) -> Stopped:
    """Cancel what waits in the outbox, and ask nothing more about what was asked.

    After a loss also what people wrote for later, and answers that only say that all was read.
    """
    o, m, c = t.outbox.c, t.messages.c, t.check_ins.c
    about = sa.select(t.about.c.message_id).where(t.about.c.episode_id == episode_id)
    unwanted: sa.ColumnElement[bool] = o.purpose.in_(ROUTINE)
    if lost:
        calm = sa.select(m.id).where(m.id.in_(about), sa.or_(m.level.is_(None), m.level == "ok"))
        unwanted = sa.or_(
            unwanted,
            sa.and_(o.purpose == "staff", o.not_before > now),
            sa.and_(o.purpose == "answer", o.message_id.in_(calm)),
        )
    leaving = connection.execute(
        sa.select(sa.func.count()).where(o.state == "sending", o.purpose.in_(ROUTINE), o.message_id.in_(about))
    ).scalar_one()
    cancelled = connection.execute(
        t.outbox.update()
        .where(o.state == "queued", unwanted, o.message_id.in_(about))
        .values(state="cancelled", why=why, ended_at=now)
    )
    connection.execute(
        t.check_ins.update()
        .where(c.id.in_(_never_left(now)), c.episode_id == episode_id, c.state.in_(("asked", "told")))
        .values(state="stopped", act_at=None, asked_at=None, why=why)
    )
    connection.execute(
        t.check_ins.update().where(c.episode_id == episode_id, c.state == "asked").values(act_at=None)
    )
    return Stopped(cancelled.rowcount, leaving)


def _never_left(cancelled_at: datetime) -> sa.Select[tuple[str | None]]:
    """Check-ins whose text was cancelled at that moment."""
    o, m = t.outbox.c, t.messages.c
    return (
        sa.select(m.check_in_id)
        .join(t.outbox, o.message_id == m.id)
        .where(o.purpose == "check_in", o.state == "cancelled", o.ended_at == cancelled_at, m.check_in_id.is_not(None))
    )


def resume_rows(connection: Connection, episode_ids: Sequence[str], since: datetime) -> None:
    """Let texts leave again. What was due before `since` is not sent any more; a welcome is told all the same."""
    e, c = t.episodes.c, t.check_ins.c
    here = c.episode_id.in_(episode_ids)
    connection.execute(
        t.check_ins.update()
        .where(here, c.state == "planned", c.due_at < since, c.question != "welcome")
        .values(state="skipped", act_at=None, why=PAUSED)
    )
    connection.execute(
        t.check_ins.update()
        .where(here, c.state == "stopped", c.question == "welcome", c.asked_at.is_(None), c.why.in_(_NOT_SENT))
        .values(state="planned", act_at=since, why="")
    )
    connection.execute(
        t.episodes.update()
        .where(e.id.in_(episode_ids), e.state == "paused")
        .values(state="active", ended_why="", paused_until=None)
    )


def resume_due(connection: Connection, now: datetime, limit: int = 100) -> int:
    """Resume the episodes whose pause is over; returns how many. One that somebody holds waits for the next turn."""
    e = t.episodes.c
    rows = connection.execute(
        sa.select(e.id, e.paused_until)
        .where(e.paused_until <= now, e.paused_until.is_not(None), e.state == "paused")
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for row in rows:
        resume_rows(connection, [row.id], row.paused_until)
    return len(rows)


def reopen_rows(connection: Connection, episode_id: str, why: str, now: datetime) -> bool:
    """Make an ended episode a paused one, with what is still to come of its plan; False when a newer one runs."""
    e = t.episodes.c
    here = connection.execute(sa.select(t.episodes).where(e.id == episode_id)).one()
    newer = sa.exists().where(
        e.child_id == here.child_id, e.protocol_name == here.protocol_name, e.state != "ended", e.id != episode_id
    )
    if here.state != "ended" or connection.execute(sa.select(newer)).scalar_one():
        return False
    _put_back(connection, episode_id, now, now)
    connection.execute(
        t.episodes.update()
        .where(e.id == episode_id)
        .values(state="paused", ended_why=why, ended_at=None, paused_until=None)
    )
    return True


def undo_stop(connection: Connection, episode_id: str, before: Standing, at: datetime, now: datetime) -> None:
    """Take back a pause or an end made at `at`, as if it had not been: what it cancelled leaves, if still in time."""
    c, o = t.check_ins.c, t.outbox.c
    about = sa.select(t.about.c.message_id).where(t.about.c.episode_id == episode_id)
    connection.execute(
        t.outbox.update()
        .where(
            o.state == "cancelled", o.ended_at == at, o.purpose.in_(("staff", "answer")), o.why.in_(_NOT_SENT),
            o.message_id.in_(about),
        )
        .values(state="queued", why="", ended_at=None)
    )
    if before.state == "active":
        _put_back(connection, episode_id, at, now)
        connection.execute(  # what was asked and not yet answered is looked after again
            t.check_ins.update()
            .where(c.episode_id == episode_id, c.state == "asked", c.act_at.is_(None), c.until_at > now)
            .values(act_at=now)
        )
    elif before.state == "paused":
        _put_back(connection, episode_id, at, now)
    _stand(connection, episode_id, before)


def stop_again(connection: Connection, episode_id: str, hospital_id: str, before: Standing, now: datetime) -> Stopped:
    """Take back that an episode was resumed or opened again: what has left meanwhile has left."""
    if before.state == "ended":
        stopped = end_rows(connection, episode_id, hospital_id, before.why, now)
    else:
        stopped = pause_rows(connection, episode_id, before.why, now)
    _stand(connection, episode_id, before)
    return stopped or Stopped(0, 0)


def _stand(connection: Connection, episode_id: str, before: Standing) -> None:
    connection.execute(
        t.episodes.update()
        .where(t.episodes.c.id == episode_id)
        .values(state=before.state, ended_why=before.why, paused_until=before.until, ended_at=before.ended_at)
    )


def _put_back(connection: Connection, episode_id: str, at: datetime, now: datetime) -> None:
    """Plan again what a stop at `at` took away and whose time has not passed; the clock decides about it."""
    c = t.check_ins.c
    connection.execute(
        t.check_ins.update()
        .where(
            c.episode_id == episode_id,
            c.state.in_(("skipped", "stopped")),
            c.why.in_(_NOT_SENT),
            c.until_at > now,
            sa.or_(c.due_at >= at, c.id.in_(_never_left(at))),
        )
        .values(state="planned", act_at=sa.case((c.due_at > now, c.due_at), else_=now), why="")
    )
