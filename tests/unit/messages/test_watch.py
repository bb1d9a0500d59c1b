"""What is an alarm, by which ways it is told, and that it is told seldom enough to be heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.flags import Level
from messages.ladder import Way
from messages.to_alarm import Contact, reached_without
from messages.watch import (
    OVER_AFTER,
    Alarm,
    Check,
    Health,
    Refusals,
    Say,
    Standing,
    Unseen,
    found,
    step,
)
from messages.watch_words import mend, note, what

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WELL = Health(
    clock_age=SECOND, queued=0, oldest_queued=None, unsure=0, refused=0, oldest_undecided=None, open_flags={},
    late_flags=0,
)  # fmt: skip
A, B = "hospital-a", "hospital-b"


def alarms(**changes: object) -> list[tuple[Alarm, str]]:
    return [(one.alarm, one.hospital_id) for one in found(replace(WELL, **changes))]  # type: ignore[arg-type]


def test_when_all_is_well_nothing_is_an_alarm() -> None:
    assert alarms() == []
    assert alarms(queued=400, oldest_queued=MINUTE, oldest_pressing=MINUTE, unsure=1, late_flags=3) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clock_age": 3 * MINUTE}, (Alarm.CLOCK, "")),
        ({"clock_age": None}, (Alarm.CLOCK, "")),
        ({"oldest_queued": 11 * MINUTE}, (Alarm.OUTBOX, "")),
        ({"oldest_pressing": 4 * MINUTE, "oldest_queued": 4 * MINUTE}, (Alarm.OUTBOX, "")),
        ({"oldest_lease": 4 * MINUTE}, (Alarm.OUTBOX, "")),
        ({"oldest_undecided": 4 * MINUTE}, (Alarm.UNDECIDED, "")),
        ({"refusals": [Refusals(A, "429", 3, again=True)]}, (Alarm.CARRIER, "")),
        ({"unanswered": {A: 3}}, (Alarm.CARRIER, "")),
        ({"refusals": [Refusals(A, "21606", 1, again=False)]}, (Alarm.CARRIER, A)),
        ({"refusals": [Refusals(A, "20003", 1, again=False)]}, (Alarm.CREDENTIAL, "")),
        ({"refusals": [Refusals(A, "30002", 1, again=False)]}, (Alarm.CREDENTIAL, "")),
        ({"checks": {"carrier": Check("api: Twilio could not be reached.", 3 * MINUTE)}}, (Alarm.CARRIER, "")),
        ({"checks": {"mail": Check("The mail server does not accept our login.", 3 * MINUTE)}}, (Alarm.MAIL, "")),
        ({"unseen": [Unseen(B, Level.EMERGENCY, 1, 11 * MINUTE)]}, (Alarm.UNSEEN, B)),
    ],
)  # fmt: skip
def test_each_of_what_can_fail_is_an_alarm(changes: dict[str, object], expected: tuple[Alarm, str]) -> None:
    assert alarms(**changes) == [expected]


def test_one_family_that_cannot_be_texted_is_no_outage() -> None:
    """A text refused again and again while others of the hospital leave, or refused for the family's own number."""
    assert alarms(refusals=[Refusals(A, "30001", 1, again=True)], accepting=frozenset({A})) == []
    assert alarms(refusals=[Refusals(A, "21408", 1, again=False)]) == []
    assert alarms(unanswered={A: 2}) == []


def test_what_holds_for_everybody_is_told_once_and_not_by_hospital() -> None:
    everywhere = [Refusals(A, "429", 3, again=True), Refusals(B, "429", 3, again=True)]
    assert alarms(refusals=everywhere) == [(Alarm.CARRIER, "")]
    assert alarms(refusals=everywhere, accepting=frozenset({B})) == [(Alarm.CARRIER, A)]
    shut = [Refusals(A, "20003", 3, again=True), Refusals(B, "20003", 3, again=True)]
    assert alarms(refusals=shut) == [(Alarm.CREDENTIAL, "")]


def test_a_check_that_failed_once_waits_for_the_second() -> None:
    assert alarms(checks={"carrier": Check("api: Twilio could not be reached.", MINUTE)}) == []


@pytest.mark.parametrize("alarm", Alarm)
def test_no_alarm_goes_by_what_failed_and_everybody_has_a_way_left_if_there_is_one(alarm: Alarm) -> None:
    failed = {Alarm.CARRIER: Way.TEXT, Alarm.CREDENTIAL: Way.TEXT, Alarm.MAIL: Way.EMAIL}.get(alarm)
    everything = Contact(((Way.EMAIL, "e"), (Way.PUSH, "p"), (Way.CHAT, "c")), phone="+12065550190")
    ways = [way for way, _to in reached_without(everything, alarm)]
    assert failed not in ways
    assert Way.TEXT not in ways, "beside text there is a way"
    assert {Way.PUSH, Way.CHAT} <= set(ways)
    by_phone = [way for way, _to in reached_without(Contact((), phone="+12065550190"), alarm)]
    assert by_phone == ([] if failed is Way.TEXT else [Way.TEXT])
    by_mail = Contact(((Way.EMAIL, "e"),), phone="+12065550190")
    assert [way for way, _to in reached_without(by_mail, alarm)] == [Way.TEXT if alarm is Alarm.MAIL else Way.EMAIL]


def said(on: list[bool], every: timedelta = 15 * SECOND) -> list[tuple[timedelta, Say]]:
    """What is told when an alarm is looked at again and again, on or not, and when."""
    standing: Standing | None = None
    told = []
    for number, here in enumerate(on):
        standing, say = step(standing, here, NOW + number * every)
        told += [(number * every, say)] if say else []
    return told


def test_a_day_of_alarm_is_told_with_growing_pauses_and_not_every_second() -> None:
    told = said([True] * (24 * 60), MINUTE)
    assert [at // MINUTE for at, _say in told] == [0, 15, 75, 315, 1035]
    assert [say for _at, say in told] == [Say.ALARM, *[Say.AGAIN] * 4]


def test_when_it_is_over_that_is_told_once() -> None:
    assert said([True] * 4 + [False] * 60) == [(timedelta(0), Say.ALARM), (timedelta(minutes=6), Say.OVER)]


def test_what_comes_and_goes_is_one_alarm() -> None:
    flapping = [True, True, False, False, False, False] * 40  # an hour of half a minute on and a minute off
    assert [say for _at, say in said(flapping)] == [Say.ALARM, Say.AGAIN]


@given(st.lists(st.booleans(), max_size=400))
def test_however_it_flickers_nobody_is_told_more_often_than_the_pauses_allow(on: list[bool]) -> None:
    told = said(on)
    assert [say for _at, say in told[:1]] in ([], [Say.ALARM])
    begins = [at for at, say in told if say is Say.ALARM]
    ends = [at for at, say in told if say is Say.OVER]
    assert 0 <= len(begins) - len(ends) <= 1
    for began, over in zip(begins, ends, strict=False):
        assert over - began >= OVER_AFTER
    assert len(told) <= 2 * (len(on) * 15 // 300 + 1)


def test_a_note_that_no_way_took_is_told_again_in_a_minute_as_the_first() -> None:
    standing, say = step(None, True, NOW)
    assert standing is not None
    standing = standing.untold(NOW)
    assert (say, step(standing, True, NOW + 59 * SECOND)[1]) == (Say.ALARM, None)
    assert step(standing, True, NOW + MINUTE)[1] is Say.ALARM


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("alarm", Alarm)
@pytest.mark.parametrize("say", Say)
def test_every_note_begins_with_what_is_wrong_and_ends_with_where_to_look(
    alarm: Alarm, say: Say, language: str
) -> None:
    body = note(
        alarm, say, language, hospital="Harbor Hospital", since=NOW, now=NOW + 6 * MINUTE,
        zone=ZoneInfo("America/Los_Angeles"), link="https://hearback.test/console/running",
    )  # fmt: skip
    assert body.startswith("Hearback, Harbor Hospital: ")
    assert what(alarm, language) in body
    assert body.endswith("https://hearback.test/console/running")
    assert (mend(alarm, language) in body) is (say is not Say.OVER)
    assert ("2026-03-02 10:00 PST" in body) is (say is not Say.ALARM)
