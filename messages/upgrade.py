"""Bringing the database to the version this program needs, and telling when it is not there."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from messages.database import Connection, Database
from messages.errors import DatabaseError

_LOCK = 0x4845415242  # one upgrade at a time on PostgreSQL


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database) -> tuple[str | None, str]:
    """Run the migrations that are missing, all or none; returns the version before and after."""
    config = _config()
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _version(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        after = _version(connection)
    assert after is not None
    return before, after


def check_version(database: Database) -> None:
    """Raise DatabaseError when the tables are not of the version this program needs."""
    with database.reading() as connection:
        here = _version(connection)
    needed = ScriptDirectory.from_config(_config()).get_current_head()
    if here != needed:
        raise DatabaseError(
            f"The database is at version {here or 'none'} and this program needs {needed}.",
            where=database.engine.url.render_as_string(hide_password=True),
            mend="Run: hearback db upgrade",
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
