"""Whole recoveries of made-up families, compared word for word. To renew them after a change that is meant:

    hearback rehearse --into tests/corpus/rehearsals
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.run import rehearse
from bot.rehearsal.script import load_script, script_from, shipped_scripts
from bot.rehearsal.transcript import told
from messages.errors import NotFoundError, ProtocolError
from scheduler.load import shipped_source

GOLDEN = Path(__file__).parent / "rehearsals"


@pytest.mark.parametrize("name", shipped_scripts())
def test_a_shipped_family_lives_through_what_it_lived_through_before(name: str) -> None:
    script = load_script(name)
    transcript = told(rehearse(shipped_source(script.protocol), script))
    assert transcript == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_transcript_has_its_family() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(shipped_scripts())


def test_a_rehearsal_goes_by_the_protocol_it_is_given() -> None:
    source = shipped_source("hip-osteotomy").replace('at: ["18:00"], ask: toes', 'at: ["19:30"], ask: toes')
    found = rehearse(source, load_script("stop-on-day-2"))
    toes = [line for line in found.lines if line.about == "toes"]
    assert [f"{line.local:%H:%M}" for line in toes] == ["19:30"]


def test_after_stop_nothing_routine_leaves_and_a_danger_still_reaches_a_person() -> None:
    found = rehearse(shipped_source("hip-osteotomy"), load_script("stop-on-day-2"))
    (stop,) = [line for line in found.lines if line.words == "STOP"]
    later = [line for line in found.lines if line.at > stop.at + timedelta(minutes=1)]
    assert {line.about for line in later if line.kind == "to"} == {"emergency"}
    assert [line.about for line in later if line.kind == "flag"] == ["a reply flag is raised: emergency: circulation"]
    assert any(line.kind == "page" for line in later)


@pytest.mark.parametrize(
    ("text", "place"),
    [("title: x\nday_zero: 2026-03-02\n", "adults"), ("title: [", "1:"), ("title: x\nsurprise: 1\n", "2:1: surprise")],
)
def test_a_family_that_cannot_be_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ProtocolError) as error:
        script_from(text, "mine.yaml")
    assert any(place in problem for problem in error.value.problems)


def test_a_family_nobody_knows_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="quiet-family"):
        load_script("quiet-famly")
