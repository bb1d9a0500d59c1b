"""The list of phrases that Hearback's reader is compared with in bench/ is made of its own words."""

from __future__ import annotations

from bench.phrases import sign_phrases
from bench.readers import by_list, reading_of
from messages.flags import Level


def test_a_list_of_phrases_finds_signs_and_knows_no_more() -> None:
    phrases = sign_phrases()
    assert sum(map(len, phrases.values())) > 1000
    assert "vomiting" in by_list(phrases, "he is vomiting", denials=False)
    assert "vomiting" not in by_list(phrases, "he is not vomiting", denials=True)
    assert reading_of([]).level is Level.OK
    assert reading_of(["breathing"]).level is Level.EMERGENCY
