"""Open flags are few among many: what is asked again and again reads them alone.

On both databases, whose ways of choosing an index differ: by the name `desk_of` conftest.py does not take it for pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from messages.ids import new_id
from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import Desk, breathing, hire
from tests.integration.desk import desk as desk_of

OPEN = "ix_flags_open"
WHOLE = ("ix_flags_hospital_id", "ix_outbox_hospital_id", "Seq Scan on flags")  # everything a hospital ever had


@pytest.fixture
def nina(home: Home) -> Desk:
    """Nina, whose hospital has closed five thousand flags."""
    hire(home, "nina")
    at = desk_of(home, "nina")
    breathing(home)
    closed = {
        "hospital_id": home.hospital.id, "kind": "reply", "level": "urgent", "rank": 2, "state": "closed",
        "signs": ["pain"], "opened_at": home.now, "due_at": home.now, "closed_at": home.now, "pages_sent": 1,
        "reason": "", "version": 2,
    }
    with home.house.database.writing() as connection:
        rows = [closed | {"id": new_id(), "episode_id": new_id(), "caregiver_id": new_id()} for _ in range(5000)]
        connection.execute(t.flags.insert(), rows)
    if not home.house.database.is_sqlite:  # what a PostgreSQL that runs does by itself; SQLite does without
        with home.house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE flags"))
    return at


@contextmanager
def planned(home: Home) -> Iterator[list[str]]:
    """How the database went about each question about flags or the outbox that is asked meanwhile."""
    asked: list[tuple[str, Any]] = []
    plans: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT") and ("flags" in statement or "outbox" in statement):
            asked.append((statement, parameters))

    sa.event.listen(home.house.database.engine, "before_cursor_execute", note)
    yield plans
    sa.event.remove(home.house.database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if home.house.database.is_sqlite else "EXPLAIN "
    with home.house.database.reading() as connection:
        for statement, parameters in asked:
            plans.append("\n".join(map(str, connection.exec_driver_sql(explain + statement, parameters))))


def test_pages_that_stay_open_read_the_open_flags_alone(home: Home, nina: Desk) -> None:
    with planned(home) as plans:
        nina.page("/console/")
        nina.page("/console/alarm")
    assert sum(OPEN in plan for plan in plans) >= 3  # what changed, the counts, the alarm
    assert [plan for plan in plans if any(name in plan for name in WHOLE)] == []


def test_a_text_a_search_and_the_list_of_families_read_no_flag_that_is_not_theirs(home: Home, nina: Desk) -> None:
    with planned(home) as plans:
        home.text("she has a fever of 102")
        nina.post("/console/search", sign="fever")
        nina.post("/console/search", level="urgent")
        nina.page("/console/families")
    assert plans
    assert [plan for plan in plans if any(name in plan for name in WHOLE)] == []
