"""The figures of a period, worked out from its facts: tables as a page and a spreadsheet show them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from messages.conversation import Purpose
from messages.flags import FlagKind, Level, Outcome
from messages.store.insight import Facts, Raised

LEVELS = (Level.EMERGENCY, Level.URGENT, Level.REVIEW)
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(7)  # on the hospital's clock
DAYS = ((0, 2), (3, 6), (7, 13), (14, 27), (28, 9999))  # of recovery, from and to


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; `percent` is None when there is nothing to have a share of."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass(frozen=True)
class Replies:
    """Check-ins of one day of recovery: how many were answered of those sent; `missed` were not sent by us."""

    day: int
    share: Share
    missed: int


@dataclass(frozen=True)
class ToAPerson:
    """How long flags of a level waited for a person; `half` and `most` (nine of ten) are None without any."""

    level: Level
    flags: int
    half: timedelta | None
    most: timedelta | None
    late: Share  # seen to after they were due, or not yet though due


@dataclass(frozen=True)
class OneSign:
    """Flags with one sign, by the days of recovery of `DAYS`; `unplaced` have no day of recovery."""

    sign: str
    days: tuple[int, ...]
    unplaced: int

    @property
    def total(self) -> int:
        return sum(self.days) + self.unplaced


@dataclass(frozen=True)
class Alarms:
    """Flags of texts that were closed, of one level and language ("": any): how many were none of a danger.

    `down`: whoever closed it said that it was less serious than its level.
    """

    level: Level
    language: str
    false: Share
    down: Share


@dataclass(frozen=True)
class Woken:
    """Pages that left for one person; `nights` in which one did, `most` in one night."""

    staff_id: str
    pages: int
    at_night: int
    nights: int
    most: int


@dataclass(frozen=True)
class Spent:
    """Texts of one purpose that left, or "in", and the segments they took."""

    purpose: str
    texts: int
    segments: int


@dataclass(frozen=True)
class Whole:
    """The figures that are compared between languages and protocols."""

    families: int
    replies: Share
    texts_in: int
    machine: Share  # of families' texts, understood in every word and needing nobody
    flags: int
    half: timedelta | None  # of emergencies and urgent flags
    false_alarms: Share  # of closed flags of texts
    read_wrongly: Share
    silent: Share  # families with a flag for silence
    segments: int


def narrowed(facts: Facts, language: str, protocol: str) -> Facts:
    """Only what is of this language and protocol; "" is any."""

    def of(one_language: str, one_protocol: str) -> bool:
        return (not language or one_language == language) and (not protocol or one_protocol == protocol)

    return Facts(
        tuple(one for one in facts.asked if of(one.language, one.protocol)),
        tuple(one for one in facts.raised if of(one.language, one.protocol)),
        tuple(one for one in facts.texts if of(one.language, one.protocol)),
        tuple(one for one in facts.families if of(one[1], one[2])),
        facts.paged,
    )


def replies(facts: Facts) -> list[Replies]:
    """By day of recovery, in order; days on which nothing was asked are left out."""
    counts: dict[int, Counter[str]] = {}
    for one in facts.asked:
        counts.setdefault(one.day, Counter())[one.state] += one.count
    return [
        Replies(day, Share(of["answered"], of["answered"] + of["silent"]), of["missed"])
        for day, of in sorted(counts.items())
        if of["answered"] + of["silent"] + of["missed"]
    ]


def half_of(spans: Sequence[timedelta]) -> timedelta | None:
    """The median."""
    ordered = sorted(spans)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def nine_of_ten(spans: Sequence[timedelta]) -> timedelta | None:
    """The span that nine of ten do not exceed."""
    return sorted(spans)[-(-9 * len(spans) // 10) - 1] if spans else None


def _spans(raised: Iterable[Raised]) -> list[timedelta]:
    return [max(one.first_at - one.opened_at, timedelta(0)) for one in raised if one.first_at]


def to_a_person(facts: Facts, now: datetime) -> list[ToAPerson]:
    found = []
    for level in LEVELS:
        raised = [one for one in facts.raised if one.level is level]
        spans = _spans(raised)
        due = [one for one in raised if one.first_at or one.due_at < now]
        late = sum((one.first_at or now) > one.due_at for one in due)
        half = half_of(spans)
        found.append(ToAPerson(level, len(raised), half, nine_of_ten(spans), Share(late, len(due))))
    return found


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(one: Raised, zone: str) -> int | None:
    """The day of recovery on which a flag was opened, on the family's clock."""
    if one.day_zero is None:
        return None
    return (one.opened_at.astimezone(_zone(one.zone or zone)).date() - one.day_zero).days


def signs(facts: Facts, zone: str) -> list[OneSign]:
    """Signs by how many flags have them, most first."""
    counts: dict[str, list[int]] = {}
    for one in facts.raised:
        day = day_of(one, zone) if one.signs else None
        place = next((n for n, (low, high) in enumerate(DAYS) if day is not None and low <= day <= high), len(DAYS))
        for sign in set(one.signs):
            counts.setdefault(sign, [0] * (len(DAYS) + 1))[place] += 1
    found = [OneSign(sign, tuple(each[:-1]), each[-1]) for sign, each in counts.items()]
    return sorted(found, key=lambda one: (-one.total, one.sign))


def alarms(facts: Facts) -> list[Alarms]:
    """By level, first of all languages and then of each; a level of which nothing was closed is left out."""
    closed = [one for one in facts.raised if one.kind in (FlagKind.REPLY, FlagKind.UNREAD) and one.outcome]
    found = []
    for level in LEVELS:
        for language in ("", *sorted({one.language for one in closed} - {""})):
            of = [one for one in closed if one.level is level and language in ("", one.language)]
            if not of:
                continue
            false = sum(one.outcome == Outcome.FALSE_ALARM for one in of)
            down = sum(bool(one.right_level) and Level(one.right_level) < level for one in of)
            found.append(Alarms(level, language, Share(false, len(of)), Share(down, len(of))))
    return found


def woken(facts: Facts, zone: str) -> list[Woken]:
    """By person, who was paged most at night first."""
    at_night: dict[str, Counter[date]] = {}
    pages = Counter(staff_id for staff_id, _at in facts.paged)
    for staff_id, at in facts.paged:
        local = at.astimezone(_zone(zone))
        if not NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
            night = (local - timedelta(hours=12)).date()  # it belongs to the day on which it begins
            at_night.setdefault(staff_id, Counter())[night] += 1
    none = Counter[date]()
    found = [
        Woken(staff_id, n, nights.total(), len(nights), max(nights.values(), default=0))
        for staff_id, n in pages.items()
        for nights in (at_night.get(staff_id, none),)
    ]
    return sorted(found, key=lambda one: (-one.at_night, -one.pages, one.staff_id))


def outcomes(facts: Facts) -> list[tuple[str, int]]:
    """How flags ended, and "" for those still open, in the order of the outcomes."""
    counts = Counter(one.outcome for one in facts.raised)
    return [(outcome, counts[outcome]) for outcome in (*map(str, Outcome), "") if counts[outcome]]


def spent(facts: Facts) -> list[Spent]:
    counts: dict[str, list[int]] = {}
    for one in facts.texts:
        each = counts.setdefault(one.purpose, [0, 0])
        each[0] += one.count
        each[1] += one.segments
    return [Spent(one, *counts[one]) for one in ("in", *map(str, Purpose)) if one in counts]


def whole(facts: Facts) -> Whole:
    of = Counter[str]()
    for one in facts.asked:
        of[one.state] += one.count
    incoming = [one for one in facts.texts if one.purpose == "in"]
    texts_in = sum(one.count for one in incoming)
    about_texts = [one for one in facts.raised if one.kind in (FlagKind.REPLY, FlagKind.UNREAD)]
    closed = [one for one in about_texts if one.outcome]
    said = [one for one in about_texts if one.read_rightly is not None]
    spans = _spans(one for one in facts.raised if one.level >= Level.URGENT)
    families = {family for family, _language, _protocol in facts.families}
    silent = {one.episode_id for one in facts.raised if one.kind == FlagKind.SILENCE and one.episode_id}
    return Whole(
        families=len(families),
        replies=Share(of["answered"], of["answered"] + of["silent"]),
        texts_in=texts_in,
        machine=Share(sum(one.alone for one in incoming), texts_in),
        flags=len(facts.raised),
        half=half_of(spans),
        false_alarms=Share(sum(one.outcome == Outcome.FALSE_ALARM for one in closed), len(closed)),
        read_wrongly=Share(sum(one.read_rightly is False for one in said), len(said)),
        silent=Share(len(silent), len(families | silent)),
        segments=sum(one.segments for one in facts.texts),
    )


def compared(facts: Facts) -> list[tuple[str, str, Whole]]:
    """(language, protocol, figures): everybody, then each language, then each protocol."""
    languages = sorted({one[1] for one in facts.families} | {one.language for one in facts.texts} - {""})
    protocols = sorted({one[2] for one in facts.families} | {one.protocol for one in facts.texts} - {""})
    each: list[tuple[str, str]] = [("", ""), *((one, "") for one in languages), *(("", one) for one in protocols)]
    return [(language, protocol, whole(narrowed(facts, language, protocol))) for language, protocol in each]


Row = TypeVar("Row")


def bars(rows: Sequence[Row], value: Callable[[Row], float | None]) -> list[tuple[Row, float]]:
    """Each row with its length in percent of the longest."""
    most = max((value(one) or 0 for one in rows), default=0)
    return [(one, round(100 * (value(one) or 0) / most, 2) if most else 0.0) for one in rows]
