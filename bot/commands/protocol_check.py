"""`hearback protocol check`, `schema` and `reference`: what is wrong with a file, and what may stand in one."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent

import click

from bot.checking import check_protocol, coverage_of
from messages.errors import ProtocolError
from scheduler.load import Checked, read_source, shipped_names, shipped_source
from scheduler.protocol import Protocol
from scheduler.reference import reference, schema
from scheduler.warn import Coverage, measures


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--hospital", "slug", default=None, help="Say too what is asked when nobody of this hospital answers.")
@click.option("--texts", is_flag=True, help="Show every text with its segments and the school year it reads at.")
def check_file(file: Path, slug: str | None, texts: bool) -> None:
    """Say whether FILE can be used, or every problem with its line and column, and what is to be looked at.

    Ends with 0 when the file is good and with 2 when it is not; warnings stop nothing. Nothing is published.

    Example: hearback protocol check hip.yaml --texts
    """
    checked = _checked(str(file), _coverage(slug) if slug else None)
    for warning in checked.warnings:
        place, what = str(warning).split(": ", 1)
        click.echo(f"{place}: warning: {what}", err=True)
    assert checked.protocol is not None
    click.echo(summary(checked.protocol))
    if texts:
        click.echo()
        click.echo(_measured(checked.protocol))


@click.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of a protocol file, with which editors complete its keys and mark slips.

    Example: hearback protocol schema > protocol.schema.json
    """
    click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@click.command("reference")
def print_reference() -> None:
    """Print every key of a protocol file with its type, its default and an example, as a page of Markdown."""
    click.echo(reference(), nl=False)


def loaded(protocol: str) -> Protocol:
    """The protocol in a file, or a shipped one by its name. Problems are printed as editors read them."""
    found = _checked(protocol, None).protocol
    assert found is not None
    return found


def _checked(protocol: str, coverage: Coverage | None) -> Checked:
    shipped = protocol in shipped_names() and not Path(protocol).exists()
    try:
        source = shipped_source(protocol) if shipped else read_source(Path(protocol))
    except ProtocolError as error:
        click.echo("\n".join(error.problems), err=True)
        raise SystemExit(error.exit_code) from None
    checked = check_protocol(source, protocol, coverage)
    if checked.errors:
        click.echo("\n".join(str(error) for error in checked.errors), err=True)
        raise SystemExit(ProtocolError.exit_code)
    return checked


def _coverage(slug: str) -> Coverage:
    from bot.commands.user import the_hospital
    from bot.opening import open_house
    from bot.web.state import real_clock
    from messages.settings import DATABASE_NEEDS
    from messages.store.people import staff_of

    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    with house.database.reading() as connection:
        return coverage_of(hospital, staff_of(connection, house.vault, hospital.id), real_clock())


def summary(protocol: Protocol) -> str:
    slots = protocol.slots()
    approved = (
        f"approved by {protocol.approved_by}" if protocol.approved_by else "not yet approved by a clinician"
    )
    return (
        f"{protocol.name}: good, {approved}.\n"
        f"{len(slots)} check-ins on days {slots[0].day} to {slots[-1].day}, "
        f"{len(protocol.questions)} questions, languages {', '.join(protocol.languages)}."
    )


def _measured(protocol: Protocol) -> str:
    """Every text once per language, filled for a made-up hospital, with what it costs and how hard it is."""
    blocks = []
    for one in measures(protocol):
        name = ".".join(str(part) for part in one.path).removesuffix(".text")
        year = f"school year {one.grade:g}" if one.grade is not None else "reading not measured"
        blocks.append(
            f"{name} [{one.language}]: {one.segments} segments, {one.encoding}, {year}\n{indent(one.text, '    ')}"
        )
    return "\n\n".join(blocks)
