"""Protocol, day zero, zone and joining -> exact instants: one line of `plans/cases.jsonl` is one case."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scheduler.load import load_file, load_shipped, shipped_names
from scheduler.plan import Planned, plan
from scheduler.protocol import Protocol

FOLDER = Path(__file__).parent / "plans"
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def protocol_named(name: str) -> Protocol:
    return load_shipped(name) if name in shipped_names() else load_file(FOLDER / f"{name}.yaml")


def planned(case: dict[str, Any]) -> tuple[Planned, ...]:
    joined = datetime.fromisoformat(case["joined"]) if "joined" in case else None
    return plan(
        protocol_named(case["protocol"]), date.fromisoformat(case["day_zero"]), case["zone"], joined=joined
    )


def as_written(step: Planned) -> str:
    local = step.local.isoformat(timespec="minutes")
    return f"{step.step} {step.day} {local} {step.at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_case_of_the_corpus_is_planned_to_the_minute(case: dict[str, Any]) -> None:
    steps = planned(case)
    written = [as_written(step) for step in steps]
    assert [line for line in case["has"] if line not in written] == [], "\n".join(written)
    assert {step.step for step in steps}.isdisjoint(case.get("not", []))
    assert len(steps) == case["count"], "\n".join(written)


def test_every_case_has_a_name_and_a_reason_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len({case["why"] for case in CASES}) == len(CASES)
