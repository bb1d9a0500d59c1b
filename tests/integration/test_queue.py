"""The queue's promises: the worst first, counts that stay true, cheap for pages that are open, hints that help."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from messages.conversation import Delivery
from messages.flags import FlagKind, FlagState, Level
from messages.store import tables as t
from messages.store.flags import raise_flag
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, another_hospital, application, desk, hire, text_of
from tests.integration.test_console import counted


@pytest.fixture
def nina(home: Home) -> Desk:
    hire(home, "nina")
    return desk(home, "nina")


def raised(home: Home, level: Level = Level.REVIEW, kind: FlagKind = FlagKind.REPLY, **more: object) -> str:
    with home.house.database.writing() as connection:
        return raise_flag(
            connection, hospital_id=home.hospital.id, kind=kind, level=level, now=home.now,
            due_at=home.now + timedelta(hours=1), **more,  # type: ignore[arg-type]
        ).flag_id


def many(home: Home, count: int, body: str = "When can she take a bath?") -> None:
    """So many families, each with a text that needs a person."""
    for n in range(count):
        home.enrol(f"Kid{n}", phone=f"+120655530{n:02d}")
        home.text(body, phone=f"+120655530{n:02d}")


def counts(page: str) -> dict[str, str]:
    """The counts at the top of the page, by what they count."""
    part = page.partition('id="counts"')[2].partition('id="queue"')[0]
    return {words.strip(): count for words, count in re.findall(r">([^<>]+) <b>(\d+)</b>", part)}


def live(at: Desk, seen: str = "", **more: str) -> tuple[int, str, str]:
    answer = at.client.get("/console/live", query_string={"seen": seen} | more, headers={"X-Hearback": "1"})
    return answer.status_code, answer.headers.get("X-Hearback-Stamp", ""), answer.text


# Order and counts


def test_lists_with_something_serious_come_before_reviews(home: Home, nina: Desk) -> None:
    for level, kind in (
        (Level.REVIEW, FlagKind.REPLY), (Level.URGENT, FlagKind.REPLY), (Level.EMERGENCY, FlagKind.REPLY),
        (Level.URGENT, FlagKind.SILENCE), (Level.REVIEW, FlagKind.SENDING),
    ):
        raised(home, level, kind)
    lists = re.findall(r'<h2 id="list-(\w+)">', nina.page("/console/"))
    assert lists == ["emergency", "urgent", "silent", "review", "sending"]


def test_a_long_list_is_cut_and_says_how_long_it_is(home: Home, nina: Desk) -> None:
    many(home, 30)
    page = nina.page("/console/")
    assert page.count('id="take-') == 25
    assert counts(page)["Review"] == "30"
    assert "Show all 30" in page
    whole = nina.page("/console/?all=review")
    assert whole.count('id="take-') == 30
    assert "Show all" not in whole


def test_no_emergency_is_cut_off(home: Home, nina: Desk) -> None:
    many(home, 60, "he can't breathe")
    assert nina.page("/console/").count('id="take-') == 60


def test_what_is_mine_and_what_nobody_has_are_one_press_away(home: Home, nina: Desk) -> None:
    many(home, 3)
    nina.act(home.flags()[0].id, "take")
    page = nina.page("/console/")
    assert counts(page) == {"Review": "3", "All": "3", "Yours": "1", "Nobody has": "2"}
    assert nina.page("/console/?only=mine").count("Nina Person has it") == 1
    assert nina.page("/console/?only=mine").count('id="take-') == 0
    assert nina.page("/console/?only=free").count('id="take-') == 2


def test_a_filter_that_finds_nothing_says_what_would_be_there(home: Home, nina: Desk) -> None:
    many(home, 1)
    assert "You have no flags." in nina.page("/console/?only=mine")
    nina.act(home.flags()[0].id, "take")
    assert "Every open flag is with somebody." in nina.page("/console/?only=free")


def test_filters_nobody_offers_are_passed_over(home: Home, nina: Desk) -> None:
    many(home, 1)
    assert nina.page("/console/?only=everything&all=nothing").count('id="take-') == 1


def test_the_title_counts_emergencies_that_nobody_has(home: Home, nina: Desk) -> None:
    many(home, 2, "he can't breathe")
    first, second = home.flags()
    assert "(2) Flags" in nina.page("/console/")
    nina.act(first.id, "take")
    page = nina.page("/console/")
    assert "(1) Flags" in page
    assert f'data-alarm="{second.id}"' in page


# Open pages


def test_an_open_page_that_has_everything_is_sent_nothing_and_costs_the_same_with_a_hundred_flags(
    home: Home, nina: Desk
) -> None:
    many(home, 1)

    def cost() -> int:
        _, mark, _ = live(nina)
        with counted(home) as statements:
            assert live(nina, mark)[0] == 204
        return len(statements)

    few = cost()
    many(home, 40)
    assert cost() == few <= 6


def test_every_change_reaches_an_open_page(home: Home, nina: Desk) -> None:
    home.enrol()
    flag_id = ""
    otto = desk(home, app=nina.client.application)
    hire(home, "otto")
    otto.post("/console/login", login="otto", password="correct horse")
    marks = [live(nina)[1]]

    def changed(to: str) -> None:
        status, mark, page = live(nina, marks[-1])
        assert status == 200, to
        assert to in page, to
        assert live(nina, mark)[0] == 204
        marks.append(mark)

    home.text("his foot is numb")
    changed("numb")
    flag_id = home.flags()[0].id
    home.text("now he can't breathe")
    changed("breathe")
    otto.act(flag_id, "take")
    changed("Otto Person has it")
    otto.act(flag_id, "release")
    changed("Take")
    otto.act(flag_id, "take")
    changed("Otto Person has it")
    otto.act(flag_id, "close", outcome="advice")
    changed("Nobody needs you now")
    assert len(set(marks)) == len(marks) - 1  # the empty list was there before


def test_a_text_that_is_looked_into_appears_and_goes_by_itself(home: Home, nina: Desk) -> None:
    home.enrol()
    home.text("no fever, all good")
    _, mark, _ = live(nina)
    unsure = {"state": Delivery.UNSURE.value, "look_at": home.now + timedelta(minutes=5), "sending_at": home.now}
    with home.house.database.writing() as connection:
        connection.execute(t.outbox.update().values(**unsure))
    status, mark, page = live(nina, mark)
    assert (status, "Being looked into" in page) == (200, True)
    with home.house.database.writing() as connection:
        connection.execute(t.outbox.update().values(state="delivered", look_at=None))
    status, _, page = live(nina, mark)
    assert (status, "Being looked into" in page) == (200, False)


def test_lists_are_built_once_for_everybody_who_looks_at_the_same(home: Home, nina: Desk) -> None:
    many(home, 3)
    hire(home, "otto")
    otto = desk(home, "otto", app=nina.client.application)
    with counted(home) as first:
        assert live(nina)[0] == 200
    with counted(home) as second:
        status, _, page = live(otto)
    assert (status, page.count('id="take-')) == (200, 3)
    assert len(second) < len(first)


def test_what_is_kept_for_one_hospital_is_never_shown_to_another(home: Home, nina: Desk) -> None:
    many(home, 2)
    live(nina)
    hire(home, "eve", hospital=another_hospital(home))
    eve = desk(home, "eve", app=nina.client.application)
    assert "Kid" not in live(eve)[2]
    assert eve.client.get("/console/alarm").json == {"emergencies": []}


def test_the_alarm_of_other_pages_is_told_ids_and_no_word(home: Home, nina: Desk) -> None:
    home.enrol()
    home.text("he can't breathe")
    (flag,) = home.flags()
    assert nina.client.get("/console/alarm").json == {"emergencies": [flag.id]}
    nina.act(flag.id, "take")
    assert nina.client.get("/console/alarm").json == {"emergencies": []}


# Courtesy


@pytest.mark.parametrize("words", ["thanks!", "ok thank you so much", "gracias", "👍"])
def test_polite_last_words_reopen_nothing_and_raise_nothing(home: Home, nina: Desk, words: str) -> None:
    home.enrol()
    home.text("his foot is numb")
    (flag,) = home.flags()
    nina.act(flag.id, "take")
    mine = home.flags()
    _, mark, _ = live(nina)
    home.text(words)
    assert [(one.id, one.level, one.state, one.taken_by) for one in home.flags()] == [
        (one.id, one.level, one.state, one.taken_by) for one in mine
    ]
    nina.act(flag.id, "close", outcome="advice")
    home.pass_time(minutes=10)
    _, mark, _ = live(nina)
    home.text(words)
    assert home.flags() == []
    assert live(nina, mark)[0] == 204
    (row,) = home.rows(t.flags)
    assert row.state == FlagState.CLOSED.value


# What a person can do


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("30006", "ask for a number that takes texts"), ("21610", "until they text START"),
        ("30003", "did not get through. Call the family"), ("30034", "tell whoever runs Hearback"),
        ("99999", "check the number with them"),
    ],
)
def test_a_text_that_failed_says_why_and_what_to_do(home: Home, nina: Desk, code: str, what: str) -> None:
    home.enrol()
    home.text("no fever, all good")
    (out,) = home.rows(t.outbox)
    with home.house.database.writing() as connection:
        connection.execute(t.outbox.update().values(state="failed", code=code))
    why = f"a text failed: {code}"
    raised(home, kind=FlagKind.SENDING, caregiver_id=out.caregiver_id, outbox_id=out.id, reason=why)
    page = text_of(nina.page("/console/"))
    assert "Did not arrive" in page
    assert what in page


def test_an_unknown_number_that_is_one_digit_off_says_whose(home: Home, nina: Desk) -> None:
    home.enrol("Ana", phone=MARIA, name="Maria")
    home.text("is this the hip clinic", phone="+12065550171")
    page = text_of(nina.page("/console/"))
    assert "One digit from the number of Maria, who texts about Ana." in page


def test_an_unknown_number_that_names_a_child_says_so(home: Home, nina: Desk) -> None:
    home.enrol("Iván", phone=MARIA)
    home.text("this is about IVAN, new phone", phone="+13125550199")
    assert "It names Iván, who is followed here." in text_of(nina.page("/console/"))


def test_a_name_that_two_children_share_points_at_nobody(home: Home, nina: Desk) -> None:
    home.enrol("Ana", phone=MARIA)
    home.enrol("Ana", phone=TOM, name="Tom")
    home.text("question about ana", phone="+13125550199")
    page = text_of(nina.page("/console/"))
    assert "It names" not in page
    assert "Ask who this is: text back, or call." in page


def test_another_hospitals_families_are_no_hint(home: Home) -> None:
    home.enrol("Iván", phone=MARIA)
    other = another_hospital(home)
    hire(home, "eve", hospital=other)
    mine, home.hospital = home.hospital, other
    home.text("hello, Iván has a fever", phone="+12065550171")
    home.hospital = mine
    page = text_of(desk(home, "eve", app=application(home)).page("/console/"))
    assert "+12065550171" in page
    for words in ("It names", "One digit"):
        assert words not in page
