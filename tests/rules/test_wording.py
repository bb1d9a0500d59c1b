"""What families are told: short, plain, honest, and never more than the machine knows (design, promise 2)."""

from __future__ import annotations

import re

import pytest

from bot.conversation.say import placeholders, say, wordings
from messages.segments import segments

VALUES = {
    "en": {"by": "by 11:40 am", "next": "tomorrow", "names": "Ana or Leo", "choices": "1 for Ana, 2 for Leo, or BOTH"},
    "es": {
        "by": "antes de las 11:40 a. m.",
        "next": "mañana",
        "names": "Ana o Leo",
        "choices": "1 para Ana, 2 para Leo, o AMBOS",
    },
}
PUBLIC = {
    "phone": "(555) 010-4477",
    "emergency": "911",
    "hospital": "Harbor Children's Hospital",
    "crisis": "988",
    "poison": "1-800-222-1222",
}
NAMES_THE_HOSPITAL = {"help", "stranger", "confirm_again", "join_consent"}
NAMES_A_CHILD = {"which_child", "which_child_noted"}
WITHOUT_OUR_PHONE = {
    "emergency", "emergency_again", "self_harm", "self_harm_no_line", "which_child", "confirm_again", "join_consent",
    "join_child", "join_adult",
}
EVERY = [(language, topic) for language in wordings() for topic in wordings()[language].texts]

# How a child is, what a child has, and which operation it was: a machine says none of it.
FORBIDDEN = {
    "en": r"fine|ok(?:ay)?|normal|worry|good|great|well|safe|healthy|better|recover\w*|heal\w*|expected|should be|"
    r"infect\w*|diagnos\w*|clots?|doses?|operat\w*|surg\w*|osteotom\w*|hips?|casts?",
    "es": r"bien|normal|tranquil\w*|no se preocupe|buen[oa]s?|mejor\w*|san[oa]|san[ae]r?|recuper\w*|infec\w*|diagn\w*|"
    r"coágulos?|dosis|opera\w*|cirug\w*|osteotom\w*|caderas?|yesos?",
}


def spoken(language: str, topic: str) -> str:
    return say(topic, language, **PUBLIC, **VALUES[language])


def forbidden(language: str, text: str) -> list[str]:
    return re.findall(rf"\b(?:{FORBIDDEN[language]})\b", text, re.IGNORECASE)


@pytest.mark.parametrize(("language", "topic"), EVERY)
def test_no_answer_says_how_a_child_is_or_what_it_has(language: str, topic: str) -> None:
    assert forbidden(language, spoken(language, topic)) == []


@pytest.mark.parametrize(("language", "topic"), EVERY)
def test_every_answer_ends_with_whom_to_call(language: str, topic: str) -> None:
    words = wordings()[language].texts[topic]
    assert "{emergency}" in words
    assert ("{phone}" in words) == (topic not in WITHOUT_OUR_PHONE)


@pytest.mark.parametrize(("language", "topic"), EVERY)
def test_a_lock_screen_shows_a_name_only_where_it_must(language: str, topic: str) -> None:
    holes = placeholders(wordings()[language].texts[topic])
    assert ("names" in holes) == (topic in NAMES_A_CHILD)
    assert ("hospital" in holes) == (topic in NAMES_THE_HOSPITAL)


@pytest.mark.parametrize("topic", wordings()["en"].texts)
def test_an_english_answer_is_one_plain_segment(topic: str) -> None:
    found = segments(spoken("en", topic))
    assert found.encoding == "GSM-7"
    assert found.count == 1 or topic == "stranger"
    assert found.count <= 2


@pytest.mark.parametrize("topic", wordings()["es"].texts)
def test_a_spanish_answer_is_two_segments_at_most_and_needs_no_costly_letter(topic: str) -> None:
    found = segments(spoken("es", topic))
    assert found.costly == ()
    assert found.count <= 2


@pytest.mark.parametrize("language", wordings())
def test_the_emergency_answers_begin_with_what_to_do(language: str) -> None:
    for topic in ("emergency", "emergency_again"):
        assert "911" in spoken(language, topic)[:120]
    assert "911" in spoken(language, "emergency")[:60]
    assert "988" in spoken(language, "self_harm")[:100]


def syllables(word: str, language: str) -> int:
    """Groups of vowels; in English without a silent e, in Spanish two strong vowels are two."""
    word = word.lower()
    if language == "es":
        word = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word)
        return max(1, len(re.findall(r"[aeoáéó]|[iuíúü](?![aeoáéó])(?<![aeoáéó].)|[íú]", word)))
    word = re.sub(r"(?<=[^aeiouy])e$|(?<=[^aeiouydt])ed$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def ease(text: str, language: str) -> float:
    """School grade in English (Flesch-Kincaid), ease of 0 to 100 in Spanish (Fernández Huerta); numbers left out."""
    text = re.sub(r"[ap]\. m\.|\([0-9]+\)|[0-9][0-9:-]*", "", text)
    sentences = [part for part in re.split(r"[.?!:]", text) if re.search(r"\w", part)]
    words = re.findall(r"[^\W\d_]+(?:'[a-z]+)?", text)
    beats = sum(syllables(word, language) for word in words)
    if language == "en":
        return 0.39 * len(words) / len(sentences) + 11.8 * beats / len(words) - 15.59
    return 206.84 - 60 * beats / len(words) - 1.02 * len(words) / len(sentences)


@pytest.mark.parametrize("topic", wordings()["en"].texts)
def test_an_english_answer_can_be_read_in_the_fifth_grade(topic: str) -> None:
    assert ease(spoken("en", topic), "en") <= 5


@pytest.mark.parametrize("topic", wordings()["es"].texts)
def test_a_spanish_answer_is_easy_to_read(topic: str) -> None:
    assert ease(spoken("es", topic), "es") >= 70  # "bastante fácil", about the sixth grade


@pytest.mark.parametrize(("language", "topic"), EVERY)
def test_a_sentence_holds_one_idea(language: str, topic: str) -> None:
    text = re.sub(r"[ap]\. m\.", "", spoken(language, topic))
    assert max(len(part.split()) for part in re.split(r"[.?!]\s", text)) <= 20


def test_the_rules_see_what_they_forbid() -> None:
    assert forbidden("en", "That is normal, don't worry.") == ["normal", "worry"]
    assert forbidden("es", "Todo bien, no se preocupe.") == ["bien", "no se preocupe"]
    assert forbidden("en", "If you are worried, call.") == []
    hard = "Postoperative pyrexia necessitates immediate consultation with your orthopaedic practitioner."
    assert ease(hard, "en") > 12
    assert ease("La hipertermia posoperatoria requiere evaluación inmediata del especialista.", "es") < 40
    assert [syllables(word, "en") for word in ("text", "care", "person", "emergency")] == [1, 1, 2, 4]
    assert [syllables(word, "es") for word in ("gracias", "ahora", "equipo", "leer", "guardia")] == [2, 3, 3, 2, 2]
