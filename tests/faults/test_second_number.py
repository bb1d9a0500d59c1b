"""A hospital's number that is refused keeps no emergency in: pages and answers to one leave by its second number."""

from __future__ import annotations

from typing import Any

import pytest

from bot.inbound import inbound
from messages.carriers.carrier import Accepted, Incoming
from messages.carriers.codes import refused
from messages.conversation import Delivery, Purpose
from messages.flags import FlagKind, Level
from messages.store import tables as t
from messages.store.configured import add_numbers
from tests.faults.post import Post
from tests.house import MARIA, NURSE, SENDER, Home
from tests.integration.desk import another_hospital

SECOND = "+12065550105"
NOT_OURS = 21606  # the number may not send
FILTERED = "30007"
UNREGISTERED = "30034"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def two(home: Home) -> Home:
    """The hospital has a second number."""
    with home.house.database.writing() as connection:
        add_numbers(connection, home.hospital, (SECOND,), home.now)
    return home


def by(texts: list[Any], phone: str) -> list[str]:
    """The numbers that texts to a phone were tried by."""
    return [text.sender for text in texts if text.to == phone]


def test_a_page_and_the_answer_to_an_emergency_leave_at_once_by_the_second_number(two: Home) -> None:
    two.enrol()
    two.carrier.answers = [lambda text: refused(NOT_OURS) if text.sender == SENDER else Accepted("SM" + text.outbox_id)]
    two.carrier.answers *= 20
    two.text("he can't breathe")
    tried = two.send()
    assert by(tried, NURSE)[:2] == [SENDER, SECOND]
    assert by(tried, MARIA) == [SENDER, SECOND]
    left = [row for row in two.rows(t.outbox) if row.purpose != Purpose.CHECK_IN.value]
    assert {(row.number, row.state) for row in left} == {(SECOND, "accepted")}


def test_that_the_number_is_refused_is_a_flag_once_and_nobody_is_passed_over_for_it(two: Home, post: Post) -> None:
    two.carrier.answers = [refused(NOT_OURS)]
    post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    post.queue(Purpose.ANSWER, level=Level.URGENT, body="Again")
    two.send()
    (flag,) = [one for one in two.flags() if one.kind is FlagKind.SENDING]
    assert flag.reason == f"texts do not leave: {refused(NOT_OURS).why}"


def test_what_the_family_texts_to_the_second_number_reaches_the_same_hospital(two: Home) -> None:
    two.enrol()
    two.text("he can't breathe")
    inbound(two.house, Incoming("SMsecond", MARIA, SECOND, "what shall I do?", two.now), two.now)
    second = two.rows(t.messages, t.messages.c.carrier_id == "SMsecond")
    assert [row.hospital_id for row in second] == [two.hospital.id]
    assert [row.number for row in two.rows(t.caregivers)] == [SECOND]


def test_a_routine_text_waits_for_the_number_that_families_know(two: Home, post: Post) -> None:
    two.carrier.answers = [refused(NOT_OURS)]
    asked = post.queue(Purpose.CHECK_IN)
    assert [text.sender for text in two.send()] == [SENDER]
    assert post.state(asked) is Delivery.QUEUED


def test_when_both_are_refused_they_are_tried_in_turn_with_pauses(two: Home, post: Post) -> None:
    two.carrier.answers = [refused(NOT_OURS)] * 4
    post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    assert [text.sender for text in two.send() if text.to == MARIA] == [SENDER, SECOND]
    two.pass_time(minutes=4)
    assert by(two.send(), MARIA) == []
    two.pass_time(minutes=1)
    assert by(two.send(), MARIA) == [SENDER]


@pytest.mark.parametrize("code", [FILTERED, UNREGISTERED])
def test_a_text_that_failed_on_its_way_for_its_number_is_sent_by_the_other_once(
    two: Home, post: Post, code: str
) -> None:
    answer = post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    two.send()
    for sender in (SENDER, SECOND):
        row = post.row(answer)
        assert (row.number, row.state) == (sender, "sent")
        post.call_back(answer, row.carrier_id, Delivery.UNDELIVERED, code)
        two.send()
    assert post.state(answer) is Delivery.UNDELIVERED
    assert post.sends(answer) == 2


def test_a_number_of_the_family_that_is_wrong_is_not_tried_by_another(two: Home, post: Post) -> None:
    two.carrier.answers = [refused(21211)]
    answer = post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    assert by(two.send(), MARIA) == [SENDER]
    assert post.state(answer) is Delivery.REFUSED


def test_a_hospital_with_one_number_and_another_hospitals_number_change_nothing(home: Home, post: Post) -> None:
    other = another_hospital(home)
    with home.house.database.writing() as connection:
        add_numbers(connection, other, (SECOND,), home.now)
    home.carrier.answers = [refused(NOT_OURS)]
    post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    assert by(home.send(), MARIA) == [SENDER]
