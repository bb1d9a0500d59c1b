"""`hearback user`: the people of a hospital."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time

import click

from bot.accounts import COMMAND, change_role, disable, enable, invite
from bot.founding import parse_staffed
from bot.opening import open_house
from bot.passwords import hash_password
from bot.web.state import real_clock
from messages.access import INVITED_FOR, password_problem
from messages.database import Connection, IntegrityError
from messages.errors import EnrolmentError
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital, Role, Shift, Staff
from messages.phones import parse_phone
from messages.settings import DATABASE_NEEDS, WORK_NEEDS
from messages.store.accounts import accounts, set_password, staff_with_login
from messages.store.configured import set_shifts, settings_changed
from messages.store.console import note_audit_of
from messages.store.people import add_staff, all_hospitals, hospital_by_slug
from messages.store.sessions import end_sessions

_HOSPITAL = click.option(
    "--hospital", "slug", default=None, help="Short name; may be left out when there is one hospital."
)
_ROLE = click.option(
    "--role", default=Role.COORDINATOR.value, show_default=True, type=click.Choice([role.value for role in Role])
)


@click.group()
def command() -> None:
    """The people of a hospital: who has a login or a phone to page, and what they may do."""


@command.command("add")
@_HOSPITAL
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
@_ROLE
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
    if login:
        _check(password)
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


def _check(password: str) -> None:
    if problem := password_problem(password):
        raise EnrolmentError(problem, mend="Choose another.")


@command.command("list")
@_HOSPITAL
def list_command(slug: str | None) -> None:
    """List the people of a hospital: login, role, name, when they were last here."""
    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    with house.database.reading() as connection:
        found = accounts(connection, house.vault, hospital.id, real_clock())
    for one in found:
        state = "disabled" if not one.active else "invited" if one.invited_until and not one.has_password else ""
        seen = one.seen_at.isoformat(" ", "minutes") if one.seen_at else state or "never here"
        factor = "second factor" if one.second_factor else "no second factor"
        person = one.person
        click.echo(f"{person.login or '-'}\t{person.role.value}\t{person.name}\t{state or seen}\t{factor}")


@command.command("invite")
@_HOSPITAL
@click.option("--name", required=True, help="As other staff know this person.")
@click.option("--login", required=True, help="For the console.")
@click.option("--phone", default="", help="To be paged on, as +1...")
@_ROLE
def invite_command(slug: str | None, name: str, login: str, phone: str, role: str) -> None:
    """Add somebody who chooses the password by a link; the link is shown once, for handing over."""
    house = open_house(WORK_NEEDS)
    hospital, now = the_hospital(house, slug), real_clock()
    try:
        with house.database.writing() as connection:
            person, token = invite(
                connection, house, hospital, now, name=name, login=login, phone=phone, role=Role(role)
            )
    except IntegrityError:
        raise EnrolmentError("That login is taken.", mend="Choose another.") from None
    click.echo(f"Hand this to {person.name}; it works once, for {INVITED_FOR.days} days:")
    click.echo(f"{house.settings.public_url}/console/welcome/{token}")


@contextmanager
def _about(login: str) -> Iterator[tuple[Connection, House, Staff, datetime]]:
    """The person with this login, active or not, and a transaction to change what is kept of them."""
    house, now = open_house(DATABASE_NEEDS), real_clock()
    with house.database.writing() as connection:
        person = staff_with_login(connection, house.vault, login, active=False)
        if person is None:
            raise EnrolmentError("Nobody has that login.", mend="Look at: hearback user list")
        yield connection, house, person, now


@command.command("password")
@click.argument("login")
@click.password_option("--password", help="Asked for when it is left out.")
def password_command(login: str, password: str) -> None:
    """Give somebody another password; their sessions end."""
    _check(password)
    with _about(login) as (connection, _house, person, now):
        set_password(connection, person.id, hash_password(password))
        end_sessions(connection, person.id, now)
        note_audit_of(connection, person.hospital_id, COMMAND, "changed password", "staff", person.id, now)
    click.echo(f"{person.name} has another password.")


@command.command("role")
@click.argument("login")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def role_command(login: str, role: str) -> None:
    """Change what somebody may do."""
    with _about(login) as (connection, house, person, now):
        change_role(connection, house, person, Role(role), now)
    click.echo(f"{person.name} is now: {role}.")


@command.command("shifts")
@click.argument("login")
@click.argument("shifts", nargs=-1, metavar="[DAYS HOURS]...")
@click.option("--rung", default=1, show_default=True, type=click.IntRange(1, 9), help="1 is told first.")
@click.option("--closed-days/--not-closed-days", default=None, help="Also on holidays; else if of every weekday.")
def shifts_command(login: str, shifts: tuple[str, ...], rung: int, closed_days: bool | None) -> None:
    """Say when somebody answers, instead of what was set; without DAYS HOURS they have no shift."""
    with _about(login) as (connection, _house, person, now):
        given = [replace(_shift(person.id, text, rung), closed_days=closed_days) for text in shifts]
        set_shifts(connection, person.hospital_id, person.id, given)
        settings_changed(connection, person.hospital_id)
        note_audit_of(connection, person.hospital_id, COMMAND, "set cover", "hospital", person.hospital_id, now)
    click.echo(f"{person.name} answers: {'; '.join(shifts) or 'never'}.")


@command.command("disable")
@click.argument("login")
def disable_command(login: str) -> None:
    """Let somebody in no more: their sessions end, and their flags are open again."""
    with _about(login) as (connection, house, person, now):
        disable(connection, house, person, now)
    click.echo(f"{person.name} is disabled.")


@command.command("enable")
@click.argument("login")
def enable_command(login: str) -> None:
    """Let somebody in again, with their old password."""
    with _about(login) as (connection, house, person, now):
        enable(connection, house, person, now)
    click.echo(f"{person.name} is enabled.")


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
