"""`hearback doctor`: whether everything is in order, and the mend."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable, Sequence
from urllib.error import URLError

import click

from bot.opening import carrier_for
from bot.web.hospital.missing import Missing, around, everywhere, missing
from bot.web.state import real_clock
from messages.database import open_database
from messages.encryption import Vault
from messages.errors import HearbackError, SettingsError
from messages.house import House
from messages.settings import SERVE_NEEDS, load_settings
from messages.store.astray import astray_numbers
from messages.store.people import all_hospitals, check_keys, staff_of
from messages.upgrade import check_version
from messages.ways.email import check_mail
from scheduler.store.published import protocols_in_use


@click.command()
@click.option("--offline", is_flag=True, help="Do not call the public address.")
def command(offline: bool) -> None:
    """Look at settings, database, clock, carrier, staff and public address, and say the mend. Exit 1: not in order."""
    try:
        settings = load_settings(os.environ, need=SERVE_NEEDS)
    except SettingsError as error:
        for problem in error.problems:
            _line(False, "settings", problem)
        raise click.exceptions.Exit(1) from None
    _line(True, "settings", "complete")
    house = House(
        open_database(settings.database_url), Vault(settings.encryption_keys), carrier_for(settings), settings
    )
    checks: list[tuple[str, Callable[[House], list[str]]]] = [
        ("database", _database),
        ("clock and outbox", _everywhere),
        ("hospitals", _people),
        ("numbers", _numbers),
        ("carrier", _carrier),
    ]
    if settings.smtp_url:
        checks.append(("mail server", _mail))
    if not offline:
        checks.append(("public address", _public))
    good = True
    for name, check in checks:
        try:
            problems = check(house)
        except HearbackError as error:
            problems = [str(error)]
        for problem in problems:
            _line(False, name, problem)
        if not problems:
            _line(True, name, "in order")
        good = good and not problems
        if problems and name == "database":
            break  # nothing else can be asked
    if not good:
        raise click.exceptions.Exit(1)


def _line(good: bool, name: str, text: str) -> None:
    click.echo(f"{'ok  ' if good else 'MEND'}  {name}: {text}")


def _database(house: House) -> list[str]:
    check_version(house.database)
    with house.database.reading() as connection:
        check_keys(connection, house.vault)
    return []


def _people(house: House) -> list[str]:
    """What each hospital lacks; what can wait is told, and is no fault."""
    problems = []
    now = real_clock()
    with house.database.reading() as connection:
        outside = around(connection, house, now)
        hospitals = all_hospitals(connection)
        for hospital in hospitals:
            staff = staff_of(connection, house.vault, hospital.id)
            protocols = protocols_in_use(connection, hospital.id)
            problems += _serious(missing(hospital, staff, protocols, now, outside), f"{hospital.name}: ")
    return problems if hospitals else ["There is no hospital yet. Run: hearback setup"]


def _numbers(house: House) -> list[str]:
    with house.database.reading() as connection:
        return [
            f"{one.texts} texts came to {one.number}, which is no hospital's number. "
            f"Run: hearback hospital number SLUG {one.number}"
            for one in astray_numbers(connection)
        ]


def _everywhere(house: House) -> list[str]:
    with house.database.reading() as connection:
        return _serious(everywhere(around(connection, house, real_clock())))


def _serious(found: Sequence[Missing], whose: str = "") -> list[str]:
    """What is a fault; what can wait is told at once, and is none."""
    problems = []
    for one in found:
        mend = f"Run: {one.command}" if one.command.startswith("hearback") else f"Mend: {one.command}"
        if one.serious:
            problems.append(f"{whose}{one.what} {mend}")
        else:
            click.echo(f"      {one.about}: {whose}{one.what} {mend}")
    return problems


def _carrier(house: House) -> list[str]:
    """Whether the carrier takes our credentials."""
    problem = house.carrier.check()
    return [problem] if problem else []


def _mail(house: House) -> list[str]:
    """Whether the mail server that pages leave by lets us in, if there is one."""
    problem = check_mail(house.settings) if house.settings.smtp_url else None
    return [problem] if problem else []


def _public(house: House) -> list[str]:
    url = f"{house.settings.public_url}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            status = answer.status
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return [f"{url} does not answer ({reason}). Start hearback serve, and point the proxy and DNS to it."]
    return [] if status == 200 else [f"{url} answered {status}; something else is at that address."]
