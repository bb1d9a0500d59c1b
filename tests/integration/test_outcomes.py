"""A flag is closed with words that fit it: a text that did not arrive ends otherwise than a fever."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.web.present import OUTCOMES
from messages.flags import FlagKind, Level, Outcome, outcomes_of
from messages.store import tables as t
from messages.store.flags import raise_flag
from tests.house import Home
from tests.integration.desk import Desk, breathing, desk, hire, text_of


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def raised(home: Home, kind: FlagKind, *, family: bool = True) -> str:
    enrolled = home.enrol()
    (maria,) = home.rows(t.caregivers)
    with home.house.database.writing() as connection:
        whose = {"episode_id": enrolled.episode_id, "caregiver_id": maria.id} if family else {}
        return raise_flag(
            connection, hospital_id=home.hospital.id, kind=kind, level=Level.REVIEW, now=home.now,
            due_at=home.now + timedelta(hours=1), reason="", **whose,
        ).flag_id


def offered(page: str) -> list[str]:
    return re.findall(r'name="outcome" value="(\w+)"', page)


def test_a_failed_text_ends_as_texts_end_and_is_told_so_everywhere(home: Home, nina: Desk) -> None:
    flag_id = raised(home, FlagKind.SENDING)
    page = nina.page(f"/console/flags/{flag_id}")
    assert offered(page) == ["told_otherwise", "arrived", "number_corrected", "not_needed", "unreachable"]
    assert nina.act(flag_id, "close", outcome="number_corrected").status_code == 303
    assert "It ended: Number corrected" in text_of(nina.page(f"/console/flags/{flag_id}"))
    assert "Number corrected" in nina.page("/console/shift")


def test_what_stops_every_text_is_set_right(home: Home, nina: Desk) -> None:
    flag_id = raised(home, FlagKind.SENDING, family=False)
    assert offered(nina.page(f"/console/flags/{flag_id}"))[0] == "set_right"
    assert nina.act(flag_id, "close", outcome="set_right").status_code == 303


def test_a_silent_family_that_was_reached_and_is_well_is_no_false_alarm(home: Home, nina: Desk) -> None:
    flag_id = raised(home, FlagKind.SILENCE)
    assert offered(nina.page(f"/console/flags/{flag_id}"))[0] == "all_well"


def test_an_outcome_of_another_kind_is_refused_and_closes_nothing(home: Home, nina: Desk) -> None:
    flag_id = breathing(home)
    answer = nina.act(flag_id, "close", outcome="arrived", note="typed words")
    assert answer.status_code == 422
    assert "typed words" in answer.text
    assert [flag.state for flag in home.flags()] == ["open"]


def test_every_outcome_has_words_and_belongs_to_some_flag() -> None:
    everything = {one for kind in FlagKind for whose in ("somebody", None) for one in outcomes_of(kind, whose)}
    assert everything == set(Outcome) == set(OUTCOMES)
