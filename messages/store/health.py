"""Heartbeats, queues and ages: what a watch needs to see. Every question is answered from an index of what is open."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from messages.carriers.codes import Kind, meaning
from messages.conversation import Delivery, Purpose
from messages.flags import FlagState, Level
from messages.people import BY_PHONE
from messages.store import tables as t
from messages.watch import UNSEEN_AFTER, Check, Health, Refusals, Unseen

AGAIN_AND_AGAIN = 4  # half a minute of "later", a quarter of an hour of what is ours to mend
LATELY = timedelta(minutes=5)  # a text that was accepted since: the carrier takes texts
UNANSWERED_FOR = timedelta(minutes=10)
CHECKS = ("carrier", "mail")
_BY_CARRIER = [way.value for way in BY_PHONE]


def look(connection: Connection, now: datetime) -> Health:
    o, f = t.outbox.c, t.flags.c
    beats = {row.name: row for row in connection.execute(sa.select(t.heartbeats))}
    queued, oldest, pressing, refused = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.min(o.not_before),
            sa.func.min(sa.case((o.priority < Purpose.REMINDER.priority, o.not_before))),
            sa.select(sa.func.count())
            .where(o.state == "queued", o.attempts >= AGAIN_AND_AGAIN)
            .correlate(None).scalar_subquery(),
        ).where(o.state == "queued", o.not_before <= now)
    ).one()  # fmt: skip
    sending, lease = connection.execute(
        sa.select(sa.func.count(), sa.func.min(o.lease_until)).where(o.state == "sending", o.lease_until.is_not(None))
    ).one()
    unsure = connection.execute(
        sa.select(sa.func.count()).where(o.state == "unsure", o.look_at.is_not(None))
    ).scalar_one()
    undecided = connection.execute(sa.select(sa.func.min(t.undecided.c.kept_at))).scalar_one()
    levels = connection.execute(
        sa.select(
            f.level,
            sa.func.count().label("many"),
            sa.func.min(sa.case((f.state == FlagState.OPEN.value, f.opened_at))).label("untaken"),
            sa.func.sum(sa.case((f.due_at < now, 1), else_=0)).label("late"),
        )
        .where(t.is_open)
        .group_by(f.level)
    ).all()
    refusals, unanswered = _refusals(connection), _unanswered(connection, now)
    clock = beats.get("clock")
    return Health(
        clock_age=now - clock.at if clock else None,
        queued=queued,
        oldest_queued=now - oldest if oldest else None,
        oldest_pressing=now - pressing if pressing else None,
        sending=sending,
        oldest_lease=now - lease if lease and lease < now else None,
        unsure=unsure,
        refused=refused,
        oldest_undecided=now - undecided if undecided else None,
        open_flags={"emergency": 0, "urgent": 0, "review": 0} | {row.level: row.many for row in levels},
        untaken={row.level: now - row.untaken for row in levels if row.untaken},
        late_flags=sum(row.late for row in levels),
        refusals=refusals,
        unanswered=unanswered,
        accepting=_accepting(connection, now) if refusals or unanswered else frozenset(),
        unseen=_unseen(connection, now),
        checks={name: Check(beats[name].detail, now - beats[name].at) for name in CHECKS if name in beats},
    )


def _refusals(connection: Connection) -> tuple[Refusals, ...]:
    """What the carrier did not take: for now again and again, or at once for what is ours to mend."""
    o = t.outbox.c
    again = (o.attempts >= AGAIN_AND_AGAIN).label("again")
    rows = connection.execute(
        sa.select(o.hospital_id, o.code, again, sa.func.count().label("many"))
        .where(o.state == "queued", o.attempts > 0, o.code.is_not(None), o.way.in_(_BY_CARRIER))
        .group_by(o.hospital_id, o.code, again)
        .order_by(o.hospital_id, o.code)
    )
    return tuple(
        Refusals(row.hospital_id, row.code, row.many, bool(row.again))
        for row in rows
        if row.again or meaning(row.code).kind is Kind.ACCOUNT
    )


def _unanswered(connection: Connection, now: datetime) -> dict[str, int]:
    """hospital -> sends of the last minutes that the carrier did not answer."""
    o = t.outbox.c
    rows = connection.execute(
        sa.select(o.hospital_id, sa.func.count().label("many"))
        .where(
            o.state == "unsure", o.look_at.is_not(None), o.sending_at > now - UNANSWERED_FOR, o.way.in_(_BY_CARRIER)
        )
        .group_by(o.hospital_id)
    )
    return {row.hospital_id: row.many for row in rows}


def _accepting(connection: Connection, now: datetime) -> frozenset[str]:
    """The hospitals of which the carrier accepted a text lately."""
    o = t.outbox.c
    took = [state.value for state in (Delivery.ACCEPTED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ)]
    return frozenset(
        hospital
        for hospital in connection.execute(sa.select(t.hospitals.c.id)).scalars()
        if connection.execute(
            sa.select(o.id)
            .where(
                o.hospital_id == hospital, o.sending_at > now - LATELY, o.state.in_(took), o.way.in_(_BY_CARRIER)
            )
            .limit(1)
        ).first()
    )


def _unseen(connection: Connection, now: datetime) -> tuple[Unseen, ...]:
    f = t.flags.c
    past = sa.or_(
        *(sa.and_(f.level == level.value, f.due_at < now - span) for level, span in UNSEEN_AFTER.items())
    )
    rows = connection.execute(
        sa.select(f.hospital_id, f.level, sa.func.count().label("many"), sa.func.min(f.due_at).label("due"))
        .where(t.is_open, f.state == FlagState.OPEN.value, past)
        .group_by(f.hospital_id, f.level)
        .order_by(f.hospital_id, f.level)
    )
    return tuple(Unseen(row.hospital_id, Level(row.level), row.many, now - row.due) for row in rows)


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When this heart last beat."""
    return connection.execute(
        sa.select(t.heartbeats.c.at).where(t.heartbeats.c.name == name)
    ).scalar_one_or_none()


def beat(connection: Connection, name: str, now: datetime, detail: str = "") -> None:
    """Say that this part is alive."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"at": now, "detail": detail[:200]}
    connection.execute(
        build(t.heartbeats)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


def note_check(connection: Connection, name: str, problem: str, now: datetime) -> None:
    """What trying this part showed: its row says since when it is so. `name` is one of CHECKS, "" is well."""
    h = t.heartbeats.c
    kept = connection.execute(sa.select(h.detail).where(h.name == name)).scalar_one_or_none()
    if kept is None or bool(kept) != bool(problem):
        beat(connection, name, now, problem)
    elif kept != problem[:200]:  # another reason, since the same time
        connection.execute(t.heartbeats.update().where(h.name == name).values(detail=problem[:200]))
