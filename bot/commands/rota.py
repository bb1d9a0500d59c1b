"""`hearback rota`: who is on when, the holes, and a list of shifts taken in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import click

from bot.commands.user import the_hospital
from bot.opening import open_house
from bot.rota.changes import Changing
from bot.rota.sheet import read_rows, take_rows
from bot.web.rota.calendar import clash_words, holes_of, span
from bot.web.state import real_clock
from messages.hours import stretch_of
from messages.rota import rota
from messages.settings import DATABASE_NEEDS
from messages.store.people import staff_of

Command = TypeVar("Command", bound=Callable[..., None])


def _hospital(command: Command) -> Command:
    return click.option("--hospital", "slug", default=None, help="Short name; not needed when there is one hospital.")(
        command
    )


@click.group()
def command() -> None:
    """Who is on when: shifts of the week and of single dates, swaps, absences, holes."""


@command.command("show")
@_hospital
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 366))
def show_command(slug: str | None, days: int) -> None:
    """Print every shift from now on, then each hole with whom pages go to, then what contradicts itself."""
    house, now = open_house(DATABASE_NEEDS), real_clock()
    hospital = the_hospital(house, slug)
    with house.database.reading() as connection:
        staff = staff_of(connection, house.vault, hospital.id)
    until = now + timedelta(days=days)
    found = rota(hospital, staff, now, until)
    for duty in found.duties:
        gave = f" for {duty.gave.name}" if duty.gave else ""
        click.echo(f"{span(hospital, (duty.begins_at, duty.ends_at))}\t{duty.rung}.\t{duty.person.name}{gave}")
    for hole in holes_of(hospital, staff, now, until):
        click.echo(f"Nobody answers {hole.words}: pages go to {hole.goes_to}.")
    for clash in found.clashes:
        click.echo(clash_words(clash))


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_hospital
@click.option("--dry-run", is_flag=True, help="Say what would come of each row; change nothing.")
def import_command(file: Path, slug: str | None, dry_run: bool) -> None:
    """Take in the shifts of a CSV FILE: person, date, from, to and, if wanted, place.

    Good rows are taken in, all in one commit; each other row is told with its reason. Ends with 2 when there is one.
    """
    house, now = open_house(DATABASE_NEEDS), real_clock()
    hospital = the_hospital(house, slug)
    rows = read_rows(file.read_bytes())
    with house.database.writing() as connection:
        said = take_rows(Changing(connection, house, hospital, None, now), rows, dry_run=dry_run)
    for one in said:
        if one.problem:
            click.echo(f"row {one.number}: {one.problem}", err=True)
            continue
        assert one.slot is not None
        when = stretch_of(hospital, *one.slot[:3])
        words = span(hospital, when) if when else ""
        click.echo(f"row {one.number}: {one.who} {words}, told {one.slot[3]}.{' Here already.' if one.here else ''}")
    new = sum(1 for one in said if not one.problem and not one.here)
    click.echo(f"{new} new shifts. Nothing was saved." if dry_run else f"{new} new shifts are in the rota.")
    if any(one.problem for one in said):
        raise SystemExit(2)
