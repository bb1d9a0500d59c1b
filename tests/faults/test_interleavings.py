"""Whatever happens in whatever order, a text moves forward only and a check-in leaves again only when it surely failed.

Two processes claim and answer, one of them may die; the carrier takes, refuses, keeps silent, and calls back whenever
it likes, also about older tries; leases run out, the list is read, time passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from messages.carriers.carrier import Accepted, Unsure
from messages.carriers.codes import refused
from messages.conversation import Delivery, Purpose
from messages.outbox import Claimed, claim, record
from messages.store import tables as t
from tests.faults.post import Post
from tests.house import Answer, Home

SAID = (Delivery.UNDELIVERED, Delivery.UNDELIVERED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.FAILED)
CODES = {Delivery.FAILED: "30005", Delivery.UNDELIVERED: "30003"}  # never again; again in 45 minutes, twice
ENDS = {Delivery.DELIVERED, Delivery.FAILED, Delivery.UNDELIVERED, Delivery.REFUSED, Delivery.EXPIRED}
THERE = {Delivery.ACCEPTED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ}
ORDER = [{Delivery.QUEUED}, {Delivery.SENDING}, {Delivery.UNSURE}, {Delivery.ACCEPTED}, {Delivery.SENT}, ENDS]
PLACE = {state: place for place, states in enumerate([*ORDER, {Delivery.READ}]) for state in states}


ANSWERS: dict[str, Callable[[str], Answer]] = {
    "taken": lambda sid: Accepted(sid),
    "taken in silence": lambda _: Unsure("no answer"),
    "lost in silence": lambda _: Unsure("no answer"),
    "refused": lambda _: refused(21614),
    "refused for now": lambda _: refused(429),
}
FATES = ["taken", "taken", *sorted(ANSWERS)]


@dataclass
class Try:
    """One time that the text was handed to the carrier: what it did with it, and under which id."""

    claimed: Claimed
    fate: str
    sid: str
    answered: bool = False
    failed: bool = False  # the first end that the carrier called back with
    arrived: bool = False

    @property
    def taken(self) -> bool:
        return self.fate.startswith("taken")

    @property
    def surely_failed(self) -> bool:
        return self.failed or (self.answered and self.fate.startswith("refused"))


class Interleavings(RuleBasedStateMachine):
    """One text, one carrier; `tries` is what the outside world knows of it."""

    post: Post
    purpose: Purpose

    @initialize()
    def queued(self) -> None:
        self.home = self.post.home
        with self.home.house.database.writing() as connection:  # what earlier examples left
            connection.execute(t.outbox.update().values(state="cancelled", look_at=None))
        self.home.carrier.listed.clear()
        self.row = self.post.queue(self.purpose, expires_at=self.home.now + timedelta(days=2))
        self.before = Delivery.QUEUED
        self.tries: list[Try] = []

    def among(self, which: int, tries: list[Try]) -> Try:
        return tries[-1 - which % len(tries)]

    @precondition(lambda self: self.before is Delivery.QUEUED)
    @rule(fate=st.sampled_from(FATES), waited=st.sampled_from([0, 5, 2800]))
    def somebody_claims(self, fate: str, waited: int) -> None:
        self.home.pass_time(seconds=waited)
        for claimed in claim(self.home.house, self.home.now, owner=fate):
            assert claimed.outbox_id == self.row
            assert self.purpose is Purpose.PAGE or all(one.surely_failed for one in self.tries)
            self.tries.append(Try(claimed, fate, f"SM{self.row}{len(self.tries)}"))

    @precondition(lambda self: any(not one.answered for one in self.tries))
    @rule(which=st.integers(0, 1))
    def the_answer_comes(self, which: int) -> None:
        one = self.among(which, [one for one in self.tries if not one.answered])
        one.answered = True
        answer, attempt = ANSWERS[one.fate](one.sid), one.claimed.attempts
        with self.home.house.database.writing() as connection:
            record(self.home.house, connection, self.row, answer, self.home.now, attempt=attempt)

    @precondition(lambda self: any(one.taken for one in self.tries))
    @rule(which=st.integers(0, 1), status=st.sampled_from(SAID))
    def the_carrier_calls_back(self, which: int, status: Delivery) -> None:
        one = self.among(which, [one for one in self.tries if one.taken])
        if status is Delivery.READ and one.failed:
            return  # a carrier may be late, it does not lie
        self.post.call_back(self.row, one.sid, status, CODES.get(status, ""))
        one.arrived |= status in (Delivery.DELIVERED, Delivery.READ) and not one.failed
        one.failed |= status in CODES and not one.arrived

    @precondition(lambda self: self.before in (Delivery.SENDING, Delivery.UNSURE))
    @rule(waited=st.sampled_from([100, 700]), listed=st.booleans())
    def the_list_is_read(self, waited: int, listed: bool) -> None:
        there = [one for one in self.tries if one.taken and not one.failed]
        self.home.carrier.listed = {self.row: Accepted(there[-1].sid, Delivery.SENT)} if there and listed else {}
        self.home.pass_time(seconds=waited)
        self.post.settle()

    @rule()
    def nothing_happens_for_a_minute(self) -> None:
        self.home.pass_time(minutes=1)
        self.post.settle()

    @invariant()
    def it_only_moves_forward(self) -> None:
        if not hasattr(self, "row"):
            return
        now = self.post.state(self.row)
        if now is not self.before and PLACE[now] <= PLACE[self.before]:
            assert now is Delivery.QUEUED, f"{self.before} -> {now}"
            assert self.before not in ENDS
            assert self.purpose is Purpose.PAGE or all(one.surely_failed for one in self.tries)
        self.before = now
        if self.tries and all(one.surely_failed for one in self.tries):
            assert now not in THERE, f"it surely failed and is said to be {now}"

    def teardown(self) -> None:
        for claimed in claim(self.home.house, self.home.now + timedelta(days=3), owner="end"):
            raise AssertionError(f"{claimed.outbox_id} would still leave after its time")


@pytest.mark.parametrize("purpose", [Purpose.CHECK_IN, Purpose.PAGE])
def test_whatever_the_order_a_text_moves_forward_and_none_leaves_twice(home: Home, purpose: Purpose) -> None:
    machine = type("Machine", (Interleavings,), {"post": Post(home), "purpose": purpose})
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=12))
