"""Several workers enrol the same child at the same moment: one child, one follow-up, one plan, on either database."""

from __future__ import annotations

from datetime import timedelta

from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, Enrolled
from tests.faults.test_followup_races import at_once
from tests.house import MARIA, TOM, Home, another_process

ROUNDS = 8


def test_two_workers_that_enrol_the_same_child_at_once_make_it_once(home: Home) -> None:
    father = CaregiverEntry("Tom", "father", TOM, "en", "America/Los_Angeles")
    mother = CaregiverEntry("Maria", "mother", MARIA, "en", "America/Los_Angeles")
    workers = [another_process(home) for _ in range(3)]
    for number in range(ROUNDS):
        child = f"Kid{number}"
        # The third gives the adults the other way round.
        answers = at_once(
            lambda child=child: workers[0].enrol(child, more=(father,)),  # type: ignore[misc]
            lambda child=child: workers[1].enrol(child, more=(father,)),  # type: ignore[misc]
            lambda child=child: workers[2].enrol(child, phone=TOM, name="Tom", more=(mother,)),  # type: ignore[misc]
        )
        assert all(isinstance(one, Enrolled) for one in answers)
        enrolled = [one for one in answers if isinstance(one, Enrolled)]
        assert [one.fresh for one in enrolled].count(True) == 1
        assert len({one.episode_id for one in enrolled}) == 1
        home.now += timedelta(seconds=1)
    assert len(home.rows(t.children)) == len(home.rows(t.episodes)) == ROUNDS
    assert len(home.rows(t.caregivers)) == 2
    assert len(home.rows(t.episode_caregivers)) == 2 * ROUNDS
    steps = [(row.episode_id, row.step) for row in home.rows(t.check_ins)]
    assert len(steps) == len(set(steps))
    for worker in workers:
        worker.house.database.close()
