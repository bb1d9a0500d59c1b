"""Parts that protocols share: what they give, what the file says itself, and where a mistake stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from messages.errors import ProtocolError
from scheduler.load import (
    check_text,
    load_file,
    load_protocol,
    load_shipped,
    shipped_parts,
    shipped_source,
    whole,
)

HIP = shipped_source("hip-osteotomy")
PART = """\
questions:
  smell:
    text: {en: "Any smell? Emergency: call {emergency}.", es: "¿Huele? Emergencia: llame al {emergency}."}
follow_ups: {discharge: smell}
"""


def own(folder: Path, part: str = PART, source: str = HIP) -> Path:
    (folder / "parts").mkdir()
    (folder / "parts" / "smell.yaml").write_text(part, encoding="utf-8")
    file = folder / "mine.yaml"
    file.write_text(source.replace("use: [", "use: [parts/smell.yaml, "), encoding="utf-8")
    return file


def test_the_shipped_protocols_share_parts() -> None:
    used = {name: {part for part in shipped_parts() if part in shipped_source(name)} for name in
            ("hip-osteotomy", "spica-cast", "tonsillectomy")}
    assert used["hip-osteotomy"] == used["spica-cast"] == set(shipped_parts())
    assert used["tonsillectomy"] == {"parts/every-day.yaml"}


def test_what_the_file_says_itself_stands_for_what_the_part_says() -> None:
    toes = "  toes: {text: {en: 'Toes? {emergency}', es: '¿Dedos? {emergency}'}}\n"
    mine = HIP.replace("questions:\n", f"questions:\n{toes}") + "\nextend: {after: [], days: 1}\n"
    protocol = load_protocol(mine, "x")
    assert protocol.question("toes").menu == {}
    assert protocol.extend.days == 1
    assert protocol.question("cast") == load_shipped("hip-osteotomy").question("cast")


def test_meanings_of_the_file_and_of_the_part_both_count() -> None:
    protocol = load_protocol(HIP + "\nmeanings: [{sign: cough, level: review}]\n", "x")
    assert [meaning.sign for meaning in (protocol.meanings[0], protocol.meanings[-1])] == ["fever", "cough"]


def test_a_hospitals_own_part_lies_beside_its_file(tmp_path: Path) -> None:
    assert load_file(own(tmp_path)).follow_up(["discharge"]) == "smell"


def test_a_mistake_in_a_part_is_told_with_the_parts_name_and_line(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as told:
        load_file(own(tmp_path, PART.replace("discharge: smell", "discharge: smel")))
    assert told.value.problems == [
        "parts/smell.yaml:4:14: follow_ups.discharge: there is no question 'smel'. Did you mean 'smell'?"
    ]


def test_a_part_that_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as told:
        load_file(own(tmp_path, PART + "\tx: 1\n"))
    assert told.value.problems == ["parts/smell.yaml:5:1: a tab where spaces are needed. Replace the tab by spaces."]


def test_two_parts_that_say_the_same_are_told_and_the_file_may_decide(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as told:
        load_file(own(tmp_path, PART + "extend: {after: [], days: 1}\n"))
    assert told.value.problems == [
        "parts/every-day.yaml:91:1: extend: parts/smell.yaml says extend too. "
        "Use one of the two parts, or write extend yourself."
    ]
    (tmp_path / "other").mkdir()
    both = own(tmp_path / "other", PART + "extend: {after: [], days: 1}\n", HIP + "\nextend: {after: [], days: 2}\n")
    assert load_file(both).extend.days == 2


def test_a_part_says_nothing_of_whose_it_is(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as told:
        load_file(own(tmp_path, PART + "name: smell\n"))
    assert told.value.problems == [
        "parts/smell.yaml:5:1: name: 'name' has no place in a part. Write it in the protocol."
    ]


def test_texts_of_a_part_in_languages_that_are_not_spoken_here_are_left_out() -> None:
    english = re.sub(r"\n {4,6}es: [|>]-\n(?: {6,8}.*\n)+", "\n", HIP.replace("[en, es]", "[en]"))
    english = re.sub(r", es: [^}]*}", "}", re.sub(r"\n\s+es: .*", "", english))
    assert load_protocol(english, "x").languages == ("en",)


def test_a_language_that_a_part_does_not_have_is_asked_for() -> None:
    found = check_text(HIP.replace("[en, es]", "[en, es, fr]"), "x.yaml").errors
    assert any(one.where == "parts/cast-care.yaml" and "the text in 'fr' is missing" in one.what for one in found)


def test_a_whole_text_holds_its_parts_and_means_the_same() -> None:
    text = whole(HIP)
    assert text != HIP
    assert whole(text) == text
    assert load_protocol(text, "x") == load_shipped("hip-osteotomy")
    changed = text.replace("after: 3 h", "after: 4 h")
    assert load_protocol(changed, "x").reminder.after != load_shipped("hip-osteotomy").reminder.after


def test_the_parts_that_are_kept_with_a_version_are_the_ones_that_count(tmp_path: Path) -> None:
    kept = whole(HIP).replace("after: 3 h", "after: 90 min")
    assert load_protocol(kept, "x").reminder.after.total_seconds() == 90 * 60
