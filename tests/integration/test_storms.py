"""Alarm fatigue is designed against: one page for what falls due at once, a digest for what can wait, and no page for
what is no text of a family. An emergency is never part of any of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from messages.carriers.carrier import Refused
from messages.flags import FlagKind, FlagState, Level
from messages.ladder import Ladder, Way, with_ladder
from messages.people import Role
from messages.store import tables as t
from messages.store.configured import save_hospital
from messages.store.pages import claim_flags_to_page
from messages.store.reach import add_address, set_ways
from messages.store.rota import Kind, State, add_entries, new_entry
from tests.house import NURSE, ON_CALL, Home
from tests.integration.days import Days
from tests.integration.desk import breathing, desk, hire, text_of
from tests.integration.flagpage import person
from tests.integration.test_climbing import FEVER, reply, wait

OTHER = "the other thing happened again"
MORNING = datetime.fromisoformat("2026-03-03T08:00:00-08:00")


def families(home: Home, *texts: str, first: int = 0) -> list[str]:
    """A family for each text, which it writes now; their phones."""
    phones = [f"+1206555{first + n:04d}" for n in range(300, 300 + len(texts))]
    for n, (phone, words) in enumerate(zip(phones, texts, strict=True)):
        home.enrol(f"Child {first + n}", phone=phone)
        home.text(words, phone)
    return phones


def pages(home: Home, phone: str = NURSE) -> list[str]:
    return [body for body in home.said(phone) if body.startswith("Hearback, ")]


@pytest.fixture
def storm(home: Home) -> Home:
    """Five families wrote at night of something that waits for the morning; it is 8:00, and the shift begins."""
    home.now = MORNING - timedelta(hours=6)
    families(home, *[OTHER] * 5)
    home.send()
    assert pages(home) == pages(home, ON_CALL) == []
    home.now = MORNING
    wait(home)
    return home


def test_what_waits_for_a_shift_is_one_text_with_counts_and_the_list(storm: Home) -> None:
    assert pages(storm) == [
        "Hearback, Harbor Hospital: 5 wait for you: 5 to read. Reply 2 if you cannot. "
        "Open the list: https://hearback.test/console/"
    ]
    assert len(storm.rows(t.pages)) == 5, "each flag knows who was told of it"
    hire(storm, "nina")
    flag = storm.flags()[0]
    assert "Told: Nora by text" in text_of(desk(storm, "nina").page(f"/console/flags/{flag.id}"))
    wait(storm, minutes=10)
    assert len(pages(storm)) == 1


def test_no_reply_takes_many_flags_blindly(storm: Home) -> None:
    assert reply(storm, "1") == (
        "Hearback: That text was about 5 flags. Nothing was taken. Open the list, take them one by one. "
        "Open the list: https://hearback.test/console/"
    )
    assert {flag.state for flag in storm.flags()} == {FlagState.OPEN}


def test_whoever_cannot_passes_all_of_them_on_in_one_text(storm: Home) -> None:
    assert reply(storm, "2") == "Hearback: Thank you. Others are told."
    wait(storm, seconds=1)
    (told,) = pages(storm, ON_CALL)
    assert "5 wait for you: 5 to read." in told
    hire(storm, "nina")
    for flag in storm.flags():
        desk(storm, "nina").act(flag.id, "take")
    assert reply(storm, "1", ON_CALL) == "Hearback: All of them are taken or closed. Nothing for you to do."


def test_an_emergency_at_the_same_minute_is_a_page_of_its_own_and_the_first(home: Home) -> None:
    home.now = MORNING - timedelta(hours=6)
    families(home, *[OTHER] * 3)
    home.now = MORNING
    families(home, "he can't breathe", first=50)
    wait(home)
    emergency, rest = pages(home)
    assert "EMERGENCY. A family needs someone now. Reply 1 to take it" in emergency
    assert "3 wait for you" in rest


def test_an_emergency_that_climbs_with_others_is_claimed_first(home: Home) -> None:
    families(home, FEVER, "he can't breathe", OTHER)
    with home.house.database.writing() as connection:
        connection.execute(t.flags.update().values(next_page_at=home.now))
        levels = [flag.level for flag in claim_flags_to_page(connection, home.now)]
    assert levels == [Level.EMERGENCY, Level.URGENT, Level.REVIEW]


def test_what_comes_within_two_minutes_of_a_page_is_told_together_and_an_emergency_at_once(home: Home) -> None:
    families(home, FEVER)
    home.pass_time(seconds=30)
    families(home, FEVER, OTHER, "she is not breathing", first=10)
    home.send()
    assert [("URGENT" in one, "EMERGENCY" in one) for one in pages(home)] == [(True, False), (False, True)]
    wait(home, seconds=60)
    assert len(pages(home)) == 2
    wait(home, seconds=30)
    assert "2 wait for you: 1 urgent, 1 to read." in pages(home)[-1]
    assert len(pages(home)) == 3


def test_an_urgent_flag_does_not_wait_because_of_a_text_that_is_only_to_be_read(home: Home) -> None:
    families(home, OTHER)
    families(home, FEVER, first=10)
    home.send()
    assert len(pages(home)) == 2


def test_a_bundle_that_is_refused_for_good_sends_every_flag_on(home: Home) -> None:
    home.now = MORNING - timedelta(hours=6)
    families(home, *[OTHER] * 3)
    home.send()
    home.carrier.answers = [Refused("21211", "This is no number.", True)]
    home.now = MORNING
    wait(home)
    wait(home, seconds=1)
    assert "3 wait for you" in pages(home, ON_CALL)[0]


@pytest.mark.parametrize(("taken", "leave"), [(2, 1), (3, 0)])
def test_a_bundle_in_an_outage_leaves_as_long_as_one_of_its_flags_is_open(home: Home, taken: int, leave: int) -> None:
    home.now = MORNING - timedelta(hours=6)
    families(home, *[OTHER] * 3)
    home.send()
    home.now = MORNING
    home.turn()  # it waits in the outbox
    hire(home, "nina")
    for flag in home.flags()[:taken]:
        desk(home, "nina").act(flag.id, "take")
    home.send()
    assert len(pages(home)) == leave


def in_a_digest(home: Home, at: time = time(8)) -> None:
    hospital, usual = home.hospital, home.hospital.ladders.of(Level.REVIEW, home.hospital.targets)
    ladder = Ladder(usual.rungs, usual.again, usual.at_all_hours, at)
    ladders = with_ladder(hospital.ladders, Level.REVIEW, ladder, hospital.targets)
    home.hospital = replace(hospital, ladders=ladders)
    with home.house.database.writing() as connection:
        save_hospital(connection, home.hospital, home.now)


def test_a_review_waits_for_the_digest_and_the_family_hears_an_honest_time(home: Home) -> None:
    in_a_digest(home)
    first, *_ = families(home, OTHER, OTHER)
    home.send()
    assert pages(home) == []
    assert "A person will read this tomorrow by noon." in home.said(first)[-1]
    families(home, FEVER, first=20)
    home.send()
    assert len(pages(home)) == 1, "what is urgent waits for nothing"
    home.now = MORNING
    wait(home)
    assert "2 wait for you: 2 to read." in pages(home)[-1]
    assert all(flag.due_at > MORNING for flag in home.flags() if flag.level is Level.REVIEW)
    wait(home, days=1)
    assert "2 to read" in pages(home, ON_CALL)[-1], "the next day's digest goes to the next person"


def test_a_manager_chooses_the_digest_and_reads_what_it_means(home: Home) -> None:
    hire(home, "mia", Role.MANAGER)
    mia = desk(home, "mia")
    page = mia.page("/console/hospital/ladder")
    assert 'name="review_digest"' in page
    form = {
        "version": "1", "emergency_who_0": "place:1", "urgent_who_0": "on_shift", "review_who_0": "place:1",
        "emergency_way_0": "text", "urgent_way_0": "text", "review_way_0": "text", "review_digest": "07:30",
    }  # fmt: skip
    looked = mia.post("/console/hospital/ladder", **form)
    assert "once a day at 7:30 am" in text_of(looked.text)
    wrong = mia.post("/console/hospital/ladder", **{**form, "review_digest": "soon"})
    assert wrong.status_code == 422
    assert "Write a time like 08:00." in text_of(wrong.text)


REACTIONS = (
    "Liked “Harbor Hospital, day 3: any of these now? 1 fever or chills 4 trouble breathing. Emergency: call 911.”",
    "Loved “Reply STOP to end, HELP for help.”",
    "Emphasised “Thank you.”",
    "Laughed at “Thank you.”",
    "Removed an exclamation from “Thank you.”",
    "Liked an image",
    "Reacted 🙏🏽 to “Thank you.”",
    "\u200a\u200b👍\u200b to “\u200aIs there fever or bleeding? Reply STOP to end\u200a”\u200a",
    "❤️ a “¿Tiene fiebre o le cuesta respirar?”",
    "Le gustó “¿Tiene fiebre o le cuesta respirar? Responda STOP para terminar”",
    "Le encantó “Gracias por avisar.”",
    "Reaccionó con 👍 a “Emergencia: llame al 911”",
    "Quitó un “Me gusta” de “Gracias”",
)


def test_thanks_and_reactions_page_nobody_open_nothing_and_count_as_no_sign(home: Home) -> None:
    home.enrol()
    home.text(FEVER)
    home.send()
    hire(home, "nina")
    (flag,) = home.flags()
    desk(home, "nina").act(flag.id, "close", outcome="advice", read_rightly="yes")
    before = len(home.carrier.sent)
    for words in (*REACTIONS, "Thank you so much!", "gracias"):
        home.pass_time(minutes=3)
        home.text(words)
    home.turn()
    home.send()
    assert home.flags() == []
    assert {text.to for text in home.carrier.sent[before:]} <= {home.rows(t.caregivers)[0].phone, "+12065550111"}
    assert home.rows(t.caregivers)[0].texting, "STOP in our own words stops nothing"
    signs = [row.signs for row in home.rows(t.readings)]
    assert signs == [["fever"], *[[]] * (len(signs) - 1)], "what our words ask for is not what the child has"
    home.text("Liked “fever or chills?”")
    home.text("he is better")
    assert home.flags() == [], "and is not read together with what they write"


def test_a_trend_raises_the_flag_that_is_open_and_its_rule_is_named_on_the_page(home: Home) -> None:
    home.enrol(day_zero=date(2026, 2, 28))
    for pain in (4, 5, 6):
        home.text(f"her pain is {pain} of 10")
        home.pass_time(days=1)
    (flag,) = home.flags()
    assert flag.level is Level.URGENT, "one flag for one matter: each text joined it, and the last raised it"
    assert len(home.rows(t.flag_messages)) == 3
    hire(home, "nina")
    nina = desk(home, "nina")
    assert "pain rising on two days." in text_of(nina.page(f"/console/flags/{flag.id}")).lower()


def test_a_silent_family_is_promised_nothing_in_hours_that_the_rota_leaves_bare(
    home: Home,
) -> None:
    wednesday = datetime.fromisoformat("2026-03-04T00:00:00-08:00")
    away = [
        new_entry(Kind.AWAY, State.HOLDS, person(home, who), None, home.now, begins_at=wednesday,
                  ends_at=wednesday + timedelta(days=1))
        for who in ("nora", "omar")
    ]  # fmt: skip
    with home.house.database.writing() as connection:
        add_entries(connection, home.hospital.id, away)
    home.enrol(day_zero=date(2026, 2, 26))
    Days(home).until(3, time(21))  # Tuesday evening: nobody answered
    (flag,) = home.flags()
    assert (flag.kind, flag.level) == (FlagKind.SILENCE, Level.REVIEW)
    assert flag.due_at == datetime.fromisoformat("2026-03-05T12:00:00-08:00"), "not Wednesday, when nobody is there"


def test_a_sad_face_on_our_text_waits_in_the_list_until_the_digest(home: Home) -> None:
    home.enrol()
    home.text("😢 to “We will text you tomorrow.”")
    home.send()
    wait(home, hours=3)
    (flag,) = home.flags()
    assert (flag.level, pages(home)) == (Level.REVIEW, [])
    home.now = MORNING
    wait(home)
    assert len(pages(home)) == 1
    hire(home, "nina")
    assert "tapped as disliked" in text_of(desk(home, "nina").page(f"/console/flags/{flag.id}"))


def test_words_that_join_a_tapped_sad_face_are_told_at_once(home: Home) -> None:
    home.enrol()
    home.text("Questioned “We will text you tomorrow.”")
    home.text(OTHER)
    wait(home, seconds=1)
    assert len(pages(home)) == 1


def test_the_others_hear_by_their_own_ways_who_has_it_and_no_phone_rings(home: Home) -> None:
    nora = person(home, "nora")
    with home.house.database.writing() as connection:
        every = (Level.EMERGENCY, Level.URGENT)
        add_address(connection, home.house.vault, nora, Way.EMAIL, "nora@harbor.test", "", home.now, every)
        set_ways(connection, nora, {Way.TEXT: [Level.REVIEW], Way.CALL: every, Way.EMAIL: every})
    breathing(home)
    home.turn()
    with home.house.database.writing() as connection:  # as if the mail server had taken it
        connection.execute(t.outbox.update().where(t.outbox.c.way == "email").values(state="sent"))
    hire(home, "nina")
    desk(home, "nina").act(home.flags()[0].id, "take")
    taken = home.rows(t.messages, t.messages.c.topic == "taken")
    told = home.rows(t.outbox, t.outbox.c.message_id.in_([row.id for row in taken]))
    assert [(row.way, bool(row.expires_at)) for row in told] == [("email", True)]
