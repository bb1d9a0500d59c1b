"""The page of one family under a coordinator's hands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from werkzeug.test import TestResponse

from messages.store import tables as t
from tests.house import Home
from tests.integration.days import Days
from tests.integration.desk import Desk, text_of

HOME_TODAY = date(2026, 3, 2)  # 10:00 in Seattle when a test begins


@dataclass
class FamilyPage:
    """A family as it is in the database, and a coordinator who has its page open."""

    home: Home
    desk: Desk
    days: Days
    episode_id: str = ""

    @property
    def path(self) -> str:
        return f"/console/families/{self.episode_id}"

    def page(self) -> str:
        return text_of(self.desk.page(self.path))

    def version(self, at: Desk | None = None) -> str:
        found = re.search(r'name="version" value="(\w+)"', (at or self.desk).page(self.path))
        assert found is not None
        return found[1]

    def press(self, what: str, **form: Any) -> TestResponse:
        """Press a button of the family's page as it is now."""
        return self.desk.post(f"{self.path}/{what}", **{"version": self.version(), **form})

    def done(self, what: str, **form: Any) -> None:
        answer = self.press(what, **form)
        assert answer.status_code == 303, text_of(answer.text)[:900]

    def undo(self) -> TestResponse:
        found = re.search(r'name="act" value="(\w+)"', self.desk.page(self.path))
        assert found is not None
        return self.press("undo", act=found[1])

    @property
    def episode(self) -> Any:
        (row,) = self.home.rows(t.episodes, t.episodes.c.id == self.episode_id)
        return row

    def check_in(self, step: str) -> Any:
        (row,) = self.home.rows(t.check_ins, t.check_ins.c.step == step, t.check_ins.c.episode_id == self.episode_id)
        return row

    def plan(self) -> list[tuple[str, str, datetime]]:
        """What is still to come, in the order of the calendar."""
        rows = self.home.rows(t.check_ins, t.check_ins.c.episode_id == self.episode_id)
        coming = [row for row in rows if row.state == "planned" or (row.state == "skipped" and row.set_by)]
        return sorted(((row.step, row.state, row.due_at) for row in coming), key=lambda one: (one[2], one[0]))

    @staticmethod
    def text(answer: TestResponse) -> str:
        """What a reader sees of an answer."""
        return text_of(answer.text)
