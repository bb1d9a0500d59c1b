"""`hearback user`: the people of a hospital."""

from __future__ import annotations

from datetime import time

import click

from bot.commands.hospital import parse_staffed
from bot.opening import open_house
from bot.passwords import hash_password
from bot.web.state import real_clock
from messages.database import IntegrityError
from messages.errors import EnrolmentError
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital, Role, Shift, Staff
from messages.phones import parse_phone
from messages.settings import DATABASE_NEEDS
from messages.store.people import add_staff, all_hospitals, hospital_by_slug

SHORTEST = 10


@click.group()
def command() -> None:
    """Add a person of the hospital, with a login or a phone to page."""


@command.command("add")
@click.option(
    "--hospital", "slug", default=None, help="Short name; may be left out when there is one hospital."
)
@click.option("--name", required=True, help="As other staff know this person.")
@click.option("--login", default="", help="For the console.")
@click.option("--phone", default="", help="To be paged on, as +1...")
@click.option(
    "--shift",
    "shifts",
    multiple=True,
    metavar="DAYS HOURS",
    help='Such as "mon-fri 08:00-18:00"; repeatable.',
)
@click.option("--rung", default=1, show_default=True, type=click.IntRange(1, 9), help="1 is told first.")
@click.option(
    "--role", default=Role.COORDINATOR.value, show_default=True, type=click.Choice([role.value for role in Role])
)
@click.password_option(
    "--password", default="", prompt=False, help="Asked for when a login is given without it."
)
def add_command(
    slug: str | None,
    name: str,
    login: str,
    phone: str,
    shifts: tuple[str, ...],
    rung: int,
    role: str,
    password: str,
) -> None:
    """Add a person: with --login they use the console, with --phone and --shift they are paged."""
    if not login and not phone:
        raise EnrolmentError("A person needs a login, a phone, or both.", mend="Give --login or --phone.")
    if login and not password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if login and len(password) < SHORTEST:
        raise EnrolmentError(
            f"The password is shorter than {SHORTEST} characters.", mend="Choose a longer one."
        )
    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    staff_id = new_id()
    person = Staff(
        id=staff_id,
        hospital_id=hospital.id,
        name=name,
        phone=parse_phone(phone, None) if phone else "",
        login=login,
        role=Role(role),
        shifts=tuple(_shift(staff_id, text, rung) for text in shifts),
    )
    try:
        with house.database.writing() as connection:
            secret = hash_password(password) if login else None
            add_staff(connection, house.vault, person, password_hash=secret, now=real_clock())
    except IntegrityError:
        raise EnrolmentError("That login is taken.", mend="Choose another.") from None
    click.echo(f"Added {name} to {hospital.name}.")


def _shift(staff_id: str, text: str, rung: int) -> Shift:
    days, start, end = parse_staffed(text)
    return Shift(
        staff_id=staff_id, weekdays=days, start=start, end=time(0) if end == time(0) else end, rung=rung
    )


def the_hospital(house: House, slug: str | None) -> Hospital:
    """The hospital named, or the only one; raises EnrolmentError with the names there are."""
    with house.database.reading() as connection:
        found = hospital_by_slug(connection, slug) if slug else None
        everyone = all_hospitals(connection)
    if found:
        return found
    if slug is None and len(everyone) == 1:
        return everyone[0]
    if not everyone:
        raise EnrolmentError("There is no hospital yet.", mend="Add one: hearback hospital add --help")
    names = ", ".join(hospital.slug for hospital in everyone)
    what = f"There is no hospital {slug!r}." if slug else "Which hospital?"
    raise EnrolmentError(what, mend=f"Give --hospital with one of: {names}.")
