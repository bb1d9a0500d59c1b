"""One turn of the clock: what is due leaves, silence is judged, late flags climb. Any process may take a turn.

clock ticks -> due -> claim -> queue for the outbox;   then silence, then late flags, then texts nobody decided
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import due_for
from messages.flags import FlagKind, Level
from messages.house import House
from messages.paging import climb, page_due_flags
from messages.people import Caregiver, EpisodeState, Hospital
from messages.store.conversation import Draft, undecided_before, write_out
from messages.store.flags import flag_by_id, raise_flag
from messages.store.health import beat
from messages.store.people import caregiver_by_id, hospital_by_id
from scheduler import store
from scheduler.due import Send, Stopped, TooLate, WaitUntil, decide_due
from scheduler.plan import day_of_recovery
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.silence import AskSecond, Nothing, RaiseFlag, Remind, Silence, decide_silence
from scheduler.store import DueRow
from scheduler.texts import render, values_for

UNDECIDED_AFTER = timedelta(seconds=60)
SERIOUS_FOR = timedelta(days=3)  # silence weighs more this long after an urgent day: facts/clinical.md 3.2
BATCH = 100


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
        decide_late(message_id)
        done.decided += 1
    with house.database.writing() as connection:
        beat(connection, "clock", now, str(done))
    return done


def _check_ins(house: House, now: datetime, done: Turned) -> int:
    """One batch of check-ins whose moment has come, in one commit; returns how many."""
    with house.database.writing() as connection:
        rows = store.claim_check_ins(connection, now, BATCH)
        for row in rows:
            hospital = hospital_by_id(connection, row.hospital_id)
            caregiver = caregiver_by_id(connection, house.vault, row.caregiver_id)
            protocol = store.protocol_by_id(connection, row.protocol_id)
            look = _due if row.state == "planned" else _silent
            look(house, connection, row, hospital, caregiver, protocol, now, done)
    return len(rows)


def _due(
    house: House,
    connection: Connection,
    row: DueRow,
    hospital: Hospital,
    caregiver: Caregiver,
    protocol: Protocol,
    now: datetime,
    done: Turned,
) -> None:
    welcome = row.question == "welcome"
    decision = decide_due(
        row.due_at,
        row.until_at,
        now,
        texting=caregiver.texting,
        active=row.episode_state == EpisodeState.ACTIVE.value,
        quiet=protocol.quiet_hours,
        zone=caregiver.zone,
        next_at=None
        if welcome
        else store.next_due_at(connection, row.episode_id, row.caregiver_id, row.due_at),
    )
    if isinstance(decision, WaitUntil):
        store.move_check_in(connection, row.id, act_at=decision.at)
    elif isinstance(decision, Stopped):
        store.move_check_in(connection, row.id, state="stopped", act_at=None, why=decision.why)
    elif isinstance(decision, TooLate):
        store.move_check_in(connection, row.id, state="missed", act_at=None, why=decision.why)
        done.missed += 1
    elif isinstance(decision, Send):
        _text(house, connection, row, hospital, caregiver, protocol, now, Purpose.CHECK_IN, row.question)
        done.asked += 1
        if row.question in FIXED_TEXTS:
            store.move_check_in(connection, row.id, state="told", act_at=None, asked_at=now)
            return
        asked = _silence(connection, row, caregiver, protocol, now, asked_at=now)
        again = decide_silence(asked)
        look_at = again.look_again_at if isinstance(again, Nothing) else now + protocol.reminder.after
        store.move_check_in(connection, row.id, state="asked", asked_at=now, act_at=look_at)


def _silent(
    house: House,
    connection: Connection,
    row: DueRow,
    hospital: Hospital,
    caregiver: Caregiver,
    protocol: Protocol,
    now: datetime,
    done: Turned,
) -> None:
    if row.episode_state != EpisodeState.ACTIVE.value or not caregiver.texting or row.asked_at is None:
        store.move_check_in(connection, row.id, act_at=None)
        return
    decision = decide_silence(_silence(connection, row, caregiver, protocol, now, asked_at=row.asked_at))
    if isinstance(decision, Nothing):
        state = row.state if decision.look_again_at else "silent"
        store.move_check_in(connection, row.id, act_at=decision.look_again_at, state=state)
    elif isinstance(decision, Remind):
        _text(house, connection, row, hospital, caregiver, protocol, now, Purpose.REMINDER, "reminder")
        store.move_check_in(connection, row.id, reminded_at=now, act_at=decision.look_again_at)
        done.reminded += 1
    elif isinstance(decision, AskSecond):
        second_id = store.second_caregiver(connection, row.episode_id, row.caregiver_id)
        if second_id:
            second = caregiver_by_id(connection, house.vault, second_id)
            _text(house, connection, row, hospital, second, protocol, now, Purpose.REMINDER, row.question)
        store.move_check_in(connection, row.id, seconded_at=now, act_at=decision.look_again_at)
        done.reminded += 1
    elif isinstance(decision, RaiseFlag):
        _flag_silence(house, connection, row, hospital, decision, now)
        store.move_check_in(connection, row.id, state="silent", act_at=None, why=decision.reason)
        if decision.last_check_in:
            _text(
                house, connection, row, hospital, caregiver, protocol, now, Purpose.REMINDER, "last_check_in"
            )
        done.flagged += 1


def _silence(
    connection: Connection,
    row: DueRow,
    caregiver: Caregiver,
    protocol: Protocol,
    now: datetime,
    *,
    asked_at: datetime,
) -> Silence:
    return Silence(
        protocol=protocol,
        zone=caregiver.zone,
        day=row.day,
        asked_at=asked_at,
        now=now,
        missed_in_row=store.missed_days(connection, row.episode_id),
        reminded_at=row.reminded_at,
        seconded_at=row.seconded_at,
        has_second=store.second_caregiver(connection, row.episode_id, row.caregiver_id) is not None,
        after_serious=row.serious_at is not None and now - row.serious_at <= SERIOUS_FOR,
        superseded=store.asked_later(connection, row.episode_id, asked_at),
    )


def _text(
    house: House,
    connection: Connection,
    row: DueRow,
    hospital: Hospital,
    caregiver: Caregiver,
    protocol: Protocol,
    now: datetime,
    purpose: Purpose,
    words: str,
) -> None:
    """Queue one text of the protocol. It names the child only where the phone has several: lock screens are public."""
    names: tuple[str, ...] = ()
    if store.episodes_texted(connection, caregiver.id) > 1:
        here = store.episodes_of(connection, house.vault, caregiver.id)
        names = tuple(episode.name for episode in here if episode.id == row.episode_id)
    day = max(0, day_of_recovery(row.day_zero, caregiver.zone, now))
    body = render(
        protocol.text(words, caregiver.language),
        values_for(hospital, caregiver.language, names=names, day=day),
    )
    question = row.question if words in ("reminder", "last_check_in") else words
    asks = store.asked_about(protocol.asked(question), row)
    draft = Draft(
        body=body,
        purpose=purpose,
        topic=words,
        asks=asks,
        check_in_id=row.id,
        expires_at=row.until_at if purpose is Purpose.CHECK_IN else None,
    )
    write_out(
        connection,
        house.vault,
        draft,
        hospital_id=hospital.id,
        peer=caregiver.phone,
        now=now,
        caregiver_id=caregiver.id,
        episode_ids=[row.episode_id],
    )


def _flag_silence(
    house: House, connection: Connection, row: DueRow, hospital: Hospital, decision: RaiseFlag, now: datetime
) -> None:
    level = Level(decision.level)
    raised = raise_flag(
        connection,
        hospital_id=hospital.id,
        kind=FlagKind.SILENCE,
        level=level,
        due_at=due_for(level, hospital, now),
        now=now,
        episode_id=row.episode_id,
        caregiver_id=row.caregiver_id,
        reason=decision.reason,
    )
    if raised.tell:
        climb(house, connection, flag_by_id(connection, raised.flag_id, hospital.id)[0], now)
