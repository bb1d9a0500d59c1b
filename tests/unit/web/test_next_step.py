"""Every open flag names the next right act, in words of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.web.flags.next_step import next_step
from messages.flags import Flag, FlagKind, FlagState, Level
from messages.store.console import QueueRow
from tests.house import MONDAY

FLAG = Flag(
    "1" * 32, "2" * 32, FlagKind.REPLY, Level.REVIEW, FlagState.OPEN, (), MONDAY, MONDAY, caregiver_id="3" * 32
)
ROW = QueueRow(FLAG, 1, (), None, "Maria", "", "", False, (), "", "", None, "", None, None, "", None)


def step(send_state: str = "", **changes: Any) -> tuple[str, str]:
    return next_step(replace(ROW, flag=replace(FLAG, **changes), send_state=send_state), "911")


@pytest.mark.parametrize("kind", FlagKind)
@pytest.mark.parametrize("level", [Level.REVIEW, Level.URGENT, Level.EMERGENCY])
def test_an_open_flag_says_what_to_do_and_a_closed_one_nothing(kind: FlagKind, level: Level) -> None:
    assert step(kind=kind, level=level)[0].endswith(".")
    assert step(kind=kind, level=level, state=FlagState.CLOSED) == ("", "")


@pytest.mark.parametrize("kind", [FlagKind.REPLY, FlagKind.STRANGER, FlagKind.UNREAD, FlagKind.OPT_OUT])
def test_an_emergency_is_a_call_now_whoever_wrote(kind: FlagKind) -> None:
    words, hint = step(kind=kind, level=Level.EMERGENCY)
    assert words == "Call now."
    assert "911" in hint


def test_a_failed_send_says_something_else_for_each_fate_of_the_text() -> None:
    fates = ("delivered", "sent", "queued", "unsure", "undelivered")
    said = [step(fate, kind=FlagKind.SENDING)[0] for fate in fates]
    assert len(set(said)) == len(fates)
    assert "arrived after all" in said[0]
    page = step(kind=FlagKind.SENDING, caregiver_id=None, reason="a page failed: 30003")[0]
    stuck = step(kind=FlagKind.SENDING, caregiver_id=None, reason="texts do not leave: no money")[0]
    assert "colleague" in page
    assert "No text leaves" in stuck
