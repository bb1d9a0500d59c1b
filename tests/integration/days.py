"""Days of a family on a clock that jumps from one thing that is due to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event

from messages.carriers.carrier import Accepted, Outgoing, Refused
from messages.store import tables as t
from tests.house import MARIA, Home

SEATTLE = "America/Los_Angeles"
FINE = "no fever, no swelling, slept well"
ROUTINE = ("welcome", "daily", "toes", "reminder", "last_check_in", "goodbye")
CONFIRMING = (*ROUTINE, "confirm", "confirmed", "confirm_again", "wrong_number")
DOWN = Refused("unreachable", "Twilio could not be reached.", False, retry_after=timedelta(minutes=20))


@dataclass(frozen=True)
class Heard:
    """One text as it reached a phone: when on the family's clock, why it was sent, what it says."""

    at: datetime
    to: str
    topic: str
    body: str


@dataclass
class Days:
    """Lets time pass over a home. `replies`, when set, answers every question to MARIA ten minutes later."""

    home: Home
    zone: str = SEATTLE
    replies: str = ""
    heard: list[Heard] = field(default_factory=list)
    carrier_is_up: Callable[[datetime], bool] = lambda _: True

    def __post_init__(self) -> None:
        self._topics: dict[str, str] = {}
        take = self.home.carrier.send

        def send(text: Outgoing) -> Any:
            if not self.carrier_is_up(self.home.now):
                return DOWN
            answer = take(text)
            if isinstance(answer, Accepted):
                local = self.home.now.astimezone(ZoneInfo(self.zone))
                self.heard.append(Heard(local, text.to, self._topic(text.outbox_id), text.body))
            return answer

        self.home.carrier.send = send  # type: ignore[method-assign]

    def _topic(self, outbox_id: str) -> str:
        ((topic,),) = self.home.rows(
            sa.select(t.messages.c.topic).join(t.outbox).where(t.outbox.c.id == outbox_id).subquery()
        )
        return str(topic)

    def local(self, day: int, at: time) -> datetime:
        """The instant of a time on day `day` of March 2026, on the family's clock."""
        return datetime.combine(date(2026, 3, day), at, ZoneInfo(self.zone)).astimezone(UTC)

    def until(self, day: int, at: time, *, working: bool = True) -> list[Heard]:
        """Pass the time until then, with `hearback work` running or not; returns what was heard meanwhile."""
        return self.until_instant(self.local(day, at), working=working)

    def until_instant(self, end: datetime, *, working: bool = True) -> list[Heard]:
        home, before = self.home, len(self.heard)
        if not working:
            home.now = end
            return []
        while home.now < end:
            while home.turn().anything | bool(home.send()):
                pass
            self._reply(len(self.heard))
            home.now = min(end, self._next() or end)
        return self.heard[before:]

    def _reply(self, up_to: int) -> None:
        if not self.replies or not self.heard[:up_to]:
            return
        last = self.heard[up_to - 1]
        if last.to == MARIA and last.topic in ("daily", "toes", "reminder"):
            self.home.now += timedelta(minutes=10)
            self.home.text(self.replies)
            self.home.send()

    def _next(self) -> datetime | None:
        """The next moment at which anything is due."""
        c, o = t.check_ins.c.act_at, t.outbox.c
        with self.home.house.database.reading() as connection:
            moments = [
                connection.execute(sa.select(sa.func.min(column)).where(column > self.home.now, where)).scalar()
                for column, where in (
                    (c, sa.true()), (o.not_before, o.state == "queued"), (t.caregivers.c.confirm_at, sa.true())
                )
            ]
        return min((moment for moment in moments if moment), default=None)

    def asked(self, phone: str = MARIA, *, day: int | None = None, topics: tuple[str, ...] = ROUTINE) -> list[str]:
        """What the plan sent to this phone, answers left out: "3 09 daily" is on 3 March after 9:00."""
        return [
            f"{one.at.day} {one.at:%H} {one.topic}" if day is None else f"{one.at:%H} {one.topic}"
            for one in self.heard
            if one.to == phone and one.topic in topics and day in (None, one.at.day)
        ]

    def states(self, *steps: str) -> dict[str, str]:
        """What became of check-ins, by step."""
        rows = self.home.rows(t.check_ins)
        return {row.step: row.state for row in rows if not steps or row.step in steps}


@contextmanager
def statements(home: Home) -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    given: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        given.append(statement)

    engine = home.house.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield given
    finally:
        event.remove(engine, "before_cursor_execute", note)
