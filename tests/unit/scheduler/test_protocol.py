"""What a protocol's words do, and what the shipped protocols promise to families."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from pydantic import ValidationError

from messages.conversation import Asked, MenuItem
from messages.errors import NotFoundError
from messages.flags import SIGNS, Level
from scheduler.fields import RISKS
from scheduler.load import load_shipped, shipped_names
from scheduler.protocol import Protocol, QuietHours

HIP = load_shipped("hip-osteotomy")
# The sheet's list "Call your doctor" (patient sheet "Hip Osteotomy"), in the words of the signs.
SHEET = {
    "bleeding",
    "breathing",
    "chest_pain",
    "chills",
    "cough",
    "discharge",
    "fever",
    "numbness",
    "pain",
    "redness",
    "swelling",
    "vomiting",
}


class TestDailyMenu:
    """The question that carries the follow-up: the default menu of the reading standard."""

    def test_every_sign_of_the_sheet_can_be_picked(self) -> None:
        picked = {sign for choice in HIP.question("daily").menu.values() for sign in choice.signs}
        assert picked >= SHEET

    def test_a_bare_number_means_what_the_reading_standard_says(self) -> None:
        assert HIP.asked("daily") == Asked(
            kind="menu",
            question="daily",
            menu={
                "1": MenuItem(Level.URGENT, "fever"),
                "2": MenuItem(Level.URGENT, "swelling"),
                "3": MenuItem(Level.URGENT, "numbness"),
                "4": MenuItem(Level.EMERGENCY, "breathing"),
                "5": MenuItem(Level.URGENT, "vomiting"),
                "6": MenuItem(Level.URGENT, "pain"),
                "0": MenuItem(Level.OK, ""),
            },
        )

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "en",
                "fever chills swelling red bleeding leaking numb tingling cold blue breathing chest cough",
            ),
            ("en", "throwing nausea pain none"),
            ("es", "fiebre escalofríos hinchazón roja sangra supura dormida hormigueo fría azul respirar"),
            ("es", "pecho tos vómito náusea dolor nada"),
        ],
    )
    def test_the_words_of_every_sign_are_in_the_text(self, language: str, words: str) -> None:
        text = HIP.text("daily", language)
        assert [word for word in words.split() if word not in text] == []

    def test_what_is_asked_is_what_is_understood(self) -> None:
        for name, question in HIP.questions.items():
            for language in HIP.languages:
                offered = re.findall(r"^(\d) ", HIP.text(name, language), re.M)
                assert offered == list(question.menu) == list(HIP.asked(name).menu)

    def test_nought_is_the_good_news_in_every_planned_menu(self) -> None:
        for name in {slot.question for slot in HIP.slots()}:
            menu = HIP.asked(name).menu
            good = [digit for digit, item in menu.items() if item.level is Level.OK]
            assert good == ["0"]


class TestFollowUps:
    """What is asked after a sign."""

    @pytest.mark.parametrize(
        ("signs", "question"),
        [
            (("fever",), "temperature"),
            (("chills",), "temperature"),
            (("pain",), "pain_compared"),
            (("swelling",), "swelling_compared"),
            (("numbness",), "toes"),
            (("injury", "pain"), "cast"),
            (("fever", "numbness"), "toes"),
            (("vomiting",), None),
            ((), None),
        ],
    )
    def test_the_first_that_fits_in_the_files_order_is_asked(
        self, signs: tuple[str, ...], question: str | None
    ) -> None:
        assert HIP.follow_up(signs) == question

    def test_a_follow_up_is_read_as_one(self) -> None:
        assert HIP.asked("temperature") == Asked(kind="followup:temperature", question="temperature")
        assert HIP.asked("toes").kind == "followup:toes"
        assert HIP.asked("toes").menu["1"] == MenuItem(Level.EMERGENCY, "circulation")
        assert HIP.asked("pain_compared").menu == {
            "1": MenuItem(Level.OK, ""),
            "2": MenuItem(Level.REVIEW, ""),
            "3": MenuItem(Level.URGENT, "pain"),
        }

    def test_welcome_and_goodbye_ask_nothing_and_the_last_check_in_is_open(self) -> None:
        kinds = {name: HIP.asked(name).kind for name in ("welcome", "goodbye", "last_check_in")}
        assert kinds == {"welcome": "none", "goodbye": "none", "last_check_in": "checkin"}


class TestShippedSchedule:
    """The default schedule of the clinical facts, 3.2."""

    def test_mornings_and_evenings_first_then_mornings_then_every_other_day_then_weekly(self) -> None:
        days: dict[int, list[str]] = {slot.day: [] for slot in HIP.slots()}
        for slot in HIP.slots():
            days[slot.day].append(f"{slot.at:%H:%M} {slot.question}")
        twice, once = ["09:00 daily", "18:00 toes"], ["09:00 daily"]
        assert days == {
            **dict.fromkeys((1, 2, 3), twice),
            **dict.fromkeys((4, 5, 6, 7, 8, 10, 12, 14, 21, 28, 35, 42, 49, 56), once),
        }

    def test_an_extra_day_asks_what_its_phase_asks_first(self) -> None:
        assert (HIP.slot_like(2).question, HIP.slot_like(2).at) == ("daily", time(9))
        assert (HIP.slot_like(24).day, HIP.slot_like(24).question) == (24, "daily")
        assert HIP.slot_like(0).question == "daily"

    def test_the_numbers_are_those_of_the_clinical_facts(self) -> None:
        assert HIP.quiet_hours == QuietHours.model_validate({"from": "21:00", "to": "8:00"})
        assert (HIP.spread, HIP.lateness) == (timedelta(minutes=20), timedelta(hours=4))
        assert (HIP.reminder.after, HIP.reminder.not_after) == (timedelta(hours=3), time(20))
        assert (set(HIP.extend.after), HIP.extend.days) == ({Level.URGENT, Level.EMERGENCY}, 3)
        plain = [(m.sign, m.at_least, m.level) for m in HIP.meanings if m.name is None]
        assert plain == [("fever", 40.0, Level.EMERGENCY)]
        assert {m.level for m in HIP.meanings if m.name} == {Level.URGENT}, "a trend makes nothing less serious"
        assert set(HIP.risks) == set(RISKS)

    def test_it_says_that_no_hospital_has_approved_it(self) -> None:
        assert all(load_shipped(name).approved_by is None for name in shipped_names())


class TestWords:
    """Small rules of the language of protocols."""

    @pytest.mark.parametrize(
        ("begin", "end", "at", "quiet"),
        [
            ("21:00", "8:00", "20:59", False),
            ("21:00", "8:00", "21:00", True),
            ("21:00", "8:00", "0:00", True),
            ("21:00", "8:00", "7:59", True),
            ("21:00", "8:00", "8:00", False),
            ("12:00", "14:00", "13:00", True),
            ("12:00", "14:00", "14:00", False),
            ("0:00", "0:00", "0:00", False),
        ],
    )
    def test_quiet_hours_begin_at_their_start_and_end_before_their_end(
        self, begin: str, end: str, at: str, quiet: bool
    ) -> None:
        hours_ = QuietHours.model_validate({"from": begin, "to": end})
        assert hours_.hold(time.fromisoformat(at.zfill(5))) is quiet

    def test_a_language_that_is_not_there_gets_the_first(self) -> None:
        assert HIP.text("daily", "vi") == HIP.text("daily", "en")

    def test_a_question_that_is_not_there_is_told_by_name(self) -> None:
        with pytest.raises(NotFoundError, match="no question 'dayly'"):
            HIP.asked("dayly")

    def test_a_protocol_is_never_changed_in_place(self) -> None:
        with pytest.raises(ValidationError):
            HIP.spread = timedelta(0)  # type: ignore[misc]


def test_every_sign_and_level_of_the_house_can_be_written_in_a_protocol() -> None:
    raw = HIP.model_dump(mode="json", by_alias=True)
    for sign in SIGNS:
        raw["meanings"] = [{"sign": sign, "level": level} for level in ("review", "urgent", "emergency")]
        assert len(Protocol.model_validate(raw).meanings) == 3
