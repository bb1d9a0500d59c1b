"""How long a list of 10,000 families takes from the file to the last check-in planned.

    python -m bench.enrolling [--families 10000] [--postgres URL]

The way of `hearback enrol --csv` and of the console's lists: the file is read, tried without writing, enrolled in
commits of a hundred, and given in once more (nothing may change). By the clock, and by this process's share of it
(the difference is waiting: for the disk, for PostgreSQL, for a busy machine). SQLite in a new file; PostgreSQL as well
where a URL of an empty database is given, or where the tests' own server is installed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from bot.enrolment.many import enrol_all, manner
from bot.enrolment.sheet import NEEDED, Row, read_sheet
from messages.carriers.simulator import SimulatorCarrier
from messages.database import open_database
from messages.encryption import Key, Vault
from messages.house import House
from messages.ids import new_id
from messages.people import Hospital
from messages.settings import Settings
from messages.store.people import add_hospital
from messages.upgrade import upgrade
from scheduler.enrol import Agreed
from scheduler.load import shipped_source
from scheduler.store.published import publish
from tests import postgres

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
RUNS = (("tried, nothing written", True, "new"), ("enrolled", False, "new"), ("given in again", False, "unchanged"))


def sheet(families: int) -> bytes:
    """A file as a hospital saves it."""
    lines = (
        f"Kid{n},2026-03-01,hip-osteotomy,Ma{n},mother,+1206{2_000_000 + n},en,America/Los_Angeles"
        for n in range(families)
    )
    return "\n".join([",".join(NEEDED), *lines]).encode()


def enrolled(house: House, hospital: Hospital, rows: list[Row]) -> Iterator[tuple[str, float, float]]:
    """(what was done, its seconds by the clock, and of this process)."""
    for what, dry_run, kind in RUNS:
        start, busy = perf_counter(), process_time()
        how = manner(rows, "US", Agreed("import"), dry_run=dry_run)
        found = Counter(said.kind for said in enrol_all(house, hospital, rows, how, lambda: NOW))
        assert found == {kind: len(rows)}, found
        yield what, perf_counter() - start, process_time() - busy


def measure(name: str, url: str, families: int) -> None:
    settings = Settings(database_url=url, public_url="http://localhost", secret_key="s" * 40)
    house = House(open_database(url), Vault([Key("bench", bytes(range(32)))]), SimulatorCarrier(), settings)
    upgrade(house.database)
    hospital = Hospital(
        id=new_id(), slug="bench", name="Harbor Hospital", zone="America/Los_Angeles", sender="+12065550100",
        phone="206-555-0150",
    )
    with house.database.writing() as connection:
        add_hospital(connection, hospital, NOW)
        publish(connection, hospital.id, shipped_source("hip-osteotomy"), by="bench", now=NOW)
    _heading, rows = read_sheet(sheet(families))
    print(f"\n{name}: {families:,} families\n\n| the list is | clock | of it this process | limit |")
    print("| --- | --- | --- | --- |")
    for what, span, own in enrolled(house, hospital, rows):
        print(f"| {what} | {span:.1f} s | {own:.1f} s | 60 s |", flush=True)
    house.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", type=int, default=10_000)
    parser.add_argument("--postgres", default="", help="the URL of an empty PostgreSQL database")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", wanted.families)
    if wanted.postgres:
        measure("PostgreSQL", wanted.postgres, wanted.families)
    elif postgres.package() is not None:
        watcher = postgres.watch()
        measure("PostgreSQL", postgres.database("bench"), wanted.families)
        postgres.unwatch(watcher)


if __name__ == "__main__":
    main()
