"""`hearback enrol`: families in, one or many, with a report of what was wrong in which row."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from bot.commands.user import the_hospital
from bot.enrolment.many import KINDS, enrol_all, manner
from bot.enrolment.said import told_notes
from bot.enrolment.sheet import NEEDED, bad_rows, each_mistake, read_sheet
from bot.enrolment.written import family_of
from bot.opening import open_house
from bot.web.state import real_clock
from messages.errors import EnrolmentError
from messages.house import House
from messages.people import Hospital
from messages.settings import DATABASE_NEEDS
from scheduler.enrol import Agreed, Enrolled, enrol
from scheduler.foresee import Family, foresee
from scheduler.store.published import published_names

MOST_SHOWN = 50


@click.command()
@click.option(
    "--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help=f"Columns: {', '.join(NEEDED)}."
)
@click.option("--dry-run", is_flag=True, help="Only report what would happen; nothing is written.")
@click.option(
    "--hospital", "slug", default=None, help="Short name; may be left out when there is one hospital."
)
@click.option("--region", default="US", show_default=True, help="Where numbers without + are dialled.")
@click.option("--child", help="First name or nickname.")
@click.option("--day-zero", help="The day the child came home, YYYY-MM-DD.")
@click.option("--protocol", default=None, help="By its name; may be left out when the hospital has one.")
@click.option("--caregiver", help="The adult who is texted.")
@click.option("--relation", default="", help="Such as mother.")
@click.option("--phone")
@click.option("--language", default="en", show_default=True)
@click.option("--hours", default="", help="Texts only between these, like 12:00-20:00.")
@click.option("--zone", default=None, help="Such as America/Chicago; the hospital's if left out.")
@click.option("--risks", default="", help="Such as asthma,diabetes.")
@click.option(
    "--record", default="", help="The hospital's own number of the child, to recognise the child by."
)
@click.option("--consent", default="", help="The words with which the adults agreed to be texted.")
@click.option(
    "--problems", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows with mistakes to this file."
)
def command(
    file: Path | None,
    dry_run: bool,
    slug: str | None,
    region: str,
    child: str | None,
    day_zero: str | None,
    protocol: str | None,
    caregiver: str | None,
    relation: str,
    phone: str | None,
    language: str,
    hours: str,
    zone: str | None,
    risks: str,
    record: str,
    consent: str,
    problems: Path | None,
) -> None:
    """Enrol one family by options, or many from a CSV file. The same family again changes nothing twice.

    A row with a mistake is reported with its number and left out; the others are enrolled. Each new number is asked
    to answer before anything private is sent there.
    """
    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    if file is not None and (child or day_zero or caregiver or phone):
        raise EnrolmentError(
            "One family by options or many by --csv, not both.", mend="Leave one of them out."
        )
    if file is not None:
        _many(house, hospital, file, region, consent, problems, dry_run=dry_run)
        return
    missing = [
        name
        for name, value in (
            ("--child", child),
            ("--day-zero", day_zero),
            ("--caregiver", caregiver),
            ("--phone", phone),
        )
        if not value
    ]
    if missing:
        raise EnrolmentError(
            f"Missing: {', '.join(missing)}.", mend="Give them, or --csv FILE for many families."
        )
    cells = {
        "child": child or "",
        "day_zero": day_zero or "",
        "protocol": protocol or _only_protocol(house, hospital),
        "caregiver": caregiver or "",
        "relation": relation,
        "phone": phone or "",
        "language": language,
        "zone": zone or hospital.zone,
        "hours": hours,
        "risks": risks,
        "record": record,
    }
    family = family_of(cells, region)
    click.echo(_tried(house, hospital, family) if dry_run else _told(_enrol(house, hospital, family, consent)))


def _only_protocol(house: House, hospital: Hospital) -> str:
    """The hospital's one protocol. Raises EnrolmentError when there are several: which is never guessed."""
    with house.database.reading() as connection:
        names = published_names(connection, hospital.id)
    if not names:
        raise EnrolmentError(
            "The hospital has no protocol yet.", mend="Publish one first: hearback protocol publish FILE"
        )
    if len(names) > 1:
        raise EnrolmentError(
            "The hospital has several protocols.", mend=f"Give --protocol with one of: {', '.join(sorted(names))}."
        )
    return names[0]


def _many(
    house: House, hospital: Hospital, file: Path, region: str, consent: str, problems: Path | None, *, dry_run: bool
) -> None:
    try:
        heading, rows = read_sheet(file.read_bytes())
    except OSError as error:
        raise EnrolmentError(f"The file cannot be read: {error.strerror}.", where=str(file)) from None
    except EnrolmentError as error:
        raise EnrolmentError(error.what, where=str(file), mend=error.mend) from None
    how = manner(rows, region, _agreed(consent), dry_run=dry_run)
    counts = dict.fromkeys(KINDS, 0)
    bad, notes = [], []
    with click.progressbar(length=len(rows), label="Checking" if dry_run else "Enrolling", file=sys.stderr) as progress:
        for said in enrol_all(house, hospital, rows, how, real_clock):
            progress.update(1)
            if said.mistakes:
                bad.append((said.row, [(one.field, str(one)) for one in said.mistakes]))
            else:
                counts[said.kind] += 1
            notes += [f"row {said.row.number}: {note}" for note in told_notes(said.notes)]
    lines = [f"row {row.number}: {line}" for row, problems_of in bad for line in each_mistake(problems_of)]
    for line in lines[:MOST_SHOWN] + notes[:MOST_SHOWN]:
        click.echo(line, err=True)
    for more, what in ((len(lines), "mistakes"), (len(notes), "remarks")):
        if more > MOST_SHOWN:
            click.echo(f"... and {more - MOST_SHOWN} more {what}.", err=True)
    if problems and bad:
        back = [(row, " ".join(each_mistake(problems_of))) for row, problems_of in bad]
        problems.write_text(bad_rows(heading, back), encoding="utf-8")
        click.echo(f"The rows with mistakes are in {problems}: mend them there and give it in again.", err=True)
    summary = ", ".join(f"{count} {what}" for what, count in counts.items())
    click.echo(f"{'Would be: ' if dry_run else ''}{summary}, {len(bad)} with mistakes, of {len(rows)} rows.")
    if bad:
        raise click.exceptions.Exit(1)


def _agreed(consent: str) -> Agreed:
    return Agreed("import", consent, f"command {getpass.getuser()}"[:80])


def _enrol(house: House, hospital: Hospital, family: Family, consent: str) -> Enrolled:
    with house.database.writing() as connection:
        return enrol(connection, house.vault, hospital, family, real_clock(), agreed=_agreed(consent))


def _tried(house: House, hospital: Hospital, family: Family) -> str:
    with house.database.reading() as connection:
        seen = foresee(connection, house.vault, hospital, family, real_clock())
    what = "Would be enrolled" if seen.fresh else "Enrolled before; would be planned anew" if seen.moves else (
        "Enrolled before; nothing would change"
    )
    return " ".join([f"Dry run: {what}.", *told_notes(seen.notes)])


def _told(done: Enrolled) -> str:
    what = (
        "Enrolled"
        if done.fresh
        else "Enrolled before; planned anew"
        if done.replanned
        else "Enrolled before; nothing changed"
    )
    return " ".join([f"{what}. Episode {done.episode_id}.", *told_notes(done.notes)])
