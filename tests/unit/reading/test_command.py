"""`hearback read`: explained, in lines, and scored."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from bot.commands.read import command


def test_one_text_is_explained_with_its_own_words() -> None:
    result = CliRunner().invoke(command, ["no fever but his toes are kinda blue"])

    assert result.exit_code == 0
    assert result.output.startswith("emergency: circulation")
    assert '"toes are kinda blue"' in result.output
    assert '"fever": fever, said not to be there' in result.output


def test_a_trend_is_told_with_the_name_of_its_rule() -> None:
    days = ["--before", "3: pain is 2", "--before", "4: pain is 3"]
    result = CliRunner().invoke(command, ["--protocol", "hip-osteotomy", "--day", "5", *days, "pain is 5"])
    told = result.output.splitlines()[-1]
    assert told == "hip-osteotomy, day 5: urgent, by: protocol_raises, pain rising on two days"
    alone = CliRunner().invoke(command, ["--protocol", "hip-osteotomy", "--day", "5", "pain is 5"])
    assert alone.output.splitlines()[-1] == "hip-osteotomy, day 5: review"
    assert 'Write it like --before "4: pain is 5"' in CliRunner().invoke(command, ["--before", "3", "x"]).output


def test_lines_in_give_lines_out_and_a_bad_line_stops_nothing() -> None:
    lines = [
        '{"id": "a", "text": "NO PUEDE RESPIRAR"}',
        "not json",
        '{"id": "b"}',
        '{"id": "c", "asked": "menu", "text": "1"}',
    ]
    result = CliRunner().invoke(command, ["--jsonl"], input="\n".join(lines))
    rows = [json.loads(line) for line in result.output.splitlines()]

    assert result.exit_code == 1
    assert rows[0]["level"] == "emergency"
    assert "error" in rows[1]
    assert "error" in rows[2]
    assert rows[3]["signs"] == ["fever"]


def test_a_labelled_file_is_scored_with_intervals(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    case = {
        "id": "x",
        "lang": "en",
        "asked": "checkin",
        "text": "toes are blue",
        "levels": ["emergency"],
        "signs": ["circulation"],
    }
    file.write_text(json.dumps({**case, "intent": "report"}) + "\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["--score", str(file)])

    assert result.exit_code == 0
    assert "emergency recall" in result.output
    assert "1 of     1" in result.output


def test_a_file_that_is_not_labelled_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "x"}\n', encoding="utf-8")
    result = CliRunner().invoke(command, ["--score", str(file)])

    assert result.exit_code == 1
    assert "bad.jsonl:1" in result.output


def test_a_labelled_file_gives_a_sheet_by_language_level_and_sign(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "lang": "en", "text": "she can't breathe", "levels": ["emergency"], "signs": ["breathing"]},
        {"id": "2", "lang": "es", "text": "zarandajas", "levels": ["ok"], "signs": []},
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    shown = CliRunner().invoke(command, ["--score", str(file), "--sheet"]).output
    assert "| emergency recall | 98 % | 100.0 % (20.7 to 100.0) | 100.0 % (20.7 to 100.0) | - |" in shown
    assert "| only emergency | 1 | 1 | 0 | 0 | 0 |" in shown
    assert "| breathing | 1 | 100 % | 100 % | 100 % |" in shown
    assert "| plain good news that a person has to read | 1 |" in shown
