"""The preview shows all that a family may receive: asking the number, the plan, and what comes when nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

from bot.rehearsal.calendar import SECOND, STAFF, Adult, Seen, seen_calendar
from messages.people import Hours
from scheduler.load import load_protocol, load_shipped
from scheduler.warn import SAMPLE

HIP = load_shipped("hip-osteotomy")
EVERYTHING = load_protocol(
    (Path(__file__).parent / "scheduler" / "everything.yaml").read_text(encoding="utf-8"), "everything.yaml"
)
NEW_YORK = Adult("America/New_York", "en")
FRIDAY = date(2026, 3, 6)  # the clock goes forward on the 8th


def told(rows: list[Seen], day: int) -> list[str]:
    return [f"{one.local:%H:%M} {one.question} {one.why}".strip() + (f" {one.to}" if one.to != 1 else "")
            for one in rows if one.local.date() == date(2026, 3, day)]  # fmt: skip


def test_the_number_is_asked_first_and_once_more() -> None:
    rows = seen_calendar(HIP, SAMPLE, FRIDAY, NEW_YORK)
    assert told(rows, 6) == ["12:00 confirm confirm", "12:00 welcome", "16:00 confirm again"]
    assert "Reply 1 for yes" in rows[0].text


def test_what_comes_when_nobody_answers_stands_at_its_hour_over_a_clock_change() -> None:
    rows = seen_calendar(HIP, SAMPLE, FRIDAY, NEW_YORK, second=Adult("America/Chicago", "es"))
    for day in (7, 8):
        assert told(rows, day)[:3] == ["09:00 daily", "12:00 reminder silent", f"13:00 daily silent {SECOND}"]
        assert told(rows, day)[3] == "18:00 toes"
    assert [one.text for one in rows if one.to == STAFF][:2] == [
        "a silent day in the first week", "two silent days in the first week"
    ]


def test_the_last_check_in_is_shown_on_the_day_it_would_come() -> None:
    quiet = [one for one in seen_calendar(HIP, SAMPLE, FRIDAY, NEW_YORK) if one.question == "last_check_in"]
    assert [(f"{one.local:%d %H:%M}", one.why) for one in quiet] == [("18 20:00", "silent")]
    only = [one for one in seen_calendar(EVERYTHING, SAMPLE, date(2026, 3, 2), NEW_YORK) if "Wednesday" in one.text]
    assert {f"{one.local:%a %H:%M}" for one in only if one.question == "reminder"} == {"Wed 11:00"}
    assert {f"{one.local:%a %H:%M}" for one in only if one.to == STAFF} == {"Wed 16:00"}


def test_hours_of_ones_own_and_the_hospitals_quiet_hours_are_seen() -> None:
    own = replace(NEW_YORK, hours=Hours(time(12), time(20)))
    assert told(seen_calendar(HIP, SAMPLE, FRIDAY, own), 7)[:2] == ["12:00 daily", "15:00 reminder silent"]
    late = replace(SAMPLE, quiet=Hours(time(21), time(10)))
    assert told(seen_calendar(HIP, late, FRIDAY, NEW_YORK), 7)[0] == "10:00 daily"
