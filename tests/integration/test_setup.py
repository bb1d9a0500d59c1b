"""From nothing to a hospital by `hearback setup`; the settings by script; what doctor says is missing."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from bot.cli import hearback
from bot.web.hospital.missing import Around, everywhere, missing
from messages.people import Hospital, Staff
from messages.store.health import Health
from tests.integration.commands import Run, message

ANSWERS = "\n".join((
    "Harbor Children's", "", "Atlantis", "America/New_York", "12", "+12025550100", "202-555-0150", "", "",
    "Nora Reyes", "nora", "+12025550190",
)) + "\n"  # fmt: skip


def test_a_new_installation_is_set_up_by_answering_and_again_changes_nothing(run: Run) -> None:
    done = run("setup", input=ANSWERS)
    assert done.exit_code == 0, done.output
    assert "6 of 6" in done.output
    assert "/console/welcome/" in done.output
    assert done.output.count("Time zone") == 2  # Atlantis is asked again
    again = run("setup")
    assert again.exit_code == 0, again.output
    assert "Harbor Children's is here" in again.output
    assert "There is a manager" in again.output
    assert run("hospital", "list").output.startswith("harbor\tHarbor Children's\t+12025550100\t")


def test_missing_settings_are_told_with_a_key_to_use(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEARBACK_ENCRYPTION_KEYS")
    told = run("setup")
    assert told.exit_code == 2
    assert "HEARBACK_ENCRYPTION_KEYS=first:" in told.output


def test_the_settings_are_made_for_whoever_is_there_and_never_over_others(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PUBLIC_URL", "SECRET_KEY", "ENCRYPTION_KEYS"):
        monkeypatch.setenv(f"HEARBACK_{name}", "")
        monkeypatch.delenv(f"HEARBACK_{name}")
    monkeypatch.setattr("bot.commands.setup._asks", lambda: True)
    sid = f"AC{'0123456789abcdef' * 2}"
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):  # taken away again when the test is over
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    done = run("setup", input=f"\nAC12\nno token\n{sid}\na token of twilio\n{ANSWERS}\n")
    assert done.exit_code == 0, done.output
    assert "a token" not in done.output
    assert "which the carrier cannot reach" in done.output
    file = tmp_path / "hearback.env"
    assert file.stat().st_mode & 0o77 == 0
    given = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert given["HEARBACK_PUBLIC_URL"] == "http://localhost:8000"
    assert (given["TWILIO_ACCOUNT_SID"], given["TWILIO_AUTH_TOKEN"]) == (sid, "a token of twilio")
    for name in given:
        monkeypatch.delenv(name)
    again = run("setup")  # in a new terminal, where nothing is loaded
    assert (again.exit_code, ". ./hearback.env" in again.output) == (2, True)
    assert dict(line.split("=", 1) for line in file.read_text().splitlines()) == given


def test_every_command_that_mends_something_is_one(ready: Run) -> None:
    here = Hospital("h", "harbor", "Harbor", "America/New_York", "+12025550100", "1")
    hour = timedelta(hours=1)
    ill = Around(Health(None, 1, hour, 0, 1, hour, {}, 0), simulated=True, mail_server=False, unreached=True)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    nobody = missing(here, (), (), now, ill)
    silent = missing(here, (Staff("s", "h", "Nora", "+12025550190", "nora"),), (), now, ill)
    told = {one.command for one in (*everywhere(ill, here.id), *nobody, *silent)}
    assert len(told) >= 5
    for command in told:
        words = shlex.split(command.partition("hearback ")[2])
        path = [word for word in words if not word.startswith("-")]
        group = hearback
        while path and isinstance(group, click.Group):
            found = group.get_command(click.Context(group), path.pop(0))
            assert found is not None, command
            group = found  # type: ignore[assignment]
        options = {name for one in group.params for name in one.opts}
        assert {word for word in words if word.startswith("--")} <= options, command


def test_settings_are_changed_by_script_as_in_the_console(ready: Run) -> None:
    assert "urgent=60" in ready("hospital", "show", "harbor", "times").output
    tried = ready("hospital", "set", "harbor", "times", "urgent=45", "--dry-run").output
    assert "within 45 minutes, not 60" in tried
    assert "urgent=60" in ready("hospital", "show", "harbor", "times").output
    assert "Saved." in ready("hospital", "set", "harbor", "times", "urgent=45").output
    assert "urgent=45" in ready("hospital", "show", "harbor", "times").output
    wrong = message(ready("hospital", "set", "harbor", "basics", "emergency_number=x", "name="))
    assert "emergency_number: Write digits only" in wrong
    assert "name: Families need to know who texts" in wrong


def test_holidays_numbers_and_shifts_by_script(ready: Run) -> None:
    assert "closed" in ready("hospital", "day", "harbor", "2030-12-25", "--name", "Christmas").output
    assert "called_0=Christmas" in ready("hospital", "show", "harbor", "hours").output
    assert "Saved." in ready("hospital", "day", "harbor", "2030-12-25", "--usual").output
    assert "Christmas" not in ready("hospital", "show", "harbor", "hours").output
    assert "Saved." in ready("hospital", "number", "harbor", "+12025550102").output
    assert "+12025550100, +12025550102" in ready("hospital", "list").output
    assert "answers" in ready("user", "shifts", "nora", "mon-fri 08:00-18:00").output
    assert "who_0" in ready("hospital", "show", "harbor", "cover").output


def test_doctor_says_what_a_hospital_lacks_and_how_to_mend_it(run: Run) -> None:
    run("db", "upgrade")
    assert "hearback setup" in run("doctor", "--offline").output
    run("hospital", "add", "harbor", "--name", "Harbor", "--sender", "+12025550100", "--phone", "1", "--zone", "UTC")
    told = run("doctor", "--offline").output
    assert "nobody is told of an emergency" in told
    assert "hearback user add --hospital harbor" in told
