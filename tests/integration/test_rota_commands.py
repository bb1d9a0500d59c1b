"""`hearback rota`: a list taken in by a command, and what it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.commands import Run, message

DAY = (datetime.now(UTC) + timedelta(days=3)).date()


def test_a_list_is_taken_in_by_a_command_and_shown_with_the_holes(ready: Run, tmp_path: Path) -> None:
    assert ready("user", "add", "--name", "Omar", "--phone", "+12025550122").exit_code == 0
    file = tmp_path / "rota.csv"
    file.write_text(f"person;date;from;to\nOmar;{DAY};19:00;07:00\nOmar;{DAY};20:00;22:00\n", encoding="utf-16")
    tried = ready("rota", "import", str(file), "--dry-run")
    assert tried.exit_code == 2
    assert "1 new shifts. Nothing was saved." in tried.output
    assert "row 3: Omar has a shift then already" in tried.output
    assert "Omar" not in "".join(line for line in ready("rota", "show").output.splitlines() if "\t" in line)
    assert "1 new shifts are in the rota." in ready("rota", "import", str(file)).output
    shown = ready("rota", "show").output
    assert "19:00–07:00\t1.\tOmar" in shown
    assert "Nobody answers" in shown
    file.write_text("person,when\n")
    refused = ready("rota", "import", str(file))
    assert "The heading has no column date, from, to." in message(refused)
