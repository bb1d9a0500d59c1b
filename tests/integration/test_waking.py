"""A text that would wake a family is asked about once; danger, and a family that is awake, is answered at any hour."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from messages.flags import FlagKind, Level
from messages.store import tables as t
from messages.store.flags import raise_flag
from tests.house import MARIA, Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of
from tests.integration.flagpage import act_ids

NIGHT = datetime(2026, 3, 3, 7, 10, tzinfo=UTC)  # 23:10 in Seattle
WORDS = "How is the pain now?"


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def asked_at_noon(home: Home) -> str:
    """A flag of two hours before midnight whose family has slept since; its id."""
    home.enrol()
    home.text("when can she take a bath?")
    home.send()
    (flag,) = home.flags()
    home.now = NIGHT
    return str(flag.id)


def silent(home: Home, episode_id: str, level: Level = Level.REVIEW) -> str:
    """A flag about a family whose first adult has not written; its id."""
    (maria,) = home.rows(t.caregivers)
    with home.house.database.writing() as connection:
        raised = raise_flag(
            connection, hospital_id=home.hospital.id, kind=FlagKind.SILENCE, level=level, due_at=home.now, now=home.now,
            episode_id=episode_id, caregiver_id=maria.id, reason="test",
        )
    return raised.flag_id


def sent(home: Home) -> list[str]:
    return [text.body for text in home.send() if text.to == MARIA]


def test_at_night_it_is_asked_first_with_what_was_typed_and_goes_when_pressed_again(home: Home, nina: Desk) -> None:
    flag_id = asked_at_noon(home)
    asked = nina.act(flag_id, "text", body=WORDS)
    assert asked.status_code == 422
    assert "It is 11:10 pm for them. Nothing was sent yet. Send it at 8:00 am Send now anyway" in text_of(asked.text)
    assert f"{WORDS}</textarea>" in asked.text
    assert (sent(home), act_ids(home, "texted")) == ([], [])
    assert nina.act(flag_id, "text", body=WORDS, anyway="yes").status_code == 303
    assert sent(home) == [WORDS]


def test_or_it_waits_until_their_morning(home: Home, nina: Desk) -> None:
    flag_id = asked_at_noon(home)
    morning = re.search(r'form="text" name="leaves" value="([^"]+)"', nina.act(flag_id, "text", body=WORDS).text)
    assert morning is not None
    # The browser sends the button's hour before the empty field of the form.
    assert nina.act(flag_id, "text", body=WORDS, leaves=[morning[1], ""]).status_code == 303
    assert sent(home) == []
    home.now = datetime(2026, 3, 3, 16, 1, tzinfo=UTC)
    assert sent(home) == [WORDS]


def test_a_text_for_later_that_would_wake_them_is_asked_about_too(home: Home, nina: Desk) -> None:
    flag_id = asked_at_noon(home)
    asked = nina.act(flag_id, "text", body=WORDS, leaves="2026-03-04T02:30")
    assert "It will be 2:30 am for them then." in text_of(asked.text)
    assert "Send it then all the same" in asked.text
    assert nina.act(flag_id, "text", body=WORDS, leaves="2026-03-04T02:30", anyway="yes").status_code == 303


def test_an_emergency_is_answered_at_any_hour_without_a_question(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    home.send()
    home.now = NIGHT
    assert nina.act(flag_id, "text", body="Help is on its way.").status_code == 303
    assert sent(home) == ["Help is on its way."]


def test_whoever_wrote_within_the_hour_is_awake(home: Home, nina: Desk) -> None:
    flag_id = asked_at_noon(home)
    home.text("and can she swim?")
    home.send()
    home.pass_time(minutes=50)
    assert nina.act(flag_id, "text", body=WORDS).status_code == 303


def test_by_day_nothing_is_asked_and_the_familys_clock_decides(home: Home, nina: Desk) -> None:
    home.enrol(zone="America/New_York")
    home.text("when can she take a bath?")
    (flag,) = home.flags()
    home.now = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # 20:30 in Seattle, 23:30 in New York
    assert "It is 11:30 pm for them." in nina.act(flag.id, "text", body=WORDS).text
    home.now = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
    assert nina.act(flag.id, "text", body=WORDS).status_code == 303


def test_a_number_that_has_not_answered_yet_is_asked_about_first(home: Home, nina: Desk) -> None:
    enrolled = home.enrol(confirmed=False)
    flag_id = silent(home, enrolled.episode_id)
    asked = nina.act(flag_id, "text", body=WORDS)
    assert asked.status_code == 422
    page = text_of(asked.text)
    assert "has not answered yet whether it is the family's. Nothing was sent yet. Send now anyway" in page
    assert f"{WORDS}</textarea>" in asked.text
    assert act_ids(home, "texted") == []
    assert nina.act(flag_id, "text", body=WORDS, anyway="yes").status_code == 303
    assert sent(home) == [WORDS]


def test_danger_is_answered_on_a_number_that_has_not_answered_too(home: Home, nina: Desk) -> None:
    flag_id = silent(home, home.enrol(confirmed=False).episode_id, Level.EMERGENCY)
    assert nina.act(flag_id, "text", body="Call 911 now.").status_code == 303
    assert sent(home) == ["Call 911 now."]
