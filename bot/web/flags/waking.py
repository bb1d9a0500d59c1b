"""A text that would wake a family is asked about first. Danger, and whoever wrote just now, is answered at any hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.web import present
from bot.web.flags.later import FormError
from bot.web.language import _
from messages.flags import Flag, Level
from messages.store.thread import Line
from scheduler.plan import out_of_quiet
from scheduler.protocol import QuietHours

AWAKE_FOR = timedelta(hours=1)  # after a text of theirs


class AskError(FormError):
    """Sent when the form comes again with `anyway`. `morning` is the end of the quiet hours on the family's clock."""

    def __init__(self, what: str, morning: datetime) -> None:
        super().__init__(what)
        self.morning = morning


def ask_before_waking(
    flag: Flag, lines: Sequence[Line], to: str | None, quiet: QuietHours, zone: ZoneInfo, leaves: datetime | None,
    now: datetime,
) -> None:
    """Raise AskError for a text to the caregiver `to` that leaves in the quiet hours of `zone`, now or at `leaves`."""
    at = leaves or now
    morning = out_of_quiet(at, quiet, zone)
    if flag.level is Level.EMERGENCY or morning <= at:
        return
    if any(not line.out and line.caregiver_id == to and at - line.at < AWAKE_FOR for line in lines):
        return
    words = _("It will be %(hour)s for them then.") if leaves else _("It is %(hour)s for them.")
    raise AskError(words % {"hour": present.clock(at, zone)}, morning.astimezone(zone))
