"""Sends of which nobody knows whether they arrived: never guessed, always settled or told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages.carriers.carrier import Accepted, Unsure
from messages.conversation import Delivery, Purpose
from messages.flags import ActKind, FlagKind, Level
from messages.outbox import LEASE, claim, record, send
from messages.settle import GIVE_UP_AFTER
from messages.store import tables as t
from messages.store.acts import act
from tests.faults.post import NOWHERE, Post
from tests.house import NURSE, Home

NO_ANSWER = Unsure("No usable answer came from Twilio.")
NEVER_TWICE = [Purpose.CHECK_IN, Purpose.REMINDER, Purpose.ANSWER, Purpose.FOLLOW_UP, Purpose.STAFF]


def wait_and_settle(home: Home, post: Post, minutes: float, *, step: float = 10) -> None:
    """Let the clock's beats pass: settling and sending every `step` seconds."""
    until = home.now + timedelta(minutes=minutes)
    while home.now < until:
        home.pass_time(seconds=step)
        post.settle()
        home.send()


@pytest.mark.parametrize("purpose", NEVER_TWICE)
def test_an_unsure_send_is_never_repeated_by_itself(home: Home, post: Post, purpose: Purpose) -> None:
    row = post.queue(purpose)
    home.carrier.answers = [NO_ANSWER]
    home.send()
    assert post.state(row) is Delivery.UNSURE
    wait_and_settle(home, post, 15)
    assert post.sends(row) == 1
    assert post.complaints() == ["nobody knows whether this text arrived: the carrier did not answer"]
    wait_and_settle(home, post, 60, step=60)
    assert (post.sends(row), len(home.flags())) == (1, 1)


def test_an_unsure_answer_about_something_serious_is_told_as_urgent(home: Home, post: Post) -> None:
    post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    home.carrier.answers = [NO_ANSWER]
    home.send()
    wait_and_settle(home, post, 11)
    assert [flag.level for flag in home.flags()] == [Level.URGENT]


def test_a_page_is_repeated_until_somebody_takes_the_flag(home: Home, post: Post) -> None:
    home.enrol()
    home.text("she has a fever of 101.5")
    home.carrier.answers = [lambda text: NO_ANSWER if text.to == NURSE else Accepted(f"SM{text.outbox_id}")] * 100
    home.send()
    wait_and_settle(home, post, 4)
    repeated = len(home.said(NURSE))
    assert 3 <= repeated <= 4
    (flag,) = [flag for flag in home.flags() if flag.kind is FlagKind.REPLY]
    nurse = next(person for person in home.rows(t.staff) if person.position == 0)
    with home.house.database.writing() as connection:
        act(
            connection, home.house.vault, flag_id=flag.id, hospital_id=home.hospital.id, staff_id=nurse.id,
            kind=ActKind.TOOK, now=home.now,
        )
    wait_and_settle(home, post, 10)
    assert len(home.said(NURSE)) == repeated


def test_a_send_found_in_the_carriers_list_is_adopted(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [NO_ANSWER]
    home.send()
    home.carrier.listed[row] = Accepted("SMfound", Delivery.DELIVERED)
    wait_and_settle(home, post, 1)
    assert (post.state(row), post.row(row).carrier_id, post.sends(row)) == (Delivery.DELIVERED, "SMfound", 1)
    assert home.flags() == []


def test_a_send_that_shows_in_the_list_only_after_minutes_is_still_found(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [NO_ANSWER]
    home.send()
    wait_and_settle(home, post, 8)
    assert post.state(row) is Delivery.UNSURE
    home.carrier.listed[row] = Accepted("SMlate", Delivery.SENT)
    wait_and_settle(home, post, 2)
    assert post.state(row) is Delivery.SENT
    assert home.flags() == []


def test_a_list_that_cannot_be_read_settles_nothing_and_a_person_is_told(
    home: Home, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = post.queue()
    home.carrier.answers = [NO_ANSWER]
    home.send()
    monkeypatch.setattr(home.carrier, "find", lambda *_, **__: Unsure("Twilio's list could not be read"))
    wait_and_settle(home, post, 12)
    assert (post.state(check_in), post.sends(check_in)) == (Delivery.UNSURE, 1)
    assert len(post.complaints()) == 1


def test_a_process_killed_with_a_text_in_hand_leaves_it_unsure_and_it_is_found(home: Home, post: Post) -> None:
    row = post.queue()
    (_,) = claim(home.house, home.now, owner="killed")
    home.pass_time(seconds=LEASE.total_seconds() - 1)
    post.settle()
    assert post.state(row) is Delivery.SENDING
    assert home.send() == []
    home.carrier.listed[row] = Accepted("SMgone", Delivery.DELIVERED)
    home.pass_time(seconds=2)
    post.settle()
    assert (post.state(row), post.sends(row)) == (Delivery.DELIVERED, 0)


def test_a_text_in_the_hand_of_a_killed_process_that_never_left_is_told(home: Home, post: Post) -> None:
    row = post.queue()
    claim(home.house, home.now, owner="killed")
    wait_and_settle(home, post, GIVE_UP_AFTER.total_seconds() / 60 + 1)
    assert (post.state(row), post.sends(row)) == (Delivery.UNSURE, 0)
    assert len(post.complaints()) == 1


def test_a_page_in_the_hand_of_a_killed_process_leaves_again(home: Home, post: Post) -> None:
    row = post.queue(Purpose.PAGE)
    claim(home.house, home.now, owner="killed")
    wait_and_settle(home, post, 2)
    assert (post.state(row), post.sends(row)) == (Delivery.SENT, 1)


def test_a_process_that_slept_through_its_lease_still_brings_its_answer(home: Home, post: Post) -> None:
    row = post.queue()
    (slow,) = claim(home.house, home.now, owner="slow")
    home.pass_time(seconds=LEASE.total_seconds() + 1)
    post.settle()
    assert post.state(row) is Delivery.UNSURE
    send(home.house, slow, lambda: home.now)
    assert post.state(row) is Delivery.SENT


def test_an_answer_to_an_older_try_does_not_take_the_text_out_of_another_hand(home: Home, post: Post) -> None:
    row = post.queue(Purpose.PAGE)
    (first,) = claim(home.house, home.now, owner="slow")
    wait_and_settle(home, post, 1)
    home.pass_time(minutes=2)
    post.settle()  # unsure, then due again
    (second,) = claim(home.house, home.now, owner="quick")
    with home.house.database.writing() as connection:
        record(home.house, connection, row, NOWHERE, home.now, attempt=first.attempts)
    assert post.state(row) is Delivery.SENDING
    send(home.house, second, lambda: home.now)
    assert (post.state(row), post.sends(row)) == (Delivery.SENT, 1)


def test_a_callback_settles_an_unsure_send(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [NO_ANSWER]
    home.send()
    assert post.call_back(row, "SMtold", Delivery.DELIVERED)
    wait_and_settle(home, post, 12)
    assert (post.state(row), post.row(row).carrier_id) == (Delivery.DELIVERED, "SMtold")
    assert home.flags() == []


def test_a_receipt_that_never_came_is_asked_for_once(home: Home, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    row = post.queue()
    home.send()
    looks: list[str] = []

    def find(outbox_id: str, **_: object) -> Accepted:
        looks.append(outbox_id)
        return Accepted(post.row(row).carrier_id, Delivery.SENT)

    monkeypatch.setattr(home.carrier, "find", find)
    wait_and_settle(home, post, 60 * 9, step=600)
    assert looks == [row]
    assert post.state(row) is Delivery.SENT


def test_texts_with_the_same_words_are_not_taken_for_one_another(
    home: Home, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure, unsure = post.queue(body="same"), post.queue(body="same")
    home.carrier.answers = [Accepted("SMsure", Delivery.SENT), NO_ANSWER]
    home.send()
    excluded: list[object] = []
    monkeypatch.setattr(home.carrier, "find", lambda *_, known, **__: excluded.append(known))
    wait_and_settle(home, post, 1)
    assert excluded[0] == ["SMsure"]
    assert {post.state(sure), post.state(unsure)} == {Delivery.SENT, Delivery.UNSURE}


def test_pages_are_settled_before_receipts(home: Home, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(12):
        post.queue()
    home.carrier.answers = [NO_ANSWER] * 13
    home.send()
    page = post.queue(Purpose.PAGE)
    home.send()
    asked: list[str] = []
    monkeypatch.setattr(home.carrier, "find", lambda outbox_id, **_: asked.append(outbox_id))
    home.pass_time(seconds=31)
    post.settle()
    assert asked[0] == page


def test_the_carriers_list_is_read_without_holding_a_connection(
    home: Home, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.queue()
    home.carrier.answers = [NO_ANSWER]
    home.send()
    held: list[int] = []

    def find(*_: object, **__: object) -> None:
        held.append(home.house.database.engine.pool.checkedout())  # type: ignore[attr-defined]

    monkeypatch.setattr(home.carrier, "find", find)
    home.pass_time(seconds=31)
    post.settle()
    assert held == [0]
