"""The contact sheet corrected by a person: no text to a wrong number, every consent with its words, siblings right."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from messages.conversation import Purpose
from messages.store import tables as t
from messages.store.conversation import Draft, write_out
from scheduler.enrol import CaregiverEntry
from tests.house import MARIA, SENDER, TOM, Home
from tests.integration.days import SEATTLE
from tests.integration.family_page import HOME_TODAY, FamilyPage

NEW = "+12065550117"
NEW_YORK = "America/New_York"
MARIA_AS_SHE_IS = {"name": "Maria", "relation": "mother", "phone": MARIA, "language": "en", "zone": SEATTLE}
FATHER = {
    "name": "Tom", "relation": "father", "phone": "206-555-0112", "language": "es", "zone": SEATTLE,
    "how": "call", "words": "yes, text me too",
}  # fmt: skip


def caregiver(home: Home, phone: str) -> Any:
    hashes = home.house.vault.fingerprints("phone", phone)
    (row,) = home.rows(t.caregivers, t.caregivers.c.phone_hash.in_(hashes))
    return row


def correct(ana: FamilyPage, of: str = MARIA, **changes: str) -> Any:
    return ana.press("correct", caregiver=caregiver(ana.home, of).id, **{**MARIA_AS_SHE_IS, **changes})


def test_a_number_is_corrected_only_when_somebody_checked_it(ana: FamilyPage) -> None:
    refused = correct(ana, **{"phone": NEW})
    assert refused.status_code == 422
    assert "tick that you did" in ana.text(refused)
    assert correct(ana, **{"phone": NEW, "checked": "yes"}).status_code == 303
    ana.home.text("1", phone=NEW)
    ana.days.until(3, time(12))
    assert ana.days.asked(NEW) == ["3 09 daily"]
    assert "corrected Maria: number" in ana.page()
    assert f"{MARIA} → {NEW}" in ana.page()


@pytest.mark.parametrize("phone", ["12", "not a number", SENDER, TOM])
def test_a_number_that_cannot_be_or_is_somebody_elses_is_refused(ana: FamilyPage, phone: str) -> None:
    ana.home.enrol("Ben", phone=TOM, name="Tom", day_zero=HOME_TODAY)
    answer = correct(ana, **{"phone": phone, "checked": "yes"})
    assert answer.status_code == 422
    assert caregiver(ana.home, MARIA).texting


def test_what_waits_for_the_old_number_goes_to_the_new_one_and_nothing_to_the_old(ana: FamilyPage) -> None:
    home = ana.home
    later = home.now + timedelta(days=1, hours=1)
    with home.house.database.writing() as connection:
        write_out(
            connection, home.house.vault, Draft("I call at noon", Purpose.STAFF, "staff", not_before=later),
            hospital_id=home.hospital.id, peer=MARIA, now=home.now, caregiver_id=caregiver(home, MARIA).id,
            episode_ids=[ana.episode_id],
        )
    home.now = ana.days.local(3, time(9, 25))
    home.turn()  # the check-in waits in the outbox
    assert correct(ana, **{"phone": NEW, "checked": "yes"}).status_code == 303
    home.text("1", phone=NEW)
    home.turn()
    sent = [(text.to, text.body[:14]) for text in home.send()]
    home.pass_time(hours=5)
    sent += [(text.to, text.body[:14]) for text in home.send()]
    assert sent == [(NEW, "Thank you. Now"), (NEW, "Harbor Hospita"), (NEW, "I call at noon")]
    assert ana.check_in("d01-0900").state == "asked"


def test_a_family_with_a_corrected_number_is_the_same_family_in_the_next_list(ana: FamilyPage) -> None:
    correct(ana, **{"phone": NEW, "checked": "yes"})
    again = ana.home.enrol(phone=NEW, day_zero=HOME_TODAY)
    assert (again.fresh, again.episode_id) == (False, ana.episode_id)


def test_whoever_has_the_old_number_is_a_stranger_now(ana: FamilyPage) -> None:
    correct(ana, **{"phone": NEW, "checked": "yes"})
    ana.home.text("who is this?", phone=MARIA)
    assert [flag.kind for flag in ana.home.flags()] == ["stranger"]
    assert "who is this?" not in ana.page()


def test_after_a_wrong_number_texts_resume_only_when_somebody_checked(ana: FamilyPage) -> None:
    ana.home.text("wrong number")
    maria = caregiver(ana.home, MARIA)
    assert not maria.texting
    form = {"caregiver": maria.id, "how": "call", "words": "it was my sister who answered"}
    assert ana.press("resume-texts", **form).status_code == 422
    ana.done("resume-texts", **form, checked="yes")
    ana.days.until(3, time(12))
    assert "3 09 daily" in ana.days.asked()


def test_texts_stopped_and_resumed_for_somebody_keep_their_words_and_who_noted_them(ana: FamilyPage) -> None:
    maria = caregiver(ana.home, MARIA)
    assert ana.press("stop-texts", caregiver=maria.id, how="call", words=" ").status_code == 422
    ana.done("stop-texts", caregiver=maria.id, how="call", words="no more texts please")
    assert ana.press("stop-texts", caregiver=maria.id, how="call", words="again").status_code == 409
    ana.days.until(3, time(12))
    assert "3 09 daily" not in ana.days.asked()
    ana.done("resume-texts", caregiver=maria.id, how="visit", words="you may text again")
    ana.days.until(4, time(12))
    assert "4 09 daily" in ana.days.asked()
    page = ana.page()
    for words in ("no more texts please", "you may text again", "On the phone, noted by Nina Person", "In person",
                  "stopped the texts to Maria", "At enrolment"):
        assert words in page


def test_a_stop_for_one_phone_holds_for_every_child_on_it_and_is_told_on_each_page(ana: FamilyPage) -> None:
    home = ana.home
    leo = FamilyPage(home, ana.desk, ana.days, home.enrol("Leo", day_zero=HOME_TODAY).episode_id)
    home.turn(), home.send()
    ana.done("stop-texts", caregiver=caregiver(home, MARIA).id, how="call", words="stop it")
    ana.days.until(3, time(12))
    assert ana.days.asked(day=3) == []
    assert "stopped the texts to Maria" in leo.page()


def test_another_zone_moves_every_childs_plan_on_that_phone(ana: FamilyPage) -> None:
    home = ana.home
    home.enrol("Leo", day_zero=HOME_TODAY)
    home.turn(), home.send()
    assert correct(ana, zone=NEW_YORK).status_code == 303
    ana.days.zone, ana.days.replies = NEW_YORK, ""
    ana.days.until(3, time(11))
    assert ana.days.asked(day=3) == ["09 daily", "09 daily"]


@pytest.mark.parametrize("field", ["name", "zone", "language"])
def test_nonsense_is_refused_and_stays_on_the_page(ana: FamilyPage, field: str) -> None:
    answer = correct(ana, **{"relation": "grandmother", field: "" if field == "name" else "nowhere"})
    assert answer.status_code == 422
    assert "grandmother" in answer.text
    assert correct(ana).status_code == 422  # nothing is different


def test_a_second_adult_is_added_with_their_consent_and_asked_when_the_first_is_silent(ana: FamilyPage) -> None:
    ana.done("join", **FATHER)
    ana.home.text("1", phone=TOM)
    ana.days.replies = ""
    ana.days.until(3, time(16))
    assert ana.days.asked(TOM) == ["3 14 daily"]
    given = [row for row in ana.home.rows(t.consents) if row.caregiver_id == caregiver(ana.home, TOM).id]
    assert [(row.kind, row.how) for row in given] == [("given", "call"), ("confirmed", "keyword")]
    assert "yes, text me too" in ana.page()
    assert ana.press("join", **FATHER).status_code == 422


def test_an_adult_known_from_another_family_keeps_their_name_and_their_stop(ana: FamilyPage) -> None:
    ana.home.enrol("Ben", phone=TOM, name="Thomas", day_zero=HOME_TODAY)
    ana.home.text("STOP", phone=TOM)
    ana.done("join", **FATHER)
    page = ana.page()
    assert "Thomas , father" in page
    assert "Gets no texts" in page


def test_another_adult_asked_first_gets_a_welcome_and_no_question_twice(ana: FamilyPage) -> None:
    ana.done("join", **FATHER)
    ana.home.text("1", phone=TOM)
    ana.days.until(3, time(10))
    ana.done("first", caregiver=caregiver(ana.home, TOM).id)
    ana.days.replies = ""
    ana.days.until(4, time(10))
    assert ana.days.asked(TOM) == ["3 10 welcome", "3 18 toes", "4 09 daily"]
    assert ana.days.asked(MARIA) == ["2 10 welcome", "3 09 daily"]


def test_an_adult_taken_off_is_asked_nothing_more_and_still_heard(ana: FamilyPage) -> None:
    ana.done("join", **FATHER)
    ana.home.text("1", phone=TOM)
    ana.days.replies = ""
    ana.days.until(3, time(9, 30))  # Maria was just asked
    ana.done("take-off", caregiver=caregiver(ana.home, MARIA).id, note="they live apart now")
    ana.days.until(4, time(10))
    assert ana.days.asked(MARIA) == ["2 10 welcome", "3 09 daily"]
    assert ana.days.asked(TOM) == ["3 09 welcome", "3 18 toes", "4 09 daily"]
    ana.home.text("he can't breathe", phone=MARIA)
    assert "emergency" in [flag.level for flag in ana.home.flags()]
    assert ana.press("take-off", caregiver=caregiver(ana.home, TOM).id).status_code == 422


def test_an_adult_of_another_family_is_not_corrected_from_this_page(ana: FamilyPage) -> None:
    ana.home.enrol("Ben", phone=TOM, name="Tom", day_zero=HOME_TODAY)
    before = caregiver(ana.home, TOM)
    assert correct(ana, TOM).status_code == 409
    assert caregiver(ana.home, TOM) == before


def test_risks_changed_by_a_person_decide_how_serious_a_doubtful_text_is(ana: FamilyPage) -> None:
    ana.done("risks", risk=["asthma", "nonsense"])
    assert "changed the risks: Asthma" in ana.page()
    (child,) = ana.home.rows(t.children)
    assert child.risks == ["asthma"]
    ana.done("risks")
    assert ana.press("risks").status_code == 422


def test_with_two_adults_a_pause_stops_both(ana: FamilyPage) -> None:
    home = ana.home
    father = CaregiverEntry("Tom", "father", TOM, "en", SEATTLE)
    home.enrol(day_zero=HOME_TODAY, more=(father,))
    ana.days.replies = ""
    ana.days.until(3, time(13))
    ana.done("pause", why="away")
    ana.days.until(4, time(20))
    assert ana.days.asked(TOM) == []
    assert ana.days.asked(MARIA)[-1] == "3 12 reminder"
