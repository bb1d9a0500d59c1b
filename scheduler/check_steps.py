"""What is wrong with the steps of a protocol: hours, days, what collides, silence, and what answers change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from messages.flags import Level
from scheduler.fields import NEVER, nearest, span_text
from scheduler.meaning import Change
from scheduler.protocol import Protocol
from scheduler.quiet import room_for

Problem = tuple[tuple[str | int, ...], str]  # the path of the key, and what is wrong with the mend
NEAREST = timedelta(minutes=30)  # between what a change adds and what is planned


def steps_of(protocol: Protocol) -> Iterator[Problem]:
    yield from _times(protocol)
    yield from _own_hours(protocol)
    yield from _silence(protocol)
    whole = list(_silence(protocol))
    for index, phase in enumerate(protocol.phases):
        for path, what in _silence(protocol.in_phase(phase)):
            if (path, what) not in whole:
                yield ("phases", index, *path), what
    for index, change in enumerate(protocol.changes):
        yield from _change(protocol, change, ("changes", index))


def _times(protocol: Protocol) -> Iterator[Problem]:
    quiet = protocol.quiet_hours
    hours = f"{_clock(quiet.start)} to {_clock(quiet.end)}"
    taken: dict[tuple[int, time], tuple[int, str]] = {}
    for index, phase in enumerate(protocol.phases):
        if phase.lateness is not None and phase.lateness <= protocol.spread:
            yield ("phases", index, "lateness"), "it could be too late before it leaves. Make it longer than spread."
        for place, at in enumerate(phase.at):
            here = ("phases", index, "at", place)
            latest = _later(at, protocol.spread)
            if quiet.hold(at) or latest is None or quiet.hold(latest):
                reach = f" (with the spread of {span_text(protocol.spread)})" if not quiet.hold(at) else ""
                yield here, f"{_clock(at)}{reach} is in the quiet hours, {hours}. Choose another time."
            for day in phase.asked_days:
                first, other = taken.setdefault((day, at), (index, phase.name))
                if first != index or at in phase.at[:place]:
                    yield here, f"day {day} at {_clock(at)} is already asked by {other!r}. Change one."
                    break
    goodbye = protocol.goodbye
    if quiet.hold(goodbye.at) or quiet.hold(_later(goodbye.at, protocol.spread) or quiet.start):
        yield ("goodbye", "at"), f"{_clock(goodbye.at)} is in the quiet hours, {hours}. Choose another time."
    if goodbye.day <= protocol.last_day:
        yield (
            ("goodbye", "day"),
            f"the last check-in is on day {protocol.last_day}. Say goodbye on a later day.",
        )
    if protocol.spread > timedelta(hours=3):
        yield ("spread",), f"{span_text(protocol.spread)} is too long. Spread the texts over 3 h at most."
    if protocol.lateness <= protocol.spread:
        yield ("lateness",), "a check-in could be too late before it leaves. Make it longer than spread."


def _own_hours(protocol: Protocol) -> Iterator[Problem]:
    own, quiet = protocol.own_hours, protocol.quiet_hours
    if own is None:
        return
    if own.start >= own.end:
        yield ("own_hours", "to"), f"the hours {_clock(own.start)} to {_clock(own.end)} run backwards. Swap them."
        return
    for key, at in (("from", own.start), ("to", own.end)):
        if quiet.hold(at) and at != quiet.start:
            yield ("own_hours", key), f"{_clock(at)} is in the quiet hours. Choose another time."
    if own.least > timedelta(hours=own.end.hour - own.start.hour, minutes=own.end.minute - own.start.minute):
        yield ("own_hours", "least"), "it is more than there is from `from` to `to`. Make it shorter."
    elif own.least < room_for(protocol):
        yield (
            ("own_hours", "least"),
            f"the times of this protocol need {span_text(room_for(protocol))}, 30 minutes apart. Make it longer.",
        )


def _silence(protocol: Protocol) -> Iterator[Problem]:
    quiet, reminder, silence = protocol.quiet_hours, protocol.reminder, protocol.silence
    evening = {("reminder", "not_after"): reminder.not_after, ("silence", "flag_at"): silence.flag_at}
    for path, at in evening.items():
        if quiet.hold(at):
            yield path, f"{_clock(at)} is in the quiet hours. Choose a time before {_clock(quiet.start)}."
    if protocol.second_caregiver_after < reminder.after != NEVER:
        yield (
            ("second_caregiver_after",),
            "the second caregiver is asked before the reminder. Make it longer.",
        )
    for index, rule in enumerate(silence.rules):
        here = ("silence", "rules", index)
        if backwards(rule.from_day, rule.to_day):
            yield (*here, "to_day"), f"the days {rule.from_day} to {rule.to_day} run backwards. Swap them."
        if rule.level is Level.OK:
            yield (*here, "level"), "silence is never ok. Write review, urgent or emergency."
    for index, level in enumerate(protocol.extend.after):
        if level is Level.OK:
            yield ("extend", "after", index), "an ok text never extends the daily texts. Take it out."


def _change(protocol: Protocol, change: Change, here: tuple[str | int, ...]) -> Iterator[Problem]:
    known, when = tuple(protocol.questions), change.when
    asked = {name for phase in protocol.phases for name in phase.ask}
    for key, names in (("stop", change.stop), ("start", change.start)):
        for place, name in enumerate(names):
            if name not in known:
                yield (*here, key, place), f"there is no question {name!r}. {nearest(name, known)}"
            elif name not in asked:
                yield (*here, key, place), f"{name!r} is in no phase: there is nothing to {key}. Take it out."
    if set(change.stop) & set(change.start):
        yield (*here, "start"), "a question is stopped and started by the same answer. Take one out."
    if not (change.stop or change.start or change.add or change.finish):
        yield here, "nothing is changed. Add stop, start, add or finish."
    if when.sign is None and when.question is None:
        yield (*here, "when"), "nothing must be told. Give a sign or a question."
    if when.sign is None and (when.trend or when.at_least is not None or when.at_most is not None):
        yield (*here, "when"), "a number or a trend needs its sign. Add sign: pain or sign: fever."
    if when.pick and when.question is None:
        yield (*here, "when", "pick"), "a number is picked, but of which question is not said. Add question."
    if when.question is not None and when.question not in known:
        yield (*here, "when", "question"), f"there is no question {when.question!r}. {nearest(when.question, known)}"
    elif when.question is not None:
        for digit in when.pick:
            if digit not in protocol.questions[when.question].menu:
                yield (*here, "when", "pick"), f"{digit} is not in the menu of {when.question!r}. Pick another."
    if change.finish and not when.pick:
        yield (*here, "finish"), "only a picked number may end the follow-up. Give question and pick."
    if change.add:
        at, where = change.add.at, (*here, "add", "at")
        if change.add.ask not in known:
            yield (*here, "add", "ask"), f"there is no question {change.add.ask!r}. {nearest(change.add.ask, known)}"
        if protocol.quiet_hours.hold(at):
            yield where, f"{_clock(at)} is in the quiet hours. Choose another time."
        near = [one for phase in protocol.phases for one in phase.at if _apart(one, at) < NEAREST]
        others = [one.add.at for one in protocol.changes if one.add and one is not change]
        near += [one for one in others if _apart(one, at) < NEAREST]
        if near:
            yield where, f"{_clock(at)} is too near to {_clock(near[0])}, when something is asked. Keep 30 minutes."


def _apart(one: time, other: time) -> timedelta:
    return abs(timedelta(hours=one.hour - other.hour, minutes=one.minute - other.minute))


def backwards(first: int | None, last: int | None) -> bool:
    return first is not None and last is not None and last < first


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def _later(at: time, span: timedelta) -> time | None:
    """`span` later on the same day; None past midnight."""
    day = date(2000, 1, 1)
    later = datetime.combine(day, at) + span
    return later.time() if later.date() == day else None
