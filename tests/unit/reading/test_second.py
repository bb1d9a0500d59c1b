"""The second reader raises and never lowers, points at the words that led it, and is learned the same way each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.parse import parse
from bot.reading.score import Case, case_from
from bot.reading.second import (
    EXPLAINED,
    FILE,
    HEADS,
    RULE,
    Model,
    Opinion,
    heaviest,
    model,
    model_from,
    raised,
)
from bot.reading.second import opinion as opinion_of
from bot.reading.second_train import READINGS, above, read_cases, text_of, train
from bot.reading.second_view import BUCKETS, Sentence, Word, sentences
from bot.reading.text import tokens_of
from messages.errors import HearbackError
from messages.flags import Level

DANGERS = (
    "his lips turned blue and he is gasping for air",
    "green pus is leaking out of the incision and it smells awful",
    "no puede respirar y tiene los labios morados",
    "se cayó de la cama y grita de dolor, no se calma con nada",
)
GOOD = (
    "slept great, ate pancakes and watched cartoons all morning",
    "no fever, no swelling, all good here thanks",
    "todo bien, durmió toda la noche y desayunó muy bien",
)


def opinion(text: str) -> Opinion | None:
    return opinion_of(parse(tokens_of(text)))


def case(text: str, *levels: str) -> Case:
    return case_from({"text": text, "levels": list(levels)})


def tiny() -> list[Case]:
    looks = ("oozing", "throbbing")
    bad = [case(f"the {part} is {look}", "urgent") for part in ("leg", "hip", "knee") for look in looks]
    worse = [case(f"{who} is gasping and blue", "emergency") for who in ("he", "she", "my son")]
    fine = [case(f"{who} {did} today", "ok") for who in ("he", "she", "ana") for did in ("smiled", "ate well", "slept")]
    return [*bad, *worse, *fine]


FOUR = [at % 4 for at in range(len(tiny()))]


@pytest.mark.parametrize("text", DANGERS)
def test_plain_danger_read_ok_goes_to_a_person(text: str) -> None:
    found = raised(opinion(text), Level.OK)
    assert found is not None
    assert (found.rule, found.sign) == (RULE, "")
    assert text[found.start : found.end].strip()


@pytest.mark.parametrize("text", GOOD)
def test_plain_good_news_stands_as_it_was_read(text: str) -> None:
    assert raised(opinion(text), Level.OK) is None


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("text", [*DANGERS, *GOOD])
def test_it_may_only_raise(text: str, level: Level) -> None:
    found = raised(opinion(text), level)
    assert found is None or (found.level is not None and found.level > level)


def test_what_cannot_wait_becomes_an_emergency() -> None:
    found = raised(opinion(DANGERS[0]), Level.URGENT)
    assert found is not None
    assert found.level is Level.EMERGENCY


def test_the_words_pointed_at_are_in_the_sentence_that_led_to_it() -> None:
    text = f"{GOOD[0]}. {DANGERS[1]}."
    seen = opinion(text)
    assert seen is not None
    assert text[slice(*heaviest(seen.said))] in DANGERS[1]


@pytest.mark.parametrize("text", DANGERS)
def test_capitals_accents_and_pictures_change_nothing(text: str) -> None:
    plain = opinion(text)
    assert plain is not None
    for other in (text.upper(), text.replace("ó", "o"), text + " 🙂", text.replace(" ", "  ")):
        seen = opinion(other)
        assert seen is not None
        assert seen[1:] == plain[1:]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_an_opinion_or_none_and_a_span_inside_it(text: str) -> None:
    seen = opinion(text)
    if seen is not None:
        assert all(-100 < margin < 100 for margin in (seen.person, seen.danger, seen.emergency))
        start, end = heaviest(seen.said)
        assert 0 <= start < end <= len(text)


def test_less_lifts_what_the_rules_could_not_explain() -> None:
    between = Opinion([Sentence([Word("foot", False, 0, 4)], [])], 0.0, model().to_urgent + EXPLAINED / 2, -1.0)
    for level, to in ((Level.OK, Level.REVIEW), (Level.REVIEW, Level.URGENT)):
        found = raised(between, level)
        assert found is not None
        assert found.level is to


def test_a_text_without_words_is_left_alone() -> None:
    for text in ("", "   ", "...", "?!", "3", "1,3", "101.8"):
        assert raised(opinion(text), Level.OK) is None


def test_a_denial_covers_a_list_until_a_turn() -> None:
    first, second = sentences(parse(tokens_of("no fever, chills or redness but vomiting")))
    assert [word.text for word in first.words if word.denied] == ["fever", "chills", "or", "redness"]
    assert [(word.text, word.denied) for word in second.words] == [("vomiting", False)]
    assert [denied for _mask, denied in first.concepts] == [False, True, True, True, True]


def test_a_word_that_no_text_held_is_seen_by_its_concepts() -> None:
    (one,), (other,) = (sentences(parse(tokens_of(text))) for text in ("his toes are grey", "his toes are ashen"))
    assert one.words != other.words
    assert one.concepts == other.concepts


def test_a_temperature_is_one_word_however_its_point_is_written() -> None:
    for text in ("temp 38.5", "temp 38,5", "temp 38'5"):
        assert [[word.text for word in one.words] for one in sentences(parse(tokens_of(text)))] == [["temp", "#fever"]]


def weight_of(shipped: Model, bucket: int, head: int) -> int:
    return (shipped.weights[bucket] >> 16 * head & 0xFF) - 128


def test_the_weights_that_are_shipped_are_whole() -> None:
    shipped = model()
    assert len(shipped.weights) == BUCKETS
    for head in range(len(HEADS)):
        assert {weight_of(shipped, bucket, head) for bucket in range(BUCKETS)} > {-2, -1, 0, 1, 2}


def test_the_weights_that_are_shipped_were_learned_from_the_readings_as_they_are() -> None:
    line = resources.files("bot.reading").joinpath(FILE).read_bytes().partition(b"\n")[0]
    assert json.loads(line)["corpus"] == read_cases(READINGS)[2], "run: python -m bot.reading.second_train"


@pytest.mark.parametrize("harm", [lambda raw: b"", lambda raw: raw[:-1], lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])])
def test_damaged_weights_are_refused_with_the_mend(harm) -> None:  # type: ignore[no-untyped-def]
    raw = train(tiny(), FOUR, "tiny")
    assert isinstance(model_from(raw), Model)
    with pytest.raises(HearbackError, match="second_train"):
        model_from(harm(raw))


def test_training_twice_gives_the_same_bytes_whatever_order_sets_have(tmp_path: Path) -> None:
    rows = [{"text": one.text, "levels": [level.value for level in one.levels]} for one in tiny()]
    (tmp_path / "tiny.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    learn = (
        "import sys, pathlib, hashlib; from bot.reading.second_train import read_cases, train;"
        "print(hashlib.sha256(train(*read_cases(pathlib.Path(sys.argv[1])))).hexdigest())"
    )
    seen = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", learn, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1


def test_a_folder_without_readings_says_so(tmp_path: Path) -> None:
    with pytest.raises(HearbackError, match="no labelled readings"):
        read_cases(tmp_path)


def test_an_author_is_never_on_both_sides_of_a_fold(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        rows = [{"text": f"{name} {at}", "levels": ["ok"], "asked": "none"} for at in range(3)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    cases, folds, _ = read_cases(tmp_path)
    assert {case.text[0]: fold for case, fold in zip(cases, folds, strict=True)} == {"a": 0, "b": 1, "c": 2}
    assert sorted(folds) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_margin_lets_only_its_share_of_cases_by() -> None:
    margins = [float(at) for at in range(100)] + [1000.0]
    limit = above(margins, [True] * 100 + [False], 0.05)
    assert sum(margin >= limit for margin in margins[:100]) == 5


def test_what_is_learned_and_what_is_read_are_the_same_features() -> None:
    shipped, vector = model(), text_of(DANGERS[0]).whole
    seen = opinion(DANGERS[0])
    assert seen is not None
    for at in range(len(HEADS)):
        pairs = zip(vector.keys, vector.values, strict=True)
        total = sum(weight_of(shipped, key, at) * value for key, value in pairs)
        assert seen[1 + at] == pytest.approx(total * shipped.scale[at] + shipped.bias[at], abs=1e-9)


def test_the_weights_stay_small() -> None:
    import bot.reading

    assert Path(bot.reading.__path__[0], FILE).stat().st_size < 1_300_000


def test_a_denied_sign_by_itself_is_no_danger() -> None:
    for text in ("no fever", "no swelling", "no pain", "sin fiebre", "no vomita"):
        seen = opinion(text)
        assert seen is not None
        assert seen.danger < model().to_urgent
