"""`hearback flags`: the open flags in a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from bot.commands.user import the_hospital
from bot.opening import open_house
from bot.web.state import real_clock
from messages.flags import Flag
from messages.settings import DATABASE_NEEDS
from messages.store.flags import open_flags
from messages.store.people import all_hospitals, staff_of
from scheduler.store.episodes import episodes_named


@click.command()
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="A list of objects: id, level, child, signs, since, state, taken_by.",
)
@click.option("--hospital", "slug", default=None, help="Only this hospital.")
def command(as_json: bool, slug: str | None) -> None:
    """The open flags, most serious first, then by how little of their time is left."""
    house = open_house(DATABASE_NEEDS)
    only = the_hospital(house, slug) if slug else None
    with house.database.reading() as connection:
        flags = open_flags(connection, only.id if only else None)
        names: dict[str, str] = {}
        staff: dict[str, str] = {}
        for hospital in [only] if only else all_hospitals(connection):
            mine = [flag.episode_id for flag in flags if flag.episode_id and flag.hospital_id == hospital.id]
            names |= episodes_named(connection, house.vault, hospital.id, mine)
            staff |= {person.id: person.name for person in staff_of(connection, house.vault, hospital.id)}
    rows = [_row(flag, names, staff) for flag in flags]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    now = real_clock()
    if not rows:
        click.echo("No open flags. Replies that need a person appear here.")
    for row in rows:
        signs = ", ".join(row["signs"]) or "-"
        has_it = f"  {row['taken_by']} has it" if row["taken_by"] else ""
        click.echo(
            f"{row['level']:<10} {row['child'] or '-':<14} {signs:<28} {_age(row['since'], now):>8}{has_it}"
        )


def _row(flag: Flag, names: dict[str, str], staff: dict[str, str]) -> dict[str, Any]:
    return {
        "id": flag.id,
        "level": flag.level.value,
        "child": names.get(flag.episode_id or "", ""),
        "signs": list(flag.signs),
        "since": flag.opened_at.isoformat(),
        "state": flag.state.value,
        "taken_by": staff.get(flag.taken_by or "", "") or None,
    }


def _age(since: str, now: datetime) -> str:
    minutes = int((now - datetime.fromisoformat(since)).total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
