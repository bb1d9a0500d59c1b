"""One act about a follow-up, about to be done: what was typed, checked, and the family held until the commit.

While it is held the clock passes over its check-ins, and its texts wait to be decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from bot.web.console import stamp
from bot.web.flags.acts import FormError
from bot.web.language import _
from messages.database import Connection
from messages.errors import ConflictError
from messages.house import House
from messages.people import EpisodeState, Hospital, Hours, Staff
from messages.store import contacts
from messages.store.episode_acts import EpisodeAct, episode_acts_of, note_episode_act
from messages.store.families import FamilyRow, family
from scheduler.protocol import Protocol
from scheduler.replan import Basis, basis_of, replan
from scheduler.store.published import protocol_by_id

LONGEST_NOTE = 2000


def version_of(row: FamilyRow, acts: Sequence[EpisodeAct]) -> str:
    """Changes with everything that a person may change here, and with the family's own STOP."""
    return stamp(row.state, row.ended_why, row.day_zero, row.risks, row.adults, acts[-1].id if acts else "")


@dataclass(frozen=True)
class Doing:
    """One act about to be done, inside its transaction, on the family as it is now."""

    connection: Connection
    house: House
    person: Staff
    hospital: Hospital
    form: MultiDict[str, str]
    now: datetime
    row: FamilyRow
    acts: Sequence[EpisodeAct]

    @property
    def episode_id(self) -> str:
        return self.row.episode_id

    @property
    def zone(self) -> ZoneInfo:
        """The family's clock: that of the adult who is asked first."""
        return self.row.adults[0].caregiver.tz if self.row.adults else self.hospital.tz

    @property
    def own(self) -> Hours | None:
        """Between which hours the adult who is asked first wants texts."""
        return self.row.adults[0].caregiver.hours if self.row.adults else None

    @property
    def protocol(self) -> Protocol:
        return protocol_by_id(self.connection, self.row.protocol_id)

    def note(self, kind: str, note: str = "", *, episode_id: str | None = None, **detail: Any) -> str:
        return note_episode_act(
            self.connection, self.house.vault, self.person, episode_id or self.episode_id, kind, now=self.now,
            note=note, detail=detail,
        )

    def words(self, name: str = "note", longest: int = LONGEST_NOTE) -> str:
        """What was typed into a field, checked for length; "" when nothing was."""
        text = self.form.get(name, "").replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise FormError(
                _("That is %(n)s characters long; %(most)s is the most.") % {"n": len(text), "most": longest},
                mend=_("Shorten it."),
            )
        return text

    def choice(self, name: str, among: Sequence[str], missing: str) -> str:
        if self.form.get(name) not in among:
            raise FormError(missing, mend=_("Choose one."))
        return self.form[name]

    def day(self, name: str) -> date | None:
        """A day as a browser sends it; None when the field is empty."""
        text = self.form.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise FormError(_("That is not a day."), mend=_("Write it like 2026-03-05.")) from None

    def at(self, name: str = "at") -> time:
        """A time of day on the family's clock."""
        try:
            return time.fromisoformat(self.form.get(name, "").strip()).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            raise FormError(_("That is not a time of day."), mend=_("Write it like 18:30.")) from None

    def running(self) -> None:
        """Raise ConflictError for a follow-up that has ended."""
        if self.row.state == EpisodeState.ENDED.value:
            raise ConflictError(_("This follow-up has ended."), mend=_("Nothing was changed. Open it again first."))

    def basis(self, episode_id: str | None = None) -> Basis:
        return basis_of(self.connection, self.house.vault, episode_id or self.episode_id)

    def planned_anew(self, before: Basis, episode_id: str | None = None) -> None:
        """Bring the check-ins in accord with what was just changed."""
        after = self.basis(episode_id)
        if before != after:
            replan(self.connection, self.hospital.id, episode_id or self.episode_id, before, after, self.now)


def begin(
    connection: Connection, house: House, person: Staff, hospital: Hospital, episode_id: str,
    form: MultiDict[str, str], now: datetime,
) -> Doing:
    """Hold the family. Raises NotFoundError for another hospital's, ConflictError when it is not as it was shown."""
    contacts.hold_family(connection, hospital.id, episode_id)
    row = family(connection, house.vault, hospital.id, episode_id)
    acts = episode_acts_of(connection, house.vault, episode_id)
    if form.get("version") != version_of(row, acts):
        raise ConflictError(
            _("Something was changed here since you opened this page."),
            mend=_("Nothing was done now. Look at what is new, then press again."),
        )
    return Doing(connection, house, person, hospital, form, now, row, acts)
