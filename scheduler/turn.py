"""One turn of the clock, which any process may take at any time.

clock ticks -> due -> claim -> queue for the outbox;   then silence, late flags, texts that nobody decided
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import DatabaseError
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.paging import page_due_flags
from messages.people import EpisodeState
from messages.store.conversation import undecided_before
from messages.store.flags import raise_flag
from messages.store.health import beat
from messages.store.people import caregiver_by_id, hospital_by_id, staff_of
from scheduler.changing import STOPPED, asked_now
from scheduler.confirm import NOT_CONFIRMED, see_to_numbers
from scheduler.due import Send, Stopped, TooLate, WaitUntil, decide_due
from scheduler.moment import LOOK_AGAIN, Here, Turned, silence_of, unanswered, write_text
from scheduler.protocol import FIXED_TEXTS
from scheduler.quiet import quieter
from scheduler.silence import Nothing, decide_silence
from scheduler.store import check_ins, episodes
from scheduler.store.check_ins import DueRow
from scheduler.store.published import protocol_by_id
from scheduler.store.stopping import resume_due

log = logging.getLogger(__name__)

UNDECIDED_AFTER = timedelta(seconds=60)
APART = timedelta(minutes=10)  # between two texts of a plan, when both come late
BATCH = 100


def one_turn(house: House, now: datetime, decide_late: Callable[[str], None]) -> Turned:
    """Do everything that is due at `now` (aware). `decide_late` decides one text that was kept and left."""
    done = Turned()
    while _check_ins(house, now, done) == BATCH:
        pass
    done.paged = page_due_flags(house, now)
    with house.database.reading() as connection:
        left = undecided_before(connection, now - house.wait(UNDECIDED_AFTER))
    for message_id in left:
        try:
            decide_late(message_id)
            done.decided += 1
        except DatabaseError:
            raise
        except Exception as error:  # it stays due, and holds up no other text
            log.critical("text %s is kept and cannot be decided: %s", message_id, type(error).__name__)
    with house.database.writing() as connection:
        beat(connection, "clock", now, str(done))
    return done


def _check_ins(house: House, now: datetime, done: Turned) -> int:
    """One batch of check-ins whose moment has come, in one commit; returns how many."""
    with house.database.writing() as connection:
        resume_due(connection, now)
        numbers = see_to_numbers(house, connection, now)
        done.asked, done.flagged = done.asked + numbers["asked"], done.flagged + numbers["flagged"]
        rows = check_ins.claim_check_ins(connection, now, BATCH)
        for row in rows:
            try:
                with connection.begin_nested():
                    _one(house, connection, row, now, done)
            except Exception as error:
                _set_aside(house, connection, row, error, now)
    return max(len(rows), numbers.total())


def _one(house: House, connection: Connection, row: DueRow, now: datetime, done: Turned) -> None:
    caregiver = caregiver_by_id(connection, house.vault, row.caregiver_id)
    stopped = row.state == "planned" and not caregiver.texting
    unconfirmed = row.state == "planned" and not caregiver.confirmed and row.question != "welcome"
    # One adult's STOP is theirs alone: the child is asked about as long as another adult takes texts.
    if (stopped or unconfirmed) and (other := episodes.second_caregiver(connection, row.episode_id, row.caregiver_id)):
        check_ins.move_check_in(connection, row.id, caregiver_id=other)
        row = replace(row, caregiver_id=other)
        caregiver = caregiver_by_id(connection, house.vault, other)
    hospital = hospital_by_id(connection, row.hospital_id)
    protocol = protocol_by_id(connection, row.protocol_id).at_step(row.question, row.day, row.step)
    protocol = quieter(protocol, hospital.quiet)
    if row.state == "planned" and not asked_now(protocol, row):
        check_ins.move_check_in(connection, row.id, state="skipped", act_at=None, why=STOPPED)
        return
    here = Here(house, connection, row, hospital, caregiver, protocol, now)
    if row.state == "planned":
        _due(here, done)
    else:
        unanswered(here, done)


def _set_aside(house: House, connection: Connection, row: DueRow, error: Exception, now: datetime) -> None:
    """One check-in that cannot be handled, for whatever reason, holds up no other; a person is told once."""
    why = f"could not be handled: {type(error).__name__}"
    log.error("check-in %s %s", row.id, why)
    check_ins.move_check_in(connection, row.id, act_at=now + LOOK_AGAIN, why=why)
    if row.why != why:
        hospital = hospital_by_id(connection, row.hospital_id)
        staff = staff_of(connection, house.vault, row.hospital_id)
        raise_flag(
            connection,
            hospital_id=row.hospital_id,
            kind=FlagKind.SENDING,
            level=Level.REVIEW,
            due_at=due_for(Level.REVIEW, hospital, now, staff),
            now=now,
            episode_id=row.episode_id,
            caregiver_id=row.caregiver_id,
            reason=f"a check-in {why}",
        )


def _due(here: Here, done: Turned) -> None:
    row, now, connection = here.row, here.now, here.connection
    last_at, next_at = check_ins.last_and_next(connection, row)
    decision = decide_due(
        row.due_at,
        row.until_at,
        now,
        texting=here.caregiver.texting,
        active=row.episode_state == EpisodeState.ACTIVE.value,
        quiet=here.quiet(here.caregiver),
        zone=here.caregiver.zone,
        next_at=None if row.question == "welcome" else next_at,
    )
    if not here.caregiver.confirmed:  # it waits for the number to answer, as long as it is of use
        if isinstance(decision, Send):
            decision = WaitUntil(row.until_at)
        elif isinstance(decision, TooLate):
            decision = TooLate(NOT_CONFIRMED)
    if isinstance(decision, Send) and last_at and now < last_at + APART:
        decision = WaitUntil(last_at + APART)
    if isinstance(decision, WaitUntil):
        check_ins.move_check_in(connection, row.id, act_at=decision.at)
    elif isinstance(decision, Stopped):
        check_ins.move_check_in(connection, row.id, state="stopped", act_at=None, why=decision.why)
    elif isinstance(decision, TooLate):
        check_ins.move_check_in(connection, row.id, state="missed", act_at=None, why=decision.why)
        done.missed += 1
    elif isinstance(decision, Send):
        phase = here.protocol.phase_of(row.question, row.day, row.step)
        told = row.question in FIXED_TEXTS or (phase is not None and phase.answer == "optional")
        if not told:
            check_ins.drop_waiting_reminders(connection, row.episode_id, now)
        write_text(here, here.caregiver, Purpose.CHECK_IN, row.question)
        done.asked += 1
        if told:  # welcome and goodbye ask nothing, and some questions need no answer
            check_ins.move_check_in(connection, row.id, state="told", act_at=None, asked_at=now)
            return
        first = decide_silence(silence_of(here, asked_at=now))
        look_at = first.look_again_at if isinstance(first, Nothing) else now + LOOK_AGAIN
        check_ins.move_check_in(connection, row.id, state="asked", asked_at=now, act_at=look_at)
