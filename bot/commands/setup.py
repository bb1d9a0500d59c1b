"""`hearback setup`: from nothing to a first text, step by step; it may be stopped and begun again at any time."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from bot.founding import first_link, first_manager, new_hospital, short_name, write_test_text
from bot.opening import open_house, open_tables
from bot.web.state import real_clock
from messages.access import INVITED_FOR
from messages.conversation import Delivery
from messages.database import IntegrityError
from messages.encryption import new_key
from messages.errors import EnrolmentError, HearbackError, SettingsError
from messages.house import House
from messages.outbox import deliver
from messages.people import Hospital, Right
from messages.phones import parse_phone
from messages.settings import SERVE_NEEDS, VARIABLES, load_settings
from messages.store.people import all_hospitals, staff_of
from messages.store.sends import state_of
from messages.upgrade import upgrade
from scheduler.plan import local_zone


@click.command()
def command() -> None:
    """Ask for what is needed, one thing at a time: hospital, number, first people, test text. Ten minutes."""
    _settings()
    _step(2, "The database")
    before, after = upgrade(open_tables())
    click.echo(f"  {'In order' if before == after else 'Made'}, version {after}.")
    house = open_house(SERVE_NEEDS)
    hospital = _hospital(house)
    _people(house, hospital)
    _test_text(house, hospital)
    _step(6, "Start it")
    click.echo("  Each in a terminal of its own, and both all the time:")
    click.echo("  hearback serve    the pages, and what the carrier tells us")
    click.echo("  hearback work     the clock: check-ins, reminders, pages")
    click.echo(f"  At the carrier, texts to {hospital.sender} go to: {house.settings.public_url}/twilio/message")
    if house.carrier.name != "simulator" and "://localhost" in house.settings.public_url:
        click.echo("  That address is this machine's own, which the carrier cannot reach: before families text, set")
        click.echo("  HEARBACK_PUBLIC_URL to an https address that leads here.")
    click.echo(f"  Then open {house.settings.public_url}/console/hospital: it says what is still missing.")
    click.echo("  hearback doctor   says the same here, whenever something is not as it should be")


def _step(number: int, title: str) -> None:
    click.echo(f"\n{number} of 6. {title}")


FILE = "hearback.env"
LOAD = f"set -a; . ./{FILE}; set +a"


def _settings() -> None:
    _step(1, "The settings of this machine")
    try:
        load_settings(os.environ, need=SERVE_NEEDS)
    except SettingsError as error:
        for problem in error.problems:
            click.echo(f"  - {problem}")
        file = Path(FILE)
        if file.exists():
            click.echo(f"\n  {file} is here. Load it, then run hearback setup again:\n    {LOAD}")
            raise click.exceptions.Exit(2) from None
        if not _asks() or any(VARIABLES[name] in os.environ for name in ("secret_key", "encryption_keys")):
            click.echo("\n  New ones, to be kept where only this program reads them:\n")
            click.echo("".join(f"    {line}\n" for line in new_settings("https://hearback.example.org").splitlines()))
            click.echo("  Set what is missing, then run hearback setup again.")
            raise click.exceptions.Exit(2) from None
        _made(file)
    if _asks() and not os.environ.get(VARIABLES["twilio_account_sid"]):
        _carrier_made(Path(FILE))
    click.echo("  Complete.")


def _asks() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def new_settings(public_url: str) -> str:
    """What a new installation needs, a line each; the secrets are made anew."""
    return (
        f"{VARIABLES['public_url']}={public_url}\n"
        f"{VARIABLES['secret_key']}={secrets.token_urlsafe(32)}\n"
        f"{VARIABLES['encryption_keys']}={new_key('first')}\n"
    )


def _made(file: Path) -> None:
    """Make the settings, keep them in a file for its owner only, and go on with them."""
    click.echo("\n  They are made for you. One thing to say first; on this machine alone, press Enter.")
    url = _asked("Address that families' texts will come in by", default="http://localhost:8000")
    text = new_settings(url.rstrip("/"))
    given = dict(line.split("=", 1) for line in text.splitlines())
    load_settings({**os.environ, **given}, need=SERVE_NEEDS)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    os.environ.update(given)
    click.echo(f"  Written to {file}. Every other command needs them too; in a new terminal type first:\n    {LOAD}")
    click.echo(f"  Keep a copy of {file} away from the database: without it nobody reads what is kept.")


def _carrier_made(file: Path) -> None:
    """Twilio's credentials, kept with the other settings, so that the test text below reaches a real phone."""
    click.echo("\n  Texts to real phones leave by Twilio. Its console shows both of these; they may come later too.")
    while True:
        sid = _asked("Twilio account SID, which begins with AC (empty: later)", default="")
        if not sid:
            return
        token = str(click.prompt("  Twilio auth token (not shown)", hide_input=True)).strip()
        given = {VARIABLES["twilio_account_sid"]: sid, VARIABLES["twilio_auth_tokens"]: token}
        try:
            load_settings({**os.environ, **given}, need=SERVE_NEEDS)
            break
        except SettingsError as error:
            click.echo("".join(f"    {problem}\n" for problem in error.problems), nl=False)
    os.environ.update(given)
    if file.exists():
        with file.open("a", encoding="utf-8") as kept:
            kept.writelines(f"{name}={value}\n" for name, value in given.items())
        click.echo(f"  Added to {file}.")
    else:
        click.echo(f"  Set both where the other settings are: {', '.join(given)}.")


def _asked(what: str, check: object = None, default: str | None = None) -> str:
    """Ask until the answer is good; `check` gives the answer as it is kept, or raises EnrolmentError."""
    while True:
        text = str(click.prompt(f"  {what}", default=default, show_default=bool(default)))
        try:
            return str(check(text)) if callable(check) else text.strip()
        except HearbackError as error:
            click.echo(f"    {error.what} {error.mend}")


def _hospital(house: House) -> Hospital:
    _step(3, "The hospital")
    with house.database.reading() as connection:
        here = all_hospitals(connection)
    if here:
        click.echo(f"  {here[0].name} is here. For one more: hearback hospital add --help")
        return here[0]
    with house.database.reading() as connection:
        click.echo("  Rather in a browser? Stop here with Ctrl-C, run hearback serve, and open")
        click.echo(f"  {first_link(house, connection)}")
    name = _asked("Name, as families know it")
    slug = _asked("Short name, for commands", default=short_name(name))
    zone = _asked("Time zone, such as America/New_York", lambda text: local_zone(text.strip()) and text.strip())
    sender = _asked("Number families text with, as +1...", lambda text: parse_phone(text, None))
    phone = _asked("Number families call, as it is printed in texts")
    emergency = _asked("Emergency number", default="911")
    staffed = _asked("When somebody reads texts", default="mon-fri 08:00-18:00")
    with house.database.writing() as connection:
        hospital = new_hospital(
            connection, slug, name, sender, phone, zone, emergency, "en,es", staffed, real_clock()
        )
    click.echo(f"  {name} is here, with its protocols.")
    return hospital


def _people(house: House, hospital: Hospital) -> None:
    _step(4, "The people")
    with house.database.reading() as connection:
        staff = staff_of(connection, house.vault, hospital.id)
    if any(person.login and person.may(Right.MANAGE) for person in staff):
        click.echo("  There is a manager. Others are invited at People in the console.")
        return
    name = _asked("Your name, or the lead nurse's")
    login = _asked("Login, such as nora or an e-mail address")
    phone = _asked("Phone, to be told of emergencies, as +1...", lambda text: parse_phone(text, None))
    try:
        with house.database.writing() as connection:
            _person, token = first_manager(
                connection, house, hospital, real_clock(), name=name, login=login, phone=phone
            )
    except IntegrityError:
        raise EnrolmentError("That login is taken.", mend="Run hearback setup again and choose another.") from None
    click.echo(f"  {name} is told of every flag, day and night, until others have shifts (Hospital in the console).")
    click.echo(f"  This link chooses the password; it works once, for {INVITED_FOR.days} days:")
    click.echo(f"  {house.settings.public_url}/console/welcome/{token}")


def _test_text(house: House, hospital: Hospital) -> None:
    _step(5, "A test text")
    if house.carrier.name == "simulator":
        click.echo("  No carrier is set up, so no real text can leave. Run hearback setup again when there is one.")
        return
    to = click.prompt("  To which phone? (empty: none)", default="", show_default=False)
    if not to.strip():
        return
    with house.database.writing() as connection:
        outbox_id = write_test_text(connection, house, hospital, parse_phone(to, None), real_clock())
    deliver(house, real_clock, owner="setup")
    with house.database.reading() as connection:
        state, why = state_of(connection, outbox_id)
    if state in (Delivery.ACCEPTED, Delivery.SENT, Delivery.DELIVERED):
        click.echo("  The carrier took it. Look at the phone.")
    else:
        click.echo(f"  It did not leave for certain ({state.value}). {why}")
