"""What a person may do about who is texted: names, numbers, languages, zones, who is first, who wants no texts."""

from __future__ import annotations

from collections.abc import Callable

from bot.enrolment.written import read_hours
from bot.web.families.followup_doing import Doing
from bot.web.flags.acts import FormError
from bot.web.language import _, told
from messages.errors import ConflictError, EnrolmentError
from messages.people import Caregiver, ConsentKind, Hours
from messages.phones import parse_phone, region_of
from messages.store import contacts
from messages.store.consents import note_consent
from messages.store.families import Adult, consents_of
from messages.store.people import caregiver_by_phone
from scheduler.family_check import check_hours
from scheduler.fields import RISKS
from scheduler.plan import local_zone
from scheduler.store import confirming, episodes
from scheduler.store.families import keep_caregiver

LONGEST_NAME = 80
LONGEST_RELATION = 40
MOST_ADULTS = 6
WAYS = ("call", "visit", "writing", "adult")


def _adult(doing: Doing) -> Adult:
    """The adult that a form is about; another family's answers as if the page were old."""
    for adult in doing.row.adults:
        if adult.caregiver.id == doing.form.get("caregiver"):
            return adult
    raise ConflictError(_("That adult is no longer here."), mend=_("Nothing was changed."))


def _name(doing: Doing) -> str:
    name = " ".join(doing.words("name", LONGEST_NAME).split())
    if not name:
        raise FormError(_("The name is empty."), mend=_("Write the name as the family says it."))
    return name


def _language(doing: Doing) -> str:
    return doing.choice("language", doing.protocol.languages, _("The protocol has no texts in that language."))


def _zone(doing: Doing) -> str:
    try:
        return local_zone(doing.words("zone", 60)).key
    except EnrolmentError as error:
        raise FormError(told(error)) from None


def _hours(doing: Doing) -> Hours | None:
    try:
        own = read_hours(doing.words("hours", 20))
        check_hours(doing.protocol, own, doing.form.get("name", ""))
    except EnrolmentError as error:
        raise FormError(told(error)) from None
    return own


def _phone(doing: Doing) -> str:
    try:
        phone = parse_phone(doing.words("phone", 60), region_of(doing.hospital.sender))
    except EnrolmentError as error:
        raise FormError(told(error)) from None
    if phone in doing.hospital.senders:
        raise FormError(_("That is the hospital's own number."), mend=_("Give the family's number."))
    return phone


def _owner(doing: Doing, phone: str) -> Caregiver | None:
    return caregiver_by_phone(doing.connection, doing.house.vault, doing.hospital.id, phone)


def _correct(doing: Doing) -> None:
    """Correct what is written of an adult. Another zone moves every plan of theirs; another number is confirmed."""
    adult = _adult(doing)
    was = adult.caregiver
    name, language, zone, phone = _name(doing), _language(doing), _zone(doing), _phone(doing)
    own = _hours(doing) if "hours" in doing.form else was.hours
    relation = doing.words("relation", LONGEST_RELATION)
    now = {"name": name, "language": language, "zone": zone, "phone": phone, "relation": relation,
           "hours": str(own or "")}
    before = {
        "name": was.name, "language": was.language, "zone": was.zone, "phone": was.phone, "relation": adult.relation,
        "hours": str(was.hours or ""),
    }
    changed = [field for field in now if now[field] != before[field]]
    if not changed:
        raise FormError(_("Nothing is different from before."), mend=_("Change what is wrong."))
    leaving = _change_phone(doing, was, phone) if "phone" in changed else 0
    running = contacts.running_of(doing.connection, was.id)
    plans = {episode_id: doing.basis(episode_id) for episode_id in running}
    contacts.correct_caregiver(
        doing.connection, doing.house.vault, was.id, name=name, language=language, zone=zone, hours=own
    )
    contacts.set_relation(doing.connection, doing.episode_id, was.id, relation)
    for episode_id, plan in plans.items():
        doing.planned_anew(plan, episode_id)
    note = "; ".join(f"{before[field] or '-'} → {now[field] or '-'}" for field in changed)
    for episode_id in dict.fromkeys([doing.episode_id, *running]):
        doing.note(
            "corrected", note, episode_id=episode_id, caregiver=was.id, fields=changed, leaving=leaving,
            confirmed=was.confirmed,
        )


def _change_phone(doing: Doing, was: Caregiver, phone: str) -> int:
    owner = _owner(doing, phone)
    if owner is not None:
        raise FormError(
            _("%(name)s has that number already.") % {"name": owner.name},
            mend=_("Add that adult to this family instead, and take this one off, or check the number."),
        )
    if doing.form.get("checked") != "yes":
        raise FormError(
            _("Texts about the child would go to another number."),
            mend=_("Check it with the family, tick that you did, and save again."),
        )
    leaving = contacts.change_phone(doing.connection, doing.house.vault, was, phone, doing.now)
    confirming.doubt_number(doing.connection, was.id, doing.now)
    return leaving


def _confirm(doing: Doing) -> None:
    """A person knows that the number is theirs: they spoke with the family on it."""
    caregiver = _adult(doing).caregiver
    words = doing.words("words")
    if not words:
        raise FormError(_("Their words are missing."), mend=_("Write what they said, as they said it."))
    how = doing.choice("how", WAYS, _("Say how they told you."))
    if not confirming.confirm_number(
        doing.connection, doing.house.vault, caregiver.id, how=how, words=words, now=doing.now,
        asked_by=doing.person.id,
    ):
        raise ConflictError(_("The number is confirmed already."), mend=_("Nothing was changed."))
    for episode_id in dict.fromkeys([doing.episode_id, *contacts.running_of(doing.connection, caregiver.id)]):
        doing.note("number_confirmed", words, episode_id=episode_id, caregiver=caregiver.id, how=how)


def _stop_texts(doing: Doing) -> None:
    adult = _adult(doing)
    if not adult.caregiver.texting:
        raise ConflictError(_("They get no texts already."), mend=_("Nothing was changed."))
    _consent(doing, adult.caregiver, ConsentKind.STOPPED, "texts_stopped")


def _resume_texts(doing: Doing) -> None:
    caregiver = _adult(doing).caregiver
    if caregiver.texting:
        raise ConflictError(_("They get texts already."), mend=_("Nothing was changed."))
    history = consents_of(doing.connection, doing.house.vault, [caregiver.id])
    wrong = [entry for entry in history if entry.kind == ConsentKind.STOPPED.value][-1:]
    if wrong and wrong[0].how == "wrong_number" and doing.form.get("checked") != "yes":
        raise FormError(
            _("Somebody at this number said that it is the wrong one."),
            mend=_("Correct the number, or check it with the family; then tick that you did."),
        )
    _consent(doing, caregiver, ConsentKind.RESUMED, "texts_resumed")


def _consent(doing: Doing, caregiver: Caregiver, kind: ConsentKind, act: str) -> None:
    """Keep what they said and how, for every child of theirs: a phone has one consent."""
    how = doing.choice("how", WAYS, _("Say how they told you."))
    words = doing.words("words")
    if not words:
        raise FormError(_("Their words are missing."), mend=_("Write what they said, as they said it."))
    note_consent(
        doing.connection, doing.house.vault, caregiver.id, kind, how=how, words=words, now=doing.now
    )
    running = contacts.running_of(doing.connection, caregiver.id)
    for episode_id in dict.fromkeys([doing.episode_id, *running]):
        doing.note(act, words, episode_id=episode_id, caregiver=caregiver.id, how=how)


def _join(doing: Doing) -> None:
    """One more adult for this child. A phone that is known keeps its name and its consent."""
    doing.running()
    if len(doing.row.adults) >= MOST_ADULTS:
        raise FormError(_("There are six adults here already."), mend=_("Take one off first."))
    name, phone, language, zone = _name(doing), _phone(doing), _language(doing), _zone(doing)
    relation = doing.words("relation", LONGEST_RELATION)
    known = _owner(doing, phone)
    if known is not None and any(adult.caregiver.id == known.id for adult in doing.row.adults):
        raise FormError(_("%(name)s has that number already.") % {"name": known.name}, mend=_("Nothing was changed."))
    how = doing.choice("how", WAYS, _("Say how they agreed to be texted."))
    caregiver, _fresh = keep_caregiver(
        doing.connection, doing.house.vault, hospital_id=doing.hospital.id, name=name, phone=phone,
        language=language, zone=zone, now=doing.now, how=how, words=doing.words("words"),
        asked_by=doing.person.id, known=known,
    )
    episodes.join_episode(doing.connection, doing.episode_id, caregiver.id, relation=relation)
    _order(doing, [*(adult.caregiver.id for adult in doing.row.adults), caregiver.id])
    doing.note("joined", caregiver.name, caregiver=caregiver.id, known=known is not None, how=how)


def _order(doing: Doing, ids: list[str]) -> None:
    contacts.set_order(doing.connection, doing.episode_id, ids)


def _first(doing: Doing) -> None:
    """This adult is asked first from now on; what is planned goes to them, at their hours."""
    doing.running()
    chosen = _adult(doing).caregiver
    ids = [adult.caregiver.id for adult in doing.row.adults]
    if ids[0] == chosen.id:
        raise FormError(_("They are asked first already."), mend=_("Nothing was changed."))
    before = doing.basis()
    _order(doing, [chosen.id, *(one for one in ids if one != chosen.id)])
    doing.planned_anew(before)
    doing.note("first", chosen.name, caregiver=chosen.id, order=ids)


def _take_off(doing: Doing) -> None:
    """This adult is no longer texted about this child; what they said stays, and their own texts are still read."""
    doing.running()
    adult = _adult(doing)
    caregiver, ids = adult.caregiver, [one.caregiver.id for one in doing.row.adults]
    if len(ids) == 1:
        raise FormError(_("Nobody would be left to text."), mend=_("Add another adult first, or end the follow-up."))
    before = doing.basis()
    contacts.take_off(doing.connection, doing.episode_id, caregiver.id, doing.now)
    _order(doing, [one for one in ids if one != caregiver.id])
    doing.planned_anew(before)
    note = doing.words()
    doing.note("taken_off", f"{caregiver.name}. {note}" if note else caregiver.name, caregiver=caregiver.id, order=ids,
               relation=adult.relation)


def _risks(doing: Doing) -> None:
    """What makes a doubtful text about this child urgent."""
    risks = sorted({risk for risk in doing.form.getlist("risk") if risk in RISKS})
    was = sorted(doing.row.risks)
    if risks == was:
        raise FormError(_("Nothing is different from before."), mend=_("Tick what is right now."))
    contacts.set_risks(doing.connection, doing.row.child_id, risks)
    doing.note("risks", doing.words(), was=was, risks=risks)


DOES: dict[str, Callable[[Doing], None]] = {
    "correct": _correct, "stop-texts": _stop_texts, "resume-texts": _resume_texts, "join": _join, "first": _first,
    "take-off": _take_off, "risks": _risks,
    "confirm-number": _confirm,
}
