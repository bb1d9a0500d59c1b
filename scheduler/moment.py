"""A check-in whose moment has come: what decides about it, the text it sends, what follows when nobody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.conversation import Purpose
from messages.database import Connection
from messages.escalation import due_for
from messages.flags import FlagKind
from messages.house import House
from messages.people import Caregiver, EpisodeState, Hospital
from messages.store.conversation import Draft, write_out
from messages.store.flags import raise_flag
from messages.store.people import caregiver_by_id, staff_of
from scheduler.changing import asked_now
from scheduler.plan import day_of_recovery, next_quiet, out_of_quiet
from scheduler.protocol import FIXED_TEXTS, Protocol, QuietHours
from scheduler.quiet import for_adult
from scheduler.silence import AskSecond, Nothing, RaiseFlag, Remind, Silence, decide_silence
from scheduler.store import check_ins, episodes
from scheduler.store.check_ins import DueRow
from scheduler.texts import render, values_for

SERIOUS_FOR = timedelta(days=3)  # silence weighs more this long after an urgent day: facts/clinical.md 3.2
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Here:
    """One check-in whose moment has come, in the transaction that holds it, with all that decides about it."""

    house: House
    connection: Connection
    row: DueRow
    hospital: Hospital
    caregiver: Caregiver
    protocol: Protocol  # as it is for this check-in
    now: datetime

    def quiet(self, of: Caregiver) -> QuietHours:
        """When nothing of the plan leaves for this adult, on their clock."""
        return for_adult(self.protocol, of.hours).quiet_hours


@dataclass
class Turned:
    """What one turn did."""

    asked: int = 0
    missed: int = 0
    reminded: int = 0
    flagged: int = 0
    paged: int = 0
    decided: int = 0
    told: int = 0  # families, that a promise slipped or nobody came

    @property
    def anything(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in vars(self).items())


def write_text(here: Here, to: Caregiver, purpose: Purpose, words: str) -> None:
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
    awake = out_of_quiet(here.now, here.quiet(to), to.tz)
    night = next_quiet(awake, here.quiet(to), to.tz)
    until = row.until_at if purpose is Purpose.CHECK_IN else None
    draft = Draft(
        body=render(here.protocol.text(words, to.language), values),
        purpose=purpose,
        topic=words,
        asks=check_ins.asked_about(here.protocol.asked(question, tuple(more)), row),
        check_in_id=row.id,
        not_before=awake if awake > here.now else None,
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


def unanswered(here: Here, done: Turned) -> None:
    """Nobody has answered yet: wait, remind, ask another adult, or tell a person."""
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
    decision = decide_silence(silence_of(here, asked_at=left_at))
    if isinstance(decision, Nothing):
        state = row.state if decision.look_again_at else "silent"
        check_ins.move_check_in(connection, row.id, act_at=decision.look_again_at, state=state)
    elif isinstance(decision, Remind):
        write_text(here, here.caregiver, Purpose.REMINDER, "reminder")
        check_ins.move_check_in(connection, row.id, reminded_at=now, act_at=decision.look_again_at)
        done.reminded += 1
    elif isinstance(decision, AskSecond):
        _ask_second(here, decision, done)
    elif isinstance(decision, RaiseFlag):
        _flag_silence(here, decision)
        check_ins.move_check_in(connection, row.id, state="silent", act_at=None, why=decision.reason)
        if decision.last_check_in:
            write_text(here, here.caregiver, Purpose.REMINDER, "last_check_in")
        done.flagged += 1


def _ask_second(here: Here, decision: AskSecond, done: Turned) -> None:
    """Ask another caregiver the same, unless it is night where they are: then when they are up, if still in time."""
    row, now, connection = here.row, here.now, here.connection
    second_id = episodes.second_caregiver(connection, row.episode_id, row.caregiver_id)
    if second_id is None:
        check_ins.move_check_in(connection, row.id, seconded_at=now, act_at=decision.look_again_at)
        return
    second = caregiver_by_id(connection, here.house.vault, second_id)
    awake = out_of_quiet(now, here.quiet(second), second.tz)
    if awake > now:
        check_ins.move_check_in(connection, row.id, act_at=min(awake, decision.look_again_at))
        return
    write_text(here, second, Purpose.REMINDER, row.question if row.question in here.protocol.questions else "reminder")
    check_ins.move_check_in(connection, row.id, seconded_at=now, act_at=decision.look_again_at)
    done.reminded += 1


def silence_of(here: Here, *, asked_at: datetime) -> Silence:
    """What decides about the silence of a family that was asked at this instant."""
    row, connection = here.row, here.connection
    return Silence(
        protocol=here.protocol,
        zone=here.caregiver.zone,
        quiet=here.quiet(here.caregiver),
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


def _flag_silence(here: Here, decision: RaiseFlag) -> None:
    """A flag for a person to look at. This turn tells them, of all families that were silent at this hour at once."""
    staff = staff_of(here.connection, here.house.vault, here.hospital.id)
    raise_flag(
        here.connection,
        hospital_id=here.hospital.id,
        kind=FlagKind.SILENCE,
        level=decision.level,
        due_at=due_for(decision.level, here.hospital, here.now, staff),
        now=here.now,
        episode_id=here.row.episode_id,
        caregiver_id=here.row.caregiver_id,
        reason=decision.reason,
    )
