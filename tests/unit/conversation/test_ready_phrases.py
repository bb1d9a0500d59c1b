"""Ready phrases: in the caregiver's language, the hospital's own before the shipped ones, short, without a hole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.phrases import ready_phrases
from bot.conversation.say import wordings
from messages.people import Hospital
from messages.segments import segments

HARBOR = Hospital("1", "harbor", "Harbor Hospital", "America/Los_Angeles", "+12065550100", "206-555-0150")


@pytest.mark.parametrize("language", wordings())
def test_every_shipped_phrase_is_one_plain_segment_and_filled_in(language: str) -> None:
    phrases = ready_phrases(HARBOR, language, "Nina")
    assert len(phrases) >= 6
    for phrase in phrases:
        assert "{" not in phrase
        assert (segments(phrase).count, segments(phrase).costly) == (1, ())
    assert any("Nina" in phrase for phrase in phrases)
    assert any(HARBOR.phone in phrase for phrase in phrases)


def test_a_hospitals_own_phrases_take_the_place_of_the_shipped_ones_in_their_language_alone() -> None:
    own = replace(HARBOR, phrases={"es": ("Soy {me}. Hasta {unknown} {pronto.",)})
    assert ready_phrases(own, "es", "Nina") == ("Soy Nina. Hasta {unknown} {pronto.",)
    assert ready_phrases(own, "en", "Nina") == ready_phrases(HARBOR, "en", "Nina")


def test_a_language_nobody_translated_has_the_english_ones() -> None:
    assert ready_phrases(HARBOR, "fr", "Nina") == ready_phrases(HARBOR, "en", "Nina")
