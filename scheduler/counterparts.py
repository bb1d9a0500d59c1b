"""Which check-in of one version of a protocol is which of another: the same question on the same day. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import time

from scheduler.plan import step_of
from scheduler.protocol import Protocol

STEP = re.compile(r"^d(-?\d+)-(\d{4})$")

Asking = tuple[int, str]  # day of recovery, question


def askings(protocol: Protocol) -> dict[Asking, list[time]]:
    """The local times of each question on each day, in order."""
    found: dict[Asking, list[time]] = defaultdict(list)
    for slot in protocol.slots():
        found[slot.day, slot.question].append(slot.at)
    return found


def counterparts(old: Protocol, new: Protocol, added: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """By a step's name in `old`, its name in `new`; steps that only one of the two has are left out.

    A question that is asked several times a day keeps the times that both versions have; the others are matched in
    the order of the day. `added` are (step, question) that a family has beyond `old`: its follow-up was extended.
    """
    names = {"goodbye": "goodbye"}
    was, now = askings(old), askings(new)
    for step, question in added:
        found = STEP.match(step)
        if found and question in old.questions:
            times = was[int(found[1]), question]
            at = time(int(found[2][:2]) % 24, int(found[2][2:]) % 60)
            was[int(found[1]), question] = times if at in times else sorted([*times, at])
    for (day, question), times in was.items():
        others = now.get((day, question), [])
        both = [at for at in times if at in others]
        left = [at for at in times if at not in both]
        free = [at for at in others if at not in both]
        for one, other in [*zip(both, both, strict=True), *zip(left, free, strict=False)]:
            names[step_of(day, one)] = step_of(day, other)
    return names
