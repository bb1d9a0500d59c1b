"""`hearback doctor`: whether everything is in order, and the mend."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from urllib.error import URLError

import click

from bot.opening import carrier_for
from bot.web.health import said
from bot.web.hospital.missing import Missing, around, missing, not_set_up
from bot.web.state import real_clock
from messages.carriers.carrier import Accepted
from messages.database import open_database
from messages.encryption import Vault
from messages.errors import HearbackError, SettingsError
from messages.house import House
from messages.ids import new_id
from messages.settings import SERVE_NEEDS, load_settings
from messages.store.astray import astray_numbers
from messages.store.people import all_hospitals, check_keys, staff_of
from messages.to_alarm import operators
from messages.upgrade import check_version
from messages.watch import found
from messages.watch_words import trial
from messages.ways.email import check_mail
from messages.ways.hand_over import hand_over
from messages.ways.heartbeat import send_heartbeat
from messages.ways.page import Page
from scheduler.store.published import protocols_in_use


@click.command()
@click.option("--offline", is_flag=True, help="Do not call the public address.")
@click.option("--alarm", is_flag=True, help="Send a test to everybody in HEARBACK_ALARM_TO and to the outside monitor.")
def command(offline: bool, alarm: bool) -> None:
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
    checks.append(("alarm", _try_alarm if alarm else _alarm))
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
        here = around(connection, house, real_clock())
    return said(found(here.health)) + _serious(not_set_up(here))


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


def _alarm(house: House) -> list[str]:
    """Whether anybody would be told that Hearback itself fails; what is left out is told, and is no fault."""
    settings = house.settings
    if not settings.alarm_to:
        click.echo("      alarm: nobody who runs Hearback is told when it fails. Set HEARBACK_ALARM_TO")
    if not settings.heartbeat_url:
        click.echo("      alarm: nothing outside notices when this machine is gone. Set HEARBACK_HEARTBEAT_URL")
    return [
        f"Address {number} of HEARBACK_ALARM_TO: {problem}" for number, problem in _not_taken(house)
    ]


def _not_taken(house: House) -> Iterator[tuple[int, str]]:
    """Addresses that no alarm can go to, by their place: they may hold keys."""
    from messages.ways.chat import service

    for number, to in enumerate(house.settings.alarm_to, 1):
        if "://" in to:
            try:
                service(to, house.settings.own_hosts)
            except HearbackError as error:
                yield number, str(error)


def _try_alarm(house: House) -> list[str]:
    """A test to each address and to the monitor, and what became of it."""
    problems = _alarm(house)
    settings = house.settings
    link = f"{settings.public_url}/readyz" if settings.public_url else ""
    for number, one in enumerate(operators(settings), 1):
        for way, to in one.addresses:
            answer = hand_over(house, way, Page(new_id(), to=to, sender="", body=trial(link)))
            if isinstance(answer, Accepted):
                click.echo(f"      alarm: a test left for address {number} of HEARBACK_ALARM_TO: look whether it came")
            else:
                problems.append(f"Address {number} of HEARBACK_ALARM_TO: {answer.why}")
    if settings.heartbeat_url and (problem := send_heartbeat(settings.heartbeat_url)):
        problems.append(problem)
    return list(dict.fromkeys(problems))


def _public(house: House) -> list[str]:
    url = f"{house.settings.public_url}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            status = answer.status
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return [f"{url} does not answer ({reason}). Start hearback serve, and point the proxy and DNS to it."]
    return [] if status == 200 else [f"{url} answered {status}; something else is at that address."]
