"""When a text leaves that is sent later: a day and time on the family's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.web.language import _
from messages.errors import HearbackError
from scheduler.plan import instant

FARTHEST = timedelta(days=14)


class FormError(HearbackError):
    """Something typed is missing or too long; what was typed stays on the page."""


def leaves_at(typed: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The UTC instant of what was typed ("2026-03-02T09:30"); None when nothing was: the text leaves now.

    A time that a clock change skips is as much later as the clock jumped; one that comes twice is the first that is
    still to come. Raises FormError for a time that is past or too far.
    """
    if not typed.strip():
        return None
    wanted = _wall_clock(typed.strip())
    if wanted is None:
        raise FormError(_("That is not a day and a time."), mend=_("Choose both, or leave both empty."))
    at = instant(wanted.date(), wanted.time(), zone)
    if at <= now:
        at = instant(wanted.date(), wanted.time().replace(fold=1), zone)
    if at <= now:
        raise FormError(
            _("That time is past on the family's clock."), mend=_("Choose a later one, or leave it empty to send now.")
        )
    if at > now + FARTHEST:
        raise FormError(_("A text can wait two weeks at most."), mend=_("Choose an earlier day."))
    return at


def _wall_clock(typed: str) -> datetime | None:
    try:
        wanted = datetime.fromisoformat(typed)
    except ValueError:
        return None
    # Years at the ends of the calendar have no instant in every zone.
    return wanted if wanted.tzinfo is None and 1900 < wanted.year < 9000 else None
