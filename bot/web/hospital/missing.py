"""What a hospital still lacks, with the mend: on the settings page, and by `hearback doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.web.hospital.cover import week_of
from bot.web.language import spoken
from messages.people import Hospital, Right, Role, Staff
from messages.reachable import reachable
from scheduler.protocol import Protocol

_SHIFTS = 'hearback user shifts LOGIN "mon-fri 08:00-18:00"'


@dataclass(frozen=True)
class Missing:
    """One thing. `what` and `mend` are English, for `_`; `part` is where the console mends it, `command` a terminal.

    `serious`: until it is mended a family may wait for nobody.
    """

    what: str
    mend: str
    part: str
    command: str
    serious: bool = True


def missing(
    hospital: Hospital, staff: Sequence[Staff], protocols: Sequence[Protocol], now: datetime, *, simulated: bool,
    stopped: bool = False,
) -> list[Missing]:
    """Everything that is not in order, the most serious first; `stopped`: no clock runs."""
    found = []
    if stopped:
        found.append(Missing(
            spoken("The clock does not run: no check-in, answer or page leaves."),
            spoken("Whoever runs Hearback starts it."), "", "hearback work",
        ))  # fmt: skip
    acting = [person for person in staff if person.may(Right.ACT)]
    if not any(reachable(person) for person in acting):
        found.append(Missing(
            spoken("No page reaches anybody who may act: nobody is told of an emergency."),
            spoken("Give somebody a phone, at People."), "people",
            f'hearback user add --hospital {hospital.slug} --name "..." --login ... --phone +1...',
        ))  # fmt: skip
    if not any(person.login for person in acting):
        found.append(Missing(
            spoken("Nobody has a login to see families with."), spoken("Invite a coordinator, at People."), "people",
            f'hearback user invite --hospital {hospital.slug} --name "..." --login ...',
        ))  # fmt: skip
    if not protocols:
        found.append(Missing(
            spoken("There is no protocol: no family can be enrolled."), spoken("Publish one."), "",
            f"hearback protocol publish FILE --hospital {hospital.slug} --by NAME",
        ))  # fmt: skip
    told = [person for person in staff if reachable(person)]
    if told and not any(person.shifts for person in told):
        found.append(Missing(
            spoken("Nobody has a shift: everybody who may act is told."),
            spoken("Say who answers when."), "cover", _SHIFTS, serious=False,
        ))  # fmt: skip
    elif told:
        today = now.astimezone(hospital.tz).date()
        if any(day.holes_in_hours for day in week_of(hospital, staff, today, 14)):
            found.append(Missing(
                spoken("In the next two weeks there are hours in which you read texts and nobody has a shift."),
                spoken("Look at the holes of the rota."), "rota",
                "hearback rota show", serious=False,
            ))  # fmt: skip
    if told and not any(person.role is Role.MANAGER for person in told):
        found.append(Missing(
            spoken("No page reaches a manager: when every person told has failed, no manager is alarmed."),
            spoken("Give a manager a phone, at People."), "people",
            f'hearback user add --hospital {hospital.slug} --name "..." --role manager --phone +1...', serious=False,
        ))  # fmt: skip
    if hospital.fallback and not any(person.id == hospital.fallback for person in told):
        found.append(Missing(
            spoken("Whoever is told first when nobody is on shift is not here any more, or no page reaches them."),
            spoken("Choose another, at the rota."), "rota", "hearback rota show", serious=False,
        ))  # fmt: skip
    if not any(one.day >= now.astimezone(hospital.tz).date() - timedelta(days=1) for one in hospital.other_days):
        found.append(Missing(
            spoken("No holiday is entered: families are promised answers on holidays too."),
            spoken("Enter the days on which nobody reads texts."), "hours",
            f'hearback hospital day {hospital.slug} YYYY-MM-DD --name "..."', serious=False,
        ))  # fmt: skip
    if any(not set(hospital.languages) <= set(protocol.languages) for protocol in protocols):
        found.append(Missing(
            spoken("A protocol has no texts in one of your languages."),
            spoken("Add the texts to the protocol, or take the language out."), "basics",
            "hearback protocol check FILE", serious=False,
        ))  # fmt: skip
    if simulated:
        found.append(Missing(
            spoken("No carrier is set up: texts reach no real phone."),
            spoken("Whoever runs Hearback sets up Twilio."), "",
            "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", serious=False,
        ))  # fmt: skip
    return sorted(found, key=lambda one: not one.serious)
