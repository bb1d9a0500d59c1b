"""`hearback enrol`: families in, one or many, with a report of what was wrong in which row."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click

from bot.commands.user import the_hospital
from bot.opening import open_house
from bot.web.state import real_clock
from messages.errors import EnrolmentError
from messages.house import House
from messages.people import Hospital
from messages.phones import parse_phone
from messages.settings import DATABASE_NEEDS
from scheduler.enrol import CaregiverEntry, Enrolled, Family, enrol
from scheduler.fields import nearest

NEEDED = ("child", "day_zero", "protocol", "caregiver", "relation", "phone", "language", "zone")
SECOND = ("caregiver_2", "relation_2", "phone_2", "language_2", "zone_2")
ALLOWED = (*NEEDED, *SECOND, "risks", "record")
LARGEST = 20 * 1024 * 1024
MOST_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """One line of the file: `number` as a spreadsheet shows it."""

    number: int
    cells: dict[str, str]
    surplus: bool = False  # more cells than the heading has columns


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
@click.option("--protocol", default="hip-osteotomy", show_default=True)
@click.option("--caregiver", help="The adult who is texted.")
@click.option("--relation", default="", help="Such as mother.")
@click.option("--phone")
@click.option("--language", default="en", show_default=True)
@click.option("--zone", default=None, help="Such as America/Chicago; the hospital's if left out.")
@click.option("--risks", default="", help="Such as asthma,diabetes.")
@click.option(
    "--record", default="", help="The hospital's own number of the child, to recognise the child by."
)
def command(
    file: Path | None,
    dry_run: bool,
    slug: str | None,
    region: str,
    child: str | None,
    day_zero: str | None,
    protocol: str,
    caregiver: str | None,
    relation: str,
    phone: str | None,
    language: str,
    zone: str | None,
    risks: str,
    record: str,
) -> None:
    """Enrol one family by options, or many from a CSV file. The same family again changes nothing twice.

    A row with a mistake is reported with its number and left out; the others are enrolled.
    """
    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    if file is not None and (child or day_zero or caregiver or phone):
        raise EnrolmentError(
            "One family by options or many by --csv, not both.", mend="Leave one of them out."
        )
    if file is not None:
        _many(house, hospital, file, region, dry_run)
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
        "protocol": protocol,
        "caregiver": caregiver or "",
        "relation": relation,
        "phone": phone or "",
        "language": language,
        "zone": zone or hospital.zone,
        "risks": risks,
        "record": record,
    }
    done = _enrol(house, hospital, family_of(cells, region), real_clock(), dry_run)
    click.echo(_told(done, dry_run))


def _many(house: House, hospital: Hospital, file: Path, region: str, dry_run: bool) -> None:
    rows = list(read_rows(file))
    problems: list[str] = []
    counts = {"new": 0, "re-planned": 0, "unchanged": 0}
    now = real_clock()
    label = "Checking" if dry_run else "Enrolling"
    with click.progressbar(rows, label=label, file=sys.stderr) as progress:
        for row in progress:
            try:
                if row.surplus:
                    raise EnrolmentError(
                        "It has more cells than the heading.", mend="Put text with commas in quotes."
                    )
                done = _enrol(house, hospital, family_of(row.cells, region), now, dry_run)
            except EnrolmentError as error:
                problems.append(f"row {row.number}: {error}")
                continue
            counts["new" if done.fresh else "re-planned" if done.replanned else "unchanged"] += 1
    for line in problems[:MOST_SHOWN]:
        click.echo(line, err=True)
    if len(problems) > MOST_SHOWN:
        click.echo(f"... and {len(problems) - MOST_SHOWN} more rows with mistakes.", err=True)
    summary = ", ".join(f"{count} {what}" for what, count in counts.items())
    click.echo(
        f"{'Would be: ' if dry_run else ''}{summary}, {len(problems)} with mistakes, of {len(rows)} rows."
    )
    if problems:
        raise click.exceptions.Exit(1)


def read_rows(file: Path) -> Iterator[Row]:
    """The rows of a CSV file with a heading; commas, semicolons or tabs. Raises EnrolmentError."""
    where = str(file)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise EnrolmentError(f"The file cannot be read: {error.strerror}.", where=where) from None
    if len(raw) > LARGEST:
        raise EnrolmentError("The file is larger than 20 MB.", where=where, mend="Split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise EnrolmentError(
            f"Line {line} is not UTF-8.", where=where, mend='Save it again as "CSV UTF-8".'
        ) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading = [name.strip().lower() for name in next(reader, [])]
    lost = [name for name in NEEDED if name not in heading]
    if lost:
        raise EnrolmentError(
            f"The heading has no column {', '.join(lost)}.",
            where=where,
            mend=f"It needs: {', '.join(NEEDED)}.",
        )
    strange = [name for name in heading if name and name not in ALLOWED]
    if strange:
        raise EnrolmentError(
            f"The heading has a column {strange[0]!r} that Hearback does not know.",
            where=where,
            mend=nearest(strange[0], ALLOWED),
        )
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = {name: cell.strip() for name, cell in zip(heading, cells, strict=False)}
            yield Row(reader.line_num, row, surplus=any(cell.strip() for cell in cells[len(heading) :]))


def family_of(cells: dict[str, str], region: str) -> Family:
    """One row as a family; raises EnrolmentError for what cannot be read."""
    empty = [name for name in NEEDED if name != "relation" and not cells.get(name)]
    if empty:
        raise EnrolmentError(f"Nothing is written under {', '.join(empty)}.", mend="Fill it in.")
    adults = [_caregiver(cells, "", region)]
    if cells.get("phone_2") or cells.get("caregiver_2"):
        filled = {
            **cells,
            "language_2": cells.get("language_2") or cells["language"],
            "zone_2": cells.get("zone_2") or cells["zone"],
        }
        if not cells.get("phone_2"):
            raise EnrolmentError(
                "The second caregiver has no phone_2.", mend="Fill it in, or leave both out."
            )
        adults.append(_caregiver(filled, "_2", region))
    try:
        day_zero = date.fromisoformat(cells["day_zero"])
    except ValueError:
        raise EnrolmentError(
            f"{cells['day_zero']!r} is not a date.", mend="Write the day the child came home as YYYY-MM-DD."
        ) from None
    risks = tuple(
        part.strip() for part in cells.get("risks", "").replace(";", ",").split(",") if part.strip()
    )
    return Family(cells["child"], day_zero, cells["protocol"], tuple(adults), risks, cells.get("record", ""))


def _caregiver(cells: dict[str, str], suffix: str, region: str) -> CaregiverEntry:
    return CaregiverEntry(
        name=cells.get(f"caregiver{suffix}", ""),
        relation=cells.get(f"relation{suffix}", ""),
        phone=parse_phone(cells[f"phone{suffix}"], region),
        language=cells[f"language{suffix}"].lower(),
        zone=cells[f"zone{suffix}"],
    )


def _enrol(house: House, hospital: Hospital, family: Family, now: datetime, dry_run: bool) -> Enrolled:
    with house.database.writing() as connection:
        attempt = connection.begin_nested()
        done = enrol(connection, house.vault, hospital, family, now)
        if dry_run:
            attempt.rollback()
    return done


def _told(done: Enrolled, dry_run: bool) -> str:
    what = (
        "Enrolled"
        if done.fresh
        else "Enrolled before; planned anew"
        if done.replanned
        else "Enrolled before; nothing changed"
    )
    stopped = f" Texts stay stopped for {', '.join(done.stopped)}." if done.stopped else ""
    return f"{'Dry run: ' if dry_run else ''}{what}. Episode {done.episode_id}.{stopped}"
