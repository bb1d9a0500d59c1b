"""The second reader names signs that no rule named, takes back names, hears wishes; no danger moves by it."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from itertools import pairwise
from math import isclose, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading import together
from bot.reading.parse import parse
from bot.reading.read import read
from bot.reading.score import Case, case_from
from bot.reading.second_signs import (
    BUCKETS,
    FILE,
    NAMES,
    OFTEN,
    RAISES,
    WISHES,
    SignModel,
    SignsSeen,
    folded,
    model,
    model_from,
    signs_seen,
)
from bot.reading.second_train import READINGS, read_cases, train_names
from bot.reading.second_view import (
    CONCEPT,
    TWO_CONCEPTS,
    WHOLE,
    concept_buckets,
    neighbours,
    pair_buckets,
    pair_feature,
    sentences,
    word_features,
)
from bot.reading.text import tokens_of
from messages.conversation import Intent
from messages.errors import HearbackError
from messages.flags import Level


def seen_in(text: str) -> SignsSeen:
    return signs_seen(sentences(parse(tokens_of(text))))


def tiny() -> list[Case]:
    rows = [("his foot is swollen", ["swelling"]), ("puffy knee", ["swelling"]), ("she threw up", ["vomiting"])]
    rows += [("ate well", []), ("slept all night", [])]
    return [case_from({"text": text, "levels": ["urgent"], "signs": signs}) for text, signs in rows]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_adding_all_signs_up_as_one_number_gives_what_each_gives_by_itself(text: str) -> None:
    said = sentences(parse(tokens_of(text)))
    if not said:
        return
    seen = signs_seen(said)
    words: list[tuple[int, int]] = []
    concepts: list[tuple[int, int]] = []
    times: Counter[str] = Counter()
    for sentence in said:
        counted = []
        for word in sentence.words:
            times[word.text] += 1
            if times[word.text] <= OFTEN:
                counted.append(word)
                words += word_features(word.text, word.denied)
        words += [(pair_feature(before, after), WHOLE) for before, after in neighbours(counted)]
        for mask, denied in sentence.concepts:
            concepts += [(bucket, CONCEPT) for bucket in concept_buckets(mask, denied)]
        for one, two in pairwise(sentence.concepts):
            concepts += [(bucket, TWO_CONCEPTS) for bucket in pair_buckets(one[0], two[0])]
    body, width = model().body, len(model().body) // BUCKETS
    for at, sign in enumerate(NAMES):
        halves = 0.0
        for features in (words, concepts):
            root = sqrt(sum(count * count for _, count in features)) or 1.0
            halves += sum((body[folded(bucket) * width + at * 3] - 128) * count for bucket, count in features) / root
        assert isclose(seen.margins[sign], halves * model().scale[at] + model().bias[at], abs_tol=1e-6)


def test_the_word_that_speaks_most_for_a_sign_is_in_the_text() -> None:
    text = "great day, lego and soup, but his ankle looks swollen"
    start, end = seen_in(text).span("swelling")
    assert text[start:end] == "swollen"


def test_a_sign_that_no_rule_named_is_named_where_a_person_looks_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "she is in agony"
    before = read(text)
    told = SignsSeen(dict.fromkeys(NAMES, -0.5) | {"circulation": 0.6}, ((0, 0, 3),))
    monkeypatch.setattr(together, "signs_seen", lambda said: told)
    after = read(text)
    assert set(after.signs) == {*before.signs, "circulation"}
    assert after.level is before.level
    assert any(one.sign == "circulation" and one.rule == "second-reader" for one in after.evidence)


TEXTS = ("his knee is swollen", "all good, ate well", "can't breathe", "fever 102", "thanks", "no fever, slept well")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("margin", [-3.0, 3.0])
def test_no_level_rests_on_the_names_of_other_signs(text: str, margin: float, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(text).level
    seen = dict.fromkeys(NAMES, margin) | dict.fromkeys(RAISES, -1.0) | dict.fromkeys(WISHES, -1.0)
    monkeypatch.setattr(together, "signs_seen", lambda said: SignsSeen(seen, ((0, 0, 2),)))
    assert read(text).level is before


@pytest.mark.parametrize("sign", RAISES)
def test_a_sign_told_as_a_story_makes_a_text_urgent_and_never_less(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict.fromkeys(NAMES, -2.0) | {sign: RAISES[sign] + 0.1}
    monkeypatch.setattr(together, "signs_seen", lambda said: SignsSeen(seen, ((0, 0, 3),)))
    reading = read("what do we do with the other half of it")
    assert reading.level >= Level.URGENT
    assert sign in reading.signs
    assert any(one.sign == sign and one.rule == "second-reader" for one in reading.evidence)
    assert read("can't breathe").level is Level.EMERGENCY


def test_a_wish_that_no_rule_heard_is_heard_and_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "these texts go on and on, maria"
    nothing = SignsSeen(dict.fromkeys(NAMES, -1.0), ((0, 0, 6),))
    monkeypatch.setattr(together, "signs_seen", lambda said: nothing)
    assert read(text).intent is not Intent.OPT_OUT
    told = SignsSeen(nothing.margins | {"opt_out": 0.5}, nothing.words)
    monkeypatch.setattr(together, "signs_seen", lambda said: told)
    after = read(text)
    assert (after.intent, after.level) == (Intent.OPT_OUT, Level.REVIEW)


def test_no_wish_is_heard_in_a_text_with_a_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read("his knee is swollen, be done with these").intent
    told = SignsSeen(dict.fromkeys(NAMES, -0.5) | {"opt_out": 0.5}, ((0, 0, 3),))
    monkeypatch.setattr(together, "signs_seen", lambda said: told)
    assert read("his knee is swollen, be done with these").intent is before


def test_the_name_given_to_an_emergency_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "signs_seen", lambda said: SignsSeen(dict.fromkeys(NAMES, -3.0), ((0, 0, 2),)))
    assert "breathing" in read("he can't breathe").signs
    assert "fever" in read("temp is 103.1").signs, "a number is no opinion"


def test_the_weights_that_are_shipped_were_learned_from_the_readings_as_they_are() -> None:
    line = resources.files("bot.reading").joinpath(FILE).read_bytes().partition(b"\n")[0]
    assert json.loads(line)["corpus"] == read_cases(READINGS)[2], "run: python -m bot.reading.second_train"


@pytest.mark.parametrize("harm", [lambda raw: b"", lambda raw: raw[:-1], lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])])
def test_damaged_weights_are_refused_with_the_mend(harm) -> None:  # type: ignore[no-untyped-def]
    raw = train_names(tiny(), "tiny")
    assert isinstance(model_from(raw), SignModel)
    with pytest.raises(HearbackError, match="second_train"):
        model_from(harm(raw))


def test_what_was_learned_is_what_was_taught() -> None:
    learned = model_from(train_names(tiny(), "tiny"))
    assert learned == model_from(train_names(tiny(), "tiny"))
    width = len(learned.body) // BUCKETS

    def weight(word: str, sign: str) -> int:
        bucket = folded(word_features(word, False)[0][0])
        return learned.body[bucket * width + NAMES.index(sign) * 3] - 128

    assert weight("swollen", "swelling") > 0 > weight("threw", "swelling")
    assert weight("threw", "vomiting") > 0 > weight("swollen", "vomiting")
