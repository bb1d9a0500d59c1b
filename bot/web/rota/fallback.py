"""Who is told first when nobody is on shift: everybody who may act, one person, or a phone of the unit."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from bot.rota.changes import Changing
from messages.errors import RotaError
from messages.ids import new_id
from messages.people import Staff
from messages.phones import parse_phone, region_of
from messages.reachable import reachable
from messages.store.configured import save_hospital
from messages.store.people import add_staff

LONGEST_NAME = 100


def choose_fallback(of: Changing, form: MultiDict[str, str]) -> None:
    """Set it; a phone of the unit becomes a person without a login, who can be told and has shifts like others.

    Raises RotaError, and EnrolmentError for what is no phone.
    """
    chosen, name = form.get("fallback", ""), " ".join(form.get("unit", "").split())
    if chosen == "new":
        if not 0 < len(name) <= LONGEST_NAME:
            raise RotaError("The phone needs a name.", mend="Such as: Unit 4 West.")
        phone = parse_phone(form.get("phone", ""), region_of(of.hospital.sender))
        person = Staff(new_id(), of.hospital.id, name, phone)
        add_staff(of.connection, of.house.vault, person, password_hash=None, now=of.now)
        of.note("added unit phone", person.id)
        chosen = person.id
    elif chosen and not reachable(of.person(chosen)):
        name = of.person(chosen).name
        raise RotaError("No page reaches %(name)s.", mend="Choose another.", name=name)
    save_hospital(of.connection, replace(of.hospital, fallback=chosen), of.now)
    of.note("set fallback", of.hospital.id)
