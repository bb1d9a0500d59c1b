"""Whatever a person set by hand and whatever then moves the plan, across clock changes: nothing twice, nothing lost."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.encryption import Vault
from messages.store import tables as t
from scheduler.plan import instant, plan, spread_for, until_of
from scheduler.protocol import Protocol
from scheduler.replan import Basis, basis_of, replan
from scheduler.store import by_hand
from scheduler.store.published import protocol_by_id
from tests.house import Home, open_home

# Clocks that go forward on 8 March 2026, back on 1 November, by half an hour on 4 October; for Ramadan; never.
ZONES = st.sampled_from(
    ["America/Los_Angeles", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca",
     "Europe/London", "Asia/Tokyo", "Pacific/Honolulu"]
)
CHANGES = st.sampled_from([date(2026, 3, 8), date(2026, 11, 1), date(2026, 10, 4), date(2026, 2, 15)])
AWAKE = st.builds(time, st.integers(8, 20), st.integers(0, 59))
EDITS = st.lists(st.tuples(st.sampled_from(["skip", "move", "add"]), st.integers(0, 40), AWAKE), max_size=5)
PHONES = itertools.count(1000)


@pytest.fixture
def place(tmp_path: object, vault: Vault) -> Iterator[Home]:
    home = open_home(f"sqlite:///{tmp_path}/hearback.db", vault)
    yield home
    home.house.database.close()


def rows_of(home: Home, episode_id: str) -> list[Any]:
    return home.rows(t.check_ins, t.check_ins.c.episode_id == episode_id)


def set_by_hand(connection: Any, home: Home, episode_id: str, zone: str, protocol: Protocol, edits: Any) -> None:
    """Skip, move or add as a person may; edits that have nothing to work on are left out."""
    here = ZoneInfo(zone)
    for number, (what, which, at) in enumerate(edits):
        coming = [
            row for row in by_hand.rows_of(connection, episode_id)
            if row.state == "planned" and row.question in protocol.questions and row.due_at > home.now
        ]
        if not coming:
            continue
        row = coming[which % len(coming)]
        due = instant(row.due_at.astimezone(here).date(), at, here)
        if what == "skip":
            by_hand.skip_row(connection, row.id, "nina")
        elif due > home.now and what == "move":
            by_hand.plan_row(connection, row.id, "nina", due, until_of(due, protocol, here))
        elif due > home.now:
            added = {"hospital_id": home.hospital.id, "episode_id": episode_id, "caregiver_id": row.caregiver_id,
                     "step": f"x{number}", "day": row.day, "question": "cast", "due_at": due,
                     "until_at": due + timedelta(hours=1), "set_by": "nina"}  # fmt: skip
            by_hand.add_row(connection, added)


def by_person(rows: list[Any], zone: str) -> list[tuple[str, str, str]]:
    return sorted(
        (row.question, row.state, f"{row.due_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}") for row in rows if row.set_by
    )


def to_come(rows: list[Any], zone: str, protocol: Protocol) -> Counter[tuple[str, date]]:
    """How often each question is asked, or was skipped by a person, on each day of the family's calendar."""
    return Counter(
        (row.question, row.due_at.astimezone(ZoneInfo(zone)).date())
        for row in rows
        if row.question in protocol.questions and (row.state == "planned" or row.set_by) and "@" not in row.step
    )


@given(
    change=CHANGES, before=st.integers(0, 12), zone=ZONES, to=ZONES, shift=st.integers(-6, 6),
    hour=st.integers(0, 23), edits=EDITS,
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_plan_made_anew_keeps_what_a_person_set_and_asks_the_rest_once(
    place: Home, change: date, before: int, zone: str, to: str, shift: int, hour: int, edits: Any
) -> None:
    home, day_zero = place, change - timedelta(days=before)
    home.now = datetime.combine(day_zero + timedelta(days=1), time(hour), ZoneInfo(zone)).astimezone(UTC)
    enrolled = home.enrol("Ana", phone=f"+1206555{next(PHONES)}", zone=zone, day_zero=day_zero)
    home.turn()
    with home.house.database.writing() as connection:
        was = basis_of(connection, home.house.vault, enrolled.episode_id)
        protocol = protocol_by_id(connection, was.protocol_id)
        set_by_hand(connection, home, enrolled.episode_id, zone, protocol, edits)
    start = rows_of(home, enrolled.episode_id)
    after = Basis(was.protocol_id, day_zero + timedelta(days=shift), was.caregiver_id, to, {})
    with home.house.database.writing() as connection:
        replan(connection, home.hospital.id, enrolled.episode_id, was, after, home.now)
    rows = rows_of(home, enrolled.episode_id)

    # What a person set is there once, on its day and at its hour on the family's clock, unless that has passed there.
    gone_by = [row for row in start if row.set_by and _on(row, zone, to) <= home.now]
    if not gone_by and not _gaps(start, zone, to):
        assert by_person(rows, to) == by_person(start, zone)
    assert len([row for row in rows if row.set_by]) == len([row for row in start if row.set_by])
    # Everything else that the new plan asks from now on is asked, and once.
    spread = spread_for(enrolled.episode_id, protocol)
    wanted = [
        one for one in plan(protocol, after.day_zero, to, joined=home.now - timedelta(days=30), spread=spread)
        if one.at > home.now and one.question in protocol.questions
    ]
    asked = {row.step for row in start if row.state != "planned" and not row.set_by and not shift}
    steps = Counter(row.step for row in rows if "@" not in row.step)
    assert max(steps.values()) == 1
    days = to_come(rows, to, protocol)
    for one in wanted:
        assert one.step in steps or one.step in asked or days[one.question, one.local.date()] >= 1, one
    theirs = Counter((row.question, row.due_at.astimezone(ZoneInfo(to)).date()) for row in rows if row.set_by)
    due_now = {row.id for row in start if row.state == "planned" and row.due_at <= home.now}
    for (question, day), count in days.items():
        planned = [one for one in wanted if (one.question, one.local.date()) == (question, day)]
        waiting = [row for row in rows if row.id in due_now and row.question == question]
        assert count <= max(len(planned), 1) + theirs[question, day] + len(waiting), (question, day)

    # And back again.
    if zone == to:
        with home.house.database.writing() as connection:
            replan(connection, home.hospital.id, enrolled.episode_id, after, was, home.now)
        back = rows_of(home, enrolled.episode_id)
        assert by_person(back, zone) == by_person(start, zone)
        assert to_come(back, zone, protocol) == to_come(start, zone, protocol)


def _on(row: Any, zone: str, to: str) -> datetime:
    local = row.due_at.astimezone(ZoneInfo(zone))
    return instant(local.date(), local.time(), ZoneInfo(to))


def _gaps(rows: list[Any], zone: str, to: str) -> bool:
    """Whether a local time that a person chose does not exist in the other zone."""
    return any(
        row.set_by
        and _on(row, zone, to).astimezone(ZoneInfo(to)).time() != row.due_at.astimezone(ZoneInfo(zone)).time()
        for row in rows
    )
