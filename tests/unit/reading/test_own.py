"""A hospital's own words are read like the words they stand for: denied, better, someone else's, with a part."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reading.own import own_words, pairs_of
from bot.reading.own_check import problems_of
from bot.reading.read import read
from messages.flags import Level
from scheduler.load import load_protocol, shipped_source
from scheduler.protocol import OwnWords

OWN = own_words((("zorbly", "swollen"), ("la chiripiorca", "temblando de frio"), ("glim", "happy")))


@pytest.mark.parametrize(
    ("text", "sign"), [("her foot is Zorbly!", "swelling"), ("le dio la chiripiorca", "chills")]
)
def test_own_words_are_read_as_what_they_mean(text: str, sign: str) -> None:
    assert sign not in read(text).signs
    reading = read(text, own=OWN)
    assert reading.level >= Level.URGENT
    assert sign in reading.signs
    assert any(text[piece.start : piece.end] for piece in reading.evidence if piece.sign == sign)


@pytest.mark.parametrize(
    "text", ["her foot is not zorbly", "no zorbly foot, no fever", "the foot is less zorbly"]
)
def test_own_words_obey_denial_and_betterment(text: str) -> None:
    assert "swelling" not in read(text, own=OWN).signs


def test_the_second_reader_too_sees_what_own_words_mean() -> None:
    own = own_words((("zorb", "screaming"),))
    told, plain = read("she is zorb", own=own), read("she is screaming")
    assert plain.level is Level.URGENT
    assert (told.level, told.signs) == (plain.level, plain.signs)


def test_an_own_word_of_daily_life_lets_a_text_be_ok() -> None:
    assert read("no fever, she is glim").level is Level.REVIEW
    assert read("no fever, she is glim", own=OWN).level is Level.OK


def test_words_that_say_nothing_are_left_out() -> None:
    assert own_words((("!!!", "swollen"), ("zorbly", "..."))) == {}


def test_entries_are_tried_with_their_examples() -> None:
    good = OwnWords(says=("zorbly",), means="swollen", must=("his foot is zorbly",), never=("not zorbly",))
    assert list(problems_of([good])) == []
    unknown = OwnWords(says=("vexly",), means="qwrtz")
    quiet = OwnWords(says=("glim",), means="pancakes", must=("we had glim",))
    loud = OwnWords(says=("zorbly",), means="swollen", never=("his foot is zorbly",))
    told = list(problems_of([unknown, quiet, loud]))
    assert [line.split(":")[0] for line in told] == ["words.0.means", "words.1.must", "words.2.never"]


def test_a_protocol_holds_them(tmp_path: Path) -> None:
    source = shipped_source("hip-osteotomy") + "\nwords:\n  - {says: [zorbly], means: swollen}\n"
    protocol = load_protocol(source, "own.yaml")
    assert pairs_of((entry.says, entry.means) for entry in protocol.words) == (("zorbly", "swollen"),)
