"""One turn of the clock, which any process may take at any time.

clock ticks -> due -> claim -> queue for the outbox;   then silence, late flags, texts that nobody decided
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import DatabaseError
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.paging import climb, page_due_flags
from messages.people import Caregiver, EpisodeState, Hospital
from messages.store.conversation import Draft, undecided_before, write_out
from messages.store.flags import flag_by_id, raise_flag
from messages.store.health import beat
from messages.store.people import caregiver_by_id, hospital_by_id
from scheduler.changing import STOPPED, asked_now
from scheduler.confirm import NOT_CONFIRMED, see_to_numbers
from scheduler.due import Send, Stopped, TooLate, WaitUntil, decide_due
from scheduler.plan import day_of_recovery, next_quiet, out_of_quiet
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.quiet import quieter
from scheduler.silence import AskSecond, Nothing, RaiseFlag, Remind, Silence, decide_silence
from scheduler.store import check_ins, episodes
from scheduler.store.check_ins import DueRow
from scheduler.store.published import protocol_by_id
from scheduler.store.stopping import resume_due
from scheduler.texts import render, values_for

log = logging.getLogger(__name__)

UNDECIDED_AFTER = timedelta(seconds=60)
SERIOUS_FOR = timedelta(days=3)  # silence weighs more this long after an urgent day: facts/clinical.md 3.2
APART = timedelta(minutes=10)  # between two texts of a plan, when both come late
LOOK_AGAIN = timedelta(minutes=5)
BATCH = 100


@dataclass(frozen=True)
class _Here:
    """One check-in whose moment has come, in the transaction that holds it, with all that decides about it."""

    house: House
    connection: Connection
    row: DueRow
    hospital: Hospital
    caregiver: Caregiver
    protocol: Protocol
    now: datetime


@dataclass
class Turned:
    """What one turn did."""

    asked: int = 0
    missed: int = 0
    reminded: int = 0
    flagged: int = 0
    paged: int = 0
    decided: int = 0

    @property
    def anything(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in vars(self).items())


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
                _set_aside(connection, row, error, now)
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
    protocol = quieter(protocol_by_id(connection, row.protocol_id), hospital.quiet)
    if row.state == "planned" and not asked_now(protocol, row):
        check_ins.move_check_in(connection, row.id, state="skipped", act_at=None, why=STOPPED)
        return
    here = _Here(house, connection, row, hospital, caregiver, protocol, now)
    if row.state == "planned":
        _due(here, done)
    else:
        _silent(here, done)


def _set_aside(connection: Connection, row: DueRow, error: Exception, now: datetime) -> None:
    """One check-in that cannot be handled, for whatever reason, holds up no other; a person is told once."""
    why = f"could not be handled: {type(error).__name__}"
    log.error("check-in %s %s", row.id, why)
    check_ins.move_check_in(connection, row.id, act_at=now + LOOK_AGAIN, why=why)
    if row.why != why:
        raise_flag(
            connection,
            hospital_id=row.hospital_id,
            kind=FlagKind.SENDING,
            level=Level.REVIEW,
            due_at=due_for(Level.REVIEW, hospital_by_id(connection, row.hospital_id), now),
            now=now,
            episode_id=row.episode_id,
            caregiver_id=row.caregiver_id,
            reason=f"a check-in {why}",
        )


def _due(here: _Here, done: Turned) -> None:
    row, now, connection = here.row, here.now, here.connection
    last_at, next_at = check_ins.last_and_next(connection, row)
    decision = decide_due(
        row.due_at,
        row.until_at,
        now,
        texting=here.caregiver.texting,
        active=row.episode_state == EpisodeState.ACTIVE.value,
        quiet=here.protocol.quiet_hours,
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
        _text(here, here.caregiver, Purpose.CHECK_IN, row.question)
        done.asked += 1
        if told:  # welcome and goodbye ask nothing, and some questions need no answer
            check_ins.move_check_in(connection, row.id, state="told", act_at=None, asked_at=now)
            return
        first = decide_silence(_silence(here, asked_at=now))
        look_at = first.look_again_at if isinstance(first, Nothing) else now + here.protocol.reminder.after
        check_ins.move_check_in(connection, row.id, state="asked", asked_at=now, act_at=look_at)


def _silent(here: _Here, done: Turned) -> None:
    row, now, connection = here.row, here.now, here.connection
    if row.episode_state != EpisodeState.ACTIVE.value or not here.caregiver.texting or row.asked_at is None:
        check_ins.move_check_in(connection, row.id, act_at=None)
        return
    left_at = check_ins.left_at(connection, row)
    if left_at is None:  # it waits in the outbox: the family is not silent, nobody has asked it yet
        if now < row.until_at:
            check_ins.move_check_in(connection, row.id, act_at=now + LOOK_AGAIN)
        else:
            check_ins.move_check_in(connection, row.id, state="missed", act_at=None, why="it did not leave in time")
            done.missed += 1
        return
    decision = decide_silence(_silence(here, asked_at=left_at))
    if isinstance(decision, Nothing):
        state = row.state if decision.look_again_at else "silent"
        check_ins.move_check_in(connection, row.id, act_at=decision.look_again_at, state=state)
    elif isinstance(decision, Remind):
        _text(here, here.caregiver, Purpose.REMINDER, "reminder")
        check_ins.move_check_in(connection, row.id, reminded_at=now, act_at=decision.look_again_at)
        done.reminded += 1
    elif isinstance(decision, AskSecond):
        _ask_second(here, decision, done)
    elif isinstance(decision, RaiseFlag):
        _flag_silence(here, decision)
        check_ins.move_check_in(connection, row.id, state="silent", act_at=None, why=decision.reason)
        if decision.last_check_in:
            _text(here, here.caregiver, Purpose.REMINDER, "last_check_in")
        done.flagged += 1


def _ask_second(here: _Here, decision: AskSecond, done: Turned) -> None:
    """Ask another caregiver the same, unless it is night where they are: then when they are up, if still in time."""
    row, now, connection = here.row, here.now, here.connection
    second_id = episodes.second_caregiver(connection, row.episode_id, row.caregiver_id)
    if second_id is None:
        check_ins.move_check_in(connection, row.id, seconded_at=now, act_at=decision.look_again_at)
        return
    second = caregiver_by_id(connection, here.house.vault, second_id)
    awake = out_of_quiet(now, here.protocol.quiet_hours, second.tz)
    if awake > now:
        check_ins.move_check_in(connection, row.id, act_at=min(awake, decision.look_again_at))
        return
    _text(here, second, Purpose.REMINDER, row.question if row.question in here.protocol.questions else "reminder")
    check_ins.move_check_in(connection, row.id, seconded_at=now, act_at=decision.look_again_at)
    done.reminded += 1


def _silence(here: _Here, *, asked_at: datetime) -> Silence:
    row, connection = here.row, here.connection
    return Silence(
        protocol=here.protocol,
        zone=here.caregiver.zone,
        day=row.day,
        asked_at=asked_at,
        now=here.now,
        missed_in_row=check_ins.missed_days(connection, row.episode_id),
        reminded_at=row.reminded_at,
        seconded_at=row.seconded_at,
        has_second=episodes.second_caregiver(connection, row.episode_id, row.caregiver_id) is not None,
        after_serious=row.serious_at is not None and here.now - row.serious_at <= SERIOUS_FOR,
        superseded=check_ins.asked_later(connection, row.episode_id, row.asked_at or asked_at),
    )


def _text(here: _Here, to: Caregiver, purpose: Purpose, words: str) -> None:
    """Queue one text of the protocol. It names the child only where the phone has several: screens are public."""
    row, connection, vault = here.row, here.connection, here.house.vault
    names: tuple[str, ...] = ()
    if episodes.episodes_texted(connection, to.id) > 1:
        known = episodes.episodes_of(connection, vault, to.id)
        names = tuple(episode.name for episode in known if episode.id == row.episode_id)
    day = max(0, day_of_recovery(row.day_zero, to.zone, here.now))
    values = values_for(here.hospital, to.language, names=names, day=day)
    question, more = "last_check_in", []  # where the family was moved to a version without what was asked
    if row.question in (*here.protocol.questions, *FIXED_TEXTS):
        question, *more = asked_now(here.protocol, row) or (row.question,)
    words = question if words == row.question else words
    # Whatever waits in the outbox does not leave at night; a welcome is then sent the next morning.
    night = next_quiet(here.now, here.protocol.quiet_hours, to.tz)
    until = row.until_at if purpose is Purpose.CHECK_IN else None
    draft = Draft(
        body=render(here.protocol.text(words, to.language), values),
        purpose=purpose,
        topic=words,
        asks=check_ins.asked_about(here.protocol.asked(question, tuple(more)), row),
        check_in_id=row.id,
        expires_at=min((end for end in (until, night) if end is not None), default=None),
    )
    write_out(
        connection,
        vault,
        draft,
        hospital_id=here.hospital.id,
        peer=to.phone,
        now=here.now,
        caregiver_id=to.id,
        episode_ids=[row.episode_id],
    )


def _flag_silence(here: _Here, decision: RaiseFlag) -> None:
    raised = raise_flag(
        here.connection,
        hospital_id=here.hospital.id,
        kind=FlagKind.SILENCE,
        level=decision.level,
        due_at=due_for(decision.level, here.hospital, here.now),
        now=here.now,
        episode_id=here.row.episode_id,
        caregiver_id=here.row.caregiver_id,
        reason=decision.reason,
    )
    if raised.tell:
        flag, _ = flag_by_id(here.connection, raised.flag_id, here.hospital.id)
        climb(here.house, here.connection, flag, here.now)
