"""Which ways reach a member of staff. A text is the only way there is."""

from __future__ import annotations

from collections.abc import Sequence

from messages.ladder import Way
from messages.people import Staff

WAYS: tuple[Way, ...] = (Way.TEXT,)  # those there are: the settings offer these


def reachable_by(person: Staff, way: Way) -> bool:
    """Whether a page can reach this person so. Whoever was invited and never came in knows of nothing: no way does."""
    return way is Way.TEXT and bool(person.phone) and not person.waits


def reachable(person: Staff) -> bool:
    return any(reachable_by(person, way) for way in WAYS)


def ways_to(person: Staff, wanted: Sequence[Way]) -> tuple[Way, ...]:
    """Those of the wanted ways that reach this person; else the first that does, so that nobody is passed over."""
    found = tuple(way for way in WAYS if way in wanted and reachable_by(person, way))
    return found or tuple(way for way in WAYS if reachable_by(person, way))[:1]
