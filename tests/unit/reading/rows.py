"""The small sets of tricky texts beside these tests, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one set, in order."""
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines() if line]
