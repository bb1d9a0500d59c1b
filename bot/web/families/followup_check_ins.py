"""What a person may do about the coming check-ins: skip, put back, move to another hour, add one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.web import present
from bot.web.families.followup_doing import Doing
from bot.web.flags.acts import FormError
from bot.web.language import _
from messages.errors import ConflictError
from messages.store.episode_acts import EpisodeAct
from scheduler.plan import NEAREST, instant, step_of, too_near, until_of
from scheduler.quiet import for_adult
from scheduler.store import by_hand, episodes

SKIPS = ("spoke", "clinic", "family_wish", "not_needed", "other")
FARTHEST = timedelta(days=120)


def _awake(doing: Doing, at: time) -> None:
    """Raise FormError for an hour at which nothing may leave."""
    quiet = for_adult(doing.protocol, doing.own).quiet_hours
    if quiet.hold(at):
        raise FormError(
            _("%(hour)s is in the quiet hours, %(start)s to %(end)s, when nothing is sent.")
            % {"hour": present.hour(at), "start": present.hour(quiet.start), "end": present.hour(quiet.end)},
            mend=_("Choose another hour."),
        )


def _moment(doing: Doing, day: date, at: time, but: str = "") -> datetime:
    """The instant of a day and hour on the family's clock, when a text may be planned then."""
    _awake(doing, at)
    moment = instant(day, at, doing.zone)
    _awake(doing, moment.astimezone(doing.zone).time())  # the hour that a clock change puts in its place
    if moment <= doing.now:
        raise FormError(_("That time has passed on the family's clock."), mend=_("Choose a later one."))
    if moment > doing.now + FARTHEST:
        raise FormError(_("That day is more than four months ahead."), mend=_("Choose a nearer one."))
    for other in by_hand.coming_instants(doing.connection, doing.episode_id, but):
        if abs(other - moment) < NEAREST:
            raise FormError(
                _("Another check-in is planned for %(hour)s.") % {"hour": present.clock(other, doing.zone)},
                mend=_("Choose an hour at least 30 minutes from it."),
            )
    return moment


def _row(doing: Doing, state: str = "planned") -> Any:
    doing.running()
    row = by_hand.coming_row(doing.connection, doing.episode_id, doing.form.get("check_in", ""), state)
    if row.question == "welcome":
        raise FormError(_("The welcome tells the family how to stop the texts: it is always sent."),
                        mend=_("Nothing was changed."))
    return row


def _skip(doing: Doing) -> None:
    row = _row(doing)
    why = doing.choice("why", SKIPS, _("Say why it is skipped."))
    by_hand.skip_row(doing.connection, row.id, doing.person.id)
    doing.note("skipped", doing.words(), check_in=row.id, question=row.question, due=row.due_at.isoformat(), why=why,
               set_by=row.set_by, until=row.until_at.isoformat())


def _put_back(doing: Doing) -> None:
    row = _row(doing, "skipped")
    if row.set_by is None or row.due_at <= doing.now:
        raise ConflictError(_("Only what a person skipped, and is still to come, can be put back."),
                            mend=_("Nothing was changed."))
    by_hand.plan_row(doing.connection, row.id, doing.person.id, row.due_at, row.until_at)
    doing.note("put_back", check_in=row.id, question=row.question, due=row.due_at.isoformat())


def _move(doing: Doing) -> None:
    row = _row(doing)
    at = doing.at()
    if doing.form.get("scope") == "all":
        _move_all(doing, row, at)
        return
    if row.question == "goodbye":
        raise FormError(_("The goodbye comes when the protocol says."), mend=_("You can skip it."))
    local = row.due_at.astimezone(doing.zone)
    if local.time().replace(second=0, microsecond=0) == at:
        raise FormError(_("That is its hour already."), mend=_("Nothing was changed."))
    moment = _moment(doing, local.date(), at, row.id)
    by_hand.plan_row(
        doing.connection, row.id, doing.person.id, moment, until_of(moment, doing.protocol, doing.zone)
    )
    doing.note("moved", doing.words(), check_in=row.id, question=row.question, was=row.due_at.isoformat(),
               due=moment.isoformat(), until=row.until_at.isoformat(), set_by=row.set_by)


def _move_all(doing: Doing, row: Any, at: time) -> None:
    """From now on, whatever the protocol asks at this check-in's hour is asked at another."""
    written = _written(doing, row.step)
    if written is None:
        raise FormError(_("A person added this check-in: it has no hour in the protocol."),
                        mend=_("Move only this one."))
    _awake(doing, at)
    hours = {time.fromisoformat(was): time.fromisoformat(to) for was, to in doing.row.hours.items()}
    was = hours.get(written, written)
    if was == at:
        raise FormError(_("That is their hour already."), mend=_("Nothing was changed."))
    chosen = {**hours, written: at}
    if at == written:
        del chosen[written]
    near = too_near(doing.protocol, chosen)
    if near:
        raise FormError(
            _("Two check-ins of one day would be due at %(one)s and %(other)s.")
            % {"one": present.hour(near[0]), "other": present.hour(near[1])},
            mend=_("Choose an hour at least 30 minutes from the other."),
        )
    _set_hours(doing, chosen)
    doing.note("hours", doing.words(), was=f"{was:%H:%M}", at=f"{at:%H:%M}", question=row.question,
               hours=doing.row.hours)


def _written(doing: Doing, step: str) -> time | None:
    """The hour that the protocol gives to a step; None for what a person added."""
    if step == "goodbye":
        return doing.protocol.goodbye.at
    found = {step_of(slot.day, slot.at)[-4:]: slot.at for slot in doing.protocol.slots()}
    return found.get(step[-4:]) if step.startswith("d") else None


def _set_hours(doing: Doing, hours: dict[time, time]) -> None:
    before = doing.basis()
    kept = {f"{written:%H:%M}": f"{at:%H:%M}" for written, at in hours.items()}
    episodes.set_hours(doing.connection, doing.episode_id, kept)
    doing.planned_anew(before)


def _add(doing: Doing) -> None:
    doing.running()
    question = doing.choice("question", tuple(doing.protocol.questions), _("Say what is asked."))
    day = doing.day("day")
    if day is None:
        raise FormError(_("No day is given."), mend=_("Choose a day."))
    moment = _moment(doing, day, doing.at())
    local = moment.astimezone(doing.zone)
    added = by_hand.add_row(
        doing.connection,
        {
            "hospital_id": doing.hospital.id, "episode_id": doing.episode_id,
            "caregiver_id": doing.row.adults[0].caregiver.id, "step": f"x{moment:%Y%m%d-%H%M}",
            "day": (local.date() - doing.row.day_zero).days, "question": question, "due_at": moment,
            "until_at": until_of(moment, doing.protocol, doing.zone), "set_by": doing.person.id,
        },
    )
    if added is None:
        raise FormError(_("There is one for that moment already."), mend=_("Put it back, or choose another hour."))
    doing.note("added", doing.words(), check_in=added, question=question, due=moment.isoformat())


def _undo_row(doing: Doing, act: EpisodeAct) -> None:
    """Put a check-in back to its hour before the act."""
    detail = act.detail
    row = by_hand.coming_row(
        doing.connection, doing.episode_id, detail["check_in"], "skipped" if act.kind == "skipped" else "planned"
    )
    due = datetime.fromisoformat(detail["was"] if act.kind == "moved" else detail["due"])
    by_hand.plan_row(doing.connection, row.id, detail["set_by"], due, datetime.fromisoformat(detail["until"]))


def _undo_put_back(doing: Doing, act: EpisodeAct) -> None:
    row = by_hand.coming_row(doing.connection, doing.episode_id, act.detail["check_in"])
    by_hand.skip_row(doing.connection, row.id, doing.person.id)


def _undo_add(doing: Doing, act: EpisodeAct) -> None:
    by_hand.coming_row(doing.connection, doing.episode_id, act.detail["check_in"])
    by_hand.drop_row(doing.connection, act.detail["check_in"])


def _undo_hours(doing: Doing, act: EpisodeAct) -> None:
    was = {time.fromisoformat(one): time.fromisoformat(to) for one, to in act.detail["hours"].items()}
    _set_hours(doing, was)


UNDOES: dict[str, Callable[[Doing, EpisodeAct], None]] = {
    "skipped": _undo_row, "moved": _undo_row, "added": _undo_add, "hours": _undo_hours,
    "put_back": _undo_put_back,
}
DOES: dict[str, Callable[[Doing], None]] = {"skip": _skip, "put-back": _put_back, "move": _move, "add": _add}
