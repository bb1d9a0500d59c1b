"""Whatever the versions and the moment: a family that is moved is asked everything, and nothing twice."""

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
from scheduler.enrol import extend_daily
from scheduler.load import shipped_source
from scheduler.moving import moved, told_before
from scheduler.plan import plan, spread_for
from scheduler.protocol import Protocol
from scheduler.store.published import protocol_by_id, publish
from scheduler.written import with_values
from tests.house import Home, open_home

ZONES = st.sampled_from(["America/Los_Angeles", "Europe/London", "Africa/Casablanca", "Asia/Tokyo"])
HOURS = st.sampled_from(["8:00", "9:00", "10:30", "12:00", "14:00", "17:00", "18:00", "19:30"])
PHONES = itertools.count(3000)


@st.composite
def versions(draw: Any) -> str:
    """A protocol with other phases: days, hours, questions, spread."""
    phases, taken = [], set()
    for number in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 6))
        days = range(first, first + draw(st.integers(1, 5)))
        at = [hour for hour in draw(st.lists(HOURS, min_size=1, max_size=2, unique=True))
              if not {(day, hour) for day in days} & taken]  # fmt: skip
        taken |= {(day, hour) for day in days for hour in at}
        if at:
            ask = draw(st.sampled_from(["daily", "toes", "cast"]))
            phases.append({"name": f"p{number}", "days": f"{days[0]}-{days[-1]}", "at": at, "ask": ask})
    spread = draw(st.sampled_from(["0 min", "20 min", "45 min"]))
    goodbye = draw(st.integers(12, 16))
    return with_values(
        shipped_source("hip-osteotomy"), {("phases",): phases, ("spread",): spread, ("goodbye", "day"): goodbye}
    )


@pytest.fixture
def place(tmp_path: object, vault: Vault) -> Iterator[Home]:
    home = open_home(f"sqlite:///{tmp_path}/hearback.db", vault)
    yield home
    home.house.database.close()


def rows_of(home: Home, episode_id: str) -> list[Any]:
    return [row for row in home.rows(t.check_ins, t.check_ins.c.episode_id == episode_id) if row.question != "welcome"]


def by_day(rows: list[Any], zone: str) -> Counter[tuple[date, str]]:
    return Counter((row.due_at.astimezone(ZoneInfo(zone)).date(), row.question) for row in rows)


def planned(protocol: Protocol, zone: str, day_zero: date, episode_id: str) -> Counter[tuple[date, str]]:
    """What a version asks of a family from the first day to the last."""
    long_ago = datetime.combine(day_zero - timedelta(days=2), time(12), UTC)
    texts = plan(protocol, day_zero, zone, joined=long_ago, spread=spread_for(episode_id, protocol))
    return Counter((one.local.date(), one.question) for one in texts if one.question != "welcome")


@given(
    first=versions(), second=versions(), zone=ZONES, day=st.integers(0, 9), hour=st.integers(0, 23),
    minute=st.sampled_from([0, 10, 31, 50]), extended=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_family_moved_to_another_version_is_asked_everything_once(
    place: Home, first: str, second: str, zone: str, day: int, hour: int, minute: int, extended: bool
) -> None:
    home, day_zero, here = place, date(2026, 3, 6), ZoneInfo(zone)
    home.now = datetime.combine(day_zero - timedelta(days=1), time(12), here).astimezone(UTC)
    with home.house.database.writing() as connection:
        publish(connection, home.hospital.id, first, by="test", now=home.now)
    ana = home.enrol("Ana", phone=f"+1206555{next(PHONES)}", zone=zone, day_zero=day_zero).episode_id
    home.now = datetime.combine(day_zero + timedelta(days=day), time(hour, minute), here).astimezone(UTC)
    if extended:
        with home.house.database.writing() as connection:
            extend_daily(connection, home.house.vault, ana, 3, home.now)
    c = t.check_ins.c
    with home.house.database.writing() as connection:  # the clock has asked what was due
        connection.execute(
            t.check_ins.update().where(c.due_at <= home.now).values(state="answered", asked_at=c.due_at, act_at=None)
        )
    before = rows_of(home, ana)
    with home.house.database.writing() as connection:
        newer, _ = publish(connection, home.hospital.id, second, by="test", now=home.now)
        told = told_before(connection, home.house.vault, home.hospital.id, ana, newer, ("en",), home.now)
    assert rows_of(home, ana) == before  # looking changes nothing
    with home.house.database.writing() as connection:
        done = moved(connection, home.house.vault, home.hospital.id, ana, newer, ("en",), home.now)
        protocol = protocol_by_id(connection, newer)
    assert done == told  # what was shown is what happened

    asked = [row for row in before if row.state == "answered"]
    after = rows_of(home, ana)
    assert [row for row in after if row.state == "answered"] == asked
    assert all(row.due_at > home.now for row in after if row.state == "planned")
    assert len({row.step for row in after}) == len(after)
    if done.stays:
        assert after == before
        return
    today = home.now.astimezone(here).date()
    old, new = by_day(before, zone), planned(protocol, zone, day_zero, ana)
    found, was_asked = by_day(after, zone), by_day(asked, zone)
    for moment, question in new.keys() | found.keys():
        wanted, there = new[moment, question], found[moment, question]
        if moment > today:  # everything that the new version asks, once; and the days of an extension
            assert there == wanted or (extended and there == max(wanted, old[moment, question])), (moment, question)
        elif moment == today:  # not more often than one of the versions asks it, and nothing that was coming is lost
            assert there <= max(wanted, old[moment, question], was_asked[moment, question]), (moment, question)
            assert there >= min(wanted, old[moment, question]), (moment, question)
    assert sum(row.question == "goodbye" for row in after) == 1


def test_a_question_that_moves_to_a_later_hour_of_today_is_not_asked_again(place: Home) -> None:
    home = place
    ana = home.enrol().episode_id
    home.now = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)  # 9:30 in Seattle, day 2
    home.turn()
    later = shipped_source("hip-osteotomy").replace('at: ["9:00"],  ask: daily', 'at: ["10:00"],  ask: daily')
    with home.house.database.writing() as connection:
        newer, _ = publish(connection, home.hospital.id, later, by="test", now=home.now)
        moved(connection, home.house.vault, home.hospital.id, ana, newer, ("en",), home.now)
    today = [row.question for row in rows_of(home, ana) if row.day == 2]
    assert sorted(today) == ["daily", "toes"]


def test_a_question_whose_new_hour_has_passed_today_is_still_asked_at_the_old_one(place: Home) -> None:
    home = place
    ana = home.enrol().episode_id
    home.now = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)  # 15:00 in Seattle, day 2
    sooner = shipped_source("hip-osteotomy").replace('at: ["18:00"], ask: toes', 'at: ["12:00"], ask: toes')
    with home.house.database.writing() as connection:
        newer, _ = publish(connection, home.hospital.id, sooner, by="test", now=home.now)
        moved(connection, home.house.vault, home.hospital.id, ana, newer, ("en",), home.now)
    clocks = {row.day: f"{row.due_at.astimezone(ZoneInfo('America/Los_Angeles')):%H}"
              for row in rows_of(home, ana) if row.question == "toes"}  # fmt: skip
    assert (clocks[2], clocks[3]) == ("18", "12")


def test_a_family_whose_language_the_new_version_lacks_stays_where_it_is(place: Home) -> None:
    home = place
    ana = home.enrol(language="es").episode_id
    with home.house.database.writing() as connection:
        newer, _ = publish(
            connection, home.hospital.id, shipped_source("hip-osteotomy") + "\n", by="test", now=home.now
        )
        found = moved(connection, home.house.vault, home.hospital.id, ana, newer, ("es", "fr"), home.now)
    assert (found.stays, found.languages) == ("language", ("fr",))
