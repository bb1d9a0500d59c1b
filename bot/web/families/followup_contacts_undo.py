"""What was just changed about who is texted, taken back. What has left meanwhile has left; consent keeps both words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.web.families.followup_doing import Doing
from bot.web.language import _
from messages.errors import ConflictError
from messages.people import ConsentKind, Hours
from messages.store import contacts
from messages.store.consents import STOPPED_TEXTS, note_consent
from messages.store.episode_acts import EpisodeAct
from messages.store.families import Adult, consents_of
from scheduler.store import confirming, episodes

_OPTIONAL = ("relation", "hours")


def _adult(doing: Doing, caregiver_id: str) -> Adult:
    for adult in doing.row.adults:
        if adult.caregiver.id == caregiver_id:
            return adult
    raise ConflictError(_("That adult is no longer here."), mend=_("Nothing was changed."))


def what_was(note: str, fields: Sequence[str], now: dict[str, str]) -> dict[str, str]:
    """The values before a correction, from its note: "was → is; was → is" in the order of `fields`."""
    before, rest = dict(now), note
    for field in fields:
        arrow = f" → {now[field] or '-'}"
        was, _found, rest = rest.partition(f"{arrow}; ") if field != fields[-1] else (rest.removesuffix(arrow), "", "")
        before[field] = "" if was == "-" and field in _OPTIONAL else was
    return before


def _uncorrect(doing: Doing, act: EpisodeAct) -> None:
    adult = _adult(doing, act.detail["caregiver"])
    one = adult.caregiver
    now = {"name": one.name, "language": one.language, "zone": one.zone, "phone": one.phone, "relation": adult.relation,
           "hours": str(one.hours or "")}
    was = what_was(act.note, act.detail["fields"], now)
    if was["phone"] != one.phone:
        contacts.change_phone(doing.connection, doing.house.vault, one, was["phone"], doing.now)
        confirming.doubt_number(doing.connection, one.id, doing.now)
        if act.detail.get("confirmed"):  # the number of before has answered for itself long ago
            confirming.trust_again(doing.connection, one.id, doing.now)
    running = contacts.running_of(doing.connection, one.id)
    plans = {episode_id: doing.basis(episode_id) for episode_id in running}
    contacts.correct_caregiver(
        doing.connection, doing.house.vault, one.id, name=was["name"], language=was["language"], zone=was["zone"],
        hours=Hours.of(was["hours"]),
    )
    contacts.set_relation(doing.connection, doing.episode_id, one.id, was["relation"])
    for episode_id, plan in plans.items():
        doing.planned_anew(plan, episode_id)
    _told_elsewhere(doing, act, one.id)


def _told_elsewhere(doing: Doing, act: EpisodeAct, caregiver_id: str) -> None:
    """The act stands in the history of every child of this adult, and so does that it was taken back."""
    for episode_id in contacts.running_of(doing.connection, caregiver_id):
        if episode_id != doing.episode_id:
            doing.note("undone", episode_id=episode_id, what=act.kind, caregiver=caregiver_id)


def _consent_back(doing: Doing, act: EpisodeAct) -> None:
    """The consent of before holds again; that the other was noted by mistake is an entry of its own."""
    caregiver_id = act.detail["caregiver"]
    last = consents_of(doing.connection, doing.house.vault, [caregiver_id])[-1]
    if last.at != act.at:
        raise ConflictError(_("The family has said something about it since."), mend=_("Nothing was changed."))
    stopped = act.kind == "texts_stopped"
    kind = ConsentKind.RESUMED if stopped else ConsentKind.STOPPED
    note_consent(doing.connection, doing.house.vault, caregiver_id, kind, how="mistake", words="", now=doing.now)
    if stopped:
        contacts.not_cancelled(doing.connection, caregiver_id, STOPPED_TEXTS, act.at)
    _told_elsewhere(doing, act, caregiver_id)


def _in_order(doing: Doing, ids: Sequence[str]) -> None:
    """Ask the adults in this order, and plan accordingly."""
    before = doing.basis()
    contacts.set_order(doing.connection, doing.episode_id, ids)
    doing.planned_anew(before)


def _not_first(doing: Doing, act: EpisodeAct) -> None:
    _in_order(doing, act.detail["order"])


def _not_joined(doing: Doing, act: EpisodeAct) -> None:
    """Off the family again. A number that was new here gets no text: it may be nobody's of this family."""
    adult = _adult(doing, act.detail["caregiver"])
    if not act.detail["known"]:
        note_consent(
            doing.connection, doing.house.vault, adult.caregiver.id, ConsentKind.STOPPED, how="mistake", words="",
            now=doing.now,
        )
    contacts.take_off(doing.connection, doing.episode_id, adult.caregiver.id, doing.now)
    _in_order(doing, [one.caregiver.id for one in doing.row.adults if one != adult])


def _on_again(doing: Doing, act: EpisodeAct) -> None:
    caregiver_id, order = act.detail["caregiver"], act.detail["order"]
    before = doing.basis()
    episodes.join_episode(
        doing.connection, doing.episode_id, caregiver_id, relation=act.detail["relation"],
        position=order.index(caregiver_id) + 1,
    )
    contacts.set_order(doing.connection, doing.episode_id, order)
    doing.planned_anew(before)
    contacts.not_cancelled(doing.connection, caregiver_id, contacts.TAKEN_OFF, act.at)
    contacts.looked_after(doing.connection, doing.episode_id, caregiver_id, doing.now)


def _risks_back(doing: Doing, act: EpisodeAct) -> None:
    contacts.set_risks(doing.connection, doing.row.child_id, act.detail["was"])


UNDOES: dict[str, Callable[[Doing, EpisodeAct], None]] = {
    "corrected": _uncorrect, "texts_stopped": _consent_back, "texts_resumed": _consent_back, "first": _not_first,
    "joined": _not_joined, "taken_off": _on_again, "risks": _risks_back,
}
