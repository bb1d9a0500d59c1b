"""The clock and the outbox of one process: what `hearback work` runs, and the demo beside its pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, islice

from bot.amends import make_amends
from bot.inbound import decide_text, inbound, warm
from messages.access import COUNTED_FOR
from messages.carriers.carrier import Incoming
from messages.errors import CarrierError
from messages.house import House
from messages.outbox import deliver
from messages.phones import split_channel
from messages.sending import Sending
from messages.settle import release_dead_leases, settle_unsure
from messages.store.alarms import forget_alarms
from messages.store.api import forget_answers
from messages.store.conversation import not_kept
from messages.store.imports import forget_imports
from messages.store.people import all_hospitals
from messages.store.sessions import forget_sessions
from messages.store.wrong_tries import forget_tries
from scheduler.clock import Beat, Clock
from scheduler.keeping import purge_all
from scheduler.moment import Turned
from scheduler.turn import one_turn

log = logging.getLogger(__name__)

TURN_EVERY = timedelta(seconds=1)
SETTLE_EVERY = timedelta(seconds=10)
RECONCILE_EVERY = timedelta(minutes=5)
TIDY_EVERY = timedelta(hours=1)
SESSIONS_KEPT = timedelta(days=2)
ANSWERS_KEPT = timedelta(days=1)  # under idempotency keys
ALARMS_KEPT = timedelta(days=90)
IMPORTS_KEPT = timedelta(days=2)  # lists of families, until their bad rows are mended
RECONCILE_BACK = timedelta(days=1)


class Work:
    """The clock's beats and the sending threads, started and stopped together."""

    def __init__(self, house: House, clock: Callable[[], datetime], *, threads: int = 16) -> None:
        warm()
        self.sending = Sending(house, clock, threads)
        beats = [
            Beat("turn", TURN_EVERY, lambda: turn(house, clock())),
            Beat("settle", SETTLE_EVERY, lambda: settle(house, clock())),
            Beat("tidy", TIDY_EVERY, lambda: tidy(house, clock())),
        ]
        if house.carrier.name != "simulator":
            beats.append(Beat("reconcile", RECONCILE_EVERY, lambda: reconcile(house, clock())))
        self.clock = Clock(beats)

    def start(self) -> None:
        self.sending.start()
        self.clock.start()

    def stop(self) -> None:
        self.clock.stop()
        self.sending.stop()


def take_turn(house: House, now: datetime) -> Turned:
    """One turn of the clock, and what families must be told of flags that nobody saw to in time."""
    done = one_turn(house, now, lambda message_id: decide_text(house, message_id, now))
    done.told = make_amends(house, now)
    return done


def turn(house: House, now: datetime) -> str:
    """One turn of the clock, told in a line."""
    done = take_turn(house, now)
    if done.anything:
        house.kick.set()
    return str(done)


def settle(house: House, now: datetime) -> int:
    """Look into sends whose process died or whose outcome is unsure."""
    return release_dead_leases(house, now) + settle_unsure(house, now)


def tidy(house: House, now: datetime) -> None:
    """Delete what has served: old wrong tries, sessions, answers kept for repeated requests, lists given in.

    Families whose days are over lose their names, numbers and words.
    """
    with house.database.writing() as connection:
        forget_tries(connection, now - COUNTED_FOR)
        forget_sessions(connection, now - SESSIONS_KEPT)
        forget_answers(connection, now - ANSWERS_KEPT)
        forget_imports(connection, now - IMPORTS_KEPT)
        forget_alarms(connection, now - ALARMS_KEPT)
    purge_all(house, now)


def reconcile(house: House, now: datetime) -> int:
    """Take in texts the carrier received and whose webhook never came; returns how many there were."""
    with house.database.reading() as connection:
        hospitals = all_hospitals(connection)
    found = 0
    for number in chain.from_iterable(hospital.senders for hospital in hospitals):
        try:
            for incoming in _unknown(house, house.carrier.received_since(number, now - RECONCILE_BACK)):
                channel, peer = split_channel(incoming.peer)
                found += inbound(house, replace(incoming, peer=peer), now, channel=channel) is not None
        except CarrierError as error:
            log.error("texts could not be compared with the carrier's list: %s", error)
    if found:
        log.warning("%d texts were taken in whose webhook never came", found)
    return found


def _unknown(house: House, received: Iterable[Incoming], batch: int = 200) -> Iterator[Incoming]:
    """Those of the texts that we do not have, looked up many at a time: nearly all are known."""
    left = iter(received)
    while texts := list(islice(left, batch)):
        with house.database.reading() as connection:
            new = not_kept(connection, house.carrier.name, [text.carrier_id for text in texts])
        yield from (text for text in texts if text.carrier_id in new)


def work_once(house: House, clock: Callable[[], datetime]) -> str:
    """A single turn, the sends it leads to, and the settling: for `hearback work --once` and for cron."""
    line = turn(house, clock())
    sent = 0
    # Few at a time: they leave one after the other, and the lease of the last must outlive the sends before it.
    while taken := deliver(house, clock, owner="once", limit=2):
        sent += taken
    settled = settle(house, clock())
    found = reconcile(house, clock()) if house.carrier.name != "simulator" else 0
    return f"{line}; {sent} handed to the carrier, {settled} looked into, {found} found at the carrier"
