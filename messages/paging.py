"""Telling staff about a flag until one of them takes it, and again when it was taken and nothing was done."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from messages.database import Connection
from messages.escalation import NobodyToTell, PageAt, PageNow, alarmed, next_page
from messages.flags import Flag, FlagState, Level
from messages.house import House
from messages.ladder import Way
from messages.page_words import bundle_body, page_body
from messages.people import Hospital, Staff
from messages.reachable import WAYS, ways_to
from messages.store.pages import (
    ALARM,
    PageOut,
    claim_flags_to_page,
    drop_waiting_pages,
    page_noted,
    told_lately,
)
from messages.store.people import hospital_by_id, staff_of
from messages.to_staff import link_of, targets, write_page

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(minutes=5)  # when a hospital has nobody who can be told, until it has
TOGETHER = timedelta(minutes=2)  # what falls due to one person within these is told in one page; never an emergency


@dataclass(frozen=True)
class Due:
    """A flag whose people are told now, by this step of its ladder."""

    flag: Flag
    hospital: Hospital
    staff: Sequence[Staff]
    step: PageNow


@dataclass(frozen=True)
class _One:
    """One flag for one person by one way, at one of their addresses; `alarm`: every rung of it has failed."""

    due: Due
    person: Staff
    way: Way
    address_id: str | None
    alarm: bool

    @property
    def with_others(self) -> tuple[object, ...]:
        """What those have in common that one page tells of. An emergency and a call stand alone."""
        alone = self.due.flag.level is Level.EMERGENCY or self.way is Way.CALL
        return self.person.id, self.way, self.address_id, self.alarm, self.due.flag.id if alone else ""


def climb(house: House, connection: Connection, flag: Flag, now: datetime) -> int:
    """Take the next step for one flag, in the caller's commit; returns how many people were told.

    Whoever was told of another just now is told of this one with whatever else comes, a moment later: see TOGETHER.
    """
    due = _due(house, connection, flag, now)
    if due is None:
        return 0
    if flag.level < Level.EMERGENCY and not due.step.failed and not flag.pages_sent:
        lately = told_lately(connection, due.step.staff_ids, flag, now - TOGETHER)
        if set(due.step.staff_ids) <= lately.keys():
            page_noted(connection, flag, told=[], rung=0, next_at=min(lately.values()) + TOGETHER, now=now)
            return 0
    return _tell(house, connection, [due], now)


def _due(house: House, connection: Connection, flag: Flag, now: datetime) -> Due | None:
    """What is to be done about one flag: whom to tell now, or None when that was noted for later."""
    hospital = hospital_by_id(connection, flag.hospital_id)
    staff = staff_of(connection, house.vault, flag.hospital_id)
    step = next_page(flag, hospital, staff, now)
    if isinstance(step, PageNow):
        return Due(flag, hospital, staff, step)
    if isinstance(step, PageAt):
        page_noted(connection, flag, told=[], rung=0, next_at=step.at, now=now)
    elif isinstance(step, NobodyToTell):
        log.critical("flag %s: hospital %s has nobody who can be told", flag.id, flag.hospital_id)
        failed = _failed(flag, now) if flag.failed_at is None else {}
        page_noted(connection, flag, told=[], rung=0, next_at=now + ASK_AGAIN, now=now, changes=failed)
    return None


def _tell(house: House, connection: Connection, dues: Sequence[Due], now: datetime) -> int:
    """Tell the people of these flags; what goes to one person by one way is one page. Returns how many people."""
    ones = _ring_once([one for due in dues for one in _whom(connection, due)])
    together: dict[tuple[object, ...], list[_One]] = {}
    theirs: dict[str, set[str]] = {}
    for one in ones:
        together.setdefault(one.with_others, []).append(one)
        theirs.setdefault(one.person.id, set()).add(one.due.flag.id)
    for staff_id, flag_ids in theirs.items():
        drop_waiting_pages(connection, sorted(flag_ids), [staff_id], now)
    told: dict[str, list[PageOut]] = {due.flag.id: [] for due in dues}
    for group in together.values():
        outbox_id, token = _write(house, connection, group, now)
        for one in group:
            page = PageOut(one.person.id, outbox_id, one.way, token, ALARM if one.alarm else None)
            told[one.due.flag.id].append(page)
    for due in dues:
        flag, step = due.flag, due.step
        changes: dict[str, object] = {"rung": step.rung}
        if step.failed:
            log.critical("flag %s: every rung of its ladder was told and nobody took it", flag.id)
            changes |= _failed(flag, now)
        if flag.state is FlagState.TAKEN and flag.climbs_since is None:
            changes["climbs_since"] = now
        page_noted(
            connection, flag, told=told[flag.id], rung=step.rung, next_at=step.again_at, now=now, changes=changes
        )
    return len(theirs)


def _whom(connection: Connection, due: Due) -> list[_One]:
    """Everybody of the step by their ways, and by all ways the managers where every rung has failed."""
    by_id = {person.id: person for person in due.staff}
    managers = alarmed(due.hospital, due.staff) if due.step.failed else ()
    people = [by_id[one] for one in due.step.staff_ids if by_id[one] not in managers]
    return [
        _One(due, person, way, address_id, person in managers)
        for person, ways in [(one, due.step.ways) for one in people] + [(one, WAYS) for one in managers]
        for way, address_id in targets(connection, person, ways_to(person, ways, due.flag.level))
    ]


def _ring_once(ones: Sequence[_One]) -> list[_One]:
    """Without the calls about a second flag and more, where another way tells that person of it: no emergency."""
    rung: set[str] = set()
    kept = []
    for one in ones:
        if one.way is Way.CALL and one.due.flag.level is not Level.EMERGENCY:
            also = any(
                other.way is not Way.CALL and other.person.id == one.person.id and other.due.flag.id == one.due.flag.id
                for other in ones
            )
            if one.person.id in rung and also:
                continue
            rung.add(one.person.id)
        kept.append(one)
    return kept


def _write(house: House, connection: Connection, group: Sequence[_One], now: datetime) -> tuple[str, str]:
    """Queue one page about one flag, or about several; returns its row in the outbox and the token of its link.

    A page about several has no link that takes, and no answer takes them: whoever got it opens the list.
    """
    one = max(group, key=lambda each: each.due.flag.level.rank)
    due, token, replies = one.due, "", one.way is Way.TEXT
    if len(group) == 1:
        token = token_urlsafe(12)
        holder = next((each.name for each in due.staff if each.id == due.flag.taken_by), "")
        body = page_body(
            due.flag, due.hospital, one.person, link_of(house, f"take/{token}"), left_by=holder, failed=one.alarm,
            replies=replies,
        )
    else:
        levels = [each.due.flag.level for each in group]
        body = bundle_body(
            levels, due.hospital, one.person, link_of(house, ""), failed=one.alarm, replies=replies
        )
    return write_page(house, connection, due.flag, one.person, one.way, body, now, one.address_id), token


def _failed(flag: Flag, now: datetime) -> dict[str, object]:
    """Every rung has failed: the family of a flag that nobody has is told so by the clock."""
    return {"failed_at": now, "tell_family_at": now if flag.state is FlagState.OPEN else None}


def page_due_flags(house: House, now: datetime) -> int:
    """Let every flag climb whose next page is due; returns how many were told.

    Emergencies first, in a commit of their own; what else is due to one person then goes together. A flag that cannot
    climb, for whatever reason, holds up no other: it is tried again later.
    """
    told = 0
    while True:
        with house.database.writing() as connection:
            flags = claim_flags_to_page(connection, now)
            serious = [flag for flag in flags if flag.level is Level.EMERGENCY]
            told += _tell_due(house, connection, serious or flags, now)
        if not serious:
            return told


def _tell_due(house: House, connection: Connection, flags: Sequence[Flag], now: datetime) -> int:
    dues: list[Due] = []
    for flag in flags:
        with _alone(connection, flag, now):
            due = _due(house, connection, flag, now)
            dues += [due] if due else []
    told = 0
    if not dues:
        return 0
    try:
        with connection.begin_nested():
            return _tell(house, connection, dues, now)
    except Exception as error:
        log.error("%d flags could not be told together: %s", len(dues), type(error).__name__)
    for due in dues:
        with _alone(connection, due.flag, now):
            told += _tell(house, connection, [due], now)
    return told


@contextmanager
def _alone(connection: Connection, flag: Flag, now: datetime) -> Iterator[None]:
    """What goes wrong with this flag is undone and said, and the others go on."""
    try:
        with connection.begin_nested():
            yield
    except Exception as error:
        log.critical("flag %s could not be told to anybody: %s", flag.id, type(error).__name__)
        page_noted(connection, flag, told=[], rung=0, next_at=now + ASK_AGAIN, now=now)
