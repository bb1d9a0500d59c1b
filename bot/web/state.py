"""What a request may use: the house, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from messages.house import House


@dataclass(frozen=True)
class Web:
    """What a request may use: the house, and the clock (real, or a demo's)."""

    house: House
    clock: Callable[[], datetime]
    demo: bool = False


def real_clock() -> datetime:
    return datetime.now(UTC)


def web() -> Web:
    """The Web of the present request."""
    found: Web = current_app.extensions["hearback"]
    return found
