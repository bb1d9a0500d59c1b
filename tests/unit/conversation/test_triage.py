"""A hospital changes levels in its protocol; what it did not say in as many words is not made lighter."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.triage import triage
from messages.conversation import Evidence, Reading
from messages.flags import Level
from scheduler.protocol import Meaning
from tests.unit.conversation.scene import child, context, protocol, reading

EARLY_FEVER = Meaning(sign="fever", level=Level.REVIEW, from_day=0, to_day=2)
HIGH_FEVER = Meaning(sign="fever", level=Level.URGENT, at_least=38.5)
LIGHT_BLEEDING = Meaning(sign="bleeding", level=Level.REVIEW)
WARM_FOOT = Meaning(sign="circulation", level=Level.URGENT)
STRONG_PAIN = Meaning(sign="pain", level=Level.EMERGENCY, at_least=9)
ASTHMA_COUGH = Meaning(sign="cough", level=Level.EMERGENCY, risks=("asthma",))


def weighed(words: str, *meanings: Meaning, day: int = 1, risks: tuple[str, ...] = (), **scene: Any) -> Level:
    changed = protocol().model_copy(update={"meanings": meanings})
    about = child("Ana", day=day, protocol=changed, risks=risks)
    return triage(reading(words), about, context(scene), "words").level


def test_a_sign_alone_is_taken_as_the_protocol_takes_it_on_that_day() -> None:
    assert weighed("urgent fever 38.1C", EARLY_FEVER, day=2) is Level.REVIEW
    assert weighed("urgent fever 38.1C", EARLY_FEVER, day=3) is Level.URGENT


def test_of_two_meanings_that_fit_the_more_serious_counts() -> None:
    assert weighed("urgent fever 38.4C", EARLY_FEVER, HIGH_FEVER) is Level.REVIEW
    assert weighed("urgent fever 38.6C", EARLY_FEVER, HIGH_FEVER) is Level.URGENT
    assert weighed("urgent fever", EARLY_FEVER, HIGH_FEVER) is Level.REVIEW


@pytest.mark.parametrize("words", ["urgent fever chills", "urgent fever unclear", "emergency fever 40.5C"])
def test_a_sign_with_another_or_half_understood_or_worse_than_usual_is_not_lowered(words: str) -> None:
    assert weighed(words, EARLY_FEVER) is reading(words).level


def test_a_sign_told_of_just_before_keeps_the_level() -> None:
    assert weighed("urgent fever 38.1C", EARLY_FEVER, recent=["discharge"]) is Level.URGENT
    assert weighed("urgent fever 38.1C", EARLY_FEVER, recent=["fever"]) is Level.REVIEW


def test_bleeding_that_will_not_stop_is_not_what_a_protocol_calls_bleeding() -> None:
    assert weighed("urgent bleeding", LIGHT_BLEEDING) is Level.REVIEW
    assert weighed("emergency bleeding", LIGHT_BLEEDING) is Level.EMERGENCY


def test_an_emergency_is_lowered_only_by_a_protocol_that_names_its_sign() -> None:
    assert weighed("emergency circulation", EARLY_FEVER) is Level.EMERGENCY
    assert weighed("emergency circulation", WARM_FOOT) is Level.URGENT


def test_a_protocol_never_makes_a_sign_ok() -> None:
    assert weighed("urgent fever 38.1C", Meaning(sign="fever", level=Level.OK)) is Level.REVIEW


def test_a_value_or_a_risk_raises_a_sign() -> None:
    assert weighed("urgent pain 9/10", STRONG_PAIN) is Level.EMERGENCY
    assert weighed("urgent pain 8/10", STRONG_PAIN) is Level.URGENT
    assert weighed("urgent cough", ASTHMA_COUGH, risks=("asthma",)) is Level.EMERGENCY
    assert weighed("urgent cough", ASTHMA_COUGH, risks=("smoke",)) is Level.URGENT


def test_a_lowered_sign_of_a_child_at_risk_is_urgent_again() -> None:
    assert weighed("urgent fever 38.1C", EARLY_FEVER, risks=("weak_immunity",)) is Level.URGENT


def test_words_that_say_emergency_beside_a_sign_are_not_lowered_with_it() -> None:
    both = Reading(
        Level.EMERGENCY,
        ("circulation",),
        reading("emergency").intent,
        (
            Evidence(0, 4, "cold toes", "circulation", level=Level.EMERGENCY),
            Evidence(5, 9, "call 911", level=Level.EMERGENCY),
        ),
    )
    about = child("Ana", protocol=protocol().model_copy(update={"meanings": (WARM_FOOT,)}))
    assert triage(both, about, context({}), "words").level is Level.EMERGENCY


def test_a_number_we_do_not_know_has_no_protocol() -> None:
    assert triage(reading("urgent fever 41.0C"), None, context({"who": "stranger"}), "words").level is Level.URGENT
