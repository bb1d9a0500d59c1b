"""What a person may do about a follow-up as a whole: pause, resume, end, a loss, a readmission; and take it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.web.families import followup_check_ins, followup_contacts, followup_contacts_undo, followup_words
from bot.web.families.followup_doing import Doing, version_of
from bot.web.flags.acts import FormError
from bot.web.language import _
from messages.database import Connection
from messages.errors import ConflictError
from messages.house import House
from messages.people import EpisodeState, Hospital, Right, Staff
from messages.store import contacts
from messages.store.episode_acts import EpisodeAct, episode_acts_of
from messages.store.families import ChildOf, FamilyRow, children_of
from scheduler.enrol import FARTHEST
from scheduler.fields import RISKS
from scheduler.plan import day_of_recovery, instant
from scheduler.store import episodes, stopping
from scheduler.store.published import protocol_by_id

UNDO_WITHIN = timedelta(minutes=1)
USUAL_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/Mexico_City",
)
LONGEST_PAUSE = timedelta(days=180)
PAUSES = ("away", "hospital_visit", "family_wish", "other")
ENDS = ("finished", "other_care", "family_wish", "wrong_enrolment", "other")


def siblings_of(connection: Connection, house: House, row: FamilyRow) -> list[ChildOf]:
    """Other children that the same phones are texted about, each once."""
    theirs = children_of(connection, house.vault, [adult.caregiver.id for adult in row.adults])
    found = {child.episode_id: child for several in theirs.values() for child in several}
    return [child for child in found.values() if child.episode_id != row.episode_id]


def undoable(acts: Sequence[EpisodeAct], person: Staff, now: datetime) -> EpisodeAct | None:
    """The act that this person may still take back: their own, the last one here, of the last minute."""
    last = acts[-1] if acts else None
    if last is None or last.staff_id != person.id or last.kind not in UNDOES or now - last.at > UNDO_WITHIN:
        return None
    if "key" in last.detail:  # another system did it, with a key that this person made
        return None
    if last.kind in _NEED_BEFORE and "before" not in last.detail:  # the brother's part of a loss, or a command
        return None
    return last


def _standing(doing: Doing, episode_id: str | None = None) -> dict[str, Any]:
    before = asdict(stopping.standing(doing.connection, episode_id or doing.episode_id))
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}


def _pause(doing: Doing) -> None:
    doing.running()
    _may_stop(doing)
    why = doing.choice("why", PAUSES, _("Say why the texts pause."))
    last_day = doing.day("until")
    until = instant(last_day, time(0), doing.zone) if last_day else None
    if until and not doing.now < until <= doing.now + LONGEST_PAUSE:
        raise FormError(_("The texts begin again on a day from tomorrow on, within half a year."),
                        mend=_("Choose another day, or none."))
    before = _standing(doing)
    stopped = stopping.pause_rows(doing.connection, doing.episode_id, why, doing.now, until)
    doing.note("paused", doing.words(), why=why, until=until.isoformat() if until else None, before=before,
               **asdict(stopped))


def _may_stop(doing: Doing) -> None:
    if doing.row.ended_why == episodes.LOSS:
        raise ConflictError(_("The texts are stopped because the child died."), mend=_("Nothing was changed."))


def _resume(doing: Doing) -> None:
    doing.running()
    if doing.row.state != EpisodeState.PAUSED.value:
        raise ConflictError(_("The texts are not paused."), mend=_("Nothing was changed."))
    if doing.row.ended_why == episodes.LOSS and doing.form.get("mistake") != "yes":
        raise FormError(_("The family's words told of a death."), mend=_("Tick that it was a mistake, if it was."))
    day_zero, was, before = doing.day("day_zero"), doing.row.day_zero, _standing(doing)
    if day_zero:
        _set_day_zero(doing, day_zero)
    stopping.resume_rows(doing.connection, [doing.episode_id], doing.now)
    doing.note("resumed", doing.words(), day_zero=day_zero.isoformat() if day_zero else None, was=was.isoformat(),
               before=before)


def _end(doing: Doing) -> None:
    doing.running()
    why = doing.choice("why", ENDS, _("Say why it ends."))
    before = _standing(doing)
    stopped = stopping.end_rows(doing.connection, doing.episode_id, doing.hospital.id, why, doing.now)
    assert stopped is not None  # it was running, and is held
    doing.note("ended", doing.words(), why=why, before=before, **asdict(stopped))


def _loss(doing: Doing) -> None:
    """The child died: everything routine stops for good. Flags stay open until a person closes them."""
    if doing.row.ended_why == episodes.LOSS and doing.row.state == EpisodeState.ENDED.value:
        raise ConflictError(_("The loss is recorded already."), mend=_("Nothing was changed."))
    before = _standing(doing)
    stopped = stopping.end_rows(doing.connection, doing.episode_id, doing.hospital.id, episodes.LOSS, doing.now)
    assert stopped is not None
    also = {}
    others = {child.episode_id for child in siblings_of(doing.connection, doing.house, doing.row)}
    for episode_id in sorted(others & set(doing.form.getlist("also"))):
        contacts.hold_family(doing.connection, doing.hospital.id, episode_id)
        was = _standing(doing, episode_id)
        if was["state"] != EpisodeState.ACTIVE.value:
            continue
        also[episode_id] = was
        stopping.pause_rows(doing.connection, episode_id, "loss_in_family", doing.now)
        doing.note("paused", episode_id=episode_id, why="loss_in_family", until=None)
    doing.note("lost", doing.words(), before=before, also=also, **asdict(stopped))


def _readmission(doing: Doing) -> None:
    """The child is back in hospital: everything routine stops until a person resumes it."""
    doing.running()
    _may_stop(doing)
    before = _standing(doing)
    stopped = stopping.pause_rows(doing.connection, doing.episode_id, "readmission", doing.now)
    doing.note("readmitted", doing.words(), before=before, **asdict(stopped))


def _reopen(doing: Doing) -> None:
    before = _standing(doing)
    if not stopping.reopen_rows(doing.connection, doing.episode_id, "reopened", doing.now):
        raise ConflictError(
            _("This follow-up cannot be opened again: it has not ended, or the child has a newer one."),
            mend=_("Nothing was changed."),
        )
    doing.note("reopened", doing.words(), before=before)


def _day_zero(doing: Doing) -> None:
    doing.running()
    day = doing.day("day_zero")
    if day is None:
        raise FormError(_("No day is given."), mend=_("Choose a day."))
    was = doing.row.day_zero
    _set_day_zero(doing, day)
    doing.note("day_zero", doing.words(), was=was.isoformat(), day_zero=day.isoformat())


def _set_day_zero(doing: Doing, day: date) -> None:
    if day == doing.row.day_zero:
        raise FormError(_("That is the day already."), mend=_("Nothing was changed."))
    today = day_of_recovery(day, doing.zone.key, doing.now)
    if today >= doing.protocol.goodbye.day:
        raise FormError(_("That day is so long ago that the follow-up would be over."), mend=_("Check the day."))
    if today < -FARTHEST.days:
        raise FormError(_("That day is more than three months ahead."), mend=_("Check the year."))
    _move_day_zero(doing, day)


def _move_day_zero(doing: Doing, day: date) -> None:
    before = doing.basis()
    episodes.move_episode(doing.connection, doing.episode_id, day_zero=day, protocol_id=doing.row.protocol_id)
    doing.planned_anew(before)


def _undo(doing: Doing) -> None:
    last = undoable(doing.acts, doing.person, doing.now)
    if last is None or last.id != doing.form.get("act"):
        raise ConflictError(
            _("That can no longer be undone: a minute has passed, or something came after it."),
            mend=_("Nothing was changed."),
        )
    stopped = UNDOES[last.kind](doing, last)
    whose = {"caregiver": last.detail["caregiver"]} if "caregiver" in last.detail else {}
    doing.note("undone", undoes=last.id, what=last.kind, **whose, **(asdict(stopped) if stopped else {}))


def _undo_start(doing: Doing, act: EpisodeAct) -> stopping.Stopped:
    """Resumed or opened again by mistake: nothing more leaves, and it stands as before."""
    if act.detail.get("day_zero"):
        _move_day_zero(doing, date.fromisoformat(act.detail["was"]))
    before = _kept(act.detail["before"])
    return stopping.stop_again(doing.connection, doing.episode_id, doing.hospital.id, before, doing.now)


def _undo_day_zero(doing: Doing, act: EpisodeAct) -> None:
    _move_day_zero(doing, date.fromisoformat(act.detail["was"]))


def _undo_stop(doing: Doing, act: EpisodeAct) -> None:
    _unstop(doing, doing.episode_id, act.detail["before"], act.at)
    for episode_id, before in act.detail.get("also", {}).items():
        contacts.hold_family(doing.connection, doing.hospital.id, episode_id)
        if stopping.standing(doing.connection, episode_id).why == "loss_in_family":
            _unstop(doing, episode_id, before, act.at)
            doing.note("undone", episode_id=episode_id, what="paused")


def _unstop(doing: Doing, episode_id: str, kept: dict[str, Any], at: datetime) -> None:
    stopping.undo_stop(doing.connection, episode_id, _kept(kept), at, doing.now)


def _kept(standing: dict[str, Any]) -> stopping.Standing:
    moments = {
        name: datetime.fromisoformat(standing[name]) if standing[name] else None for name in ("until", "ended_at")
    }
    return stopping.Standing(state=standing["state"], why=standing["why"], **moments)


UNDOES: dict[str, Callable[[Doing, EpisodeAct], stopping.Stopped | None]] = {
    "paused": _undo_stop, "ended": _undo_stop, "lost": _undo_stop, "readmitted": _undo_stop,
    "resumed": _undo_start, "reopened": _undo_start, "day_zero": _undo_day_zero,
    **followup_check_ins.UNDOES, **followup_contacts_undo.UNDOES,
}
_NEED_BEFORE = ("paused", "ended", "lost", "readmitted", "resumed", "reopened")
DOES: dict[str, Callable[[Doing], None]] = {
    "pause": _pause, "resume": _resume, "end": _end, "loss": _loss, "readmission": _readmission, "reopen": _reopen,
    "day-zero": _day_zero, "undo": _undo, **followup_check_ins.DOES, **followup_contacts.DOES,
}


def values(
    connection: Connection, house: House, row: FamilyRow, hospital: Hospital, person: Staff, now: datetime
) -> dict[str, Any]:
    """What the page of a family shows of its follow-up: where it stands, what was done, what may be done."""
    acts = episode_acts_of(connection, house.vault, row.episode_id)
    zone = row.adults[0].caregiver.tz if row.adults else hospital.tz
    protocol = protocol_by_id(connection, row.protocol_id)
    return {
        "words": followup_words,
        "zone": zone,
        "version": version_of(row, acts),
        "acts": acts,
        "history": followup_words.history(row, acts, zone),
        "undo": undoable(acts, person, now),
        "stop": next((act for act in reversed(acts) if act.kind in ("lost", "readmitted", "paused", "ended")), None),
        "siblings": siblings_of(connection, house, row),
        "protocol": protocol,
        "allows": protocol.own_hours is not None,
        "may": person.may(Right.ACT),
        "ended": row.state == EpisodeState.ENDED.value,
        "lost": row.ended_why == episodes.LOSS,
        "risks": RISKS,
        "today": now.astimezone(zone).date(),
        "zones": sorted({hospital.zone, *(adult.caregiver.zone for adult in row.adults), *USUAL_ZONES}),
        "pauses": PAUSES,
        "ends": ENDS,
    }
