"""What a call to a member of staff says, and what a key does: the same by Twilio's phones and by the demo's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g

from bot.web.language import _, spoken
from messages.conversation import Delivery
from messages.database import Connection
from messages.flags import Flag, FlagState, Level, spoken_code
from messages.house import House
from messages.people import Hospital, Right, Staff
from messages.settle import note_status
from messages.store.calls import Told, told_by_call
from messages.store.console import note_audit
from messages.store.flags import flag_by_id
from messages.store.paged import page_by_id
from messages.store.people import hospital_by_id, staff_by_id
from messages.taking import Came, pass_by_page, take_by_page

_LEVELS = {
    Level.EMERGENCY: spoken("Emergency. A family needs someone now."),
    Level.URGENT: spoken("Urgent. A family is waiting for a call."),
    Level.REVIEW: spoken("A text is waiting to be read."),
}
_ENDS = {
    Came.ALREADY: spoken("You have it already. Open Hearback. Goodbye."),
    Came.CLOSED: spoken("It is closed already. You need not do anything. Goodbye."),
    Came.MAY_NOT: spoken("We do not know this call. Nothing was changed. Goodbye."),
}


@dataclass(frozen=True)
class Script:
    """What is said next. `asks`: then a key is waited for, and the words are said once more."""

    words: str
    language: str = "en"
    asks: bool = False


@dataclass(frozen=True)
class _Call:
    told: Told
    person: Staff
    hospital: Hospital


def picked_up(house: House, outbox_id: str) -> Script:
    """Somebody, or a machine, picked up: hospital, level and code, and what the keys do. Nothing private."""
    with house.database.reading() as connection:
        call = _call(house, connection, outbox_id)
        if call is None:
            return _end(Came.MAY_NOT)
        over = _over(house, connection, call)
    return over or _menu(call)


def pressed(house: House, outbox_id: str, call_id: str, key: str, now: datetime) -> Script:
    """A key was pressed: 1 takes the flag, 2 sends it on at once, any other is asked again."""
    with house.database.writing() as connection:
        call = _call(house, connection, outbox_id)
        if call is None:
            return _end(Came.MAY_NOT)
        said, heard = _do(house, connection, call, key, now)
    if heard:
        state, code = heard
        note_status(house, outbox_id, call_id, state, code, now)
    house.kick.set()
    return said


def unanswered(house: House, outbox_id: str, call_id: str, now: datetime) -> Script:
    """No key was pressed: the call counts for nothing, and the ladder goes on."""
    with house.database.reading() as connection:
        known = _call(house, connection, outbox_id)
    if known is None:
        return _end(Came.MAY_NOT)
    note_status(house, outbox_id, call_id, Delivery.UNDELIVERED, "no-key", now)
    house.kick.set()
    return Script(_("No key was pressed. Somebody else is told. Goodbye."), known.person.language)


def _do(
    house: House, connection: Connection, call: _Call, key: str, now: datetime
) -> tuple[Script, tuple[Delivery, str] | None]:
    told, language = call.told, call.person.language
    if key not in ("1", "2"):
        return _menu(call, before=_("That key does nothing here.") + " "), None
    if told.page_id is None:
        return Script(_("Thank you. Calls reach you. Goodbye."), language), (Delivery.DELIVERED, "")
    page = page_by_id(connection, told.page_id)
    if key == "1":
        came = take_by_page(house, connection, call.person, page, now)
        return _end(came.came, language, came.flag, came.who), (Delivery.DELIVERED, "")
    over = _over(house, connection, call)
    if over or not pass_by_page(connection, call.person, page, now):
        return over or _end(Came.CLOSED, language), (Delivery.DELIVERED, "")
    note_audit(connection, call.person, "cannot take", "flag", told.flag_id, now)
    return Script(_("Thank you. Somebody else is told. Goodbye."), language), (Delivery.UNDELIVERED, "cannot")


def _call(house: House, connection: Connection, outbox_id: str) -> _Call | None:
    """The call with the person it is for, whose language is spoken from here on; None for a stranger's."""
    told = told_by_call(connection, outbox_id)
    person = staff_by_id(connection, house.vault, told.staff_id) if told else None
    if told is None or person is None:
        return None
    g.language = person.language
    return _Call(told, person, hospital_by_id(connection, told.hospital_id))


def _menu(call: _Call, before: str = "") -> Script:
    name, told = call.hospital.name, call.told
    if told.flag_id is None:
        words = _("This is Hearback, at %(hospital)s, with a test. Press 1.") % {"hospital": name}
    else:
        code = " ".join(spoken_code(told.flag_id))
        words = " ".join((
            _("This is Hearback, at %(hospital)s.") % {"hospital": name}, _(_LEVELS[told.level]),
            _("Code %(code)s.") % {"code": code}, _("To take it, press 1. If you cannot, press 2."),
        ))  # fmt: skip
    return Script(before + words, call.person.language, asks=True)


def _over(house: House, connection: Connection, call: _Call) -> Script | None:
    """What is said when there is nothing to take; None while nobody has it, or who has it left it undone."""
    if call.told.flag_id is None or call.told.page_id is None:
        return None
    flag, _version = flag_by_id(connection, call.told.flag_id, call.told.hospital_id)
    language = call.person.language
    if not call.person.may(Right.ACT):
        return _end(Came.MAY_NOT, language)
    if flag.state is FlagState.CLOSED:
        return _end(Came.CLOSED, language)
    if flag.taken_by == call.person.id:
        return _end(Came.ALREADY, language)
    page = page_by_id(connection, call.told.page_id)
    if flag.taken_by and (flag.climbs_since is None or page.at < flag.climbs_since):
        other = staff_by_id(connection, house.vault, flag.taken_by)
        return _end(Came.ANOTHERS, language, who=other.name if other else "")
    return None


def _end(came: Came, language: str = "en", flag: Flag | None = None, who: str = "") -> Script:
    if came is Came.YOURS and flag:
        code = " ".join(spoken_code(flag.id))
        words = _("Thank you. It is yours now. Open Hearback, code %(code)s. Goodbye.") % {"code": code}
    elif came is Came.ANOTHERS:
        words = _("%(name)s has it already. You need not do anything. Goodbye.") % {"name": who or _("Somebody else")}
    else:
        words = _(_ENDS[came])
    return Script(words, language)
