"""`hearback db`: the database and its keys."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.opening import open_tables
from messages.encryption import new_key
from messages.errors import DatabaseError
from messages.upgrade import upgrade


@click.group()
def command() -> None:
    """The database: upgrade, backup, a new encryption key."""


@command.command("upgrade")
def upgrade_command() -> None:
    """Make or change the tables as this program needs them; safe to run again, all or nothing."""
    before, after = upgrade(open_tables())
    click.echo(
        f"The database is at version {after}."
        if before == after
        else f"Made the tables of version {after}."
        if before is None
        else f"Upgraded {before} to {after}."
    )


@command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write a copy of the whole database to FILE while it is in use.

    Private columns in it are sealed with HEARBACK_ENCRYPTION_KEYS: keep the keys in another place.
    """
    database = open_tables()
    if file.exists():
        raise DatabaseError(
            "A file of that name is there already.", where=str(file), mend="Choose another name."
        )
    url = database.engine.url
    started = datetime.now(UTC)
    if database.is_sqlite:
        with (
            sqlite3.connect(f"file:{url.database}?mode=ro", uri=True) as source,
            sqlite3.connect(file) as target,
        ):
            source.backup(target)
    else:
        tool = shutil.which("pg_dump")
        if tool is None:
            raise DatabaseError(
                "pg_dump is not here.",
                mend="Install PostgreSQL's client, such as: apt install postgresql-client",
            )
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        done = subprocess.run(
            [tool, "--format=custom", f"--file={file}", "--dbname", plain],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ},
        )
        if done.returncode:
            raise DatabaseError(
                f"pg_dump failed: {done.stderr.strip()[:300]}",
                where=str(file),
                mend="Mend that and try again.",
            )
    file.chmod(0o600)
    seconds = (datetime.now(UTC) - started).total_seconds()
    click.echo(f"Wrote {file} ({file.stat().st_size:,} bytes) in {seconds:.1f} s.")


@command.command("key")
@click.option("--id", "key_id", default=None, help="A short name for the key; the month if left out.")
def key_command(key_id: str | None) -> None:
    """Print a new key for HEARBACK_ENCRYPTION_KEYS. Put it first and keep the older ones behind it."""
    click.echo(new_key(key_id or datetime.now(UTC).strftime("k%Y%m")))
