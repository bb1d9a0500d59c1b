"""A family's page as a story: everything said and done in its order, by pages of days, and which child it is about."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from messages.flags import ActKind, Outcome
from messages.store import tables as t
from messages.store.episode_acts import note_episode_act
from messages.store.story import TEXTS
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, desk, hire, text_of
from tests.integration.story_page import do, in_order, staff_id, story_of
from tests.integration.test_console import counted


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def test_texts_flags_and_acts_stand_in_the_order_in_which_they_happened(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("his toes are blue")
    home.send()
    home.pass_time(minutes=2)
    do(home, ActKind.TOOK)
    home.pass_time(minutes=3)
    do(home, ActKind.CALLED, note="Mother will go to the emergency room.")
    flag_id = home.flags()[0].id
    home.pass_time(minutes=1)
    nina.act(flag_id, "text", body="This is Nina. Please go now.")
    home.pass_time(minutes=9)
    do(home, ActKind.CLOSED, outcome=Outcome.EMERGENCY_ROOM, read_rightly=True)
    in_order(
        story_of(nina.page(f"/console/families/{episode}")),
        "Maria agreed to texts", "his toes are blue", "Emergency A flag was opened",
        "Nina Person took the flag", "Nina Person called the family", "Mother will go to the emergency room.",
        "Nina Person · ", "This is Nina. Please go now.", "Nina Person closed the flag: emergency room",
    )


def test_an_act_of_texting_is_told_by_the_text_itself(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("his toes are blue")
    nina.act(home.flags()[0].id, "text", body="I am calling you.")
    story = story_of(nina.page(f"/console/families/{episode}"))
    assert "I am calling you." in story
    assert "texted the family" not in story


def test_the_why_of_a_reading_opens_under_its_text(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("no fever but his toes are blue")
    page = nina.page(f"/console/families/{episode}")
    why = re.search(r'<details class="readwhy">(.*?)</details>', page, re.DOTALL)
    assert why
    words = text_of(why[1])
    in_order(words, "Emergency", "Cold or blue foot", "Why", "blue", "Cold or blue foot, present")
    assert "fever denied" in words
    assert re.search(r'<mark class="mark-emergency">[^<]*blue', page)


def test_a_text_that_failed_says_what_to_do(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.turn()
    home.send()
    for state, code, why, words in (
        ("delivered", None, "", "delivered"),
        ("undelivered", "30003", "", "The phone is off or out of reach. It was tried again"),
        ("failed", "30005", "", "This number is not in use: ask the family for their number."),
        ("refused", "30034", "", "Call the family if it cannot wait, and tell whoever runs Hearback."),
        ("unsure", None, "the carrier did not say", "Call and ask whether it came."),
    ):
        with home.house.database.writing() as connection:
            connection.execute(t.outbox.update().values(state=state, code=code, why=why))
        assert words in story_of(nina.page(f"/console/families/{episode}")), state


def test_check_ins_nobody_answered_were_missed_or_skipped_stand_at_their_time(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.pass_time(days=3)
    with home.house.database.writing() as connection:
        c = t.check_ins.c
        due = list(
            connection.execute(
                sa.select(c.id).where(c.episode_id == episode, c.question != "welcome").order_by(c.due_at).limit(4)
            ).scalars()
        )
        for id_, state, why in zip(
            due, ("silent", "missed", "skipped", "answered"), ("", "we were down", "a visit", "a silent day"),
            strict=True,
        ):
            connection.execute(t.check_ins.update().where(c.id == id_).values(state=state, why=why))
    page = nina.page(f"/console/families/{episode}")
    assert "a silent day" not in text_of(page)  # the one that was answered after all
    story = story_of(page)
    in_order(
        story, "No answer to this check-in", "This check-in was not sent", "we were down",
        "This check-in was skipped", "a visit",
    )
    assert story.count("check-in (") <= 3
    assert story.count("This check-in") + story.count("this check-in") == 3


def test_what_people_did_about_the_follow_up_stands_in_the_story(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    person = hire(home, "otto")
    with home.house.database.writing() as connection:
        note_episode_act(
            connection, home.house.vault, person, episode, "paused", now=home.now, note="Back in hospital.",
            detail={"why": "hospital_visit"},
        )
    story = story_of(nina.page(f"/console/families/{episode}"))
    in_order(story, "Otto Person paused the texts: the child is at the hospital", "Back in hospital.")


# Pages of days


def long_story(home: Home, days: int) -> str:
    """A family that writes ten texts a day, each with its number."""
    episode = home.enrol().episode_id
    for day in range(days):
        for n in range(10):
            home.text(f"no fever, ate lunch, number {day}-{n}.")
            home.pass_time(minutes=1)
        home.pass_time(days=1, minutes=-10)
    return episode


def shown(page: str) -> list[str]:
    return re.findall(r"no fever, ate lunch, number (\d+-\d)\.", text_of(page))


def test_a_long_story_comes_by_whole_days_and_every_text_once(home: Home, nina: Desk) -> None:
    episode = long_story(home, 12)
    path, found = f"/console/families/{episode}", []
    for _ in range(30):
        page = nina.page(path)
        here = shown(page)
        days = {one.split("-")[0] for one in here}
        assert all(sum(one.startswith(f"{day}-") for one in here) == 10 for day in days), "a day is cut"
        found = here + found
        earlier = re.search(r'id="earlier" href="([^"#]+)', page)
        if not earlier:
            break
        path = earlier[1].replace("&amp;", "&")
    assert found == [f"{day}-{n}" for day in range(12) for n in range(10)]


def test_the_newest_page_holds_the_newest_and_a_bounded_number_of_texts(home: Home, nina: Desk) -> None:
    page = nina.page(f"/console/families/{long_story(home, 12)}")
    assert shown(page)[-1] == "11-9"
    assert page.count('id="text-') <= TEXTS


def test_a_day_with_more_texts_than_a_page_is_still_complete(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    with home.house.database.writing() as connection:
        adult = connection.execute(sa.select(t.caregivers.c.id)).scalar_one()
        for n in range(TEXTS * 2 + 5):
            id_ = f"{n:032d}"
            connection.execute(
                t.messages.insert().values(
                    id=id_, hospital_id=home.hospital.id, direction="in", channel="sms", carrier="twilio",
                    carrier_id=id_, caregiver_id=adult, topic="", at=home.now + timedelta(seconds=n // 3),
                    body=home.house.vault.seal("messages.body", id_, f"no fever, ate lunch, number {n}-0."),
                )
            )
    path, found = f"/console/families/{episode}", []
    for _ in range(9):
        page = nina.page(path)
        found = shown(page) + found
        earlier = re.search(r'id="earlier" href="([^"#]+)', page)
        if not earlier:
            break
        path = earlier[1].replace("&amp;", "&")
    assert found == [f"{n}-0" for n in range(TEXTS * 2 + 5)]


@pytest.mark.parametrize("before", ["nonsense", "2026-03-02", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_link_that_names_no_moment_shows_a_page_all_the_same(home: Home, nina: Desk, before: str) -> None:
    episode = home.enrol().episode_id
    home.text("no fever")
    answer = nina.client.get(f"/console/families/{episode}", query_string={"before": before})
    assert answer.status_code == 200


def test_the_page_asks_the_database_the_same_however_long_the_story_is(home: Home, nina: Desk) -> None:
    episode = home.enrol(more=(CaregiverEntry("Tom", "father", TOM, "en", home.hospital.zone),)).episode_id
    home.text("his toes are blue")
    paths = (f"/console/families/{episode}", "/console/families")

    def cost() -> list[int]:
        found = []
        for path in paths:
            nina.page(path)  # signed in, and looked
            with counted(home) as statements:
                nina.page(path)
            found.append(len(statements))
        return found

    few = cost()
    for n in range(12):
        home.text("he vomited twice", phone=(MARIA, TOM)[n % 2])
        home.pass_time(days=1)
        home.turn()
    do(home, ActKind.CALLED, note="x")
    home.enrol("Ben", phone=MARIA)
    assert cost() == few


# Several children, several zones


def test_each_text_says_which_child_it_is_about_where_two_share_a_phone(home: Home, nina: Desk) -> None:
    ana = home.enrol("Ana").episode_id
    home.enrol("Ben")
    home.text("Ana's toes are blue")
    home.text("Ben is fine, no fever")
    page = nina.page(f"/console/families/{ana}")
    texts = re.findall(r'<li class="(text in[^"]*)".*?<div class="bubble">(.*?)</div>', page, re.DOTALL)
    marks = {text_of(body): "other" in kind for kind, body in texts}
    assert [other for body, other in marks.items() if body.startswith("Ben")] == [True]
    assert [other for body, other in marks.items() if body.startswith("Ana")] == [False]
    assert "about Ben" in story_of(page)
    assert "about Ana" in story_of(page)


def test_with_one_child_no_text_says_whom_it_is_about(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("no fever")
    assert "about Ana" not in story_of(nina.page(f"/console/families/{episode}"))


def test_a_familys_own_clock_stands_beside_where_it_differs(home: Home, nina: Desk) -> None:
    episode = home.enrol(zone="America/New_York").episode_id
    home.text("no fever")
    assert "10:00 am (1:00 pm for them)" in story_of(nina.page(f"/console/families/{episode}"))


def test_times_are_those_of_the_person_who_looks(home: Home, nina: Desk) -> None:
    episode = home.enrol().episode_id
    home.text("no fever")
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.id == staff_id(home)).values(zone="America/New_York"))
    assert "1:00 pm (10:00 am for them)" in story_of(nina.page(f"/console/families/{episode}"))
