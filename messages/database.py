"""The database: one engine, short transactions, the same code on PostgreSQL and SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import IntegrityError as IntegrityError

from messages.errors import DatabaseError


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant, kept as UTC; a naive time is refused rather than guessed."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Connections by purpose. Never hold one while a carrier thinks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to look with; nothing written on it is kept."""
        with _told(self.engine), self.engine.connect() as connection:
            yield connection.execution_options(hearback_reading=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or none of it."""
        with _told(self.engine), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise DatabaseError(
            "Every connection to the database is in use.",
            where=engine.url.render_as_string(hide_password=True),
            mend="It passes by itself; when it does not, look what keeps them, or run more processes.",
        ) from error
    except DBAPIError as error:
        told = _in_words(error, engine)
        if told is None:
            raise
        raise told from error


def _in_words(error: DBAPIError, engine: Engine) -> DatabaseError | None:
    """What a person can do about it; None for what is a fault of ours or means something to the caller."""
    if isinstance(error, IntegrityError | sa.exc.DataError):
        return None
    where = engine.url.render_as_string(hide_password=True)
    words = str(error.orig)
    if isinstance(error, sa.exc.ProgrammingError) or "no such table" in words:
        return DatabaseError(
            "The database has not the tables this program needs.",
            where=where,
            mend="Run: hearback db upgrade",
        )
    if engine.dialect.name == "sqlite" and "locked" not in words:
        return DatabaseError(
            f"The database file cannot be used: {words}.",
            where=where,
            mend="Check that the folder is there and this user may write in it, or restore a backup.",
        )
    return DatabaseError(
        f"The database did not answer ({type(error.orig).__name__}).",
        where=where,
        mend="Check that it is running and reachable, then run: hearback doctor",
    )


def open_database(url: str, *, pool: int = 10) -> Database:
    """Open the database at a SQLAlchemy URL; nothing is connected until it is used.

    `pool` is the number of connections this process may hold at PostgreSQL.
    """
    parsed = make_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "postgresql":
        options = {
            "pool_size": pool,
            "max_overflow": pool,
            "pool_timeout": 10,
            "pool_pre_ping": True,
            "connect_args": {"connect_timeout": 3},
        }
    try:
        engine = sa.create_engine(parsed, **options)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise DatabaseError(
            f"This database address cannot be used: {error}.",
            where="HEARBACK_DATABASE_URL",
            mend="Use sqlite:///file or postgresql://user@host/name.",
        ) from error
    if engine.dialect.name == "sqlite":
        _teach_sqlite(engine)
    return Database(engine)


def _teach_sqlite(engine: Engine) -> None:
    # The driver's own transactions start too late and lose updates without an error; see docs/decisions.
    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        _keep_private(engine.url.database)
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        looking = connection.get_execution_options().get("hearback_reading")
        connection.exec_driver_sql("BEGIN" if looking else "BEGIN IMMEDIATE")


def _keep_private(file: str | None) -> None:
    """A database file that was just made is for its owner only."""
    path = Path(file or "")
    if path.is_file() and path.stat().st_size == 0:
        path.chmod(0o600)
