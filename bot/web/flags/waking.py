"""A text that would wake a family, or reach a number that may be a stranger's, is asked about first.

Danger is answered at any hour and on any number; whoever wrote just now is awake.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.web import present
from bot.web.flags.later import FormError
from bot.web.language import _
from messages.flags import Flag, Level
from messages.people import Caregiver
from messages.store.thread import Line
from scheduler.plan import out_of_quiet
from scheduler.protocol import QuietHours

AWAKE_FOR = timedelta(hours=1)  # after a text of theirs


class AskError(FormError):
    """Sent when the form comes again with `anyway`.

    `morning` is the end of the quiet hours on the family's clock; None when it would wake nobody.
    """

    def __init__(self, what: str, morning: datetime | None) -> None:
        super().__init__(what)
        self.morning = morning


def ask_before(
    flag: Flag, lines: Sequence[Line], to: Caregiver, quiet: QuietHours, leaves: datetime | None, now: datetime
) -> None:
    """Raise AskError for a text, now or at `leaves`, to a number that is not confirmed or in their quiet hours."""
    if flag.level is Level.EMERGENCY:
        return
    doubts = [] if to.confirmed else [_("This number has not answered yet whether it is the family's.")]
    morning = _would_wake(lines, to, quiet, leaves or now)
    if morning:
        words = _("It will be %(hour)s for them then.") if leaves else _("It is %(hour)s for them.")
        doubts.append(words % {"hour": present.clock(leaves or now, to.tz)})
    if doubts:
        raise AskError(" ".join(doubts), morning)


def _would_wake(lines: Sequence[Line], to: Caregiver, quiet: QuietHours, at: datetime) -> datetime | None:
    """Their morning on their clock, when a text that leaves at `at` would wake them."""
    morning = out_of_quiet(at, quiet, to.tz)
    awake = any(not line.out and line.caregiver_id == to.id and at - line.at < AWAKE_FOR for line in lines)
    return None if awake or morning <= at else morning.astimezone(to.tz)
