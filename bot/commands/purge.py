"""`hearback purge`: erase the families whose days are over, as the clock does every hour, or only say which."""

from __future__ import annotations

import click

from bot.commands.user import the_hospital
from bot.opening import open_house
from bot.web.state import real_clock
from messages.settings import DATABASE_NEEDS
from messages.store.people import all_hospitals
from scheduler.keeping import purge


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be erased; nothing is.")
@click.option("--hospital", "slug", default=None, help="Only this hospital.")
def command(dry_run: bool, slug: str | None) -> None:
    """Erase the names, numbers and words of families whose follow-up ended longer ago than their hospital keeps them.

    How long that is stands in the hospital's settings (`hearback hospital show SLUG kept`); where nothing is set,
    nothing is erased. A family with an open flag is kept until it is closed. What is erased cannot be brought back,
    but from a backup.
    """
    house, now = open_house(DATABASE_NEEDS), real_clock()
    with house.database.reading() as connection:
        every = all_hospitals(connection)
    for hospital in [the_hospital(house, slug)] if slug else every:
        if hospital.keep_days is None:
            click.echo(f"{hospital.name}: no days are set, nothing is erased by itself.")
            continue
        done = purge(house, hospital, now, dry_run=dry_run)
        would = "would be erased" if dry_run else "erased"
        held = f" {done.held} wait for a flag to be closed or a text to be settled." if done.held else ""
        click.echo(
            f"{hospital.name}: {done.families} families and {done.texts} texts {would},"
            f" {hospital.keep_days} days after the follow-up.{held}"
        )
