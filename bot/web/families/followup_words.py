"""A follow-up in plain words: why it pauses or ended, what people did about it, how consent was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.web import present
from bot.web.language import Words, _, several
from messages.store.episode_acts import EpisodeAct
from messages.store.families import ConsentRow, FamilyRow

WHY = Words({
    "away": "the family is away",
    "hospital_visit": "the child is at the hospital",
    "family_wish": "the family asked for it",
    "other": "another reason",
    "readmission": "the child is back in hospital",
    "loss": "the child died",
    "loss_in_family": "the family lost a child",
    "reopened": "opened again",
    "finished": "finished",
    "other_care": "moved to other care",
    "wrong_enrolment": "enrolled by mistake",
    "erased": "erased",
})
SKIPS = Words({
    "spoke": "We spoke with the family",
    "clinic": "The child is seen that day",
    "family_wish": "The family asked",
    "not_needed": "Not needed",
    "other": "Another reason",
})
WAYS = Words({
    "call": "On the phone",
    "visit": "In person",
    "writing": "In writing",
    "adult": "Through another adult",
})
HOWS = Words({
    **WAYS.english,
    "enrolment": "At enrolment",
    "keyword": "By text",
    "wish": "By text, in their own words",
    "wrong_number": "By text: wrong number",
    "loss": "By text: a death",
    "carrier": "At the phone company",
    "mistake": "What was noted before was a mistake",
    "bedside": "At the bedside",
    "import": "By a list",
    "api": "Through the hospital's own system",
    "fhir": "Through the hospital's own system",
    "joined": "By text, with a code",
    "report": "By text, telling of the child",
})
CONSENTS = Words({"given": "Agreed to texts", "stopped": "Stopped the texts", "resumed": "Wanted texts again",
                  "confirmed": "The number is theirs"})
RISKS = Words({
    "asthma": "Asthma",
    "blood_thinner": "Blood thinner",
    "cerebral_palsy": "Cerebral palsy",
    "diabetes": "Diabetes",
    "opioid": "Opioid medicine",
    "smoke": "Smoke at home",
    "under_2": "Under 2 years",
    "weak_immunity": "Weak immune system",
})
FIELDS = Words({
    "name": "name", "language": "language", "zone": "time zone", "phone": "number", "relation": "relation",
    "hours": "hours",
})
UNDONE = Words({
    "paused": "the pause",
    "ended": "the end",
    "lost": "the loss",
    "readmitted": "the return to hospital",
    "skipped": "the skip",
    "moved": "the new hour",
    "added": "the check-in added",
    "hours": "the new hour",
    "put_back": "that it is asked again",
    "resumed": "that the texts go on",
    "reopened": "that it was opened again",
    "day_zero": "the new day zero",
    "corrected": "the correction",
    "joined": "the adult added",
    "first": "who is asked first",
    "taken_off": "the adult taken off",
    "risks": "the new risks",
    "texts_stopped": "the stop",
    "texts_resumed": "the texts again",
})


@dataclass(frozen=True)
class Told:
    """One act as the history shows it."""

    by: str
    at: datetime
    what: str
    note: str


def history(row: FamilyRow, acts: Sequence[EpisodeAct], zone: ZoneInfo) -> list[Told]:
    """What people did about a follow-up, newest first; moments of check-ins on the family's clock."""
    names = {adult.caregiver.id: adult.caregiver.name for adult in row.adults}
    return [Told(act.by, act.at, said(act.kind, act.detail, names, zone), act.note) for act in reversed(acts)]


def since(
    row: FamilyRow, acts: Sequence[EpisodeAct], consents: Sequence[ConsentRow], zone: ZoneInfo, seen: datetime
) -> list[Told]:
    """What people did, and what the family itself said about the texts, after `seen`; oldest first."""
    names = {adult.caregiver.id: adult.caregiver.name for adult in row.adults}
    found = [Told(act.by, act.at, said(act.kind, act.detail, names, zone), act.note) for act in acts if act.at > seen]
    noted = {(act.at, act.detail.get("caregiver")) for act in acts}
    for entry in consents:
        if entry.at > seen and (entry.at, entry.caregiver_id) not in noted:
            what, how, _by = consent(entry, acts)
            found.append(Told("", entry.at, f"{names.get(entry.caregiver_id, '')}: {what}. {how}", entry.words))
    return sorted(found, key=lambda one: one.at)


def said(kind: str, detail: Mapping[str, Any], names: Mapping[str, str], zone: ZoneInfo) -> str:
    """What a person did, in words that follow their name: "paused the texts: the family is away"."""
    values = {
        "why": WHY.get(detail.get("why", ""), ""),
        "due": _moment(detail.get("due"), zone),
        "was": _moment(detail.get("was"), zone) if kind == "moved" else detail.get("was", ""),
        "version": detail.get("version", ""),
        "question": present.named(detail.get("question", "")),
        "name": names.get(detail.get("caregiver", ""), _("an adult no longer here")),
        "how": HOWS.get(detail.get("how", ""), ""),
    }
    return (_sentence(kind, detail, zone) % values) + _counted(detail)


def _sentence(kind: str, detail: Mapping[str, Any], zone: ZoneInfo) -> str:
    """What was done, with holes for `said` to fill."""
    if kind == "paused" and detail.get("until"):
        day = present.date_of(datetime.fromisoformat(detail["until"]).astimezone(zone).date())
        return _("paused the texts until {day}: %(why)s").replace("{day}", day)
    if kind in ("day_zero", "resumed") and detail.get("day_zero"):
        day = present.date_of(date.fromisoformat(detail["day_zero"]))
        words = _("changed day zero to {day}") if kind == "day_zero" else _("resumed the texts, day zero {day}")
        return words.replace("{day}", day)
    if kind == "hours":
        was, at = (present.hour(time.fromisoformat(detail[name])) for name in ("was", "at"))
        words = _("moved all check-ins at {was} to {at}").replace("{was}", was)
        return words.replace("{at}", at)
    if kind == "corrected":
        return _("corrected %(name)s: ") + ", ".join(FIELDS[field] for field in detail["fields"])
    if kind == "risks":
        risks = ", ".join(RISKS.get(risk, risk) for risk in detail["risks"])
        return _("changed the risks: ") + (risks or _("none"))
    if kind == "skipped":
        why = SKIPS.get(detail.get("why", ""), "")
        return _("skipped %(question)s, %(due)s") + (f": {why}" if why else "")
    if kind == "undone":
        return _("took back ") + UNDONE.get(detail.get("what", ""), "")
    return SENTENCES.get(kind, kind)


SENTENCES = Words({
    "paused": "paused the texts: %(why)s",
    "resumed": "resumed the texts",
    "ended": "ended the follow-up: %(why)s",
    "lost": "recorded that the child died",
    "readmitted": "recorded that the child is back in hospital",
    "reopened": "opened the follow-up again, paused",
    "put_back": "put back %(question)s, %(due)s",
    "moved": "moved %(question)s from %(was)s to %(due)s",
    "added": "added %(question)s, %(due)s",
    "texts_stopped": "stopped the texts to %(name)s, told: %(how)s",
    "texts_resumed": "resumed the texts to %(name)s, told: %(how)s",
    "number_confirmed": "confirmed the number of %(name)s, told: %(how)s",
    "joined": "added an adult",
    "first": "asks %(name)s first",
    "version": "moved the family from version %(was)s of the protocol to version %(version)s",
    "taken_off": "took an adult off",
})


def _moment(kept: str | None, zone: ZoneInfo) -> str:
    if not kept:
        return ""
    at = datetime.fromisoformat(kept).astimezone(zone)
    return f"{present.date_of(at.date())}, {present.hour(at)}"


def _counted(detail: Mapping[str, Any]) -> str:
    """What became of texts that were waiting or leaving."""
    cancelled, leaving = detail.get("cancelled", 0), detail.get("leaving", 0)
    words = ""
    if cancelled:
        text = several("%d waiting text was cancelled", "%d waiting texts were cancelled", cancelled)
        words += ". " + text % cancelled
    if leaving:
        words += ". " + several("%d text was just leaving", "%d texts were just leaving", leaving) % leaving
    return words


def consent(entry: ConsentRow, acts: Sequence[EpisodeAct]) -> tuple[str, str, str]:
    """(what, how, who noted it) of one entry of the consent history."""
    noted = [
        act.by for act in acts
        if act.at == entry.at and act.detail.get("caregiver") == entry.caregiver_id
    ]
    by = noted[0] if noted else entry.asked_by
    return CONSENTS.get(entry.kind, entry.kind), HOWS.get(entry.how, entry.how), by
