"""`hearback hospital`: tenants."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from bot.founding import new_hospital, parse_staffed
from bot.inbound import take_in_astray
from bot.opening import open_house
from bot.web.hospital.changes import moments
from bot.web.hospital.checked import PARTS, Looked, form_of, look, save
from bot.web.hospital.forms import Form
from bot.web.state import real_clock
from messages.database import Connection, IntegrityError
from messages.errors import EnrolmentError
from messages.flags import Level
from messages.house import House
from messages.people import Hospital, Hours, OtherDay, SignOn
from messages.phones import parse_phone
from messages.settings import DATABASE_NEEDS
from messages.store import configured
from messages.store.console import note_audit_of
from messages.store.people import all_hospitals, hospital_by_slug, set_sign_on, staff_of
from scheduler.load import shipped_names

COMMAND = "hearback hospital"  # who acted, in the audit trail


@click.group()
def command() -> None:
    """Add a hospital, list them, and change what is set: the same as Hospital in the console, checked the same way."""


@command.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="As families know it; it begins their texts.")
@click.option("--sender", required=True, help="The number families text with, as +1...")
@click.option("--phone", required=True, help="The number families call, printed in texts.")
@click.option("--zone", required=True, help="Such as America/New_York.")
@click.option("--emergency", default="911", show_default=True, help="The emergency number.")
@click.option("--languages", default="en,es", show_default=True)
@click.option(
    "--staffed", default="mon-fri 08:00-18:00", show_default=True, help="When somebody reads texts."
)
def add_command(
    slug: str, name: str, sender: str, phone: str, zone: str, emergency: str, languages: str, staffed: str
) -> None:
    """Add a hospital and publish the shipped protocols for it."""
    house, now = open_house(DATABASE_NEEDS), real_clock()
    with house.database.writing() as connection:
        hospital = new_hospital(connection, slug, name, sender, phone, zone, emergency, languages, staffed, now)
    take_in_astray(house, hospital.sender, now)
    click.echo(f"Added {name} with the protocols {', '.join(shipped_names())}.")
    click.echo(f"Next: hearback user add --hospital {slug} --name NAME --phone +1... --login LOGIN")


@command.command("list")
def list_command() -> None:
    """List the hospitals here."""
    with open_house(DATABASE_NEEDS).database.reading() as connection:
        for hospital in all_hospitals(connection):
            click.echo(f"{hospital.slug}\t{hospital.name}\t{', '.join(hospital.senders)}\t{hospital.zone}")


@command.command("sign-on")
@click.argument("slug")
@click.option("--issuer", default="", help="The provider's address, such as https://login.example.org")
@click.option("--client-id", default="", help="What the provider calls Hearback.")
@click.option("--off", is_flag=True, help="Passwords only, from now on.")
def sign_on_command(slug: str, issuer: str, client_id: str, off: bool) -> None:
    """Let people sign in by the hospital's own OpenID Connect provider; its secret is a setting."""
    local = issuer.startswith(("http://localhost", "http://127.0.0.1"))
    if not off and not (client_id and (issuer.startswith("https://") or local)):
        raise EnrolmentError("Single sign-on needs --issuer https://... and --client-id.", mend="Or give --off.")
    house = open_house(DATABASE_NEEDS)
    with house.database.writing() as connection:
        hospital = hospital_by_slug(connection, slug)
        if hospital is None:
            raise EnrolmentError(f"There is no hospital {slug!r}.", mend="Look at: hearback hospital list")
        set_sign_on(connection, hospital.id, None if off else SignOn(issuer, client_id))
    if off:
        click.echo(f"{hospital.name} signs in by password only. Take its secret out of HEARBACK_SIGN_ON_SECRETS.")
        return
    click.echo("Tell the provider this redirect address: HEARBACK_PUBLIC_URL and /console/sign-on")
    click.echo(f"Then put {slug}:SECRET into HEARBACK_SIGN_ON_SECRETS and start the web process anew.")


_PART = click.argument("part", type=click.Choice(list(PARTS)))


@command.command("show")
@click.argument("slug")
@_PART
def show_command(slug: str, part: str) -> None:
    """Print what is set in one part, a field a line, as `set` takes it."""
    house = open_house(DATABASE_NEEDS)
    hospital = named(house, slug)
    with house.database.reading() as connection:
        form = form_of(part, hospital, [*staff_of(connection, house.vault, hospital.id)])
    for field, value in form.items(multi=True):
        click.echo(f"{field}={value}".replace("\n", "\\n"))


@command.command("set")
@click.argument("slug")
@_PART
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
def set_command(slug: str, part: str, fields: tuple[str, ...], dry_run: bool) -> None:
    """Change fields of one part; the others stay. Says what changes for families. \\n is a new line.

    Such as: hearback hospital set harbor times urgent=45 review_by=11:00
    """
    house, now = open_house(DATABASE_NEEDS), real_clock()
    hospital = named(house, slug)
    with house.database.writing() as connection:
        configured.hold_settings(connection, hospital.id, hospital.version)
        form = form_of(part, hospital, [*staff_of(connection, house.vault, hospital.id)])
        given: dict[str, list[str]] = {}
        for one in fields:
            name, equals, value = one.partition("=")
            if not equals:
                mend = f"Look at: hearback hospital show {slug} {part}"
                raise EnrolmentError(f"{one!r} is no FIELD=VALUE.", mend=mend)
            given.setdefault(name, []).append(value.replace("\\n", "\n"))
        for name, values in given.items():
            form.setlist(name, values)
        found = _looked(connection, house, hospital, part, form, now)
        if not dry_run and not found.nothing:
            save(connection, part, found, now)
            note_audit_of(connection, hospital.id, COMMAND, f"set {part}", "hospital", hospital.id, now)
    click.echo("Nothing was saved." if dry_run else "Nothing changes." if found.nothing else "Saved.")
    if not dry_run:
        for number in found.hospital.senders if part == "numbers" else ():
            take_in_astray(house, number, now)


def _looked(
    connection: Connection, house: House, hospital: Hospital, part: str, form: Form, now: datetime
) -> Looked:
    """What the form says, told to whoever types; raises EnrolmentError with every problem."""
    found = look(connection, house, hospital.id, part, form, now)
    if found.problems:
        lines = "\n".join(f"  - {name}: {problem}" for name, problem in found.problems.items())
        raise EnrolmentError(f"Nothing was saved.\n{lines}")
    for line in found.lines:
        click.echo(f"  {line}")
    for one in found.promises:
        if one.level is Level.REVIEW:
            click.echo(f"  {moments(one)}: families read {one.after or 'no time'!r}, not {one.before or 'no time'!r}")
    return found


@command.command("day")
@click.argument("slug")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--name", default="", help="Such as Christmas.")
@click.option("--open", "hours", default="", help="Such as 09:00-13:00; without it the hospital is closed.")
@click.option("--usual", is_flag=True, help="As its weekday again.")
@click.pass_context
def day_command(ctx: click.Context, slug: str, day: datetime, name: str, hours: str, usual: bool) -> None:
    """A holiday, or a day with other hours: what families are promised follows it."""
    house = open_house(DATABASE_NEEDS)
    hospital = named(house, slug)
    others = [one for one in hospital.other_days if one.day != day.date()]
    if not usual:
        of = Hours(*parse_staffed(f"mon {hours}")[1:]) if hours else None
        others.append(OtherDay(day.date(), name, of))
    form = form_of("hours", replace(hospital, other_days=tuple(others)), [])
    known = form_of("hours", hospital, [])
    fields = [f"{field}={form.get(field, '')}" for field in {*form, *known} if "day_" in field or "called_" in field]
    ctx.invoke(set_command, slug=slug, part="hours", fields=tuple(fields), dry_run=False)


@command.command("number")
@click.argument("slug")
@click.argument("number")
@click.option("--remove", is_flag=True, help="It is this hospital's no more.")
@click.pass_context
def number_command(ctx: click.Context, slug: str, number: str, remove: bool) -> None:
    """Give a hospital one more number; texts that came to it before are taken in."""
    hospital = named(open_house(DATABASE_NEEDS), slug)
    number = parse_phone(number, None)
    more = [one for one in hospital.more_senders if one != number] + ([] if remove else [number])
    try:
        ctx.invoke(set_command, slug=slug, part="numbers", fields=("more=" + "\\n".join(more),), dry_run=False)
    except IntegrityError:
        raise EnrolmentError("Another hospital here has that number.", mend="Look at: hearback hospital list") from None


def named(house: House, slug: str) -> Hospital:
    with house.database.reading() as connection:
        hospital = hospital_by_slug(connection, slug)
    if hospital is None:
        raise EnrolmentError(f"There is no hospital {slug!r}.", mend="Look at: hearback hospital list")
    return hospital
