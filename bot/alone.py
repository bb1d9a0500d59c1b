"""One of several processes of a machine does something: whoever holds the lock of a file. The kernel lets go of it when
that process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path


def alone(what: str) -> Callable[[], bool]:
    """A question to ask again and again: whether this process is the one. `what` tells one thing from another."""
    held: list[int] = []
    name = f"hearback-{os.getuid()}-{sha256(what.encode()).hexdigest()[:16]}.lock"
    path = Path(tempfile.gettempdir()) / name

    def ask() -> bool:
        if held:
            return True
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return True  # nothing can be locked here: rather two than none
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        held.append(file)
        return True

    return ask
