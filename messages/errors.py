"""What can go wrong, in words that a hospital's IT person understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HearbackError(Exception):
    """Something failed; says what happened, where, and the mend.

    `what` is one sentence, `where` names the file, setting, row or address, `mend` is what to do now. Both sentences
    may have holes, "%(name)s", that `holes` fill: so a page can say them in another language. `private` are the
    same holes as they were typed: for the page of whoever typed them, never for a log.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, where: str = "", mend: str = "", private: Mapping[str, str] | None = None, **holes: object
    ) -> None:
        self.english, self.english_mend, self.holes, self.private = what, mend, holes, private or {}
        self.what = what % holes if holes else what
        self.where = where
        self.mend = mend % holes if holes else mend
        super().__init__(self.sentence())

    def sentence(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f" {self.mend}" if self.mend else "")


class SettingsError(HearbackError):
    """One or more settings are missing or contradict each other; every problem is listed."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"The settings have {count}:\n{lines}")


class ProtocolError(HearbackError):
    """A protocol file cannot be used; `problems` are lines of file:line:column: what and the mend."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class EnrolmentError(HearbackError):
    """A family could not be enrolled as written. `field` is where, as the columns of a list are named; or ""."""

    exit_code = 2

    def __init__(self, what: str, *, field: str = "", mend: str = "", **more: Any) -> None:
        super().__init__(what, mend=mend, **more)
        self.field = field


class RotaError(HearbackError):
    """What was asked of the rota cannot be; nothing was changed."""

    exit_code = 2


class FollowUpError(HearbackError):
    """What a person asked of a follow-up cannot be done; nothing was changed."""

    exit_code = 2


class DatabaseError(HearbackError):
    """The database is gone, locked, or not at the version this program needs."""


class SealError(HearbackError):
    """A private value could not be opened: wrong key, or the row was tampered with."""


class CarrierError(HearbackError):
    """The carrier cannot be used as configured."""


class NotFoundError(HearbackError):
    """What was asked for is not here, or belongs to another hospital."""


class ConflictError(HearbackError):
    """Somebody else changed this first; nothing was overwritten."""
