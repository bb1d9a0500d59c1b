"""The command line: what operators type, what they read, and how it ends."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messages.encryption import new_key
from tests.integration.commands import Run, message

TODAY = datetime.now(UTC).date()
ANA = (
    "enrol", "--child", "Ana", "--day-zero", TODAY.isoformat(), "--caregiver", "Maria", "--phone", "202-555-0110",
    "--protocol", "hip-osteotomy",
)  # fmt: skip
HEADING = "child,day_zero,protocol,caregiver,relation,phone,language,zone\n"


def test_upgrading_twice_is_safe(run: Run) -> None:
    assert "Made the tables of version" in run("db", "upgrade").output
    assert "is at version" in run("db", "upgrade").output


def test_a_database_that_was_never_upgraded_is_told_with_its_mend(run: Run) -> None:
    assert "hearback db upgrade" in message(run("flags"))


def test_missing_settings_are_told_all_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEARBACK_ENCRYPTION_KEYS", "HEARBACK_SECRET_KEY", "HEARBACK_PUBLIC_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    told = message(run("serve"))
    for name in (
        "HEARBACK_ENCRYPTION_KEYS",
        "HEARBACK_SECRET_KEY",
        "HEARBACK_PUBLIC_URL",
        "TWILIO_AUTH_TOKEN",
    ):
        assert name in told


def test_one_family_is_enrolled_by_options(ready: Run) -> None:
    assert "Enrolled." in ready(*ANA).output
    assert "nothing changed" in ready(*ANA).output


def test_a_dry_run_writes_nothing(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "families.csv"
    file.write_text(HEADING + f"Ana,{TODAY},hip-osteotomy,Maria,mother,+12025550110,en,America/New_York\n")
    assert "1 new" in ready("enrol", "--csv", str(file), "--dry-run").output
    assert "1 new" in ready("enrol", "--csv", str(file)).output
    assert "1 unchanged" in ready("enrol", "--csv", str(file)).output


def test_every_wrong_row_is_told_and_the_others_are_enrolled(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "families.csv"
    good = f"Ana,{TODAY},hip-osteotomy,Maria,mother,+12025550110,en,America/New_York\n"
    wrong = [
        f"Leo,{TODAY},hip-osteotomy,Tom,father,12345,en,America/New_York",
        "Max,tomorrow,hip-osteotomy,Tom,father,+12025550112,en,America/New_York",
        f"Eva,{TODAY},hip-osteotomy,Tom,father,+12025550113,en,America/New_Yerk",
        f"Ida,{TODAY},hip-ostetomy,Tom,father,+12025550114,en,America/New_York",
        f"Ben,{TODAY},hip-osteotomy,Tom,father,+12025550115,fr,America/New_York",
        f"Zoe,{TODAY - timedelta(days=300)},hip-osteotomy,Tom,father,+12025550116,en,America/New_York",
        f",{TODAY},hip-osteotomy,Tom,father,+12025550117,en,America/New_York",
        f",{TODAY - timedelta(days=300)},hip-osteotomy,Tom,father,12345,fr,America/New_Yerk",
    ]
    file.write_text(HEADING + good + "\n".join(wrong) + "\n")
    result = ready("enrol", "--csv", str(file))
    assert result.exit_code == 1
    for number in range(3, 11):
        assert f"row {number}:" in result.output
    for column in ("child", "day_zero", "phone", "language", "zone"):  # a row is mended once, not once a mistake
        assert f"row 10: {column}: " in result.output
    assert "1 new" in result.output
    assert f"{len(wrong)} with mistakes" in result.output
    assert "2025550" not in result.output  # no number of a family in what may be mailed around


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "not a text file"),
        (b"PK\x03\x04workbook", "Excel workbook"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"", "not a heading"),
        (b"Ana,2026-03-01,hip-osteotomy", "not a heading"),
        (b"child,phone\n", "no column"),
        (HEADING.strip().encode() + b",phon\n", "phone"),
    ],
)
def test_a_file_that_is_no_list_of_families_is_told(
    ready: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "families.csv"
    file.write_bytes(content)
    assert words in message(ready("enrol", "--csv", str(file)))


def test_a_spreadsheet_with_semicolons_and_a_second_caregiver_is_read(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "families.csv"
    heading = HEADING.strip() + ",caregiver_2,relation_2,phone_2\n"
    row = f"Sofía,{TODAY},hip-osteotomy,Carmen,madre,(202) 555-0110,es,America/New_York,Luis,padre,202.555.0111\n"
    file.write_text("\ufeff" + (heading + row).replace(",", ";"), encoding="utf-8")
    assert "1 new" in ready("enrol", "--csv", str(file)).output


def test_work_once_sends_the_welcome_and_flags_are_listed(ready: Run) -> None:
    ready(*ANA)
    result = ready("work", "--once")
    assert result.exit_code == 0, result.output
    assert "handed to the carrier" in result.output
    assert json.loads(ready("flags", "--json").output) == []
    assert "No open flags" in ready("flags").output


def test_a_protocol_is_checked_against_the_hours_in_which_a_hospital_answers(ready: Run) -> None:
    alone = ready("protocol", "check", "hip-osteotomy")
    assert alone.stderr == ""
    here = ready("protocol", "check", "hip-osteotomy", "--hospital", "harbor")
    assert here.exit_code == 0
    assert "phases.1.at.0: it asks about danger at 18:00, when nobody of the hospital answers" in here.stderr
    nowhere = ready("protocol", "check", "hip-osteotomy", "--hospital", "elsewhere")
    assert nowhere.exit_code


def test_a_protocol_is_published_once_a_version(ready: Run, tmp_path: Path) -> None:
    from scheduler.load import shipped_source

    file = tmp_path / "mine.yaml"
    file.write_text(
        shipped_source("hip-osteotomy").replace("spread: 20 min", "spread: 30 min"), encoding="utf-8"
    )
    unseen = ready("protocol", "publish", str(file), "--by", "Dr. Okafor")
    assert unseen.exit_code == 2
    assert "it asks about danger at 18:00" in unseen.output
    assert "publish again with --seen" in unseen.output
    for _ in range(2):
        result = ready("protocol", "publish", str(file), "--by", "Dr. Okafor", "--seen")
        assert "version 2" in result.output, result.output
    file.write_text("name: hip-osteotomy\nphases: nonsense\n")
    broken = ready("protocol", "publish", str(file), "--by", "Dr. Okafor")
    assert broken.exit_code == 2
    assert "mine.yaml:2:" in broken.output


def test_a_backup_can_be_opened_and_is_not_overwritten(ready: Run, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    assert "Wrote" in ready("db", "backup", str(target)).output
    assert target.read_bytes().startswith(b"SQLite format 3")
    assert "there already" in message(ready("db", "backup", str(target)))


def test_a_login_is_given_once(ready: Run) -> None:
    again = ready("user", "add", "--name", "Eve", "--login", "NORA", "--password", "long enough")
    assert "taken" in message(again)


@pytest.mark.parametrize(
    "staffed", ["", "weekdays", "mon-fri", "mon-fri 8", "mon-fri 25:00-26:00", "lun-vie 08:00-18:00"]
)
def test_hours_that_cannot_be_read_are_told(run: Run, staffed: str) -> None:
    run("db", "upgrade")
    result = run(
        "hospital",
        "add",
        "h",
        "--name",
        "H",
        "--sender",
        "+12025550100",
        "--phone",
        "1",
        "--zone",
        "America/New_York",
        "--staffed",
        staffed,
    )
    assert "mon-fri 08:00-18:00" in message(result)


def test_the_exit_code_reaches_the_shell(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.cli

    codes = []
    for words in (["doctor", "--offline"], ["db", "upgrade"], ["flags", "--no-such"], ["--help"]):
        monkeypatch.setattr("sys.argv", ["hearback", *words])
        with pytest.raises(SystemExit) as left:
            bot.cli.main()
        codes.append(left.value.code)
    assert codes == [1, 0, 2, 0]


def test_keys_of_another_database_stop_the_start(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARBACK_ENCRYPTION_KEYS", new_key("other"))
    for words in (("work", "--once"), ("serve",), ("flags",)):
        assert "HEARBACK_ENCRYPTION_KEYS" in message(ready(*words))


def test_a_file_that_is_no_database_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hearback.db").write_bytes(
        b"this is not a database at all, though it has a good many letters" * 90
    )
    assert "cannot be used" in message(run("db", "upgrade"))


def test_the_database_file_is_for_its_owner_only(ready: Run, tmp_path: Path) -> None:
    assert (tmp_path / "hearback.db").stat().st_mode & 0o077 == 0


def test_a_day_zero_in_the_wrong_year_is_told(ready: Run) -> None:
    late = (TODAY + timedelta(days=365)).isoformat()
    told = ready(
        "enrol", "--child", "Ana", "--day-zero", late, "--caregiver", "Maria", "--phone", "202-555-0110",
        "--protocol", "hip-osteotomy",
    )  # fmt: skip
    assert "Check the year" in message(told)


def test_a_mistyped_hospital_is_told_and_shows_nobody_elses(ready: Run) -> None:
    for words in (("flags", "--hospital", "nowhere"), ("export", "--cases", "--hospital", "nowhere")):
        result = ready(*words)
        assert result.exit_code != 0
        assert "There is no hospital 'nowhere'" in message(result)
        assert not result.stdout


def test_a_follow_up_is_paused_resumed_and_ended_in_the_name_of_a_person(ready: Run, tmp_path: Path) -> None:
    ready("protocol", "publish", "hip-osteotomy")
    assert ready(*ANA).exit_code == 0
    with sqlite3.connect(tmp_path / "hearback.db") as database:
        ((episode,),) = database.execute("select id from episodes").fetchall()

        def state() -> tuple[str, str]:
            ((found, why),) = database.execute("select state, ended_why from episodes").fetchall()
            return found, why

        nobody = ready("episode", "pause", episode, "--by", "nobody")
        assert "Nobody here who may act" in message(nobody)
        assert "no such family" in message(ready("episode", "pause", "0" * 32, "--by", "nora"))
        assert ready("episode", "pause", episode, "--by", "nora", "--note", "away").output.startswith("Paused.")
        assert state() == ("paused", "other")
        assert ready("episode", "resume", episode, "--by", "nora").output == "Resumed.\n"
        assert "not paused" in message(ready("episode", "resume", episode, "--by", "nora"))
        assert ready("episode", "end", episode, "--why", "finished", "--by", "nora").exit_code == 0
        assert state() == ("ended", "finished")
        assert "has ended" in message(ready("episode", "end", episode, "--why", "finished", "--by", "nora"))
        acts = database.execute("select kind from episode_acts order by at, id").fetchall()
    assert [kind for (kind,) in acts] == ["paused", "resumed", "ended"]


def test_which_protocol_a_family_follows_is_never_guessed(ready: Run, tmp_path: Path) -> None:
    told = message(ready(*ANA[:-2]))
    assert "The hospital has several protocols." in told
    assert "Give --protocol with one of: hip-osteotomy, spica-cast, tonsillectomy." in told
    with sqlite3.connect(tmp_path / "hearback.db") as connection:  # now it has one
        connection.execute("UPDATE protocols SET withdrawn_at = '2026-01-01' WHERE name <> 'tonsillectomy'")
    assert "Enrolled" in ready(*ANA[:-2]).output
