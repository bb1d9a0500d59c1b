"""`hearback export`: what coordinators corrected as labelled cases (--cases), or one family's record (--family)."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import click

from bot.cases import case_of
from bot.commands.user import the_hospital
from bot.facts import ASKED_WITHIN
from bot.opening import open_house
from bot.reading.read import read
from bot.web.state import real_clock
from messages.conversation import Asked
from messages.settings import DATABASE_NEEDS
from messages.store.console import note_export
from messages.store.conversation import last_asked
from messages.store.corrections import corrections
from messages.store.families import children_of
from messages.store.people import all_hospitals, caregivers_by_id, staff_of
from messages.store.record import hospital_of, record_of


@click.command()
@click.option("--cases", is_flag=True, help="Corrected texts as JSON lines, for review.")
@click.option("--family", "episode_id", default=None, metavar="ID", help="The whole record of one family, as JSON.")
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    default=None,
    help="With --family: as a PDF, into this new file.",
)
@click.option("--hospital", "slug", default=None, help="Only this hospital.")
def command(cases: bool, episode_id: str | None, pdf: Path | None, slug: str | None) -> None:
    """Write what leaves the house as a file: one of --cases and --family.

    --cases: the texts that a coordinator said were read wrongly, labelled as they said, one JSON object a line. Names,
    numbers, addresses and links are taken out as far as a program can: read every line before it leaves the hospital.

    --family: everything kept about one family, names and words too, as docs/record.md describes it; the id stands in
    the address of the family's page. That it was taken is noted in the audit.

    \b
    hearback export --cases > corrected.jsonl
    hearback read --score corrected.jsonl
    hearback export --family 01a203bdc5067000a2775191a44e265b > record.json
    hearback export --family 01a203bdc5067000a2775191a44e265b --pdf record.pdf
    """
    if cases == bool(episode_id):
        raise click.UsageError("Say what to export: --cases, or --family ID.")
    if pdf is not None and cases:
        raise click.UsageError("--pdf goes with --family.")
    if episode_id:
        _family(episode_id, pdf, slug)
    else:
        _cases(slug)


def _family(episode_id: str, pdf: Path | None, slug: str | None) -> None:
    house, now = open_house(DATABASE_NEEDS), real_clock()
    who = f"command line ({_user()})"
    only = the_hospital(house, slug) if slug else None
    with house.database.writing() as connection:
        hospital_id = only.id if only else hospital_of(connection, episode_id)
        record = record_of(connection, house.vault, hospital_id, episode_id, made_by=who, now=now)
        note_export(connection, hospital_id, who, episode_id, now)
    if pdf is None:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        from bot.web.families.record_pdf import pdf_of

        pdf.touch(mode=0o600)  # for its owner only
        pdf.write_bytes(pdf_of(record))
        click.echo(f"Written to {pdf}.", err=True)
    click.echo("It holds names, numbers and words of a family: keep it as you keep their chart.", err=True)


def _user() -> str:
    """Who is signed in at this machine, as far as it says so."""
    try:
        return getpass.getuser()[:40]
    except (OSError, KeyError):
        return "unknown"


def _cases(slug: str | None) -> None:
    house = open_house(DATABASE_NEEDS)
    only = the_hospital(house, slug) if slug else None
    lines = []
    with house.database.reading() as connection:
        for hospital in [only] if only else all_hospitals(connection):
            staff = [person.name for person in staff_of(connection, house.vault, hospital.id)]
            found = corrections(connection, house.vault, hospital.id)
            ids = sorted({one.caregiver_id for one in found if one.caregiver_id})
            adults = caregivers_by_id(connection, house.vault, ids)
            children = children_of(connection, house.vault, ids)
            for one in found:
                names = [*staff, hospital.name]
                asked = Asked()
                if one.caregiver_id:
                    names.append(adults[one.caregiver_id].name)
                    names += [child.name for child in children.get(one.caregiver_id, [])]
                    asked = last_asked(connection, one.caregiver_id, one.at - ASKED_WITHIN, before=one.at)
                case = case_of(one, asked, names)
                language = adults[one.caregiver_id].language if one.caregiver_id else "en"
                case["lang"] = read(case["text"], language=language).language or language
                lines.append(json.dumps(case, ensure_ascii=False))
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} corrected texts. Read every line before it leaves the hospital.", err=True)
