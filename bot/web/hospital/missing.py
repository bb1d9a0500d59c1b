"""What a hospital still lacks, with the mend: one list of checks, on the settings page and by `hearback doctor`.

The doctor adds only what takes a call to somebody outside: the carrier, the mail server, the public address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.web.hospital.cover import week_of
from bot.web.language import spoken
from messages.database import Connection
from messages.house import House
from messages.ladder import Way
from messages.people import Hospital, Right, Role, Staff
from messages.reachable import reachable
from messages.store.health import look
from messages.watch import Alarm, Health, found
from scheduler.protocol import Protocol

_SHIFTS = 'hearback user shifts LOGIN "mon-fri 08:00-18:00"'


@dataclass(frozen=True)
class Missing:
    """One thing. `what` and `mend` are English, for `_`; `part` is where the console mends it, `command` a terminal.

    `serious`: until it is mended a family may wait for nobody. `about` is what the doctor calls it.
    """

    what: str
    mend: str
    part: str
    command: str
    serious: bool = True
    about: str = "hospital"


@dataclass(frozen=True)
class Around:
    """What holds for every hospital of an installation: how its clock and outbox do, and what is set up."""

    health: Health
    patience: float = 1.0
    simulated: bool = False
    mail_server: bool = True
    unreached: bool = False  # the public address is this machine's own, and families' texts come by a real carrier


def around(connection: Connection, house: House, now: datetime) -> Around:
    simulated = house.carrier.name == "simulator"
    own = urlsplit(house.settings.public_url).hostname in ("localhost", "127.0.0.1", "::1")
    return Around(
        look(connection, now), house.patience, simulated, bool(house.settings.smtp_url), own and not simulated
    )


_NO_CLOCK = spoken("The clock does not run: no check-in, answer or page leaves.")
_START = spoken("Whoever runs Hearback starts it.")
_LOOK = spoken("Whoever runs Hearback looks at the carrier.")
_FAILING = {
    Alarm.CLOCK: (_NO_CLOCK, _START, "hearback work"),
    Alarm.OUTBOX: (spoken("Texts have waited for more than ten minutes to leave."), _LOOK, "see the carrier, below"),
    Alarm.CARRIER: (spoken("The carrier refuses texts again and again."), _LOOK, "see the carrier, below"),
    Alarm.CREDENTIAL: (spoken("The carrier does not take our texts any more."), _LOOK, "see the carrier, below"),
    Alarm.MAIL: (spoken("No page leaves by e-mail."), spoken("Whoever runs Hearback looks at the mail server."),
                 "see the mail server, below"),
    Alarm.UNDECIDED: (spoken("A text from a family has waited for minutes to be read."), _START, "hearback work"),
}  # fmt: skip


def everywhere(here: Around, hospital_id: str) -> list[Missing]:
    """What is not in order for every hospital of this installation, and what fails for this one."""
    failing = dict.fromkeys(
        one.alarm for one in found(here.health, here.patience) if one.hospital_id in ("", hospital_id)
    )
    words = [_FAILING[alarm] for alarm in failing if alarm in _FAILING]
    return [Missing(what, mend, "", command) for what, mend, command in words] + not_set_up(here)


def not_set_up(here: Around) -> list[Missing]:
    """What was never set up for this installation."""
    lacks = []
    if here.unreached:
        lacks.append(Missing(
            spoken("The address in the settings is this machine's own: no text of a family comes in."),
            spoken("Whoever runs Hearback sets the address that the carrier can reach."), "",
            "set HEARBACK_PUBLIC_URL to an https address that the carrier can reach", about="public address",
        ))  # fmt: skip
    if here.simulated:
        lacks.append(Missing(
            spoken("No carrier is set up: texts reach no real phone."), spoken("Whoever runs Hearback sets up Twilio."),
            "", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", serious=False, about="carrier",
        ))  # fmt: skip
    return lacks


def missing(
    hospital: Hospital, staff: Sequence[Staff], protocols: Sequence[Protocol], now: datetime, here: Around
) -> list[Missing]:
    """What one hospital lacks, the most serious first."""
    lacks = []
    acting = [person for person in staff if person.may(Right.ACT)]
    if not any(reachable(person) for person in acting):
        lacks.append(Missing(
            spoken("No page reaches anybody who may act: nobody is told of an emergency."),
            spoken("Give somebody a phone, at People."), "people",
            f'hearback user add --hospital {hospital.slug} --name "..." --login ... --phone +1...',
        ))  # fmt: skip
    if not any(person.login for person in acting):
        lacks.append(Missing(
            spoken("Nobody has a login to see families with."), spoken("Invite a coordinator, at People."), "people",
            f'hearback user invite --hospital {hospital.slug} --name "..." --login ...',
        ))  # fmt: skip
    if not protocols:
        lacks.append(Missing(
            spoken("There is no protocol: no family can be enrolled."), spoken("Publish one."), "",
            f"hearback protocol publish FILE --hospital {hospital.slug} --by NAME",
        ))  # fmt: skip
    told = [person for person in staff if reachable(person)]
    if told and not any(person.shifts for person in told):
        lacks.append(Missing(
            spoken("Nobody has a shift: everybody who may act is told."),
            spoken("Say who answers when."), "cover", _SHIFTS, serious=False,
        ))  # fmt: skip
    elif told:
        today = now.astimezone(hospital.tz).date()
        if any(day.holes_in_hours for day in week_of(hospital, staff, today, 14)):
            lacks.append(Missing(
                spoken("In the next two weeks there are hours in which you read texts and nobody has a shift."),
                spoken("Look at the holes of the rota."), "rota",
                "hearback rota show", serious=False,
            ))  # fmt: skip
    if told and not any(person.role is Role.MANAGER for person in told):
        lacks.append(Missing(
            spoken("No page reaches a manager: when every person told has failed, no manager is alarmed."),
            spoken("Give a manager a phone, at People."), "people",
            f'hearback user add --hospital {hospital.slug} --name "..." --role manager --phone +1...', serious=False,
        ))  # fmt: skip
    if hospital.fallback and not any(person.id == hospital.fallback for person in told):
        lacks.append(Missing(
            spoken("Whoever is told first when nobody is on shift is not here any more, or no page reaches them."),
            spoken("Choose another, at the rota."), "rota", "hearback rota show", serious=False,
        ))  # fmt: skip
    if not any(one.day >= now.astimezone(hospital.tz).date() - timedelta(days=1) for one in hospital.other_days):
        lacks.append(Missing(
            spoken("No holiday is entered: families are promised answers on holidays too."),
            spoken("Enter the days on which nobody reads texts."), "hours",
            f'hearback hospital day {hospital.slug} YYYY-MM-DD --name "..."', serious=False,
        ))  # fmt: skip
    if any(not set(hospital.languages) <= set(protocol.languages) for protocol in protocols):
        lacks.append(Missing(
            spoken("A protocol has no texts in one of your languages."),
            spoken("Add the texts to the protocol, or take the language out."), "basics",
            "hearback protocol check FILE", serious=False,
        ))  # fmt: skip
    if not here.mail_server and any(Way.EMAIL in person.ways for person in staff):
        lacks.append(Missing(
            spoken("Somebody wants pages by e-mail, and there is no mail server: those pages go by their other ways."),
            spoken("Whoever runs Hearback sets it up."), "", "set HEARBACK_SMTP_URL", serious=False,
        ))  # fmt: skip
    return sorted(lacks, key=lambda one: not one.serious)
