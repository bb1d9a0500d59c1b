"""What a protocol's words do, and what the shipped protocols promise to families."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from pydantic import ValidationError

from messages.conversation import Asked, MenuItem
from messages.errors import NotFoundError, ProtocolError
from messages.flags import SIGNS, Level
from messages.people import Hospital
from messages.segments import segments
from scheduler.fields import RISKS
from scheduler.load import load_shipped, shipped_names
from scheduler.protocol import FIXED_TEXTS, Protocol, QuietHours
from scheduler.texts import about, hours, keyword_in, render, values_for

HIP = load_shipped("hip-osteotomy")
HOSPITAL = Hospital(
    id="h",
    slug="h",
    name="Riverside Childrens Hosp",  # 24 characters: the longest name that keeps the budget
    zone="America/New_York",
    sender="+15550100100",
    phone="+1 555 010 0199",
)

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
BUDGET = {"en": 2, "es": 5}  # segments; most Spanish texts are UCS-2 because of their accents


def sent() -> Iterator[tuple[str, str, str]]:
    """(name, language, text) of everything a family can be sent, at its longest."""
    for name in shipped_names():
        protocol = load_shipped(name)
        for question in (*FIXED_TEXTS, *protocol.questions):
            for language in protocol.languages:
                values = values_for(HOSPITAL, language, names=("Valentina",), day=56)
                yield f"{name} {question}", language, render(protocol.text(question, language), values)


SENT = list(sent())
EVERY_TEXT = pytest.mark.parametrize(
    ("language", "text"), [case[1:] for case in SENT], ids=[f"{case[0]} {case[1]}" for case in SENT]
)


class TestShippedTexts:
    """What families read."""

    @EVERY_TEXT
    def test_every_text_keeps_its_budget_of_segments(self, language: str, text: str) -> None:
        assert 1 <= segments(text).count <= BUDGET[language]

    @EVERY_TEXT
    def test_english_texts_stay_in_the_cheap_alphabet(self, language: str, text: str) -> None:
        assert language != "en" or segments(text).encoding == "GSM-7"

    @EVERY_TEXT
    def test_every_text_says_what_to_do_in_an_emergency(self, language: str, text: str) -> None:
        assert {"en": "Emergency: call 911", "es": "Emergencia: llame al 911"}[language] in text

    @EVERY_TEXT
    def test_no_text_tells_the_operation_or_a_diagnosis(self, language: str, text: str) -> None:
        assert not re.search(r"\b(hip|osteotomy|surgery|operation|cadera|osteotom|operaci|cirug)", text, re.I)

    @EVERY_TEXT
    def test_sentences_are_short(self, language: str, text: str) -> None:
        sentences = re.split(r"[.?!:;]+\s|\n", text)
        assert max(len(sentence.split()) for sentence in sentences) <= 15

    def test_english_reads_at_sixth_grade_at_most(self) -> None:
        for question in (*FIXED_TEXTS, *HIP.questions):
            text = next(text for name, language, text in SENT if name.endswith(question) and language == "en")
            assert grade(text) <= 6, (question, text)

    def test_a_single_child_is_not_named_and_leaves_no_gap(self) -> None:
        for question in (*FIXED_TEXTS, *HIP.questions):
            for language in HIP.languages:
                text = render(HIP.text(question, language), values_for(HOSPITAL, language, day=3))
                assert "  " not in text
                assert not re.search(r" [,.:?]", text)

    def test_the_welcome_says_when_texts_are_read_how_to_end_them_and_what_they_may_cost(self) -> None:
        text = render(HIP.text("welcome", "en"), values_for(HOSPITAL, "en"))
        for part in ("Mon-Fri 8:00-18:00", "+1 555 010 0199", "STOP", "HELP", "rates"):
            assert part in text


def grade(text: str) -> float:
    """Flesch-Kincaid grade, syllables counted as groups of vowels; names and numbers left out."""
    bare = text.replace(HOSPITAL.name, "we").replace("Valentina", "Ana").replace(HOSPITAL.phone, "us")
    sentences = [part for part in re.split(r"[.?!:;\n]+", bare) if re.search(r"[a-z]", part)]
    words = re.findall(r"[A-Za-z]+", bare)
    syllables = sum(max(len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))), 1) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


class TestDailyMenu:
    """The question that carries the follow-up: the default menu of the reading standard."""

    def test_every_sign_of_the_sheet_can_be_picked(self) -> None:
        picked = {sign for choice in HIP.question("daily").menu.values() for sign in choice.signs}
        assert picked >= SHEET

    def test_a_bare_number_means_what_the_reading_standard_says(self) -> None:
        assert HIP.asked("daily") == Asked(
            kind="menu",
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
        assert HIP.asked("temperature") == Asked(kind="followup:temperature")
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
        assert [(m.sign, m.at_least, m.level) for m in HIP.meanings] == [("fever", 40.0, Level.EMERGENCY)]
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

    def test_a_text_with_a_hole_is_never_sent(self) -> None:
        with pytest.raises(ProtocolError, match=r"the placeholder \{phone\} has no value"):
            render("Call {phone}", {"hospital": "x"})

    def test_an_empty_value_takes_its_space_away(self) -> None:
        assert render("Day {day} {about}: how?", {"day": 3, "about": ""}) == "Day 3: how?"
        assert render("Day {day} {about}: how?", {"day": 3, "about": "for Ana"}) == "Day 3 for Ana: how?"

    @pytest.mark.parametrize(
        ("names", "language", "expected"),
        [
            ((), "en", ""),
            (("Ana",), "en", "for Ana"),
            (("Ana", "Leo"), "es", "de Ana y Leo"),
            (("Ana", "Leo", "Mia"), "en", "for Ana, Leo and Mia"),
        ],
    )
    def test_children_are_named_as_one_speaks(
        self, names: tuple[str, ...], language: str, expected: str
    ) -> None:
        assert about(names, language) == expected

    @pytest.mark.parametrize(
        ("days", "language", "expected"),
        [
            ((0, 1, 2, 3, 4), "en", "Mon-Fri 8:00-18:00"),
            ((0, 2, 4), "en", "Mon, Wed, Fri 8:00-18:00"),
            ((5, 6, 0), "es", "lun, sáb-dom 8:00-18:00"),
            (tuple(range(7)), "es", "lun-dom 8:00-18:00"),
        ],
    )
    def test_staffed_hours_are_short_and_clear(
        self, days: tuple[int, ...], language: str, expected: str
    ) -> None:
        assert hours(replace(HOSPITAL, staffed_days=days), language) == expected

    @pytest.mark.parametrize(
        ("label", "word"),
        [
            ("Yes, he is fine", "yes"),
            ("STOP!", "stop"),
            ("¿Ayuda?", "ayuda"),
            ("help or advice", "help"),
            ("the end of the cast is broken", None),
            ("no help needed", None),
            ("none of these", None),
        ],
    )
    def test_an_answer_that_the_carrier_keeps_for_itself_is_noticed(
        self, label: str, word: str | None
    ) -> None:
        assert keyword_in(label) == word


def test_every_sign_and_level_of_the_house_can_be_written_in_a_protocol() -> None:
    raw = HIP.model_dump(mode="json", by_alias=True)
    for sign in SIGNS:
        raw["meanings"] = [{"sign": sign, "level": level} for level in ("review", "urgent", "emergency")]
        assert len(Protocol.model_validate(raw).meanings) == 3
