"""The outbox at work: threads that hand texts over, so that one slow send holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

import messages.sending
from messages.carriers.carrier import Accepted, Outgoing, Refused
from messages.carriers.codes import refused
from messages.conversation import Delivery, Purpose
from messages.errors import DatabaseError
from messages.people import PAGED, Way
from messages.sending import KEPT_FREE, LANE, Sending
from messages.store import tables as t
from messages.store.reach import add_address
from tests.faults.post import Post
from tests.house import Home
from tests.stand_in.services import MailServer

PATIENCE = 20.0  # seconds; only a failing test waits so long


class SlowCarrier:
    """Holds every check-in until it is let go; `held` counts those in its hands, `left` what else came through."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.held = threading.Semaphore(0)
        self.left = threading.Semaphore(0)

    def send(self, text: Outgoing) -> Accepted:
        if text.body == "check-in":
            self.held.release()
            assert self.go.wait(PATIENCE)
        self.left.release()
        return Accepted(f"SM{text.outbox_id}", Delivery.SENT)


@pytest.fixture
def slow(home: Home, monkeypatch: pytest.MonkeyPatch) -> SlowCarrier:
    carrier = SlowCarrier()
    monkeypatch.setattr(home.carrier, "send", carrier.send)
    return carrier


@pytest.fixture
def sending(home: Home, slow: SlowCarrier) -> Iterator[Sending]:
    sending = Sending(home.house, lambda: home.now, threads=5)
    yield sending
    slow.go.set()
    sending.stop()


def test_a_mail_server_that_stalls_holds_up_no_text(home: Home, post: Post, slow: SlowCarrier) -> None:
    with MailServer() as mail:
        mail.moods = ["hang"] * (LANE + 2)
        settings = replace(home.house.settings, smtp_url=mail.url, smtp_from="pages@hospital.example")
        home.house = replace(home.house, settings=settings)
        with home.house.database.writing() as connection:
            staff_id = connection.execute(t.staff.select().limit(1)).one().id
            address = add_address(
                connection, home.house.vault, staff_id, Way.EMAIL, "nora@hospital.example", "", home.now, PAGED
            )
        for _n in range(LANE + 2):
            post.queue(Purpose.PAGE, way=Way.EMAIL, address_id=address)
        sending = Sending(home.house, lambda: home.now, threads=3)
        sending.start()
        assert mail.hanging.wait(PATIENCE)
        for _n in range(5):
            post.queue(Purpose.ANSWER, body="an answer")
        home.house.kick.set()
        for _n in range(5):
            assert slow.left.acquire(timeout=PATIENCE)
        mail.released.set()
        sending.stop()


def test_stalled_check_ins_do_not_hold_up_an_answer(
    home: Home, post: Post, slow: SlowCarrier, sending: Sending
) -> None:
    for _ in range(10):
        post.queue(body="check-in")
    sending.start()
    for _ in range(5 - KEPT_FREE):
        assert slow.held.acquire(timeout=PATIENCE)
    answer = post.queue(Purpose.ANSWER, body="call 911 now")
    home.house.kick.set()
    assert slow.left.acquire(timeout=PATIENCE), "the answer waited behind check-ins"
    assert not slow.held.acquire(timeout=0), "a check-in took a thread that is kept free"
    slow.go.set()
    for _ in range(10):
        assert slow.left.acquire(timeout=PATIENCE)
    sending.stop()
    assert post.state(answer) is Delivery.SENT
    assert {row.state for row in home.rows(t.outbox)} == {"sent"}


def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest(
    home: Home, post: Post, slow: SlowCarrier, sending: Sending
) -> None:
    rows = [post.queue(body="check-in") for _ in range(10)]
    sending.start()
    for _ in range(5 - KEPT_FREE):
        assert slow.held.acquire(timeout=PATIENCE)
    stopper = threading.Thread(target=sending.stop)
    stopper.start()
    slow.go.set()
    stopper.join(PATIENCE)
    states = [post.state(row) for row in rows]
    assert set(states) <= {Delivery.SENT, Delivery.QUEUED}
    assert states.count(Delivery.SENT) >= 5 - KEPT_FREE


def test_a_database_that_is_away_for_a_moment_does_not_end_the_outbox(
    home: Home, post: Post, slow: SlowCarrier, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver, failed = messages.sending.deliver, threading.Event()

    def once_away(*args: object, **options: object) -> int:
        if not failed.is_set():
            failed.set()
            raise DatabaseError("The database did not answer.")
        return deliver(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(messages.sending, "deliver", once_away)
    monkeypatch.setattr(messages.sending, "LOOK_EVERY", 0.01)
    post.queue(Purpose.ANSWER)
    sending.start()
    assert slow.left.acquire(timeout=PATIENCE)
    assert failed.is_set()


def test_many_sends_refused_at_once_make_one_flag(
    home: Home, post: Post, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, handed = threading.Barrier(4), threading.Semaphore(0)

    def refuse(_: Outgoing) -> Refused:
        handed.release()
        together.wait(PATIENCE)
        return refused(20003)

    monkeypatch.setattr(home.carrier, "send", refuse)
    rows = [post.queue(Purpose.ANSWER, phone=f"+1206555012{n}") for n in range(4)]
    sending.start()
    for _ in rows:
        assert handed.acquire(timeout=PATIENCE)
    sending.stop()
    assert {post.state(row) for row in rows} == {Delivery.QUEUED}
    assert len(home.flags()) == 1


def test_a_send_that_cannot_be_recorded_frees_its_thread_and_is_settled_later(
    home: Home, post: Post, slow: SlowCarrier, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise DatabaseError("The database did not answer.")

    monkeypatch.setattr("messages.outbox.record", crash)
    rows = [post.queue(Purpose.ANSWER) for _ in range(12)]
    sending.start()
    for _ in rows:
        assert slow.left.acquire(timeout=PATIENCE)
    sending.stop()
    assert {post.state(row) for row in rows} == {Delivery.SENDING}
    home.pass_time(minutes=2)
    post.settle()
    assert {post.state(row) for row in rows} == {Delivery.UNSURE}
