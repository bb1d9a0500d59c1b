"""Reading a family's page: its story, its chart, and a nurse's hand on its flag."""

from __future__ import annotations

import re

from messages.flags import ActKind
from messages.store import tables as t
from messages.store.acts import act
from tests.house import Home
from tests.integration.desk import text_of


def story_of(page: str) -> str:
    """The conversation column, as a reader sees it."""
    found = re.search(r'<ol class="talk" id="story">(.*?)</ol>\s*(<p class="storymore">|</div>)', page, re.DOTALL)
    assert found, "the page has no story"
    return text_of(found[1])


def in_order(text: str, *words: str) -> None:
    at = 0
    for one in words:
        assert one in text[at:], f"{one!r} is missing, or comes too early"
        at = text.index(one, at) + len(one)


def staff_id(home: Home) -> str:
    (row,) = [row for row in home.rows(t.staff) if row.password_hash]
    return str(row.id)


def do(home: Home, kind: ActKind, **more: object) -> None:
    (flag,) = home.flags()
    with home.house.database.writing() as connection:
        act(
            connection, home.house.vault, flag_id=flag.id, hospital_id=home.hospital.id, staff_id=staff_id(home),
            kind=kind, now=home.now, **more,  # type: ignore[arg-type]
        )


def chart_of(page: str) -> str:
    """The table of the recovery, as a reader hears it."""
    found = re.search(r'id="recovery".*?</section>', page, re.DOTALL)
    assert found
    return text_of(found[0])
