"""`hearback` as an operator types it, with a complete environment and a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import hearback
from messages.encryption import new_key
from messages.errors import HearbackError

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`hearback` with a complete environment and an empty SQLite database."""
    monkeypatch.setenv("HEARBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'hearback.db'}")
    monkeypatch.setenv("HEARBACK_ENCRYPTION_KEYS", new_key("test"))
    monkeypatch.setenv("HEARBACK_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("HEARBACK_PUBLIC_URL", "http://localhost:9")
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str, **options: object) -> Result:
        return CliRunner().invoke(hearback, list(words), **options)  # type: ignore[arg-type]

    return call


@pytest.fixture
def ready(run: Run) -> Run:
    """The same with a hospital and a nurse."""
    assert run("db", "upgrade").exit_code == 0
    added = run(
        "hospital",
        "add",
        "harbor",
        "--name",
        "Harbor",
        "--sender",
        "+12025550100",
        "--phone",
        "202-555-0150",
        "--zone",
        "America/New_York",
    )
    assert added.exit_code == 0, added.output
    nurse = run(
        "user",
        "add",
        "--name",
        "Nora",
        "--login",
        "nora",
        "--password",
        "long enough",
        "--phone",
        "+12025550190",
    )
    assert nurse.exit_code == 0, nurse.output
    return run


def message(result: Result) -> str:
    """What the person reads: printed, or the sentence of the error `main` prints."""
    if isinstance(result.exception, HearbackError):
        return str(result.exception)
    return result.output
