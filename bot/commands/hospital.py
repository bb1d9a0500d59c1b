"""`hearback hospital`: tenants."""

from __future__ import annotations

from datetime import time

import click

from bot.opening import open_house
from bot.web.state import real_clock
from messages.errors import EnrolmentError
from messages.ids import new_id
from messages.people import Hospital, SignOn
from messages.phones import parse_phone
from messages.settings import DATABASE_NEEDS
from messages.store.people import add_hospital, all_hospitals, hospital_by_slug, set_sign_on
from scheduler.load import shipped_names, shipped_source
from scheduler.plan import local_zone
from scheduler.store.published import publish


@click.group()
def command() -> None:
    """Add a hospital, or list them."""


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
    local_zone(zone)
    days, opens, closes = parse_staffed(staffed)
    hospital = Hospital(
        id=new_id(),
        slug=slug,
        name=name,
        zone=zone,
        sender=parse_phone(sender, None),
        phone=phone,
        emergency_number=emergency,
        languages=tuple(part.strip() for part in languages.split(",")),
        staffed_days=days,
        staffed_from=opens,
        staffed_to=closes,
    )
    house = open_house(DATABASE_NEEDS)
    now = real_clock()
    with house.database.writing() as connection:
        if hospital_by_slug(connection, slug):
            raise EnrolmentError(f"There is a hospital {slug!r} already.", mend="Choose another short name.")
        add_hospital(connection, hospital, now)
        for protocol in shipped_names():
            publish(connection, hospital.id, shipped_source(protocol), by="shipped with Hearback", now=now)
    click.echo(f"Added {name} with the protocols {', '.join(shipped_names())}.")
    click.echo(f"Next: hearback user add --hospital {slug} --name NAME --phone +1... --login LOGIN")


@command.command("list")
def list_command() -> None:
    """List the hospitals here."""
    with open_house(DATABASE_NEEDS).database.reading() as connection:
        for hospital in all_hospitals(connection):
            click.echo(f"{hospital.slug}\t{hospital.name}\t{hospital.sender}\t{hospital.zone}")


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


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_staffed(text: str) -> tuple[tuple[int, ...], time, time]:
    """ "mon-fri 08:00-18:00" as (weekdays, from, to); raises EnrolmentError."""
    try:
        days, hours = text.lower().split()
        first, _, last = days.partition("-")
        start, stop = _DAYS.index(first), _DAYS.index(last or first)
        opens, closes = (time.fromisoformat(part.zfill(5)) for part in hours.split("-"))
    except ValueError:
        raise EnrolmentError(
            f"{text!r} does not say when somebody is there.", mend='Write it like "mon-fri 08:00-18:00".'
        ) from None
    span = range(start, stop + 1) if start <= stop else [*range(start, 7), *range(stop + 1)]
    return tuple(span), opens, closes
