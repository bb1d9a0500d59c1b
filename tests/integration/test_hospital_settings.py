"""The settings in the console: looked at as a whole before they are saved, told in plain words, held from then on."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from messages.people import Hospital, Role
from messages.store import tables as t
from messages.store.people import hospital_by_id, staff_of
from tests.house import MARIA, ON_CALL, Home
from tests.integration.desk import Desk, desk, hire, text_of

CHRISTMAS_EVE = timedelta(days=297)  # from Monday 2 March 2026, 10:00 at the hospital, to Thursday 24 December


@pytest.fixture
def mia(home: Home) -> Desk:
    hire(home, "mia", Role.MANAGER)
    return desk(home, "mia", patient=True)


def form_on(page: str) -> MultiDict[str, str]:
    """What a browser would send of the settings' form on this page."""
    form = page.split('<form id="settings"')[1].split("</form>")[0]
    found: MultiDict[str, str] = MultiDict()
    for field in re.findall(r"<input [^>]*>", form):
        value = re.search(r'value="([^"]*)"', field)
        ticks = 'type="checkbox"' in field
        if not ticks or " checked" in field:
            found.add(str(re.search(r'name="([^"]+)"', field)[1]), unescape(value[1]) if value else "")  # type: ignore[index]
    for name, words in re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.add(name, unescape(words))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found.add(name, unescape(chosen[1] if chosen[1] is not None else chosen[2]) if chosen else "")
    return found


def press(at: Desk, part: str, form: MultiDict[str, str]) -> TestResponse:
    """Send a form; a button of a page seen earlier sends that page's own fields."""
    return at.client.post(f"/console/hospital/{part}", data=form)


def change(at: Desk, part: str, **fields: Any) -> TestResponse:
    """Type into the form of a part, and look."""
    form = form_on(at.page(f"/console/hospital/{part}"))
    for name, value in fields.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return press(at, part, form)


def save(at: Desk, part: str, **fields: Any) -> str:
    """Look, then save what was seen; the page that told what changes."""
    seen = change(at, part, **fields)
    assert seen.status_code == 200, text_of(seen.text)
    saved = press(at, part, form_on(seen.text))
    assert saved.status_code == 303, text_of(saved.text)
    return text_of(seen.text)


def kept(home: Home) -> Hospital:
    with home.house.database.reading() as connection:
        return hospital_by_id(connection, home.hospital.id)


def test_a_change_is_told_in_plain_words_and_saved_only_when_it_was_seen(home: Home, mia: Desk) -> None:
    looked = change(mia, "basics", phone="206-555-0177")
    assert "told to call 206-555-0177, no longer 206-555-0150" in text_of(looked.text)
    assert kept(home).phone == "206-555-0150"
    form = form_on(looked.text)
    form["phone"] = "206-555-0178"  # not what was seen
    assert "206-555-0178" in text_of(press(mia, "basics", form).text)
    assert kept(home).phone == "206-555-0150"
    assert press(mia, "basics", form_on(looked.text)).status_code == 303
    assert kept(home).phone == "206-555-0177"
    assert [row.action for row in home.rows(t.audit, t.audit.c.action.like("set %"))] == ["set basics"]


def test_longer_hours_tell_which_texts_are_promised_what_and_families_are_promised_it(home: Home, mia: Desk) -> None:
    told = save(mia, "hours", **{f"to_{day}": "20:00" for day in range(5)})
    assert "17:30–19:30" in told
    assert "tomorrow by noon" in told
    assert "by 8 pm" in told
    home.enrol()
    home.pass_time(hours=8, minutes=30)  # 18:30
    home.text("the dressing fell off a bit?")
    home.send()
    assert "by 8 pm" in home.said()[-1]


def test_on_a_holiday_nobody_is_promised_an_answer_and_who_has_weekdays_is_not_told(home: Home, mia: Desk) -> None:
    save(mia, "hours", day_0="2026-12-25", called_0="Christmas")
    home.pass_time(days=CHRISTMAS_EVE.days, hours=10)  # Christmas Eve, 20:00
    home.enrol(day_zero=(home.now - timedelta(days=2)).date())
    home.text("the dressing fell off a bit?")
    home.send()
    assert "Monday by noon" in home.said()[-1]  # not Friday
    home.pass_time(hours=14)  # Christmas, 10:00
    home.text("he can't breathe")
    paged = [text.to for text in home.send() if "EMERGENCY" in text.body]
    assert paged == [ON_CALL]


def test_every_problem_stands_at_its_field_and_nothing_is_saved(home: Home, mia: Desk) -> None:
    answer = change(mia, "basics", name="", phone="none", emergency_number="nine", zone="Mars/Base", languages=[])
    assert answer.status_code == 422
    for field in ("name", "phone", "emergency_number", "zone", "languages"):
        assert f'id="wrong-{field}"' in answer.text, field
    assert "5 fields need you" in text_of(answer.text)
    assert 'value="nine"' in answer.text
    assert kept(home) == home.hospital


@pytest.mark.parametrize(
    ("part", "fields", "wrong"),
    [
        ("hours", {f"open_{day}": [] for day in range(5)}, "week"),
        ("hours", {"from_0": "8 o'clock"}, "from_0"),
        ("hours", {"day_0": "2026-12-25", "day_1": "2026-12-25"}, "day_1"),
        ("times", {"urgent": "0"}, "urgent"),
        ("times", {"emergency": "30", "urgent": "5"}, "urgent"),
        ("times", {"quiet": "1", "quiet_from": "09:00", "quiet_to": "17:00"}, "quiet_from"),
        ("numbers", {"more": "12"}, "more"),
        ("numbers", {"more": "+12065550100"}, "more"),
        ("words", {"says_0": "goose egg", "means_0": "zorgle", "must_0": "a goose egg"}, "means_0"),
        ("words", {"says_0": "goose egg", "means_0": "swelling"}, "must_0"),
        ("cover", {"date_0": "2026-12-25"}, "days_0"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(home: Home, mia: Desk, part: str, fields: Any, wrong: str) -> None:
    answer = change(mia, part, **fields)
    assert answer.status_code == 422
    assert f'id="wrong-{wrong}"' in answer.text
    assert kept(home) == home.hospital


def test_the_second_of_two_who_change_at_once_is_told_and_keeps_what_was_typed(home: Home, mia: Desk) -> None:
    hire(home, "max", Role.MANAGER)
    old = form_on(mia.page("/console/hospital/times"))
    save(desk(home, "max"), "basics", phone="206-555-0177")
    old["urgent"] = "45"
    answer = press(mia, "times", old)
    assert answer.status_code == 409
    assert "Somebody changed these settings" in text_of(answer.text)
    assert form_on(answer.text)["urgent"] == "45"
    assert kept(home).targets == home.hospital.targets
    again = press(mia, "times", form_on(answer.text))
    assert press(mia, "times", form_on(again.text)).status_code == 303
    assert (kept(home).targets.urgent, kept(home).phone) == (timedelta(minutes=45), "206-555-0177")


def test_targets_hold_for_the_next_flag(home: Home, mia: Desk) -> None:
    save(mia, "times", urgent="45")
    save(mia, "ladder", urgent_after_0="10")
    home.enrol()
    home.text("she has a fever of 39.2")
    (flag,) = home.flags()
    assert flag.due_at - home.now == timedelta(minutes=45)
    assert flag.next_page_at is not None
    assert flag.next_page_at - home.now == timedelta(minutes=10)


def test_quiet_hours_of_the_hospital_hold_a_check_in_back_and_not_an_answer(home: Home, mia: Desk) -> None:
    save(mia, "times", quiet="1", quiet_from="21:00", quiet_to="08:30")
    home.enrol()
    home.pass_time(hours=12)  # 22:00
    home.turn()
    assert home.send() == []
    home.text("he can't breathe")
    assert MARIA in [text.to for text in home.send()]


def test_quiet_hours_in_which_a_protocol_texts_are_refused(home: Home, mia: Desk) -> None:
    answer = change(mia, "times", quiet="1", quiet_from="17:00", quiet_to="08:30")
    assert answer.status_code == 422
    assert "hip-osteotomy texts at" in text_of(answer.text)


def test_a_word_of_the_hospital_is_tried_before_it_is_saved_and_then_raises_a_flag(home: Home, mia: Desk) -> None:
    home.enrol()
    home.text("there is a zibble on his leg")
    before = [flag.level.value for flag in home.flags()]
    wrong = change(mia, "words", says_0="zibble", means_0="swelling", must_0="he slept well")
    assert "read as" in text_of(wrong.text)
    assert kept(home).words == ()
    fields = {"says_0": "zibble", "means_0": "cannot breathe", "must_0": "he zibble", "never_0": "he slept well"}
    assert "will be read as “cannot breathe”" in save(mia, "words", **fields)
    home.text("he zibble")
    assert before != ["emergency"]
    assert [flag.level.value for flag in home.flags()] == ["emergency"]


def test_own_ready_phrases_are_the_coordinators_and_can_be_had_back(home: Home, mia: Desk) -> None:
    save(mia, "phrases", phrases_en="Hello from {hospital}.\n\n  Call {phone}.  ")
    assert kept(home).phrases == {"en": ("Hello from {hospital}.", "Call {phone}.")}
    save(mia, "phrases", phrases_en="")
    assert kept(home).phrases == {}


def test_a_shift_is_changed_and_a_hole_is_seen_as_one(home: Home, mia: Desk) -> None:
    page = mia.page("/console/hospital/cover")
    assert "Nobody" not in text_of(page).split("Shifts")[0].split("Week before")[1]
    told = save(mia, "cover", who_1="")  # whoever was on call is no more
    assert "Omar: no shift" in told
    with home.house.database.reading() as connection:
        assert [len(person.shifts) for person in staff_of(connection, home.house.vault, home.hospital.id)] == [1, 0, 0]
    week = text_of(mia.page("/console/hospital/cover"))
    assert "Nobody: 00:00–08:00, 18:00–24:00" in week
    save(mia, "hours", to_0="20:00")
    assert "Nobody in your hours: 18:00–24:00" in text_of(mia.page("/console/hospital/cover"))
    assert "nobody has a shift" in text_of(mia.page("/console/hospital"))


def test_another_hospitals_person_is_given_no_shift(home: Home, mia: Desk) -> None:
    answer = change(mia, "cover", who_0="0" * 32)
    assert answer.status_code == 422


def test_the_overview_says_what_is_missing_and_where_it_is_mended(home: Home, mia: Desk) -> None:
    assert "No holiday is entered" in text_of(mia.page("/console/hospital"))
    save(mia, "hours", day_0="2026-12-25")
    assert "No holiday is entered" not in text_of(mia.page("/console/hospital"))
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().values(phone=None))
    assert "nobody is told of an emergency" in text_of(mia.page("/console/hospital"))


def test_only_who_manages_sees_the_settings(home: Home) -> None:
    hire(home, "nina")
    assert desk(home, "nina").client.get("/console/hospital").status_code == 403


def test_settings_of_before_are_read_as_they_were(home: Home) -> None:
    """A row written before there were settings: one stretch of hours, shifts without the newer fields."""
    old = [{"weekdays": [0], "start": "08:00", "end": "18:00"}]
    with home.house.database.writing() as connection:
        connection.execute(t.staff.update().values(shifts=old))
        connection.execute(t.hospitals.update().values(settings=sa.null()))
    assert kept(home) == home.hospital
