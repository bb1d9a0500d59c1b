"""The one door out: who leaves first, who does not leave, and what follows from a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from messages.carriers.carrier import Accepted, Outgoing, Refused
from messages.carriers.codes import refused
from messages.conversation import Delivery, Purpose
from messages.encryption import Key, Vault
from messages.flags import ActKind, FlagKind, Level
from messages.outbox import claim
from messages.store import tables as t
from messages.store.acts import act
from tests.faults.post import NOWHERE, Post
from tests.house import MARIA, NURSE, ON_CALL, TOM, Home

NOT_A_NUMBER = 21211
SUSPENDED = 20003
STOPPED = 21610


def test_a_page_leaves_before_an_answer_and_an_answer_before_a_check_in(home: Home, post: Post) -> None:
    for purpose in (Purpose.CHECK_IN, Purpose.REMINDER, Purpose.FOLLOW_UP, Purpose.ANSWER, Purpose.PAGE):
        post.queue(purpose, body=purpose.value)
        home.pass_time(seconds=1)
    assert [text.body for text in home.send()] == ["page", "answer", "follow_up", "reminder", "check_in"]


def test_a_text_is_claimed_by_one_process_only(home: Home, post: Post) -> None:
    ids = {post.queue() for _ in range(5)}
    first = claim(home.house, home.now, owner="one", limit=3)
    second = claim(home.house, home.now, owner="two")
    assert {one.outbox_id for one in (*first, *second)} == ids
    assert len(first) + len(second) == 5


def test_a_text_that_is_too_late_does_not_leave(home: Home, post: Post) -> None:
    late = post.queue(expires_at=home.now + timedelta(hours=4))
    home.pass_time(hours=4)
    assert home.send() == []
    assert post.state(late) is Delivery.EXPIRED


def test_texts_that_are_too_late_do_not_hide_one_that_is_due(home: Home, post: Post) -> None:
    for _ in range(25):
        post.queue(expires_at=home.now + timedelta(minutes=1))
    home.pass_time(minutes=2)
    due = post.queue()
    assert [text.outbox_id for text in home.send()] == [due]


def test_the_carrier_is_told_how_long_a_text_is_of_use(home: Home, post: Post) -> None:
    post.queue(expires_at=home.now + timedelta(hours=4))
    home.pass_time(hours=1)
    assert [text.valid_for for text in home.send()] == [timedelta(hours=3)]


def test_a_stop_between_queueing_and_sending_holds(home: Home, post: Post) -> None:
    check_in, answer = post.queue(), post.queue(Purpose.ANSWER)
    with home.house.database.writing() as connection:  # as another process would have, a moment ago
        connection.execute(t.caregivers.update().values(texting=False))
    assert [text.outbox_id for text in home.send()] == [answer]
    assert post.state(check_in) is Delivery.CANCELLED


def test_a_refusal_for_now_waits_longer_each_time_and_the_text_leaves_once(home: Home, post: Post) -> None:
    row = post.queue(Purpose.ANSWER)
    home.carrier.answers = [refused(429)] * 3
    waits = []
    while not waits or post.state(row) is Delivery.QUEUED:
        began = home.now
        home.send()
        while post.state(row) is Delivery.QUEUED and home.now < post.row(row).not_before:
            home.pass_time(seconds=1)
        waits.append((home.now - began).total_seconds())
    assert waits == [2, 4, 8, 0]
    assert post.state(row) is Delivery.SENT
    assert home.flags() == []


def test_an_hour_without_the_carrier_loses_no_answer_and_makes_one_flag(home: Home, post: Post) -> None:
    rows = [post.queue(Purpose.ANSWER, phone=phone) for phone in (MARIA, TOM)]
    home.carrier.answers = [NOWHERE] * 1000
    for _ in range(60):
        home.pass_time(minutes=1)
        home.send()
    assert {post.state(row) for row in rows} == {Delivery.QUEUED}
    home.carrier.answers = []
    home.pass_time(minutes=5)
    home.send()
    assert {post.state(row) for row in rows} == {Delivery.SENT}
    (told,) = post.complaints()
    assert "could not be reached" in told


def test_a_carrier_that_never_comes_back_is_given_up_and_the_family_flagged(home: Home, post: Post) -> None:
    row = post.queue(Purpose.ANSWER, level=Level.EMERGENCY)
    home.carrier.answers = [NOWHERE] * 1000
    for _ in range(6 * 12):
        home.pass_time(minutes=5)
        home.send()
    assert post.state(row) is Delivery.REFUSED
    (flag,) = [flag for flag in home.flags() if flag.caregiver_id]
    assert (flag.kind, flag.level) == (FlagKind.SENDING, Level.URGENT)


def test_a_text_that_says_until_when_it_is_of_use_is_tried_until_then(home: Home, post: Post) -> None:
    row = post.queue(expires_at=home.now + timedelta(hours=10))
    home.carrier.answers = [NOWHERE] * 1000
    for _ in range(10 * 12 - 1):
        home.pass_time(minutes=5)
        home.send()
    assert (post.state(row), post.sends(row)) == (Delivery.QUEUED, 119)
    home.pass_time(minutes=5)
    home.send()
    assert post.state(row) is Delivery.EXPIRED


def test_a_permanent_refusal_is_not_tried_again_and_tells_in_plain_words(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [refused(NOT_A_NUMBER)]
    home.send()
    home.pass_time(days=1)
    home.send()
    assert (post.state(row), post.sends(row)) == (Delivery.REFUSED, 1)
    (flag,) = home.flags()
    assert (flag.kind, flag.level, flag.episode_id) == (FlagKind.SENDING, Level.REVIEW, post.episodes[MARIA])
    assert "This is not a telephone number: correct it with the family." in flag.reason
    assert MARIA not in flag.reason


def test_a_code_nobody_knows_stops_the_text_and_tells_a_person(home: Home, post: Post) -> None:
    row = post.queue()
    home.carrier.answers = [refused(29999)]
    home.send()
    assert post.state(row) is Delivery.REFUSED
    assert "which we do not know" in post.complaints()[0]


def test_what_is_ours_to_mend_is_told_at_once_and_once(home: Home, post: Post) -> None:
    phones = [MARIA, TOM, "+12065550113"]
    rows = [post.queue(phone=phone) for phone in phones]
    home.carrier.answers = [refused(SUSPENDED)] * 3
    home.send()
    (flag,) = home.flags()
    assert flag.level is Level.URGENT
    assert "credentials" in flag.reason
    home.pass_time(minutes=5)  # somebody mended it
    home.send()
    assert {post.state(row) for row in rows} == {Delivery.SENT}


def test_a_family_that_stopped_at_the_carrier_is_stopped_here_too(home: Home, post: Post) -> None:
    post.queue()
    home.carrier.answers = [refused(STOPPED)]
    home.send()
    (consent,) = home.rows(t.consents, t.consents.c.kind == "stopped")
    assert consent.how == "carrier"
    assert not home.rows(t.caregivers)[0].texting
    assert post.complaints() == ["the family stopped the texts at the carrier"]
    home.pass_time(days=1)
    home.turn()
    assert [text for text in home.send() if text.to == MARIA] == []


def test_no_connection_is_held_while_the_carrier_thinks(home: Home, post: Post) -> None:
    engine = home.house.database.engine
    held: list[int] = []

    def think(text: Outgoing) -> Accepted:
        held.append(engine.pool.checkedout())  # type: ignore[attr-defined]
        with home.house.database.writing() as connection:  # nor is anything locked
            connection.execute(t.outbox.update().where(t.outbox.c.id == text.outbox_id).values(segments=9))
        return Accepted("SM1", Delivery.SENT)

    row = post.queue()
    home.carrier.answers = [think]
    home.send()
    assert held == [0]
    assert post.state(row) is Delivery.SENT


def test_a_page_that_fails_climbs_at_once(home: Home, post: Post) -> None:
    home.enrol()
    post.refuse(NURSE, code=NOT_A_NUMBER)
    home.text("she has a fever of 101.5")
    home.send()
    assert home.said(ON_CALL) == []
    home.pass_time(seconds=1)
    home.turn()
    home.send()
    assert len(home.said(ON_CALL)) >= 1
    assert any(reason.startswith("a page failed: 21211") for reason in post.complaints())


@pytest.mark.parametrize("code", [NOT_A_NUMBER, SUSPENDED])
def test_a_ladder_on_which_every_page_fails_is_gone_round_and_then_at_its_own_pace(
    home: Home, post: Post, code: int
) -> None:
    home.enrol()
    post.refuse(NURSE, ON_CALL, code=code)
    home.text("he can't breathe")
    for _ in range(60):
        home.send()
        home.pass_time(seconds=1)
        home.turn()
    told = [len(home.rows(t.pages, t.pages.c.flag_id == flag.id)) for flag in home.flags()]
    assert all(2 <= count <= 4 for count in told), told


def test_a_page_does_not_leave_once_somebody_has_taken_the_flag(home: Home) -> None:
    home.enrol()
    home.text("he can't breathe")
    (flag,) = home.flags()
    nurse = next(person for person in home.rows(t.staff) if person.position == 0)
    with home.house.database.writing() as connection:
        act(
            connection, home.house.vault, flag_id=flag.id, hospital_id=home.hospital.id, staff_id=nurse.id,
            kind=ActKind.TOOK, now=home.now,
        )
    assert {text.to for text in home.send()} == {MARIA}


def test_a_page_that_waits_is_replaced_by_the_next_to_the_same_person(home: Home) -> None:
    home.enrol()
    home.carrier.answers = [NOWHERE] * 1000
    home.text("he can't breathe")
    for _ in range(120):
        home.send()
        home.pass_time(minutes=1)
        home.turn()
    home.carrier.answers = []
    home.pass_time(minutes=10)
    home.send()
    (flag,) = [flag for flag in home.flags() if flag.kind is FlagKind.REPLY]
    about = {page.outbox_id for page in home.rows(t.pages, t.pages.c.flag_id == flag.id)}
    left = {row.id for row in home.rows(t.outbox, t.outbox.c.state == "sent")} & about
    assert len(about) > 10
    assert {text.to for text in home.carrier.sent if text.outbox_id in left} == {NURSE, ON_CALL}
    assert len(left) == 2


def test_a_text_that_cannot_be_opened_holds_up_no_other(home: Home, post: Post) -> None:
    spoilt, good = post.queue(body="one"), post.queue(body="two")
    without_the_key = replace(home.house, vault=Vault([Key("other", bytes(32))]))
    assert claim(without_the_key, home.now, owner="test", limit=1) == []
    assert post.state(spoilt) is Delivery.REFUSED
    assert "could not be opened" in post.complaints()[0]
    assert [text.outbox_id for text in home.send()] == [good]


def test_refusals_hold_no_number_and_no_word(home: Home, post: Post) -> None:
    post.queue(body="Ana's secret")
    home.carrier.answers = [Refused("21614", refused(21614).why, permanent=True)]
    home.send()
    shown = repr(home.rows(t.flags)) + repr([(row.why, row.code) for row in home.rows(t.outbox)])
    assert MARIA[2:] not in shown
    assert "secret" not in shown
