"""What an answer wants of the later steps of one plan. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class Wanted:
    """By the protocol's change `name`.

    `stop` and `start` are questions; `ask` is asked as well `at` that local time on the next `days` days; with `finish`
    the goodbye comes on the next day and nothing before it.
    """

    name: str
    stop: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    ask: str = ""
    at: time | None = None
    days: int = 0
    finish: bool = False
