"""An answer changes later steps of a plan: questions stopped and started again, check-ins added, an early end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from messages.database import Connection
from messages.encryption import Vault
from messages.people import Caregiver
from messages.store.people import caregiver_by_id
from scheduler.plan import NEAREST, Planned, day_of_recovery, instant, out_of_quiet, until_of
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.quiet import asked_within, for_adult
from scheduler.store import check_ins, episodes, stepping
from scheduler.store.check_ins import DueRow
from scheduler.store.published import protocol_by_id
from scheduler.wanted import Wanted

STOPPED = "by the protocol: an answer stopped this question"
ADDED = "+"  # how the name of a step begins that an answer has added


def asked_now(protocol: Protocol, row: DueRow) -> tuple[str, ...]:
    """The questions of a check-in that no answer has stopped, in order; () when all have been."""
    if row.question in FIXED_TEXTS:
        return (row.question,)
    return protocol.check_in(row.question, row.day, row.stopped, row.step)


def change_plan(connection: Connection, vault: Vault, episode_id: str, wanted: Wanted, now: datetime) -> None:
    """Change what is planned from now on, in the caller's commit. What a person set is left as it is."""
    episode = episodes.episode_plan(connection, episode_id)
    protocol = protocol_by_id(connection, episode.protocol_id)
    stopped = set(episode.stopped or ()) - set(wanted.start) | set(wanted.stop)
    if wanted.finish:
        stopped |= set(protocol.questions)
    if stopped != set(episode.stopped or ()):
        episodes.set_stopped(connection, episode_id, stopped)
        _skip_and_bring_back(connection, episode_id, protocol, stopped, now)
    if not wanted.ask and not wanted.finish:
        return
    asked = caregiver_by_id(connection, vault, episodes.asked_caregiver(connection, episode_id))
    hours = asked_within(protocol, {}, asked.hours)
    today = day_of_recovery(episode.day_zero, asked.zone, now)
    taken = [] if wanted.finish else stepping.coming(connection, episode_id)
    extra: list[Planned] = []
    if wanted.ask and wanted.at is not None and wanted.ask not in stopped:
        days = range(today + 1, min(today + wanted.days, protocol.goodbye.day - 1) + 1)
        extra = [_planned(protocol, episode.day_zero, asked, hours, day, wanted.at, wanted.ask) for day in days]
        extra = [one for one in extra if all(abs(one.at - other) >= NEAREST for other in taken)]
    if wanted.finish and stepping.skip_goodbye(connection, episode_id, STOPPED):
        day = today + 1
        extra = [_planned(protocol, episode.day_zero, asked, hours, day, protocol.goodbye.at, "goodbye")]
    check_ins.add_check_ins(connection, check_ins.plan_rows(episode.hospital_id, episode_id, asked.id, extra))


def _skip_and_bring_back(
    connection: Connection, episode_id: str, protocol: Protocol, stopped: Collection[str], now: datetime
) -> None:
    """Whatever asks only what is stopped is skipped; whatever was skipped so, and asks more now, is planned again."""
    for row in stepping.changeable(connection, episode_id, now, STOPPED):
        none_left = row.question not in FIXED_TEXTS and not protocol.check_in(row.question, row.day, stopped, row.step)
        if row.state == "planned" and none_left:
            check_ins.move_check_in(connection, row.id, state="skipped", act_at=None, why=STOPPED)
        elif row.state == "skipped" and not none_left:
            check_ins.move_check_in(connection, row.id, state="planned", act_at=row.due_at, why="")
            if row.question == "goodbye":
                stepping.drop_added(connection, episode_id, "goodbye", ADDED)


def _planned(
    protocol: Protocol, day_zero: date, asked: Caregiver, hours: Mapping[time, time], day: int, at: time, question: str
) -> Planned:
    protocol, zone = for_adult(protocol, asked.hours), asked.tz
    moment = instant(day_zero + timedelta(days=day), hours.get(at, at), zone)
    moment = out_of_quiet(moment, protocol.quiet_hours, zone)
    until = moment + timedelta(days=3) if question == "goodbye" else until_of(moment, protocol, zone)
    step = f"{ADDED}d{day:02d}-{at:%H%M}" if question != "goodbye" else f"{ADDED}goodbye-d{day:02d}"
    return Planned(step, day, question, moment.astimezone(zone), moment, until)
