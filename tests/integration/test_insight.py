"""Insight: what happened in a period is counted rightly, by language and protocol too, at a flat number of queries."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.web.hospital import figures
from bot.web.spreadsheet import plain
from messages.flags import Level
from messages.people import Role
from messages.store import tables as t
from messages.store.insight import facts
from tests.house import MARIA, TOM, Home
from tests.integration.desk import Desk, another_hospital, desk, hire, text_of


@pytest.fixture
def mia(home: Home) -> Desk:
    hire(home, "mia", Role.MANAGER)
    return desk(home, "mia", patient=True)


def everything(home: Home) -> figures.Facts:
    with home.house.database.reading() as connection:
        return facts(connection, home.hospital.id, home.now - timedelta(days=60), home.now + timedelta(days=60))


def table(at: Desk, name: str, **asked: str) -> list[dict[str, str]]:
    at.page("/console/insight")  # signs in again when the session has ended
    answer = at.client.get(f"/console/insight/csv/{name}", query_string=asked)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def a_day(home: Home) -> None:
    """Maria (English) answers her check-in, Tom (Spanish) does not and is flagged for it."""
    home.enrol()
    home.enrol("Leo", phone=TOM, name="Tom", language="es")
    for hour in range(36):
        home.turn()
        home.send()
        if hour in (5, 9, 14, 33):
            home.text("no fever, no swelling, slept well")
        home.pass_time(hours=1)
    home.turn()
    home.send()


def test_a_flag_seen_to_at_once_was_seen_to(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("he can't breathe")
    (flag,) = home.flags()
    mia.act(flag.id, "take")
    shown = text_of(mia.page("/console/insight"))
    assert "half within under a minute" in shown
    assert "nobody yet" not in shown


def test_replies_count_by_language(home: Home, mia: Desk) -> None:
    a_day(home)
    english, spanish = (figures.whole(figures.narrowed(everything(home), one, "")) for one in ("en", "es"))
    assert (english.replies.percent, spanish.replies.percent) == (100, 0)
    assert (english.families, spanish.families) == (1, 1)
    assert (english.silent.part, spanish.silent.part) == (0, 1)
    by = {row["language"]: row for row in table(mia, "compare") if row["protocol"] == "all"}
    assert (by["en"]["answered"], by["es"]["answered"]) == (by["en"]["asked"], "0")
    assert by["en"]["texts in"] == "4"
    assert by["all"]["families"] == "2"
    days = table(mia, "replies", language="en")
    assert days
    assert all(row["percent"] == "100" for row in days)


def test_time_to_a_person_counts_from_the_flag_to_the_first_act_that_stands(home: Home, mia: Desk) -> None:
    for n, minutes in enumerate((2, 10, 30)):
        home.enrol(f"Kid{n}", phone=f"+1206555012{n}")
        home.text("he can't breathe", phone=f"+1206555012{n}")
        flag = home.flags()[-1]
        home.pass_time(minutes=minutes)
        assert mia.act(flag.id, "take").status_code in (200, 302, 303)
        assert mia.act(flag.id, "close", outcome="false_alarm", read_rightly="no").status_code in (200, 302, 303)
    (emergency, *_others) = figures.to_a_person(everything(home), home.now)
    assert (emergency.level, emergency.flags) == (Level.EMERGENCY, 3)
    assert (emergency.half, emergency.most) == (timedelta(minutes=10), timedelta(minutes=30))
    assert emergency.late.part == 2
    assert table(mia, "people")[0]["median minutes"] == "10.0"
    assert {row["outcome"]: row["flags"] for row in table(mia, "outcomes")} == {"false_alarm": "3"}
    assert figures.whole(everything(home)).false_alarms.percent == 100


def test_false_alarms_are_a_share_of_closed_flags_by_level_and_language(home: Home, mia: Desk) -> None:
    ends = ({"outcome": "false_alarm", "read_rightly": "yes"}, {"outcome": "advice", "read_rightly": "yes"},
            {"outcome": "advice", "read_rightly": "no", "right_level": "review"})  # fmt: skip
    for n, (language, words) in enumerate((("en", "she has a fever of 39.5"), ("es", "tiene fiebre de 39.5"),
                                           ("en", "he can't breathe"))):  # fmt: skip
        home.enrol(f"Kid{n}", phone=f"+1206555012{n}", language=language)
        home.text(words, phone=f"+1206555012{n}")
        flag = max(home.flags(), key=lambda one: one.opened_at)
        assert mia.act(flag.id, "close", **ends[n]).status_code in (200, 302, 303)
        home.pass_time(minutes=5)
    of = {(one.level, one.language): (one.false.percent, one.down.percent) for one in figures.alarms(everything(home))}
    assert of == {
        (Level.EMERGENCY, ""): (0, 100), (Level.EMERGENCY, "en"): (0, 100), (Level.URGENT, ""): (50, 0),
        (Level.URGENT, "en"): (100, 0), (Level.URGENT, "es"): (0, 0),
    }  # fmt: skip
    assert len(table(mia, "alarms")) == 5
    assert "Less serious than read" in text_of(mia.page("/console/insight"))


def test_pages_are_counted_by_person_and_night_once_for_all_flags_they_tell_of(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("he can't breathe")
    home.send()
    home.pass_time(hours=13)  # 23:00
    home.turn()
    home.send()
    home.pass_time(hours=4)  # 3:00 of the same night
    home.turn()
    home.send()
    by = {row["person"]: row for row in table(mia, "pages")}
    assert (by["Nora"]["pages"], by["Nora"]["at night"]) == ("1", "0")
    assert (by["Omar"]["at night"], by["Omar"]["nights"], by["Omar"]["most in one night"]) == ("2", "1", "2")


def test_an_act_that_was_taken_back_has_seen_to_nothing(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("he can't breathe")
    (flag,) = home.flags()
    with home.house.database.writing() as connection:
        staff_id = connection.execute(sa.select(t.staff.c.id).limit(1)).scalar_one()
        row = {"flag_id": flag.id, "staff_id": staff_id, "at": home.now}
        connection.execute(t.acts.insert(), [{**row, "id": "1", "kind": "took", "undoes": None},
                                             {**row, "id": "2", "kind": "undid", "undoes": "1"}])
    assert everything(home).raised[0].first_at is None


def test_signs_are_counted_by_the_day_of_recovery_on_the_familys_clock(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("the cut is red and hot")
    home.enrol("Leo", phone=TOM, day_zero=(home.now - timedelta(days=10)).date())
    home.text("the cut is red and hot", phone=TOM)
    found = {one.sign: one for one in figures.signs(everything(home), home.hospital.zone)}
    assert found["redness"].days == (1, 0, 1, 0, 0)
    assert table(mia, "signs")


def test_a_sign_that_was_read_wrongly_counts_as_the_person_said(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("the cut is red and hot")
    (flag,) = home.flags()
    assert [one.sign for one in figures.signs(everything(home), home.hospital.zone)] == list(flag.signs)
    mia.act(flag.id, "take")
    closed = mia.act(flag.id, "close", outcome="advice", read_rightly="no", right_level="review", right_signs="fever")
    assert closed.status_code in (200, 302, 303)
    assert [one.sign for one in figures.signs(everything(home), home.hospital.zone)] == ["fever"]
    assert [(row["sign"], row["flags"]) for row in table(mia, "signs")] == [("fever", "1")]
    assert figures.whole(everything(home)).read_wrongly.percent == 100


def test_a_text_is_read_by_machine_when_every_word_was_understood_and_nobody_was_needed(home: Home) -> None:
    home.enrol()
    for words in ("no fever, slept well", "the cut is red and hot", "qwertz uiop"):
        home.text(words)
    machine = figures.whole(everything(home)).machine
    assert (machine.part, machine.whole) == (1, 3)


def test_texts_and_segments_are_what_left(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("no fever, slept well")
    assert [row for row in table(mia, "texts") if row["purpose"] != "in"] == []  # still ours
    home.send()
    rows = {row["purpose"]: row for row in table(mia, "texts")}
    assert rows["in"]["texts"] == "1"
    spent = sum(row.segments for row in home.rows(t.outbox))
    assert sum(int(row["segments"]) for row in rows.values()) == spent > 0


def test_a_period_ends_with_its_last_day_on_the_hospitals_clock(home: Home, mia: Desk) -> None:
    home.enrol()
    home.pass_time(hours=13)  # 23:00 on Monday 2 March, which is Tuesday in UTC
    home.text("no fever, slept well")
    one_day = {"from": "2026-03-02", "to": "2026-03-02"}
    assert [row["texts"] for row in table(mia, "texts", **one_day) if row["purpose"] == "in"] == ["1"]
    assert table(mia, "texts", **{"from": "2026-03-03", "to": "2026-03-03"}) == []


def test_an_empty_period_says_what_will_appear(home: Home, mia: Desk) -> None:
    assert "their figures appear here" in text_of(mia.page("/console/insight"))
    for asked in ("days=x", "from=2026-03-05&to=2026-03-01", "from=0001-01-01&to=9999-12-31", "language=%3Cb%3E"):
        assert "Insight" in mia.page(f"/console/insight?{asked}")


def test_another_hospitals_figures_are_not_in_it(home: Home) -> None:
    a_day(home)
    hire(home, "eve", Role.MANAGER, hospital=another_hospital(home))
    page = text_of(desk(home, "eve").page("/console/insight"))
    assert "their figures appear here" in page


def test_the_page_asks_as_often_for_many_families_as_for_one(home: Home, mia: Desk) -> None:
    def queries() -> int:
        seen: list[str] = []
        mia.page("/console/insight")

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        sa.event.listen(home.house.database.engine, "before_cursor_execute", note)
        mia.page("/console/insight")
        sa.event.remove(home.house.database.engine, "before_cursor_execute", note)
        return len(seen)

    a_day(home)
    few = queries()
    for n in range(12):
        home.enrol(f"Kid{n}", phone=f"+120655502{n:02d}")
        home.text("he can't breathe", phone=f"+120655502{n:02d}")
    assert queries() == few


@pytest.mark.parametrize("text", ["=1+1", "+12065550111", "-1", "@cmd", "\t=1"])
def test_no_value_of_a_file_is_a_formula(text: str) -> None:
    assert plain(text) == f"'{text}"
    assert plain(12) == "12"
    assert plain(None) == ""


def test_a_download_is_noted(home: Home, mia: Desk) -> None:
    table(mia, "texts")
    noted = home.rows(t.audit, t.audit.c.action == "downloaded")
    assert [row.subject for row in noted] == ["insight"]
    assert MARIA not in str(noted)
