"""`hearback export --cases`: what coordinators corrected, as labelled cases for the corpus."""

from __future__ import annotations

import json

import click

from bot.cases import case_of
from bot.commands.user import the_hospital
from bot.facts import ASKED_WITHIN
from bot.opening import open_house
from bot.reading.read import read
from messages.conversation import Asked
from messages.settings import DATABASE_NEEDS
from messages.store.conversation import last_asked
from messages.store.corrections import corrections
from messages.store.families import children_of
from messages.store.people import all_hospitals, caregivers_by_id, staff_of


@click.command()
@click.option("--cases", is_flag=True, required=True, help="Corrected texts as JSON lines, for review.")
@click.option("--hospital", "slug", default=None, help="Only this hospital.")
def command(cases: bool, slug: str | None) -> None:
    """Write the texts that a coordinator said were read wrongly, labelled as they said, one JSON object a line.

    Names, numbers, addresses and links are taken out as far as a program can: read every line before it leaves the
    hospital.

    \b
    hearback export --cases > corrected.jsonl
    hearback read --score corrected.jsonl
    """
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
