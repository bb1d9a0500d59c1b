"""A file of learned weights: a line of JSON that says what they are, then their bytes."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib import resources
from typing import Any

from messages.errors import HearbackError

TRAIN = "python -m bot.reading.second_train"


def weights_file(name: str) -> bytes:
    """The bytes of a file beside this one; none where it is missing."""
    try:
        return resources.files("bot.reading").joinpath(name).read_bytes()
    except FileNotFoundError:
        return b""


def opened(raw: bytes, size: int) -> tuple[dict[str, Any], bytes]:
    """What the file says of its weights, and the weights. HearbackError when they are not whole: `size` bytes."""
    line, _, body = raw.partition(b"\n")
    try:
        about: dict[str, Any] = json.loads(line)
        whole = len(body) == size and about["sha256"] == sha256(body).hexdigest()
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise HearbackError(
            "The weights of the second reader are missing or damaged.",
            where="bot/reading",
            mend=f"Install Hearback again, or make them with: {TRAIN}",
        )
    return about, body


def sealed(about: dict[str, object], body: bytes) -> bytes:
    """The bytes of a file, its checksum with it."""
    return json.dumps({**about, "sha256": sha256(body).hexdigest()}).encode() + b"\n" + body
