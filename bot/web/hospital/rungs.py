"""The ladder's page: who is told of an emergency, something urgent, a review; after how long the next are; in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from bot.web import present
from bot.web.flags.told import WAYS, names
from bot.web.hospital.forms import Form
from bot.web.hospital.typed import Typed
from bot.web.language import Words, _
from messages.escalation import alarmed, rungs
from messages.flags import Level
from messages.ladder import LEVELS, MOST_RUNGS, NEXT_DAY, Ladder, Rung, Way, Who, Whom, whom_of, with_ladder
from messages.people import Hospital, Right, Staff
from messages.reachable import WAYS as THERE_ARE
from messages.reachable import reachable

FIELDS = ("who", "and", "also")  # up to three answers to "who" on one rung
MINUTES = {Level.EMERGENCY: (1, 2, 3, 5, 10, 15), Level.URGENT: (5, 10, 15, 20, 30, 45, 60, 120)}
_HOURS = (60, 120, 240, 1440)  # of a review
DIGESTS = tuple(time(hour, minute) for hour in range(6, 12) for minute in (0, 30))
WHO = Words({
    "place:1": "on shift, told 1st", "place:2": "on shift, told 2nd", "place:3": "on shift, told 3rd",
    "place:4": "on shift, told 4th", "on_shift": "everybody on shift", "managers": "all managers",
    "everybody": "everybody who may act",
})  # fmt: skip


def span_of(span: timedelta) -> str:
    """How long until the next are told: "5 min", "1 h", "the next staffed day"."""
    return _("the next open day") if span >= NEXT_DAY else present.span(span)


def spans(level: Level, now: timedelta | None = None) -> list[tuple[str, str]]:
    """The choices of a form: (minutes, words), with what is set now."""
    minutes = {*MINUTES.get(level, _HOURS)} | ({int(now.total_seconds() // 60)} if now else set())
    return [(str(one), span_of(timedelta(minutes=one))) for one in sorted(minutes)]


def choices(staff: Sequence[Staff]) -> list[tuple[str, str]]:
    """Whom a rung can tell: places on shift, groups, then people by name."""
    people = [(Whom(Who.PERSON, staff_id=one.id).code, _named(one)) for one in staff if one.may(Right.ACT)]
    return [*WHO.items(), *people]


def _named(person: Staff) -> str:
    if person.waits:
        return _("%(name)s (has not come in yet)") % {"name": person.name}
    return person.name if reachable(person) else _("%(name)s (no page reaches them)") % {"name": person.name}


def ladder_form(hospital: Hospital) -> Form:
    form: Form = MultiDict()
    for level in LEVELS:
        of = hospital.ladders.of(level, hospital.targets)
        for row in range(min(len(of.rungs) + 1, MOST_RUNGS)):
            rung = of.rungs[row] if row < len(of.rungs) else Rung((), of.rungs[-1].after, of.rungs[-1].ways)
            for place, name in enumerate(FIELDS):
                form[f"{level}_{name}_{row}"] = rung.whom[place].code if place < len(rung.whom) else ""
            form[f"{level}_after_{row}"] = _minutes(rung.after)
            form.setlist(f"{level}_way_{row}", [way.value for way in rung.ways])
        form[f"{level}_again"] = _minutes(of.again)
        form[f"{level}_all_hours"] = "1" if of.at_all_hours else ""
        form[f"{level}_digest"] = of.digest_at.isoformat("minutes") if of.digest_at else ""
    return form


def ladder_read(typed: Typed, hospital: Hospital, staff: Sequence[Staff]) -> Hospital:
    """The hospital with the ladders that were typed; the usual ways stay where the form offers no choice of ways."""
    ladders = hospital.ladders
    for level in LEVELS:
        was = hospital.ladders.of(level, hospital.targets)
        found = [_rung(typed, level, row, was, staff) for row in _rows(typed, level)]
        if not found:
            typed.wrong(f"{level}_who_0", _("Somebody must be told first."))
            continue
        again = _span(typed, f"{level}_again", level, was.again)
        every = typed.ticked(f"{level}_all_hours") if level is Level.URGENT else was.at_all_hours
        digest = _digest(typed, was) if level is Level.REVIEW else None
        ladders = with_ladder(ladders, level, Ladder(tuple(found), again, every, digest), hospital.targets)
    return replace(hospital, ladders=ladders)


def _rows(typed: Typed, level: Level) -> list[int]:
    """The rows in which somebody is chosen."""
    rows = [row for row in range(MOST_RUNGS) if f"{level}_who_{row}" in typed.form]
    return [row for row in rows if any(typed.form.get(f"{level}_{name}_{row}", "").strip() for name in FIELDS)]


def _rung(typed: Typed, level: Level, row: int, was: Ladder, staff: Sequence[Staff]) -> Rung:
    known = {person.id for person in staff}
    whom = []
    for name in FIELDS:
        code = typed.form.get(f"{level}_{name}_{row}", "").strip()
        one = whom_of(code) if code else None
        if code and (one is None or (one.who is Who.PERSON and one.staff_id not in known)):
            typed.wrong(f"{level}_{name}_{row}", _("Choose somebody from the list."))
        elif one and one not in whom:
            whom.append(one)
    ways = was.rungs[min(row, len(was.rungs) - 1)].ways
    if len(THERE_ARE) > 1:
        chosen = typed.form.getlist(f"{level}_way_{row}")
        ways = tuple(way for way in Way if way.value in chosen or way not in THERE_ARE)
        if not any(way in THERE_ARE for way in ways):
            typed.wrong(f"{level}_who_{row}", _("Choose one way or more."))
    return Rung(tuple(whom), _span(typed, f"{level}_after_{row}", level, was.rungs[0].after), ways)


def _span(typed: Typed, name: str, level: Level, was: timedelta) -> timedelta:
    least, most = (5, 1440) if level is not Level.EMERGENCY else (1, 60)
    return timedelta(minutes=typed.number(name, least, most)) if name in typed.form else was


def digests(now: str = "") -> list[tuple[str, str]]:
    """The choices of a form: at once, or once a day at an hour; with what is set now."""
    try:
        set_now = {time.fromisoformat(now)} if now else set()
    except ValueError:  # its problem is told beside it
        set_now = set()
    hours = sorted({*DIGESTS} | set_now)
    return [("", _("at once, in your hours")), *(
        (one.isoformat("minutes"), _("once a day, all together, at %(time)s") % {"time": present.hour(one)})
        for one in hours
    )]  # fmt: skip


def _digest(typed: Typed, was: Ladder) -> time | None:
    """When a review is told; as it was where the form does not ask."""
    if "review_digest" not in typed.form:
        return was.digest_at
    return typed.clock("review_digest") if typed.form["review_digest"].strip() else None


def _minutes(span: timedelta) -> str:
    return str(int(span.total_seconds() // 60))


@dataclass(frozen=True)
class RungNow:
    """One rung in words, and who it is right now."""

    when: str  # "At once", "After 5 min"
    whom: str  # in the ladder's words; "" where nobody on the ladder is there and everybody is told instead
    ways: str
    people: str


@dataclass(frozen=True)
class LadderNow:
    """A level's ladder as it is at this moment: its rungs that have somebody, and what follows the last."""

    level: Level
    rungs: tuple[RungNow, ...]
    skipped: tuple[str, ...]  # rungs that have nobody now, in words
    instead: bool  # nobody on the ladder is there: everybody is told
    then: str


def right_now(hospital: Hospital, staff: Sequence[Staff], now: datetime) -> list[LadderNow]:
    return [_now(hospital, staff, level, now) for level in LEVELS]


def _now(hospital: Hospital, staff: Sequence[Staff], level: Level, now: datetime) -> LadderNow:
    of, found = hospital.ladders.of(level, hospital.targets), rungs(hospital, staff, level, now)
    named = {person.id: person.name for person in staff}
    instead = all(one.fills for one in found)
    waited = timedelta(0)
    shown: list[RungNow] = []
    for one in found:
        when = _("At once") if not shown else _("After %(span)s") % {"span": span_of(waited)}
        if of.digest_at and not shown:
            when = _("Once a day at %(time)s") % {"time": present.hour(of.digest_at)}
        elif of.digest_at:
            when = _("The next day's")
        elif shown and level is Level.REVIEW:
            when = _("The next open day") if one.rung.after >= NEXT_DAY else _("Later")
        ways = ", ".join(WAYS[way] for way in THERE_ARE if way in one.rung.ways)
        whom = "" if instead else _("because nobody is on shift") if one.fills else in_words(one.rung.whom, named)
        shown.append(RungNow(when, whom, ways, names([person.name for person in one.people])))
        waited += one.rung.after
    there = [one.rung for one in found if not one.fills]
    skipped = () if instead else tuple(in_words(rung.whom, named) for rung in of.rungs if rung not in there)
    return LadderNow(level, tuple(shown), skipped, instead, _then(of, level, waited, alarmed(hospital, staff)))


def _then(of: Ladder, level: Level, waited: timedelta, managers: Sequence[Staff]) -> str:
    alarm = names([person.name for person in managers]) or _("nobody")
    if level is Level.REVIEW:
        return _("When nobody took it then, these are alarmed: %(alarm)s.") % {"alarm": alarm}
    told = _("After %(span)s the family is told to call, and these are alarmed: %(alarm)s. %(again)s")
    again = _("The last are told again every %(again)s, day and night.") if of.at_all_hours else _(
        "The last are told again every %(again)s, in your hours only."
    )
    return told % {"span": span_of(waited), "alarm": alarm, "again": again % {"again": span_of(of.again)}}


def in_words(whom: Sequence[Whom], named: dict[str, str]) -> str:
    """ "on shift, told 1st, and Ana Ruiz"."""
    each = [
        named.get(one.staff_id, _("somebody who left")) if one.who is Who.PERSON else WHO[one.code] for one in whom
    ]
    return names(each)


def ladder_summary(before: Hospital, after: Hospital, staff: Sequence[Staff]) -> Iterator[str]:
    """A sentence for each level whose ladder will be another."""
    named = {person.id: person.name for person in staff}
    for level in LEVELS:
        was, will = (one.ladders.of(level, one.targets) for one in (before, after))
        if was != will:
            steps = "; ".join(
                f"{in_words(rung.whom, named)} ({_('then wait %(span)s') % {'span': span_of(rung.after)}})"
                for rung in will.rungs
            )
            hours = "" if will.at_all_hours or level is Level.REVIEW else f", {_('in your hours only')}"
            if will.digest_at:
                hours = f", {_('once a day at %(time)s') % {'time': present.hour(will.digest_at)}}"
            again = _("then again every %(again)s") % {"again": span_of(will.again)}
            yield f"{present.LEVELS[level]}: {steps}; {again}{hours}."
