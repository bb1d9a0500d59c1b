"""A step's own reminder and silence, an adult's own hours: lived through as the hospital wrote them."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from messages.errors import EnrolmentError
from messages.flags import Level
from messages.people import Hours
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.days import SEATTLE, Days
from tests.integration.test_own_protocol import SOURCE, TODAY, begin, got
from tests.integration.test_own_protocol import days as days


def test_a_step_has_its_own_reminder_and_its_own_silence(home: Home, days: Days) -> None:
    home.now = days.local(10, time(19))  # a Tuesday, day 8: the daily questions are over
    begin(home)
    days.until(11, time(23))
    assert got(days, 11) == ["10 daily", "11 reminder", "16 last_check_in"]
    assert [one.body for one in days.heard if one.topic == "reminder"] == [
        "It is Wednesday, please answer. Emergency: call 911."
    ]
    assert [(flag.reason, flag.level) for flag in home.flags()] == [("no word on Wednesday", Level.URGENT)]


def test_what_a_step_says_nothing_of_is_as_for_the_whole_protocol(home: Home, days: Days) -> None:
    source = SOURCE.replace("    reminder:\n      after: 1 h", "    reminder:\n      after: never")
    source = source[: source.index("    second_caregiver_after: never")] + source[source.index("questions:\n") :]
    home.now = days.local(10, time(19))
    begin(home, source)
    days.until(11, time(23))
    assert got(days, 11) == ["10 daily"]
    assert [flag.reason for flag in home.flags()] == []  # judged at 20:00 by rules that want three silent days


def test_an_adult_gets_every_text_of_the_plan_within_their_own_hours(home: Home, days: Days) -> None:
    evenings = Hours(time(14), time(19))
    father = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE, Hours(time(20), time(21)))
    with pytest.raises(EnrolmentError, match="too few"):
        home.enrol(day_zero=TODAY, hours=evenings, more=(father,))
    home.enrol(day_zero=TODAY, hours=evenings, more=(replace(father, hours=Hours(time(8), time(12))),), confirmed=False)
    days.until(2, time(23))
    heard = [(f"{one.at:%H:%M}", one.topic) for one in days.heard if one.to == MARIA]
    assert heard == [("14:00", "confirm"), ("18:00", "confirm")]
    home.now = days.local(3, time(7))
    home.text("1")
    home.text("1", phone=TOM)
    days.until(4, time(23))
    assert [(f"{one.at:%d %H}", one.topic) for one in days.heard if one.to == MARIA and one.at.day > 2][1:] == [
        ("03 14", "welcome"), ("03 14", "daily"), ("03 17", "reminder"), ("03 18", "toes"),
        ("04 14", "daily"), ("04 17", "reminder"), ("04 18", "toes"),
    ]
    assert not [one for one in days.heard if one.to == TOM and one.topic in ("daily", "toes")]  # asleep by 19:00
    assert [flag.reason for flag in home.flags()] == ["two silent days in the first week"]
