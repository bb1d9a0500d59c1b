"""A plan made anew when day zero, the zone, the hours, the protocol or the adult who is asked changes.

What was asked is not asked again, what is due is not lost, and what a person set by hand stays on its day and at
its hour on the family's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from messages import people
from messages.database import Connection
from messages.encryption import Vault
from messages.store.people import caregiver_by_id
from scheduler.changing import ADDED
from scheduler.counterparts import STEP as _STEP
from scheduler.counterparts import counterparts
from scheduler.plan import Hours, Planned, instant, local_zone, plan, spread_for, step_of, until_of
from scheduler.protocol import Protocol
from scheduler.store import by_hand, check_ins, episodes
from scheduler.store.published import protocol_by_id


@dataclass(frozen=True)
class Basis:
    """What the plan of one episode is made from. `zone` is that of the caregiver who is asked, as are `own` hours."""

    protocol_id: str
    day_zero: date
    caregiver_id: str
    zone: str
    hours: Hours
    own: people.Hours | None = None  # of the caregiver who is asked


def hours_of(kept: dict[str, str] | None) -> dict[time, time]:
    """Hours as an episode keeps them."""
    return {time.fromisoformat(written): time.fromisoformat(at) for written, at in (kept or {}).items()}


def replan(
    connection: Connection, hospital_id: str, episode_id: str, before: Basis, after: Basis, now: datetime
) -> None:
    """Put the check-ins of an episode in accord with `after`. The caller holds the episode's row."""
    protocol = protocol_by_id(connection, after.protocol_id)
    rows = by_hand.rows_of(connection, episode_id)
    names: dict[str, str] = {}
    late: set[str] = set()
    newer = before.protocol_id != after.protocol_id and before.day_zero == after.day_zero
    welcomed = before.caregiver_id == after.caregiver_id or any(
        row.question == "welcome" and row.caregiver_id == after.caregiver_id for row in rows
    )
    coming = _coming(episode_id, protocol, after, now, welcomed)
    wanted = {one.step for one in coming}
    if newer:
        older = protocol_by_id(connection, before.protocol_id)
        names = counterparts(older, protocol, [(row.step, row.question) for row in rows])
        late = _late(rows, names, wanted, older)
    kept = [row for row in rows if row.id in late or _stays(row, before, after, now)]
    staying = {row.id for row in kept}
    by_hand.forget_rows(connection, [row.id for row in rows if row.state == "planned" and row.id not in staying])
    past = [row for row in rows if row.state != "planned" and row.id not in staying]
    taken = {row.step for row in past if "@" not in row.step}
    if before.day_zero != after.day_zero:
        taken = _set_aside(connection, past, before.day_zero)
    if newer:  # what the old version asked at an hour is not what the new one asks at it
        taken = {names[step] for step in taken & names.keys()} | taken & {"welcome", "goodbye"}
    held = [_settled(connection, row, before, after, protocol, now) for row in _in_order(kept, before, after)]
    # A question that a person moved stands for the one of its day, though the new plan calls that by another name.
    instead = [
        (one.question, one.day) for one in held
        if one.by_hand and one.slot and names.get(one.step, one.step) not in wanted
    ]  # fmt: skip
    taken |= {names.get(one.step, one.step) for one in held}
    fresh = []
    for one in coming:
        if one.step in taken and one.question != "welcome":
            continue
        if (one.question, one.local.date()) in instead:
            instead.remove((one.question, one.local.date()))
            continue
        fresh.append(one)
    there = {row.step for row in past if row.caregiver_id == after.caregiver_id} | {one.step for one in held}
    check_ins.add_check_ins(
        connection, check_ins.plan_rows(hospital_id, episode_id, after.caregiver_id, _named_apart(fresh, there))
    )


def _late(rows: list[Any], names: dict[str, str], wanted: set[str], older: Protocol) -> set[str]:
    """What a new version must not lose: it keeps its hour.

    That is what is still to come and would have come before now by the new version, and the days by which the
    follow-up was extended after a serious text.
    """
    planned = [row for row in rows if row.state == "planned"]
    written = {step_of(slot.day, slot.at) for slot in older.slots()}
    return {
        row.id for row in planned
        if (row.step in names and names[row.step] not in wanted)
        or (row.step not in names and row.step not in written and _STEP.match(row.step))
    }  # fmt: skip


def _named_apart(fresh: list[Planned], there: set[str]) -> list[Planned]:
    """A new question at the hour of an old one that was asked goes by another name: a name is there once."""
    apart = []
    for one in fresh:
        found = _STEP.match(one.step)
        while one.step in there and found:
            clock = (int(found[2]) + 1) % 10_000
            one = replace(one, step=f"d{int(found[1]):02d}-{clock:04d}")
            found = _STEP.match(one.step)
        there.add(one.step)
        apart.append(one)
    return apart


@dataclass(frozen=True)
class _Held:
    """A row that stays, by its name in the new calendar; `slot`: the protocol had given it its time."""

    step: str
    question: str
    day: date
    by_hand: bool
    slot: bool


def _stays(row: Any, before: Basis, after: Basis, now: datetime) -> bool:
    """Rows of the old plan that the new one takes over: set by a person, due just now, or the welcome."""
    if row.state == "skipped":
        return row.set_by is not None and row.due_at > now
    if row.state != "planned":
        return False
    if row.question == "welcome":
        return before.caregiver_id == after.caregiver_id
    return row.set_by is not None or row.due_at <= now or row.step.startswith(ADDED)


def _set_aside(connection: Connection, past: list[Any], day_zero: date) -> set[str]:
    """Keep what was asked under a day zero that was wrong, out of the way of the new calendar; the steps left."""
    names = {(row.caregiver_id, row.step) for row in past}
    left = set()
    for row in past:
        if row.question in ("welcome", "goodbye") or "@" in row.step or not _STEP.match(row.step):
            left.add(row.step)
            continue
        aside, again = f"{row.step}@{day_zero.isoformat()}", 2
        while (row.caregiver_id, aside) in names:
            aside, again = f"{row.step}@{day_zero.isoformat()}~{again}", again + 1
        names.add((row.caregiver_id, aside))
        by_hand.rename_row(connection, row.id, aside)
    return {step for step in left if "@" not in step}


def _in_order(kept: list[Any], before: Basis, after: Basis) -> list[Any]:
    """So that no row is given a name which another still has."""
    return sorted(kept, key=lambda row: row.day, reverse=before.day_zero > after.day_zero)


def _settled(
    connection: Connection, row: Any, before: Basis, after: Basis, protocol: Protocol, now: datetime
) -> _Held:
    """Move one row that stays into the new calendar: its day and hour on the family's clock are as they were."""
    old, new = local_zone(before.zone), local_zone(after.zone)
    local = row.due_at.astimezone(old)
    values: dict[str, Any] = {"caregiver_id": after.caregiver_id}
    if before.zone != after.zone and (row.set_by or row.step.startswith(ADDED)) and row.due_at > now:
        at = instant(local.date(), local.time(), new)
        if at > now:
            values |= {"due_at": at, "until_at": until_of(at, protocol, new)}
            values |= {"act_at": at} if row.state == "planned" else {}
    step = row.step
    found = _STEP.match(step)
    if row.question not in (*protocol.questions, "welcome", "goodbye"):  # a question that the new version does not have
        values["question"] = protocol.slot_like(row.day).question
    if row.question != "welcome":
        shift = (before.day_zero - after.day_zero).days
        values["day"] = row.day + shift
        if found:
            step = f"d{int(found[1]) + shift:02d}-{found[2]}"
    by_hand.rename_row(connection, row.id, step, **values)
    return _Held(step, row.question, local.date(), row.set_by is not None, found is not None)


def _coming(episode_id: str, protocol: Protocol, after: Basis, now: datetime, welcomed: bool) -> list[Planned]:
    """What the protocol still asks from now on, the welcome first for an adult who had none."""
    spread = spread_for(episode_id, protocol)
    if not welcomed:
        return list(plan(protocol, after.day_zero, after.zone, joined=now, spread=spread, hours=after.hours,
                         own=after.own))
    long_ago = datetime.combine(after.day_zero - timedelta(days=2), time(12), local_zone(after.zone))
    whole = plan(protocol, after.day_zero, after.zone, joined=min(long_ago, now), spread=spread, hours=after.hours,
                 own=after.own)
    return [one for one in whole if one.question != "welcome" and one.at > now]


def basis_of(connection: Connection, vault: Vault, episode_id: str) -> Basis:
    """What the plan of this episode is made from now."""
    row = episodes.episode_plan(connection, episode_id)
    asked = caregiver_by_id(connection, vault, episodes.asked_caregiver(connection, episode_id))
    return Basis(row.protocol_id, row.day_zero, asked.id, asked.zone, hours_of(row.hours), asked.hours)
