"""From nothing to a hospital by `hearback setup`; the settings by script; what doctor says is missing."""

from __future__ import annotations

import pytest

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
