"""How long a session lasts and what wrong tries cost, for any times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from messages.access import (
    FREE_TRIES,
    HALFWAY_LASTS,
    LASTS,
    LONGEST_WAIT,
    MOST_AT_A_LOGIN,
    RESTS_AFTER,
    Session,
    Standing,
    Tries,
    password_problem,
    wait_until,
)

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
minutes = st.integers(0, 3000).map(lambda m: timedelta(minutes=m))


@given(minutes, minutes, st.booleans())
def test_a_session_is_over_after_its_hours_however_used(age: timedelta, idle: timedelta, whole: bool) -> None:
    now = START + age
    session = Session("", "", START, max(START, now - idle), START, whole)
    standing = session.standing(now)
    assert (standing is Standing.OVER) == (age >= (LASTS if whole else HALFWAY_LASTS))
    if standing is Standing.OPEN:
        assert now - session.seen_at < RESTS_AFTER
    assert whole or standing in (Standing.HALFWAY, Standing.OVER)


@given(st.lists(st.integers(0, 86_000), max_size=40), st.integers(0, 200_000))
def test_a_wait_ends_and_never_takes_longer_than_the_longest(seconds: list[int], later: int) -> None:
    here = tuple(sorted(START + timedelta(seconds=s) for s in seconds))
    now = START + timedelta(seconds=later)
    until = wait_until(Tries(here), now)
    if len(here) < FREE_TRIES:
        assert until is None
    elif until is not None:
        assert now < until <= here[-1] + LONGEST_WAIT
        assert wait_until(Tries(here), until) is None


@given(st.integers(FREE_TRIES, 39))
def test_each_wrong_try_makes_the_next_wait_at_least_as_long(wrong: int) -> None:
    def wait(count: int) -> timedelta:
        until = wait_until(Tries((START,) * count), START)
        assert until is not None
        return until - START

    assert wait(FREE_TRIES) <= wait(wrong) <= wait(wrong + 1)


def test_what_others_try_elsewhere_binds_no_known_place() -> None:
    tries = Tries((), at_login=MOST_AT_A_LOGIN)
    assert wait_until(tries, START) is not None
    assert wait_until(tries, START, known_place=True) is None


def test_a_password_has_ten_characters_or_more() -> None:
    assert password_problem("nine char")
    assert password_problem("x" * 1001)
    assert not password_problem("ten chars!")
