"""A family's story: every text of both adults, and between them flags, acts, consent and check-ins nobody answered.

Newest at the bottom. A long story comes by pages of whole days: each holds a bounded number of texts and asks the
database the same number of questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g

from bot.web.families import chart, telling
from bot.web.families.followup_words import history
from bot.web.families.telling import Note
from bot.web.language import _
from bot.web.state import web
from messages.database import Connection
from messages.flags import ActKind, Flag
from messages.people import EpisodeState
from messages.store import families as store
from messages.store import story
from messages.store.episode_acts import episode_acts_of
from messages.store.families import ChildOf, ConsentRow, FamilyRow
from messages.store.thread import Line, thread

_EVERY = 100_000  # texts of one page at most: a page is bounded by its first moment


@dataclass(frozen=True)
class Said:
    """A text in the story: which child it is about ("" where one child texts), whether it is another one, the mend."""

    line: Line
    about: str
    other: bool
    mend: str

    @property
    def at(self) -> datetime:
        return self.line.at


def story_values(
    connection: Connection,
    found: FamilyRow,
    flags: Sequence[Flag],
    consents: Sequence[ConsentRow],
    before: datetime | None = None,
) -> dict[str, Any]:
    """What the conversation column of a family shows: a page of its story up to `before`, and the whole recovery."""
    vault, hospital_id, now = web().house.vault, g.hospital.id, web().clock()
    zone = ZoneInfo(g.person.zone or g.hospital.zone)
    names = {adult.caregiver.id: adult.caregiver.name for adult in found.adults}
    whose = sorted(names)
    since = _since(story.page_begins(connection, hospital_id, whose, before), zone)
    lines = thread(
        connection, vault, hospital_id, caregiver_ids=whose, since=since, before=before, limit=_EVERY
    )
    acts = story.acts_on(connection, vault, [flag.id for flag in flags])
    asks = story.asks_of(connection, found.episode_id, now)
    home = found.adults[0].caregiver.tz if found.adults else g.hospital.tz
    written = {(line.staff_id, line.at) for line in lines if line.staff_id}
    kids = _kids(store.children_of(connection, vault, whose))
    notes = [
        *(telling.opened(flag, len(kids) > 1) for flag in flags),
        *(telling.acted(one) for one in acts if not _is_text(one, written)),
        *telling.unanswered(asks, names),
        *(telling.agreed(one, names) for one in consents),
        *map(telling.changed, history(found, episode_acts_of(connection, vault, found.episode_id), home)),
    ]
    about = story.abouts(connection, [line.id for line in lines])
    said = [_said(line, found, about.get(line.id, ()), kids) for line in lines]
    here = [note for note in notes if (not since or note.at >= since) and (not before or note.at < before)]
    told = chart.corrected(
        story.told_of(connection, found.episode_id), acts, {flag.id: flag.message_id for flag in flags}
    )
    zones = {adult.caregiver.id: adult.caregiver.tz for adult in found.adults}
    days = chart.days_of(found.day_zero, told, asks, zones, home, _until(found, told, asks, now))
    return {
        "story": list(_by_day([*said, *here], zone)),
        "story_zone": zone,
        "family_zones": zones,
        "family_zone": home,
        "earlier": since,
        "before": before,
        "siblings": len(kids) > 1,
        "days": days,
        "chart": chart,
    }


def _since(edge: tuple[datetime, datetime, datetime] | None, zone: ZoneInfo) -> datetime | None:
    """Where a page begins: at the first whole day of it; within a day that alone is more than a page."""
    if edge is None:
        return None
    outside, first, newest = edge
    day = outside.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(day, time(0), zone).astimezone(UTC)
    return midnight if midnight <= newest else first


def _is_text(act: story.Done, written: set[tuple[str, datetime]]) -> bool:
    """True for the act of writing a text that stands in the story itself, with its author."""
    return act.kind == ActKind.TEXTED.value and (act.staff_id, act.at) in written


def _kids(theirs: dict[str, list[ChildOf]]) -> dict[str, str]:
    """The name of the child of every episode on these phones."""
    return {child.episode_id: child.name for several in theirs.values() for child in several}


def _said(line: Line, found: FamilyRow, about: Sequence[str], kids: dict[str, str]) -> Said:
    """Which child a text is about: told only where more than one is texted about on these phones."""
    here = [id_ for id_ in about if id_ in kids]
    if len(kids) < 2 or not here:
        return Said(line, "", False, telling.mend(line))
    other = found.episode_id not in here
    told = sorted({kids[id_] for id_ in here}, key=lambda name: (name != found.child, name))
    if other and told == [found.child]:
        words = _("about another follow-up of {child}").format(child=found.child)
    else:
        words = _("about {children}").format(children=_(" or ").join(told))
    return Said(line, words, other, telling.mend(line))


def _until(
    found: FamilyRow, told: Sequence[story.Told], asked: Sequence[story.Ask], now: datetime
) -> datetime:
    """Now while the follow-up runs; else the last thing that was told or asked."""
    if found.state != EpisodeState.ENDED.value:
        return now
    moments = [one.at for one in told] + [one.due_at for one in asked if one.state not in ("stopped", "skipped")]
    return max(moments, default=now)


def _by_day(events: Sequence[Said | Note], zone: ZoneInfo) -> Iterator[tuple[datetime, list[Said | Note]]]:
    """The events of each day on the calendar of `zone`, in order."""
    day: list[Said | Note] = []
    for event in sorted(events, key=_order):
        if day and event.at.astimezone(zone).date() != day[0].at.astimezone(zone).date():
            yield day[0].at, day
            day = []
        day.append(event)
    if day:
        yield day[0].at, day


def _order(event: Said | Note) -> tuple[datetime, int]:
    """By time; at one moment consent, a text, the flag it raised, our answer, then what people did."""
    if isinstance(event, Said):
        return event.at, 3 if event.line.out else 1
    return event.at, {"consent": 0, "flag": 2}.get(event.kind, 4)


def moment_of(text: str) -> datetime | None:
    """An aware instant as a link carries it; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
