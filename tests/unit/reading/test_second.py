"""The second reader raises, points at the words that led it, and is learned the same way each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from importlib import resources
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.parse import parse
from bot.reading.score import Case, case_from
from bot.reading.second import (
    ALONE,
    EXPLAINED,
    FILE,
    RULE,
    Model,
    Opinion,
    bytes_of,
    model,
    model_from,
    raised,
)
from bot.reading.second import opinion as opinion_of
from bot.reading.second_net import HEADS, NAMES, SHAPES, Net
from bot.reading.second_train import READINGS, above, labels_of, net_of, read_all, read_cases, texts_of, train
from bot.reading.second_view import Word, sentences
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
    assert text[slice(*seen.span("danger"))] in DANGERS[1]


@pytest.mark.parametrize("text", DANGERS)
def test_capitals_accents_and_pictures_change_nothing(text: str) -> None:
    plain = opinion(text)
    assert plain is not None
    for other in (text.upper(), text.replace("ó", "o"), text + " 🙂", text.replace(" ", "  ")):
        seen = opinion(other)
        assert seen is not None
        assert seen.margins == plain.margins


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_an_opinion_or_none_and_a_span_inside_it(text: str) -> None:
    seen = opinion(text)
    if seen is not None:
        assert all(-100 < margin < 100 for margin in (seen.person, seen.danger, seen.emergency))
        for name in ("danger", "fever", "opt_out"):
            start, end = seen.span(name)
            assert 0 <= start < end <= len(text)


def test_less_lifts_what_the_rules_could_not_explain() -> None:
    margins = dict.fromkeys(NAMES, -1.0) | {"person": 0.0, "danger": model().to_urgent + EXPLAINED / 2}
    between = Opinion([[Word("foot", False, 0, 4)]], margins)
    for level, to in ((Level.OK, Level.REVIEW), (Level.REVIEW, Level.URGENT)):
        found = raised(between, level)
        assert found is not None
        assert found.level is to


def test_a_text_without_words_is_left_alone() -> None:
    for text in ("", "   ", "...", "?!", "3", "1,3", "101.8"):
        assert raised(opinion(text), Level.OK) is None


def test_a_denial_covers_a_list_until_a_turn() -> None:
    first, second = sentences(parse(tokens_of("no fever, chills or redness but vomiting")))
    assert [word.text for word in first if word.denied] == ["fever", "chills", "or", "redness"]
    assert [(word.text, word.denied) for word in second] == [("vomiting", False)]


def test_a_word_that_no_text_held_is_seen_by_its_concepts() -> None:
    (one,), (other,) = (sentences(parse(tokens_of(text))) for text in ("his toes are grey", "his toes are ashen"))
    assert [word.text for word in one] != [word.text for word in other]
    assert [word.mask for word in one] == [word.mask for word in other]


def test_a_temperature_is_one_word_however_its_point_is_written() -> None:
    for text in ("temp 38.5", "temp 38,5", "temp 38'5"):
        assert [[word.text for word in one] for one in sentences(parse(tokens_of(text)))] == [["temp", "#fever"]]


def test_the_weights_that_are_shipped_are_whole() -> None:
    net = model().net
    assert [one.shape for one in net] == list(SHAPES)
    assert all(np.isfinite(one).all() and one.any() for one in net)


def test_the_weights_that_are_shipped_were_learned_from_the_readings_as_they_are() -> None:
    line = resources.files("bot.reading").joinpath(FILE).read_bytes().partition(b"\n")[0]
    assert json.loads(line)["corpus"] == read_cases(READINGS)[2], "run: python -m bot.reading.second_train"


@pytest.fixture(scope="module")
def taught() -> bytes:
    return train(tiny(), FOUR, "tiny")


@pytest.mark.parametrize("harm", [lambda raw: b"", lambda raw: raw[:-1], lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])])
def test_damaged_weights_are_refused_with_the_mend(harm, taught: bytes) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(model_from(taught), Model)
    with pytest.raises(HearbackError, match="second_train"):
        model_from(harm(taught))


def test_training_again_gives_the_same_bytes_whatever_order_sets_have(tmp_path: Path, taught: bytes) -> None:
    rows = [{"text": one.text, "levels": [level.value for level in one.levels]} for one in tiny()]
    (tmp_path / "tiny.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    learn = (
        "import sys, pathlib, hashlib; from bot.reading.second_train import read_cases, train;"
        "cases, _, _ = read_cases(pathlib.Path(sys.argv[1]));"
        "print(hashlib.sha256(train(cases, [at % 4 for at in range(len(cases))], 'tiny')).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", learn, str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == sha256(taught).hexdigest()


def test_what_was_taught_tells_dangers_from_the_rest(taught: bytes) -> None:
    cases = tiny()
    learned = model_from(taught)
    texts, words = texts_of(cases)
    said = read_all(as_jax(learned), texts, words)
    dangers = np.array([labels_of(case)[HEADS.index("danger")] > 0 for case in cases])
    seen = said[:, HEADS.index("danger")]
    assert seen[dangers].mean() > seen[~dangers].mean() + 0.1


def as_jax(learned: Model) -> Net:
    net = learned.net._replace(table=learned.net.table.astype(np.float32) * np.float32(learned.step))
    return jax.tree.map(jnp.asarray, net)


@pytest.mark.parametrize("text", [*DANGERS, *GOOD, f"{GOOD[1]}. {DANGERS[2]}. 38.5?"])
def test_a_text_is_read_as_it_was_learned(text: str) -> None:
    texts, words = texts_of([case(text, "ok")])
    seen = opinion(text)
    assert seen is not None
    (learned,) = read_all(as_jax(model()), texts, words)
    assert [seen.margins[name] for name in NAMES] == pytest.approx(learned.tolist(), abs=1e-3)


def test_weights_keep_their_worth_as_bytes() -> None:
    net = net_of(1)
    body, worth = bytes_of(net)
    assert len(body) == sum(4 * np.asarray(one).size for one in net[:-1]) + np.asarray(net.table).size
    table = np.frombuffer(body, np.int8, offset=len(body) - np.asarray(net.table).size).reshape(net.table.shape)
    assert np.abs(table * worth - np.asarray(net.table)).max() <= worth / 2 + 1e-6


def test_good_news_around_a_danger_takes_away_no_more_than_it_may() -> None:
    for danger in DANGERS:
        alone, among = opinion(danger), opinion(f"{GOOD[0]}. {danger}. {GOOD[1]}.")
        assert alone is not None
        assert among is not None
        assert all(among.margins[head] >= alone.margins[head] - ALONE - 1e-4 for head in HEADS)


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


def test_the_weights_stay_small() -> None:
    import bot.reading

    assert Path(bot.reading.__path__[0], FILE).stat().st_size < 5_200_000


def test_a_denied_sign_by_itself_is_no_danger() -> None:
    for text in ("no fever", "no swelling", "no pain", "sin fiebre", "no vomita"):
        seen = opinion(text)
        assert seen is not None
        assert seen.danger < model().to_urgent
