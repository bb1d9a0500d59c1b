"""The list of families: running ones first, silent ones visible, by pages."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from messages.store import tables as t
from tests.house import Home
from tests.integration.desk import Desk, application, desk, hire, text_of
from tests.integration.story_page import in_order


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def test_the_list_shows_running_families_first_with_their_flag_their_last_word_and_their_silence(
    home: Home, nina: Desk
) -> None:
    over = home.enrol("Ended", phone="+12065552001").episode_id
    home.enrol("Quiet", phone="+12065552002")
    home.enrol("Sick", phone="+12065552003")
    home.pass_time(days=2)
    home.text("her toes are blue", phone="+12065552003")
    with home.house.database.writing() as connection:
        connection.execute(t.episodes.update().where(t.episodes.c.id == over).values(state="ended"))
        quiet = connection.execute(
            sa.select(t.caregivers.c.id).where(
                t.caregivers.c.phone_hash == home.house.vault.fingerprint("phone", "+12065552002")
            )
        ).scalar_one()
        connection.execute(
            t.check_ins.update()
            .where(t.check_ins.c.caregiver_id == quiet, t.check_ins.c.day.in_((1, 2)))
            .values(state="silent")
        )
    home.pass_time(hours=3)
    page = text_of(nina.page("/console/families"))
    in_order(page, "2 followed, 1 ended", "Followed now", "Sick", "Wrote 3 h ago", "Emergency", "Ended 1", "Ended")
    row = page[page.index("Quiet"):]
    in_order(row, "Never wrote", "2 days without an answer")


def test_the_list_of_many_families_comes_by_pages_each_family_once(home: Home, nina: Desk) -> None:
    for n in range(53):
        home.enrol(f"Kid{n}x", phone=f"+120655530{n:02d}")
    first, second = nina.page("/console/families"), nina.page("/console/families?page=2")
    names = [re.findall(r">(Kid\d+x)</a>", page) for page in (first, second)]
    assert [len(each) for each in names] == [50, 3]
    assert len({*names[0], *names[1]}) == 53
    assert "Page 1 of 2" in first
    for odd in ("0", "-3", "99", "x"):
        assert "Page " in nina.page(f"/console/families?page={odd}")


def test_a_stranger_is_told_of_no_story(home: Home, nina: Desk) -> None:
    assert desk(home, app=application(home)).client.get("/console/families").status_code == 303
