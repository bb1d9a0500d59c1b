"""A coordinator's correction becomes a labelled case without names or numbers, and is counted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cases import stripped
from bot.commands import export
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import breathing, desk, hire, text_of
from tests.integration.flagpage import page_of


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ana threw up, call me at 555-010-0142", "Alex threw up, call me at [...]"),
        ("ana's toes are blue", "Alex toes are blue"),
        ("we told Bertrand her temp is 101.2", "we told Alex her temp is 101.2"),
        ("mail nina@example.org or see https://x.example/a?b=1", "mail [...] or see [...]"),
        ("we live at 12 Oak Grove Street, come", "we live at [...], come"),
        ("her number is 00412233, 38,5 at 10:30", "her number is [...], 38,5 at 10:30"),
        ("no fever", "no fever"),
    ],
)
def test_nothing_in_a_case_tells_who_wrote_it(text: str, left: str) -> None:
    assert stripped(text, ["Ana Ruiz", "Nina Person"]) == left


def test_a_correction_is_exported_as_a_labelled_case(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.enrol()
    hire(home, "nina")
    nina = desk(home, "nina")
    home.text("Ana has a fever of 102 call 206-555-0142")
    (flag,) = home.flags()
    page = nina.page(f"/console/flags/{flag.id}")
    assert "It should have been" in text_of(page)
    answer = nina.act(
        flag.id, "close", outcome="advice", read_rightly="no", right_level="review",
        right_signs=["swelling", "fever", "nonsense"],
    )
    assert answer.status_code == 303
    (row,) = home.rows(t.acts)
    assert (row.right_level, row.right_signs) == ("review", ["fever", "swelling"])
    monkeypatch.setattr(export, "open_house", lambda needs: home.house)
    result = CliRunner().invoke(export.command, ["--cases"])
    assert result.exit_code == 0, result.output
    case: dict[str, Any] = json.loads(result.stdout)
    assert case["text"] == "Alex has a fever of 102 call [...]"
    assert (case["levels"], case["signs"], case["lang"]) == (["review"], ["fever", "swelling"], "en")


def test_a_correction_counts_though_the_question_before_it_was_left_out(home: Home) -> None:
    home.enrol()
    hire(home, "nina")
    home.text("she has a fever of 102")
    (flag,) = home.flags()
    desk(home, "nina").act(flag.id, "close", outcome="advice", right_level="review")
    (row,) = home.rows(t.acts)
    assert (row.read_rightly, row.right_level, row.right_signs) == (False, "review", [])


def test_signs_without_a_level_are_asked_back_with_all_that_was_typed(home: Home) -> None:
    home.enrol()
    hire(home, "nina")
    home.text("she has a fever of 102")
    (flag,) = home.flags()
    answer = desk(home, "nina").act(
        flag.id, "close", outcome="advice", read_rightly="no", right_signs=["swelling"], note="spoke to Maria"
    )
    assert answer.status_code == 422
    assert "The signs need a level." in text_of(answer.text)
    assert 'value="swelling" checked' in answer.text
    assert "spoke to Maria" in answer.text
    assert home.rows(t.acts) == []


def test_a_flag_read_rightly_exports_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.enrol()
    hire(home, "nina")
    home.text("she has a fever of 102")
    (flag,) = home.flags()
    desk(home, "nina").act(flag.id, "close", outcome="advice", read_rightly="yes", right_level="ok")
    monkeypatch.setattr(export, "open_house", lambda needs: home.house)
    assert CliRunner().invoke(export.command, ["--cases"]).stdout == ""


def test_the_signs_read_are_pressed_chips_and_left_alone_they_say_nothing(home: Home) -> None:
    flag_id = breathing(home)
    hire(home, "nina")
    nina = desk(home, "nina")
    page = page_of(nina, flag_id)
    assert re.findall(r'name="right_signs" value="(\w+)" checked', page) == ["breathing"]
    assert re.findall(r'name="right_level" value="(\w+)" checked', page) == ["emergency"]
    nina.act(flag_id, "close", outcome="advice", right_signs=["breathing"], right_level="emergency")
    (row,) = home.rows(t.acts)
    assert (row.read_rightly, row.right_level, row.right_signs) == (None, None, None)


def test_a_sign_taken_away_or_added_is_a_correction_without_choosing_no(home: Home) -> None:
    flag_id = breathing(home)
    hire(home, "nina")
    nina = desk(home, "nina")
    nina.act(flag_id, "close", outcome="advice", right_signs=["breathing", "fever"], right_level="emergency")
    (row,) = home.rows(t.acts)
    assert (row.read_rightly, row.right_level, row.right_signs) == (False, "emergency", ["breathing", "fever"])
