"""`hearback protocol`: check a hospital's protocol file, and see the whole calendar it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from textwrap import wrap

import click

from bot.checking import check_protocol, coverage_of
from bot.commands.protocol_check import check_file, loaded, print_reference, print_schema, summary
from bot.rehearsal.calendar import SECOND, Adult, Seen, seen_calendar
from messages.errors import ProtocolError
from messages.segments import segments
from scheduler.plan import Row, calendar, local_zone
from scheduler.protocol import FIXED_TEXTS, Protocol
from scheduler.readability import grade
from scheduler.texts import render, values_for
from scheduler.warn import SAMPLE


@click.group("protocol", help="Check a protocol file, or see what it will ask, when and in which words.")
def command() -> None:
    pass


for one in (check_file, print_schema, print_reference):
    command.add_command(one)


@command.command("preview")
@click.argument("protocol")
@click.option(
    "--day-zero", required=True, metavar="DATE", help="The day the child came home, like 2026-03-05."
)
@click.option("--zone", required=True, help="The family's time zone, like America/New_York.")
@click.option("--language", default=None, help="Show the texts of this language only.")
@click.option("--joined", default=None, metavar="TIME", help="When the family joined, like 2026-03-07T14:30.")
@click.option("--second", default=None, metavar="ZONE", help="Another adult's zone: what is sent there on silence.")
@click.option("--second-language", default=None, help="What the other adult reads; else the protocol's first.")
def preview(
    protocol: str, day_zero: str, zone: str, language: str | None, joined: str | None, second: str | None,
    second_language: str | None,
) -> None:
    """Show every text that a family would get: PROTOCOL is a file, or the name of a shipped protocol.

    Times are the family's own, with their distance from UTC, so that a change of the clock is seen. Under the
    calendar stands every text with its segments and the school year it takes to read.

    Example: hearback protocol preview hip-osteotomy --day-zero 2026-03-05 --zone America/New_York
    """
    shown = loaded(protocol)
    for option, asked in (("--language", language), ("--second-language", second_language)):
        if asked is not None and asked not in shown.languages:
            raise click.BadParameter(
                f"{shown.name} has no {asked!r}. It has: {', '.join(shown.languages)}.", param_hint=option
            )
    when = _moment(joined, zone) if joined else None
    rows = calendar(shown, _day(day_zero), zone, joined=when)
    languages = (language,) if language else shown.languages
    click.echo(summary(shown))
    click.echo()
    click.echo(_table(rows, languages))
    if second:
        there = (local_zone(second).key, second_language or shown.languages[0])
        found = seen_calendar(
            shown, SAMPLE, _day(day_zero), Adult(zone, shown.languages[0]), joined=when, second=Adult(*there)
        )
        click.echo()
        click.echo(f"The second adult ({there[0]}, {there[1]}), when nobody answers:")
        click.echo(_seconds(one for one in found if one.to == SECOND))
    click.echo()
    click.echo("\n\n".join(_texts(shown, languages)))


@command.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="Who publishes it; kept with the version.")
@click.option(
    "--hospital", "slug", default=None, help="Short name; may be left out when there is one hospital."
)
@click.option("--seen", is_flag=True, help="You have seen every warning and want it all the same.")
def publish_file(file: Path, by: str, slug: str | None, *, seen: bool) -> None:
    """Publish FILE as the hospital's next version. Families already enrolled stay on theirs.

    Nothing is published when the file has a mistake, or a warning that nobody has --seen; the same file again is the
    same version.

    Example: hearback protocol publish hip.yaml --by "Dr. Okafor"
    """
    from bot.commands.user import the_hospital
    from bot.opening import open_house
    from bot.web.state import real_clock
    from messages.settings import DATABASE_NEEDS
    from messages.store.people import staff_of
    from scheduler.load import read_source
    from scheduler.store.published import publish

    protocol = loaded(str(file))
    house = open_house(DATABASE_NEEDS)
    hospital = the_hospital(house, slug)
    now = real_clock()
    with house.database.writing() as connection:
        coverage = coverage_of(hospital, staff_of(connection, house.vault, hospital.id), now)
        warnings = check_protocol(read_source(file), str(file), coverage).warnings
        click.echo("".join(f"{one}\n" for one in warnings), nl=False, err=True)
        if warnings and not seen:
            click.echo("Nothing is published yet. Look at each of these, then publish again with --seen.", err=True)
            raise SystemExit(ProtocolError.exit_code)
        _, version = publish(connection, hospital.id, read_source(file), by=by, now=now)
    click.echo(f"{protocol.name} is at version {version} for {hospital.name}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a day. Write it like 2026-03-05.", param_hint="--day-zero"
        ) from None


def _moment(text: str, zone: str) -> datetime:
    """A local time of the family, or an instant with its distance from UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a time. Write it like 2026-03-07T14:30.", param_hint="--joined"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=local_zone(zone))


def _table(rows: Iterable[Row], languages: tuple[str, ...]) -> str:
    head = ("day", "local time", "UTC", "too late from", "asks", *(f"segments {one}" for one in languages))
    lines = [head]
    for row in rows:
        step = row.planned
        lines.append(
            (
                str(step.day),
                f"{step.local:%a %d %b %Y %H:%M} {_offset(step.local)}",
                f"{step.at:%d %b %H:%M}",
                f"{step.until.astimezone(step.local.tzinfo):%d %b %H:%M}",
                step.question,
                *(_cost(row.texts[one], one, step.day) for one in languages),
            )
        )
    return _in_columns(lines)


def _seconds(found: Iterable[Seen]) -> str:
    """What another adult would be sent, on the clock there."""
    lines = [("day", "local time", "UTC", "asks", "segments")]
    for one in found:
        local = f"{one.local:%a %d %b %Y %H:%M} {_offset(one.local)}"
        lines.append((str(one.day), local, f"{one.at:%d %b %H:%M}", one.question, str(one.segments)))
    return _in_columns(lines)


def _in_columns(lines: Sequence[tuple[str, ...]]) -> str:
    head = lines[0]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, rule, *lines[1:])
    )


def _offset(local: datetime) -> str:
    shown = f"{local:%z}"
    return f"{shown[:3]}:{shown[3:5]}"


def _cost(text: str, language: str, day: int) -> str:
    return str(segments(_filled(text, language, day)).count)


def _filled(text: str, language: str, day: int = 1) -> str:
    return render(text, values_for(SAMPLE, language, day=day))


def _texts(protocol: Protocol, languages: tuple[str, ...]) -> Iterable[str]:
    """Every text once per language, filled for a made-up hospital, with what it costs."""
    for name in (*FIXED_TEXTS[:1], *protocol.questions, *FIXED_TEXTS[1:]):
        for language in languages:
            filled = _filled(protocol.text(name, language), language)
            cost = segments(filled)
            heading = f"{name} [{language}]: segments {cost.count}, {cost.encoding}"
            if (year := grade(filled, language)) is not None:
                heading += f", school year {year:.0f}"
            lines = [wrapped for line in filled.splitlines() for wrapped in wrap(line, 96)]
            yield "\n".join([heading, *(f"    {line}" for line in lines)])
