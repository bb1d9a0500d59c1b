"""Which ways reach a member of staff, and by which a page of theirs goes."""

from __future__ import annotations

from collections.abc import Sequence

from messages.flags import Level
from messages.ladder import Way
from messages.people import BY_PHONE, Staff

WAYS: tuple[Way, ...] = tuple(Way)  # those there are: the settings offer these


def reachable_by(person: Staff, way: Way) -> bool:
    """Whether a page can reach this person so. Whoever was invited and never came in knows of nothing: no way does."""
    return not person.waits and (bool(person.phone) if way in BY_PHONE else way in person.ways)


def reachable(person: Staff) -> bool:
    return any(reachable_by(person, way) for way in WAYS)


def ways_for(person: Staff, level: Level) -> tuple[Way, ...]:
    """By which ways this person wants pages of a level; () only for one whom nothing reaches.

    Who can be reached is never left out because of a switch: without a way for this level, by the first there is.
    """
    can = [way for way in WAYS if reachable_by(person, way)]
    return tuple(way for way in can if level in person.ways.get(way, ())) or tuple(can[:1])


def ways_to(person: Staff, wanted: Sequence[Way], level: Level) -> tuple[Way, ...]:
    """The ways of a page: the person's own choice where the rung leaves it to them (every way), else the rung's.

    A rung that no way of the person's fits goes by what they chose, so that nobody is passed over.
    """
    asked = () if set(wanted) >= set(WAYS) else [way for way in WAYS if way in wanted and reachable_by(person, way)]
    return tuple(asked) or ways_for(person, level)
