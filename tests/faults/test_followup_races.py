"""People and the clock at once: a pause and a check-in that is just being sent, two people with one page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import time

import pytest

from messages.store import tables as t
from tests.house import Home, another_process
from tests.integration.days import Days
from tests.integration.desk import desk, hire
from tests.integration.family_page import HOME_TODAY, FamilyPage

ROUNDS = 4


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run these together, each in a thread; what each gave back, in their order."""
    gate = threading.Barrier(len(works))
    given: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        gate.wait()
        given[place] = work()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.fixture
def families(home: Home) -> list[FamilyPage]:
    """Several families whose check-in is due now, and two people at their desks."""
    hire(home, "nina")
    hire(home, "otto")
    days, found = Days(home), []
    for number in range(ROUNDS):
        page = FamilyPage(home, desk(home, "nina", patient=True), days)
        page.episode_id = home.enrol(f"Kid{number}", phone=f"+120655502{number:02d}", day_zero=HOME_TODAY).episode_id
        found.append(page)
    days.until(3, time(8, 30))
    home.now = days.local(3, time(9, 25))
    return found


def test_a_pause_and_the_clock_at_once_send_nothing_whoever_is_first(families: list[FamilyPage]) -> None:
    home = families[0].home
    for family in families:
        version = family.version()
        clock = another_process(home)
        answers = at_once(
            lambda family=family, version=version: family.press("pause", why="away", version=version),  # type: ignore[misc]
            clock.turn,
        )
        clock.house.database.close()
        assert answers[0].status_code == 303  # type: ignore[attr-defined]
        assert family.check_in("d01-0900").state in ("stopped", "planned")
    home.turn()
    queued = {row.caregiver_id for row in home.rows(t.outbox, t.outbox.c.state == "queued")}
    assert queued == set()
    assert home.send() == []


def test_a_skip_and_the_clock_at_once_either_send_it_or_skip_it(families: list[FamilyPage]) -> None:
    home = families[0].home
    for family in families:
        version, row = family.version(), family.check_in("d01-0900")
        clock = another_process(home)
        form = {"check_in": row.id, "why": "clinic", "version": version}
        answers = at_once(lambda family=family, form=form: family.press("skip", **form), clock.turn)  # type: ignore[misc]
        clock.house.database.close()
        texts = home.rows(t.messages, t.messages.c.check_in_id == row.id)
        state = family.check_in("d01-0900").state
        status = answers[0].status_code  # type: ignore[attr-defined]
        assert (status, state, len(texts)) in {(303, "skipped", 0), (409, "asked", 1)}


def test_two_people_at_once_do_it_once(families: list[FamilyPage]) -> None:
    home = families[0].home
    for family in families:
        other = FamilyPage(home, desk(home, "otto", patient=True), family.days, family.episode_id)
        version = family.version()
        answers = at_once(
            lambda family=family, version=version: family.press("end", why="finished", version=version),  # type: ignore[misc]
            lambda other=other, version=version: other.press("loss", version=version),  # type: ignore[misc]
        )
        assert sorted(answer.status_code for answer in answers) == [303, 409]  # type: ignore[attr-defined]
    assert len(home.rows(t.episode_acts)) == ROUNDS
