"""What a hospital's figures are made of: counts and times of a period, by language and protocol; no names, no words.

Seven queries whatever the period holds; what is counted is counted from indexes alone. A text of a caregiver whose
children have different protocols counts for the first by name. What left is counted when it was handed to the carrier;
web chat has none and costs nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.flags import ActKind, Level
from messages.store import tables as t

# Acts by which a person has seen to a flag; a note alone, or giving it back, is none.
_SEEN_TO = (ActKind.TOOK, ActKind.TEXTED, ActKind.CALLED, ActKind.CLOSED, ActKind.HANDED)
_NOT_LEFT = ("queued", "expired", "cancelled", "refused")


@dataclass(frozen=True)
class Asked:
    """Check-ins of one day of recovery that became `state`: answered, silent, asked (not yet), missed (by us)."""

    day: int
    state: str
    language: str
    protocol: str
    count: int


class Raised(NamedTuple):  # thousands of them: a dataclass takes three times as long
    """One flag of the period. `first_at`: when a person first saw to it; a stranger's has no language or protocol.

    `signs` are those that whoever closed it said are right, where somebody did; else as they were read. `right_level`
    is what they said it should have been, "" where nobody did.
    """

    level: Level
    kind: str
    signs: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    first_at: datetime | None
    outcome: str
    read_rightly: bool | None
    episode_id: str | None
    day_zero: date | None
    zone: str
    language: str
    protocol: str
    right_level: str = ""


@dataclass(frozen=True)
class Texts:
    """Texts of one kind: `purpose` is "in" for those of families; `segments` of what left.

    `alone`: read by machine, understood in every word and nobody was needed.
    """

    purpose: str
    language: str
    protocol: str
    count: int
    segments: int
    alone: int


@dataclass(frozen=True)
class Facts:
    """Everything the figures of a period are worked out from. `families`: (episode, language, protocol) once each.

    `paged`: (staff id, when) of each page that left, once for all ways by which it left and all flags it was about.
    """

    asked: tuple[Asked, ...]
    raised: tuple[Raised, ...]
    texts: tuple[Texts, ...]
    families: tuple[tuple[str, str, str], ...]
    paged: tuple[tuple[str, datetime], ...] = ()


def facts(connection: Connection, hospital_id: str, since: datetime, until: datetime) -> Facts:
    """Of check-ins due, flags opened and texts kept from `since` until before `until` (aware)."""
    return Facts(
        _asked(connection, hospital_id, since, until),
        _raised(connection, hospital_id, since, until),
        _texts(connection, hospital_id, since, until),
        _families(connection, hospital_id, since, until),
        _paged(connection, hospital_id, since, until),
    )


def _due(hospital_id: str, since: datetime, until: datetime) -> tuple[Any, ...]:
    c = t.check_ins.c
    return (
        c.hospital_id == hospital_id, c.due_at >= since, c.due_at < until,
        c.state.in_(("answered", "silent", "asked", "missed")),
    )  # fmt: skip


def _asked(connection: Connection, hospital_id: str, since: datetime, until: datetime) -> tuple[Asked, ...]:
    by = (t.check_ins.c.day, t.check_ins.c.state, t.caregivers.c.language, t.episodes.c.protocol_name)
    query = (
        sa.select(*by, sa.func.count())
        .join(t.episodes, t.episodes.c.id == t.check_ins.c.episode_id)
        .join(t.caregivers, t.caregivers.c.id == t.check_ins.c.caregiver_id)
        .where(*_due(hospital_id, since, until))
        .group_by(*by)
    )
    return tuple(Asked(*row) for row in connection.execute(query))


def _families(
    connection: Connection, hospital_id: str, since: datetime, until: datetime
) -> tuple[tuple[str, str, str], ...]:
    """Whom is asked is told apart first: a handful for each episode, where there are dozens of check-ins."""
    c = t.check_ins.c
    asked = sa.select(c.episode_id, c.caregiver_id).where(*_due(hospital_id, since, until)).distinct().subquery()
    rows = connection.execute(
        sa.select(asked.c.episode_id, t.caregivers.c.language, t.episodes.c.protocol_name)
        .join(t.episodes, t.episodes.c.id == asked.c.episode_id)
        .join(t.caregivers, t.caregivers.c.id == asked.c.caregiver_id)
        .distinct()
    )
    return tuple((row[0], row[1], row[2]) for row in rows)


def _raised(connection: Connection, hospital_id: str, since: datetime, until: datetime) -> tuple[Raised, ...]:
    f, e, cg, a = t.flags.c, t.episodes.c, t.caregivers.c, t.acts.c
    of = (f.hospital_id == hospital_id, f.opened_at >= since, f.opened_at < until)
    other = t.acts.alias()
    undone = sa.select(other.c.undoes).where(other.c.undoes.is_not(None))
    first = (
        sa.select(sa.func.min(a.at, type_=a.at.type))
        .where(a.flag_id == f.id, a.kind.in_([kind.value for kind in _SEEN_TO]), a.id.not_in(undone))
        .correlate(t.flags)
        .scalar_subquery()
    )
    right = _corrected(connection, of)
    rows = connection.execute(
        sa.select(
            f.id, f.level, f.kind, sa.cast(f.signs, sa.Text), f.opened_at, f.due_at, first.label("first_at"),
            f.outcome, f.read_rightly, f.episode_id, e.day_zero, cg.zone, cg.language, e.protocol_name,
        )
        .outerjoin(t.episodes, e.id == f.episode_id)
        .outerjoin(t.caregivers, cg.id == f.caregiver_id)
        .where(*of)
    )
    return tuple(
        Raised(
            _LEVELS[level], kind, right[flag_id][1] if flag_id in right else _signs(signs), opened_at, due_at, first_at,
            outcome or "", read_rightly, episode_id, day_zero, zone or "", language or "", protocol or "",
            right[flag_id][0] if flag_id in right else "",
        )
        for (
            flag_id, level, kind, signs, opened_at, due_at, first_at, outcome, read_rightly, episode_id, day_zero, zone,
            language, protocol,
        ) in rows
    )  # fmt: skip


_LEVELS = {level.value: level for level in Level}


@lru_cache(maxsize=4096)
def _signs(kept: str) -> tuple[str, ...]:
    """The same few lists over and over: each is read once."""
    return tuple(json.loads(kept))


def _paged(
    connection: Connection, hospital_id: str, since: datetime, until: datetime
) -> tuple[tuple[str, datetime], ...]:
    p, o = t.pages.c, t.outbox.c
    rows = connection.execute(
        sa.select(p.staff_id, p.at)
        .join(t.outbox, o.id == p.outbox_id)
        .where(o.hospital_id == hospital_id, o.sending_at >= since, o.sending_at < until, o.state.not_in(_NOT_LEFT))
        .distinct()
    )
    return tuple((row[0], row[1]) for row in rows)


def _corrected(connection: Connection, of: tuple[Any, ...]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The right level and signs of those of these flags whose text was read wrongly; the last word that stands."""
    f, a, undo = t.flags.c, t.acts.c, t.acts.alias().c
    undone = sa.select(undo.undoes).where(undo.undoes.is_not(None))
    rows = connection.execute(
        sa.select(a.flag_id, a.right_level, a.right_signs)
        .join(t.flags, f.id == a.flag_id)
        .where(*of, a.right_level.is_not(None), a.id.not_in(undone))
        .order_by(a.at, a.id)
    )
    return {flag_id: (level, tuple(signs or ())) for flag_id, level, signs in rows}


def _texts(connection: Connection, hospital_id: str, since: datetime, until: datetime) -> tuple[Texts, ...]:
    """Counted by caregiver first; only then is it asked which language and protocol a caregiver has."""
    m, o, r, cg = t.messages.c, t.outbox.c, t.readings.c, t.caregivers.c
    ec, e = t.episode_caregivers.c, t.episodes.c
    ok = sa.and_(r.message_id == m.id, r.complete, r.decided_level == Level.OK.value)
    understood = sa.exists().where(ok).correlate(t.messages)
    # Written out: only then SQLite knows that the index holds all of them.
    inward: sa.ColumnElement[str] = sa.literal_column("'in'")
    came = (
        sa.select(
            m.caregiver_id, sa.literal("in").label("purpose"), sa.func.count().label("count"),
            sa.literal(0).label("segments"), sa.func.sum(sa.case((understood, 1), else_=0)).label("alone"),
        )
        .where(m.hospital_id == hospital_id, m.direction == inward, m.at >= since, m.at < until)
        .group_by(m.caregiver_id)
    )
    left = (
        sa.select(o.caregiver_id, o.purpose, sa.func.count(), sa.func.sum(o.segments), sa.literal(0))
        .where(o.hospital_id == hospital_id, o.sending_at >= since, o.sending_at < until, o.state.not_in(_NOT_LEFT))
        .group_by(o.caregiver_id, o.purpose)
    )
    each = came.union_all(left).subquery()
    protocol = (
        sa.select(sa.func.min(e.protocol_name))
        .join(t.episode_caregivers, ec.episode_id == e.id)
        .where(ec.caregiver_id == each.c.caregiver_id)
        .correlate(each)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(each.c.purpose, cg.language, protocol, each.c.count, each.c.segments, each.c.alone).outerjoin(
            t.caregivers, cg.id == each.c.caregiver_id
        )
    )
    counts: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        sums = counts.setdefault((row[0], row[1] or "", row[2] or ""), [0, 0, 0])
        for place, value in enumerate(row[3:]):
            sums[place] += int(value)
    return tuple(Texts(*of, *sums) for of, sums in sorted(counts.items()))
