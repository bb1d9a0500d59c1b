"""Denial, improvement, supposing, time and person reach as far as they should, and no farther."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.read import read
from messages.flags import Level
from tests.unit.reading.rows import rows


@pytest.mark.parametrize("row", rows("scopes.jsonl"), ids=lambda row: row["text"])
def test_each_tricky_scope_is_read_as_labelled(row: dict[str, Any]) -> None:
    reading = read(row["text"])

    assert reading.signs == tuple(row["signs"]), reading.evidence
    assert reading.level is Level(row["level"]) or (row["signs"] and reading.level >= row["level"])
