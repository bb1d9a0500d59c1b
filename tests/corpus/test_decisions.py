"""Conversations as data: a scene, a text as it was read, and everything that is done about it, in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.conversation.decide import CASES, decide
from bot.conversation.decision import Decision
from bot.reading.read import read
from messages.flags import Level
from tests.unit.conversation.scene import answers, context, flags, reading, told

FOLDER = Path(__file__).parent / "conversations"
FIELDS = {
    "case", "text", "read", "then", "says", "level", "rules", "now", "language", "zone", "who", "children", "about",
    "asked", "said", "media", "received", "risks", "open", "taken", "recent", "unclear", "next", "weeks", "carrier",
    "day",
}  # fmt: skip


def _cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")):
            yield f"{path.stem}: {case['case']}", case


TOLD = dict(_cases())


def decided(case: dict[str, Any]) -> Decision:
    """The decision about a case; a case that does not say how its text was read is read by the reader."""
    here = context(case)
    if "read" in case:
        return decide(reading(case["read"]), here, case["text"])
    names = [child.name for child in here.children]
    seen = read(case["text"], asked=here.asked, language=case.get("language", "en"), names=names)
    return decide(seen, here, case["text"])


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD.keys())
def test_the_conversation_goes_as_told(case: dict[str, Any]) -> None:
    assert set(case) <= FIELDS, f"unknown fields: {set(case) - FIELDS}"
    decision = decided(case)
    if "then" in case:
        assert told(decision) == case["then"]
    if "level" in case:
        assert decision.level is Level(case["level"])
        assert decision.rules == tuple(case.get("rules", ()))
    said = "\n".join(answer.body for answer in answers(decision))
    for words in case.get("says", ()):
        assert words in said
    assert all(flag.due_at is not None and flag.due_at > context(case).now for flag in flags(decision))


def test_every_case_of_a_decision_is_told_at_least_once() -> None:
    seen = {decided(case).case for case in TOLD.values()}
    assert seen == {case.__name__ for case in CASES}
