"""Status callbacks: early, late, twice, out of order, about nothing of ours, about an older try."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages.carriers.carrier import Accepted, Outgoing
from messages.conversation import Delivery
from messages.outbox import claim, send
from messages.store import tables as t
from scheduler.store.check_ins import mark_answered
from tests.faults.post import Post
from tests.house import MARIA, NURSE, ON_CALL, Home

OFF = "30003"  # the phone is off or out of reach: two more tries, 45 minutes apart
AWAY = timedelta(minutes=45)


def test_a_callback_before_the_answer_is_kept_and_wins(home: Home, post: Post) -> None:
    row = post.queue()

    def send(text: Outgoing) -> Accepted:
        assert post.call_back(text.outbox_id, "SM1", Delivery.DELIVERED)
        return Accepted("SM1", Delivery.ACCEPTED)

    home.carrier.answers = [send]
    home.send()
    assert (post.state(row), post.row(row).carrier_id) == (Delivery.DELIVERED, "SM1")


def test_an_early_sent_waits_for_its_receipt_like_any_other(home: Home, post: Post) -> None:
    row = post.queue()

    def send(text: Outgoing) -> Accepted:
        post.call_back(text.outbox_id, "SM1", Delivery.SENT)
        return Accepted("SM1", Delivery.ACCEPTED)

    home.carrier.answers = [send]
    home.send()
    assert post.state(row) is Delivery.SENT
    assert post.row(row).look_at == home.now + timedelta(hours=4)
    assert post.row(row).lease_until is None


def test_callbacks_out_of_order_never_move_a_text_back(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    seen = []
    for status in (Delivery.DELIVERED, Delivery.SENT, Delivery.ACCEPTED, Delivery.READ, Delivery.DELIVERED):
        post.call_back(row, "SM1", status)
        seen.append(post.state(row))
    assert seen == [Delivery.DELIVERED] * 3 + [Delivery.READ] * 2


def test_of_two_ends_the_first_is_kept_and_both_are_on_record(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.DELIVERED)
    post.call_back(row, "SM1", Delivery.FAILED, "30008")
    assert post.state(row) is Delivery.DELIVERED
    assert [(event.status, event.applied) for event in home.rows(t.delivery_events)] == [
        ("delivered", True),
        ("failed", False),
    ]
    assert home.flags() == []


def test_a_repeated_callback_changes_nothing(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    for _ in range(5):
        post.call_back(row, "SM1", Delivery.UNDELIVERED, "30005")
    assert len(home.rows(t.delivery_events)) == 1
    assert len(home.flags()) == 1


def test_a_callback_about_nothing_of_ours_is_kept_and_said_to_be_unknown(home: Home, post: Post) -> None:
    assert not post.call_back("nobody's", "SM9", Delivery.DELIVERED)
    (event,) = home.rows(t.delivery_events)
    assert (event.outbox_id, event.carrier_id, event.applied) == ("nobody's", "SM9", False)


def test_a_callback_for_a_text_that_never_left_moves_nothing(home: Home, post: Post) -> None:
    row = post.queue()
    post.call_back(row, "SM9", Delivery.DELIVERED)
    assert post.state(row) is Delivery.QUEUED
    assert len(home.send()) == 1


def test_a_callback_with_another_id_than_ours_moves_nothing(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM2", Delivery.FAILED, "30005")
    assert (post.state(row), post.row(row).carrier_id) == (Delivery.ACCEPTED, "SM1")
    assert home.flags() == []


def test_a_failure_tells_a_person_in_plain_words(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.UNDELIVERED, "30005")
    assert post.complaints() == ["a text failed: 30005 This number is not in use: ask the family for their number."]
    assert "not in use" in post.row(row).why


def test_a_phone_that_is_off_is_tried_twice_more_and_then_told(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted(f"SM{n}") for n in range(1, 9)]
    for n in range(1, 4):
        home.send()
        assert post.sends(row) == n
        assert post.complaints() == []
        post.call_back(row, f"SM{n}", Delivery.UNDELIVERED, OFF)
        home.pass_time(minutes=45)
    home.send()
    assert (post.state(row), post.sends(row)) == (Delivery.UNDELIVERED, 3)
    assert "The phone is off or out of reach." in post.complaints()[0]


def test_a_phone_that_is_off_is_not_tried_again_once_the_text_is_of_no_use(home: Home, post: Post) -> None:
    row = post.queue(expires_at=home.now + AWAY)
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.UNDELIVERED, OFF)
    assert post.state(row) is Delivery.UNDELIVERED
    assert len(post.complaints()) == 1


def test_what_is_still_said_of_an_older_id_after_a_retry_moves_nothing(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.UNDELIVERED, OFF)
    for moment in ("while it waits", "while it is in hand", "after it left"):
        if moment == "while it is in hand":
            home.pass_time(minutes=45)
            (again,) = claim(home.house, home.now, owner="test")
        if moment == "after it left":
            home.carrier.answers = [Accepted("SM2")]
            send(home.house, again, lambda: home.now)
        before = (post.state(row), post.row(row).carrier_id)
        for status in (Delivery.SENT, Delivery.UNDELIVERED, Delivery.FAILED):
            post.call_back(row, "SM1", status, OFF)
        assert (post.state(row), post.row(row).carrier_id) == before, moment
    home.pass_time(hours=3)
    home.send()
    assert post.sends(row) == 2


def test_a_failure_told_before_the_answer_is_retried_and_the_answer_moves_nothing(home: Home, post: Post) -> None:
    row = post.queue()

    def send(text: Outgoing) -> Accepted:
        post.call_back(text.outbox_id, "SM1", Delivery.UNDELIVERED, OFF)
        return Accepted("SM1")

    home.carrier.answers = [send]
    home.send()
    assert post.state(row) is Delivery.QUEUED
    home.pass_time(minutes=46)
    home.send()
    assert (post.state(row), post.sends(row)) == (Delivery.SENT, 2)


def test_a_retry_is_not_sent_to_a_family_that_has_answered_meanwhile(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.UNDELIVERED, OFF)
    with home.house.database.writing() as connection:
        mark_answered(connection, post.episodes[MARIA], home.now)
    home.pass_time(hours=1)
    home.send()
    assert (post.state(row), post.sends(row)) == (Delivery.CANCELLED, 1)


def test_a_page_to_a_phone_that_is_off_is_not_waited_for(home: Home, post: Post) -> None:
    home.enrol()
    home.text("she has a fever of 101.5")
    home.send()
    page = next(row for row in home.rows(t.outbox) if row.purpose == "page")
    assert home.said(NURSE)
    home.pass_time(seconds=20)
    post.call_back(page.id, page.carrier_id, Delivery.UNDELIVERED, OFF)
    home.turn()
    home.send()
    assert home.said(ON_CALL)


@pytest.mark.parametrize("code", ["21610", "63014"])
def test_a_stop_that_only_a_callback_tells_of_is_kept(home: Home, post: Post, code: str) -> None:
    row = post.queue()
    home.carrier.answers = [Accepted("SM1")]
    home.send()
    post.call_back(row, "SM1", Delivery.FAILED, code)
    assert [consent.how for consent in home.rows(t.consents, t.consents.c.kind == "stopped")] == ["carrier"]
    assert post.complaints() == ["the family stopped the texts at the carrier"]


def test_a_page_has_no_consent_to_withdraw(home: Home, post: Post) -> None:
    home.enrol()
    home.text("she has a fever of 101.5")
    post.refuse(NURSE, code=21610)
    home.send()
    assert home.rows(t.consents, t.consents.c.kind == "stopped") == []
    assert post.complaints() == ["a page failed: 21610 This number has said STOP to our texts: phone the family."]
