"""What families read: every text of the shipped protocols, and how placeholders are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from messages.errors import ProtocolError
from messages.people import Hospital
from messages.segments import segments
from scheduler.load import load_shipped, shipped_names
from scheduler.protocol import FIXED_TEXTS
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


class TestFilling:
    """Placeholders, names, hours, and the words that a carrier keeps."""

    def test_a_text_with_a_hole_is_never_sent(self) -> None:
        with pytest.raises(ProtocolError, match=r"the placeholder \{phone\} has no value"):
            render("Call {phone}", {"hospital": "x"})

    def test_an_empty_value_takes_its_space_away(self) -> None:
        assert render("Day {day} {about}: how?", {"day": 3, "about": ""}) == "Day 3: how?"
        assert render("Day {day} {about}: how?", {"day": 3, "about": "for Ana"}) == "Day 3 for Ana: how?"

    def test_a_text_that_begins_with_an_empty_value_begins_with_its_words(self) -> None:
        assert render("{about}: how does Ana walk?", {"about": ""}) == "How does Ana walk?"

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
