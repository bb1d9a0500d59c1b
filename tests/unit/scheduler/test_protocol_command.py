"""`hearback protocol check` and `preview`, as a person at a terminal meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.protocol import command
from messages.errors import EnrolmentError
from scheduler.load import shipped_source

KNEE = Path(__file__).parent / "knee.yaml"


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_a_good_file_is_summed_up() -> None:
    found = run("check", str(KNEE))
    assert found.exit_code == 0
    assert found.stdout == (
        "knee: good, not yet approved by a clinician.\n"
        "7 check-ins on days 1 to 28, 2 questions, languages en, es.\n"
    )


def test_a_bad_file_ends_with_two_and_every_problem_on_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        KNEE.read_text(encoding="utf-8").replace("day: 29", "day: 2").replace("ask: daily}", "ask: x}"),
        encoding="utf-8",
    )
    found = run("check", str(file))
    assert found.exit_code == 2
    assert found.stdout == ""
    assert [line.split(" ")[0] for line in found.stderr.splitlines()] == [f"{file}:10:49:", f"{file}:41:11:"]


def test_what_should_be_looked_at_is_told_as_a_warning_with_its_place() -> None:
    found = run("check", str(KNEE))
    assert found.exit_code == 0
    assert (
        f"{KNEE}:19:7: warning: questions.daily.text.en: it reads at school year 7.2, and the limit is 6. "
        "Use short words and short sentences."
    ) in found.stderr.splitlines()


def test_every_text_is_shown_with_its_cost_and_its_school_year() -> None:
    found = run("check", "hip-osteotomy", "--texts").stdout
    assert "welcome [en]: 2 segments, GSM-7, school year 1.3\n    Riverside Children's: you joined" in found
    assert "questions.daily [es]: 5 segments, UCS-2, school year" in found


def test_a_hospitals_own_words_that_are_read_otherwise_are_told_at_their_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    words = "words:\n  - {says: [goose egg], means: swelling, must: [all fine today]}\n"
    file.write_text(KNEE.read_text(encoding="utf-8") + words, encoding="utf-8")
    found = run("check", str(file))
    assert found.exit_code == 2
    assert found.stderr.startswith(f"{file}:43:42: words.0.must: 'all fine today' is read ok.")


def test_the_schema_and_the_reference_are_printed() -> None:
    assert '"title": "A protocol of Hearback"' in run("schema").stdout
    assert run("reference").stdout.startswith("# Protocols: every key\n")


def test_the_preview_shows_the_clock_change_and_what_a_late_joiner_misses() -> None:
    found = run(
        "preview",
        "hip-osteotomy",
        "--day-zero",
        "2026-03-05",
        "--zone",
        "America/New_York",
        "--joined",
        "2026-03-07T12:00",
    )
    assert found.exit_code == 0
    days = [" ".join(line.split()) for line in found.stdout.splitlines() if " 2026 " in line]
    assert days[0] == "2 Sat 07 Mar 2026 12:00 -05:00 07 Mar 17:00 01 May 09:00 welcome 2 5"
    assert days[1] == "2 Sat 07 Mar 2026 18:00 -05:00 07 Mar 23:00 07 Mar 21:00 toes 2 4"
    assert days[2] == "3 Sun 08 Mar 2026 09:00 -04:00 08 Mar 13:00 08 Mar 13:00 daily 2 5"
    assert days[-1] == "57 Fri 01 May 2026 09:00 -04:00 01 May 13:00 04 May 09:00 goodbye 1 3"


def test_the_preview_shows_every_text_with_its_cost_in_one_language_or_all() -> None:
    words = ("preview", "hip-osteotomy", "--day-zero", "2026-03-05", "--zone", "Europe/Madrid")
    both, spanish = run(*words).stdout, run(*words, "--language", "es").stdout
    assert "daily [en]: segments 2, GSM-7" in both
    assert "    1 fiebre o escalofríos" in both
    assert "daily [es]: segments 5, UCS-2" in spanish
    assert "[en]" not in spanish


def test_a_file_of_ones_own_is_previewed_even_when_named_like_a_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = shipped_source("hip-osteotomy").replace("approved_by:  ", "approved_by: Dr. Rivera  ", 1)
    (tmp_path / "hip-osteotomy").write_text(own, encoding="utf-8")
    found = run("preview", "hip-osteotomy", "--day-zero", "2026-03-05", "--zone", "UTC")
    assert found.stdout.startswith("hip-osteotomy: good, approved by Dr. Rivera.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--day-zero", "tomorrow", "--zone", "UTC"), "'tomorrow' is not a day. Write it like 2026-03-05."),
        (("--day-zero", "2026-02-30", "--zone", "UTC"), "'2026-02-30' is not a day."),
        (("--day-zero", "2026-03-05", "--zone", "UTC", "--joined", "noon"), "'noon' is not a time."),
        (("--day-zero", "2026-03-05", "--zone", "UTC", "--language", "fr"), "has no 'fr'. It has: en, es."),
        (("--zone", "UTC"), "Missing option '--day-zero'."),
    ],
)
def test_a_slip_on_the_command_line_is_told_with_the_mend(words: tuple[str, ...], told: str) -> None:
    found = run("preview", "hip-osteotomy", *words)
    assert found.exit_code == 2
    assert told in found.stderr


def test_a_zone_that_is_none_is_told_with_the_mend() -> None:
    found = run("preview", "hip-osteotomy", "--day-zero", "2026-03-05", "--zone", "Amerika/New_York")
    assert isinstance(found.exception, EnrolmentError)
    assert found.exception.mend == "Did you mean America/New_York?"
