"""The chart of a recovery: the worse of what both adults told, corrections, days without an answer."""

from __future__ import annotations

import re
from datetime import date

import pytest

from messages.flags import ActKind, Correction, Level, Outcome
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry
from tests.house import TOM, Home
from tests.integration.desk import Desk, desk, hire, text_of
from tests.integration.story_page import chart_of, do, in_order, story_of


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def test_the_worse_of_what_both_adults_told_counts_for_a_day(home: Home, nina: Desk) -> None:
    tom = CaregiverEntry("Tom", "father", TOM, "en", home.hospital.zone)
    episode = home.enrol(more=(tom,)).episode_id
    home.text("her pain is 3 of 10, temperature 98.6")
    home.text("her pain is 7 of 10, temperature 101.3", phone=TOM)
    table = chart_of(nina.page(f"/console/families/{episode}"))
    in_order(table, "1 Mon 2 Mar answered", "7 38.5 °C (101.3 °F)", "Fever (urgent)")
    assert "98.6" not in table


def test_a_day_without_an_answer_is_shown_as_such(home: Home, nina: Desk) -> None:
    episode = home.enrol(day_zero=date(2026, 3, 1)).episode_id
    home.text("pain is 2, no fever")
    for _ in range(60):
        home.turn()
        home.send()
        home.pass_time(hours=1)
    page = nina.page(f"/console/families/{episode}")
    in_order(chart_of(page), "no answer –", "1 Mon 2 Mar answered")
    assert 'class="c-gap"' in page


def test_before_anything_is_told_the_chart_says_what_will_appear(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    assert "Nothing told yet" in chart_of(nina.page(f"/console/families/{episode}"))


def test_the_page_holds_no_style_that_the_security_policy_refuses(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("his toes are blue, pain 5, temp 101")
    page = nina.page(f"/console/families/{episode}")
    assert " style=" not in page
    assert "<style" not in page


def test_an_act_that_was_taken_back_is_struck_and_its_correction_does_not_count(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("his toes are blue")
    do(home, ActKind.CLOSED, outcome=Outcome.FALSE_ALARM, correction=Correction(Level.REVIEW, ("pain",)))
    page = nina.page(f"/console/families/{episode}")
    assert "it should have been: Review, Pain" in text_of(page)
    assert "Pain (review)" in chart_of(page)
    assert "Cold or blue foot" not in chart_of(page)
    (closed,) = home.rows(t.acts)
    with home.house.database.writing() as connection:
        connection.execute(
            t.acts.insert().values(
                id="f" * 32, flag_id=closed.flag_id, staff_id=closed.staff_id, kind="noted", undoes=closed.id,
                at=home.now,
            )
        )
    page = nina.page(f"/console/families/{episode}")
    assert "taken back" in story_of(page)
    assert "Cold or blue foot (emergency)" in chart_of(page)


def test_a_text_that_may_be_about_either_child_says_so_and_counts_for_both(home: Home, nina: Desk) -> None:
    for child in ("Ana", "Ben"):
        home.enrol(child)
    home.text("she has a fever of 102")
    for row in home.rows(t.episodes):
        page = nina.page(f"/console/families/{row.id}")
        assert re.search(r"about (Ana or Ben|Ben or Ana)", story_of(page))
        assert "may be about another child" in chart_of(page)
        assert "Fever (urgent)" in chart_of(page)
