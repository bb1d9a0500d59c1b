"""The rota through its pages: ill at night, away, swaps, holes and their mend, a list, and what follows from them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from io import BytesIO

from messages.escalation import on_duty
from messages.flags import FlagState
from messages.people import Hospital, Role, Shift, Staff
from messages.store import tables as t
from messages.store.configured import set_shifts
from messages.store.people import hospital_by_id, staff_of
from tests.house import MARIA, NURSE, ON_CALL, Home
from tests.integration.desk import another_hospital, application, breathing, desk, hire, text_of

FRIDAY = "2026-03-06"


def team(home: Home) -> dict[str, Staff]:
    with home.house.database.reading() as connection:
        return {one.login: one for one in staff_of(connection, home.house.vault, home.hospital.id)}


def on(home: Home, when: str) -> list[str]:
    at = datetime.fromisoformat(when).replace(tzinfo=home.hospital.tz).astimezone(UTC)
    with home.house.database.reading() as connection:
        hospital = hospital_by_id(connection, home.hospital.id)
        staff = staff_of(connection, home.house.vault, hospital.id)
    return [one.name for one in on_duty(hospital, staff, at)]


def works(home: Home, login: str, phone: str, *shifts: Shift) -> Staff:
    """Somebody who can sign in and be told."""
    person = hire(home, login)
    with home.house.database.writing() as connection:
        s = t.staff.c
        sealed = home.house.vault.seal("staff.phone", person.id, phone)
        connection.execute(t.staff.update().where(s.id == person.id).values(phone=sealed))
        set_shifts(connection, home.hospital.id, person.id, [replace(one, staff_id=person.id) for one in shifts])
    return replace(person, phone=phone)


def nights(rung: int = 1) -> Shift:
    return Shift("", tuple(range(7)), time(18), time(8), rung)


def slot(staff_id: str, day: str, start: str = "18:00", end: str = "08:00", rung: int = 1) -> str:
    return f"{staff_id}|{day} {start} {end} {rung}"


def test_reporting_ill_at_night_gives_back_what_was_taken_and_tells_the_next_person_at_once(home: Home) -> None:
    home.now = datetime(2026, 3, 3, 11, tzinfo=UTC)  # three in the morning
    works(home, "nell", "+12065550131", nights())
    flag_id = breathing(home)
    at = desk(home, "nell")
    at.act(flag_id, "take")
    home.send()
    told_before = len(home.said(ON_CALL))
    page = at.page("/console/rota")
    assert "The flag you have is open again." in text_of(page)
    answer = at.post("/console/rota/sick", days="1")
    assert answer.status_code == 303
    (flag,) = home.flags()
    assert (flag.state, flag.taken_by) == (FlagState.OPEN, None)
    home.turn()
    home.send()
    assert len(home.said(ON_CALL)) == told_before + 1
    assert not [text for text in home.said("+12065550131") if "Told 2" in text]
    assert on(home, "2026-03-03 04:00") == ["Omar"]
    assert at.post("/console/rota/sick", days="1").status_code == 303  # pressed twice is said once
    assert len(home.rows(t.rota)) == 1
    assert "You are away until" in text_of(at.page("/console/rota"))
    at.post("/console/rota/back")
    assert on(home, "2026-03-03 04:00") == ["Nell Person", "Omar"]


def test_open_flags_of_which_the_ill_were_told_last_climb_at_once(home: Home) -> None:
    home.now = datetime(2026, 3, 3, 11, tzinfo=UTC)
    nell = works(home, "nell", "+12065550131", nights())
    breathing(home)
    home.turn()
    (flag,) = home.flags()
    assert flag.next_page_at is not None
    assert flag.next_page_at > home.now
    home.pass_time(seconds=30)
    desk(home, "nell").post("/console/rota/sick", days="1")
    home.turn()
    told = [row.staff_id for row in home.rows(t.pages)]
    assert told == [nell.id, team(home)["omar"].id]


def test_a_swap_needs_both_and_then_the_other_is_paged(home: Home) -> None:
    nell, noah = works(home, "nell", "+12065550131", nights()), works(home, "noah", "+12065550132")
    app = application(home)
    hers, his, third = desk(home, "nell", app=app), desk(home, "noah", app=app), works(home, "tess", "+12065550133")
    assert hers.post("/console/rota/swap", shift=slot(nell.id, FRIDAY), taker=noah.id).status_code == 303
    home.send()
    assert any("asks you to swap the shift of 06 Mar 18:00-08:00" in text for text in home.said("+12065550132"))
    assert on(home, f"{FRIDAY} 22:00") == ["Nell Person", "Omar"]  # asked is not agreed
    (entry,) = home.rows(t.rota)
    assert "another person" in text_of(hers.post("/console/rota/agree", entry=entry.id).text)
    assert desk(home, "tess", app=app).post("/console/rota/agree", entry=entry.id).status_code == 422
    assert "Yes" in text_of(his.page("/console/rota"))
    assert his.post("/console/rota/agree", entry=entry.id).status_code == 303
    assert on(home, f"{FRIDAY} 22:00") == ["Noah Person", "Omar"]
    assert on(home, "2026-03-07 22:00") == ["Nell Person", "Omar"]
    assert his.post("/console/rota/agree", entry=entry.id).status_code == 409
    again = hers.post("/console/rota/swap", shift=slot(nell.id, FRIDAY), taker=third.id)
    assert (again.status_code, "gave this shift to Noah Person already" in text_of(again.text)) == (422, True)
    assert "Noah Person for Nell Person" in text_of(hers.page("/console/rota"))


REFUSED: tuple[tuple[str, dict[str, object], str], ...] = (
    ("away", {"first": "2026-03-10", "last": "2026-03-09"}, "ends before it begins"),
    ("away", {"first": "2026-03-01", "last": "2026-03-01"}, "over already"),
    ("away", {"first": "2026-03-12", "last": "2026-03-13"}, "is away then already"),
    ("away", {"first": "soon"}, "Choose a day"),
    ("shift", {"who": "noah", "day": FRIDAY, "from": "08:00", "to": "07:00"}, "ends before it begins"),
    ("shift", {"who": "nell", "day": FRIDAY, "from": "16:00", "to": "20:00"}, "has a shift then already"),
    ("shift", {"who": "nell", "day": "2026-03-12", "from": "09:00", "to": "12:00"}, "is away then"),
    ("shift", {"who": "mona", "day": FRIDAY, "from": "09:00", "to": "12:00"}, "No page reaches"),
    ("swap", {"shift": ("nell", "2026-03-14"), "taker": "nell"}, "between two people"),
    ("swap", {"shift": ("noah", FRIDAY), "taker": "nell"}, "has no such shift"),
    ("swap", {"shift": ("nell", FRIDAY), "taker": "omar"}, "has a shift then already"),
    ("swap", {"shift": "", "taker": "noah"}, "Choose a shift"),
    ("fill", {"hole": "x", "who": "nell"}, "Choose a time"),
)


def test_what_contradicts_the_rota_is_refused_in_plain_words(home: Home) -> None:
    works(home, "nell", "+12065550131", nights())
    works(home, "noah", "+12065550132")
    hire(home, "mona", Role.MANAGER)
    app = application(home)
    hers, theirs = desk(home, "nell", app=app), desk(home, "mona", app=app)
    assert hers.post("/console/rota/away", first="2026-03-12", last="2026-03-12").status_code == 303
    ids = {login: one.id for login, one in team(home).items()}
    before = home.rows(t.rota)
    for what, form, says in REFUSED:
        filled = {
            name: slot(ids[value[0]], value[1]) if isinstance(value, tuple) else ids.get(str(value), value)
            for name, value in form.items()
        }
        answer = (hers if what == "away" else theirs).post(f"/console/rota/{what}", **filled)
        assert (answer.status_code, says in text_of(answer.text)) == (422, True), (what, form, says)
    assert home.rows(t.rota) == before


def test_nobody_plans_to_be_away_on_a_shift_they_took_but_may_fall_ill_and_then_it_falls_back(home: Home) -> None:
    nell, noah = works(home, "nell", "+12065550131", nights()), works(home, "noah", "+12065550132")
    hire(home, "mona", Role.MANAGER)
    app = application(home)
    at = desk(home, "mona", app=app)
    assert at.post("/console/rota/swap", shift=slot(nell.id, FRIDAY), taker=noah.id, agreed="yes").status_code == 303
    refused = desk(home, "noah", app=app).post("/console/rota/away", first=FRIDAY, last="2026-03-07")
    assert "has a shift then that Nell Person gave them" in text_of(refused.text)
    home.now = datetime(2026, 3, 7, 4, tzinfo=UTC)
    assert on(home, f"{FRIDAY} 22:00") == ["Noah Person", "Omar"]
    desk(home, "noah", app=app).post("/console/rota/sick", days="1")
    assert on(home, f"{FRIDAY} 22:00") == ["Nell Person", "Omar"]
    assert "is away on a shift that Nell Person gave them" in text_of(desk(home, "mona", app=app).page("/console/rota"))


def test_a_hole_is_told_beforehand_with_whom_pages_go_to_and_is_mended_beside_it(home: Home) -> None:
    with home.house.database.writing() as connection:
        set_shifts(connection, home.hospital.id, team(home)["omar"].id, [])  # nobody on call any more
    hire(home, "mona", Role.MANAGER)
    at = desk(home, "mona")
    page = at.page("/console/rota")
    assert "Nobody answers Mon 2 Mar 18:00–08:00 Pages go to everybody who may act" in text_of(page)
    hole = re.search(r'name="hole" value="([^"]+)"', page)
    assert hole
    assert at.post("/console/rota/fill", hole=hole[1], who=team(home)["omar"].id, place="1").status_code == 303
    assert on(home, "2026-03-02 23:00") == ["Omar"]
    assert "Nobody answers Mon 2 Mar" not in text_of(at.page("/console/rota"))


def test_the_hospital_chooses_a_phone_of_the_unit_that_is_told_first_in_a_hole(home: Home) -> None:
    with home.house.database.writing() as connection:
        for person in team(home).values():
            set_shifts(connection, home.hospital.id, person.id, [])
    hire(home, "mona", Role.MANAGER)
    at = desk(home, "mona")
    assert at.post("/console/rota/fallback", fallback="new", unit="Unit 4 West", phone="x").status_code == 422
    given = {"fallback": "new", "unit": "Unit 4 West", "phone": "206-555-0188"}
    assert at.post("/console/rota/fallback", **given).status_code == 303
    assert "Nobody has a shift: pages go to Unit 4 West first" in text_of(at.page("/console/rota"))
    flag_id = breathing(home)
    home.turn()
    home.send()
    assert len(home.said("+12065550188")) == 1
    home.pass_time(minutes=6)
    home.turn()
    home.send()
    assert len(home.said(NURSE)) == 1  # then everybody who may act
    (unit,) = (row.id for row in home.rows(t.staff) if row.login is None)
    assert f'value="{unit}"' not in at.page(f"/console/flags/{flag_id}")  # nobody hands a flag to a phone


def test_a_family_is_promised_no_call_while_nobody_is_on_and_the_next_hour_somebody_is(home: Home) -> None:
    home.enrol()
    home.text("temp is 102")
    assert any("call you by" in text for text in sent(home))
    manager = hire(home, "mona", Role.MANAGER)
    assert manager
    at = desk(home, "mona")
    for login in ("nora", "omar"):
        day = "2026-03-02"
        assert at.post("/console/rota/away", who=team(home)[login].id, first=day, last=day).status_code == 303
    home.enrol("Leo", phone="+12065550199", name="Rosa")
    home.text("temp is 102", phone="+12065550199")
    assert not any("call you by" in text for text in sent(home, "+12065550199"))
    home.enrol("Mia", phone="+12065550198", name="Ines")
    home.text("when can she take a bath?", phone="+12065550198")
    assert any("tomorrow by noon" in text for text in sent(home, "+12065550198"))


def sent(home: Home, phone: str = MARIA) -> list[str]:
    home.turn()
    home.send()
    return home.said(phone)


LIST = """person,date,from,to,place
Nora,2026-03-07,08:00,18:00,1
nora,2026-03-07,12:00,20:00,1
Nobody,2026-03-08,08:00,18:00,1
Nora,8.3.2026,08:00,18:00,1
Nora,2026-03-08,8,25:00,1
Omar,2026-03-08,08:00,18:00,9
"""


def test_a_list_is_looked_at_row_by_row_then_its_good_rows_are_taken_in_once(home: Home) -> None:
    hire(home, "mona", Role.MANAGER)
    at = desk(home, "mona")
    page = at.post("/console/rota/list", file=(BytesIO(LIST.encode()), "rota.csv"), text="")
    said = text_of(page.text)
    assert "1 new shift. Nothing is saved yet." in said
    for problem in (
        "Row 3 nora · Nora has a shift then already", "Row 4 Nobody · Nobody here is called Nobody",
        "Row 5 Nora · 8.3.2026 is no date", "Row 6 Nora · 25:00 is no time", "Row 7 Omar · The place is a number",
    ):
        assert problem in said, problem
    assert home.rows(t.rota) == []
    assert "1 shift is in the rota now." in text_of(at.post("/console/rota/list", text=LIST, do="save").text)
    assert on(home, "2026-03-07 12:00") == ["Nora", "Omar"]
    assert "Row 2 Nora · Sat 7 Mar 08:00–18:00 · told 1. · here already" in text_of(
        at.post("/console/rota/list", text=LIST, do="save").text
    )
    assert len(home.rows(t.rota)) == 1
    for bad, says in (("person,date,from\n", "no column to"), ("person,date,from,to,ward\n", "column ward")):
        answer = at.post("/console/rota/list", text=bad)
        assert (answer.status_code, says in text_of(answer.text)) == (422, True)


def test_another_hospitals_rota_is_out_of_reach(home: Home) -> None:
    nell, noah = works(home, "nell", "+12065550131", nights()), works(home, "noah", "+12065550132")
    other: Hospital = another_hospital(home)
    hire(home, "eve", Role.MANAGER, hospital=other)
    app = application(home)
    desk(home, "nell", app=app).post("/console/rota/swap", shift=slot(nell.id, FRIDAY), taker=noah.id)
    (entry,) = home.rows(t.rota)
    theirs = desk(home, "eve", app=app)
    for what in ("agree", "decline", "withdraw", "remove"):
        assert theirs.post(f"/console/rota/{what}", entry=entry.id).status_code == 404
    assert theirs.post("/console/rota/sick", who=nell.id, days="1").status_code == 422
    assert "Nell" not in theirs.page("/console/rota")
    assert home.rows(t.rota) == [entry]


def test_a_coordinator_changes_their_own_rota_and_nobody_elses(home: Home) -> None:
    nell, noah = works(home, "nell", "+12065550131", nights()), works(home, "noah", "+12065550132")
    at = desk(home, "noah")
    for what, form in (
        ("sick", {"days": "1"}), ("away", {"first": FRIDAY, "last": FRIDAY}),
        ("shift", {"day": "2026-03-09", "from": "10:00", "to": "12:00"}),
    ):
        answer = at.post(f"/console/rota/{what}", who=nell.id, **form)
        assert (answer.status_code, "another person" in text_of(answer.text)) == (422, True), what
    assert at.post("/console/rota/swap", shift=slot(nell.id, FRIDAY), taker=noah.id, agreed="yes").status_code == 422
    assert at.post("/console/rota/fallback", fallback=noah.id).status_code == 422
    assert at.page("/console/rota/list", 403)
    assert home.rows(t.rota) == []


def test_what_was_over_long_ago_is_kept_and_no_longer_read(home: Home) -> None:
    works(home, "nell", "+12065550131", nights())
    desk(home, "nell").post("/console/rota/away", first="2026-03-04", last="2026-03-04")
    home.pass_time(days=60)
    desk(home, "nell").post("/console/rota/away", first="2026-06-04", last="2026-06-04")
    assert sorted(row.past for row in home.rows(t.rota)) == [False, True]
    assert len(team(home)["nell"].away) == 1
