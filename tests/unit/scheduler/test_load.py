"""A protocol with a mistake is told as file:line:column with the mend, and never as a traceback."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import NotFoundError, ProtocolError
from scheduler.load import (
    LARGEST,
    load_file,
    load_kept,
    load_protocol,
    load_shipped,
    shipped_names,
    shipped_source,
)
from scheduler.protocol import Protocol

KNEE = (Path(__file__).parent / "knee.yaml").read_text(encoding="utf-8")

# Each line: what of knee.yaml is changed, into what, and every line that is told, after the file's name.
MISTAKES = [
    json.loads(line)
    for line in (Path(__file__).parent / "mistakes.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


def problems(text: str, where: str = "knee.yaml") -> list[str]:
    with pytest.raises(ProtocolError) as told:
        load_protocol(text, where)
    assert told.value.exit_code == 2
    return told.value.problems


@pytest.mark.parametrize("case", MISTAKES, ids=[f"{case['change']} -> {case['to']}" for case in MISTAKES])
def test_a_mistake_is_told_with_its_line_its_column_and_the_mend(case: dict[str, Any]) -> None:
    assert case["change"] in KNEE
    told = problems(KNEE.replace(case["change"], case["to"], 1))
    assert told == [f"knee.yaml:{line}" for line in case["told"]]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    wrong = (
        KNEE.replace("ask: daily}", "ask: dayly}")
        .replace("day: 29", "day: 2")
        .replace("es: nada", "fr: rien")
    )
    assert [line.split(": ")[0] for line in problems(wrong)] == [
        "knee.yaml:10:49",
        "knee.yaml:23:11",
        "knee.yaml:23:29",
        "knee.yaml:41:11",
    ]


def test_a_file_full_of_mistakes_tells_the_first_fifty_and_how_many_more() -> None:
    told = problems("".join(f"key{number}: 1\n" for number in range(100)))
    assert len(told) == 51
    assert told[-1] == "knee.yaml: and 64 more problems."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty."),
        ("# a comment only\n", "1:1: the file is empty."),
        ("- a\n- b\n", "1:1: a protocol is a list of keys and values."),
        ("only words", "1:1: a protocol is a list of keys and values."),
        ("[" * 5000, "1:101: brackets are nested too deep."),
        ("a: " + "x" * LARGEST, "1:1: the file is too large. Keep it under 100 KB."),
        ("\x00", "1:1: a character that has no place in a text file."),
        ("&a [*a]\n", "1:1: the file unfolds into far too much."),
        ("a: 'b", "1:6: the file is not valid YAML: found unexpected end of stream."),
        ("%YAML 9.9\n---\na: 1\n", "1:1: the file is not valid YAML:"),
    ],
)
def test_a_file_that_is_no_protocol_at_all_is_told_in_one_line(text: str, expected: str) -> None:
    told = problems(text)
    assert len(told) == 1
    assert told[0].startswith(f"knee.yaml:{expected}")


def test_a_small_file_that_unfolds_into_a_huge_one_is_refused() -> None:
    layers = "".join(f"l{n + 1}: &l{n + 1} [{', '.join([f'*l{n}'] * 9)}]\n" for n in range(9))
    told = problems("l0: &l0 [x]\n" + layers)
    assert told[0].endswith("the file unfolds into far too much. Do without aliases (* and &).")


class TestFiles:
    """What can be wrong with a file before its words are read."""

    def test_a_good_file_is_loaded_with_or_without_a_byte_order_mark(self, tmp_path: Path) -> None:
        for encoding in ("utf-8", "utf-8-sig"):
            (tmp_path / "knee.yaml").write_text(KNEE, encoding=encoding)
            assert load_file(tmp_path / "knee.yaml") == load_protocol(KNEE, "")

    def test_a_file_in_another_encoding_says_where(self, tmp_path: Path) -> None:
        file = tmp_path / "knee.yaml"
        file.write_bytes(KNEE.encode("latin-1"))
        with pytest.raises(ProtocolError) as told:
            load_file(file)
        assert told.value.problems == [
            f"{file}:2:46: the file is not UTF-8 text. Save it as UTF-8 in your editor."
        ]

    def test_a_file_that_is_not_there_says_so(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "none.yaml"):
            with pytest.raises(ProtocolError, match="the file cannot be read"):
                load_file(path)

    def test_a_huge_file_is_not_read_to_its_end(self, tmp_path: Path) -> None:
        file = tmp_path / "huge.yaml"
        with file.open("wb") as sparse:
            sparse.truncate(10**10)
        with pytest.raises(ProtocolError, match="too large"):
            load_file(file)


class TestHostile:
    """Files made to hurt: each is answered in words, and quickly."""

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("- " * 40_000, "brackets are nested too deep"),
            ("? " * 40_000, "too deep"),
            ("a: " * 30_000, "a colon where none is expected"),
            ("{" * 60, "not valid YAML"),
            ("a: &x 1\n" + "b: *x\n" * 3, "the key 'b' is there twice"),
            ("a: *nobody\n", "the file is not valid YAML: found undefined alias"),
            ("<<: 1\n", ""),
            ("name: !!python/object/apply:os.system [ls]\n", "a tag (!) has no place in a protocol"),
            ("\tname: x\n", "a tab where spaces are needed"),
            ("name: x\r\n\ttitle: y\r\n", "a tab where spaces are needed"),
            ("x" * (10 * 1024 * 1024), "the file is too large. Keep it under 100 KB."),
            ("\ufeff\ufeff\ufeffname: x", ""),
            ("name: x\nname: y\n", "the key 'name' is there twice. Keep one of the two."),
            ("use: parts/../../../etc/passwd.yaml\nname: x\n", "is not a part"),
            ("--- # parts/cast-care.yaml\nuse: 1\n", "the file is empty"),
        ],
        ids=lambda value: value[:24] if isinstance(value, str) else None,
    )
    def test_it_is_refused_in_words(self, text: str, told: str) -> None:
        lines = problems(text)
        assert all(line.startswith(("knee.yaml:", "parts/")) for line in lines)
        assert any(told in line for line in lines), lines

    def test_merge_keys_and_aliases_cannot_unfold_a_file(self) -> None:
        names = ["a", *(f"b{number}" for number in range(300))]
        lines = [f"{name}: &{name} {{<<: *{before}, k{name}: 1}}\n" for before, name in pairwise(names)]
        assert problems("a: &a {x: 1}\n" + "".join(lines))


def test_what_was_loaded_can_be_written_and_loaded_again() -> None:
    for protocol in (load_protocol(KNEE, ""), load_shipped("hip-osteotomy")):
        assert Protocol.model_validate_json(protocol.model_dump_json(by_alias=True)) == protocol


def test_every_shipped_protocol_is_good_and_named_as_its_file() -> None:
    assert "hip-osteotomy" in shipped_names()
    assert [load_shipped(name).name for name in shipped_names()] == list(shipped_names())


def test_a_protocol_that_is_not_shipped_is_answered_with_what_is() -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'hip-osteotomy'"):
        load_shipped("hip-osteotomi")


@given(st.text(max_size=200) | st.text(alphabet="ab:-{}[]&*!|>'\"\n\t #0,?<%@", max_size=80))
def test_any_text_at_all_is_a_protocol_or_told_in_words(text: str) -> None:
    assert problems(text, "any.yaml")


@given(
    at=st.integers(0, len(KNEE)),
    cut=st.integers(0, 12),
    put=st.text(alphabet="a0: -{}[]&*!\n\t\"'#,é", max_size=3),
)
def test_a_slip_anywhere_in_a_good_file_is_never_a_traceback(at: int, cut: int, put: str) -> None:
    try:
        told = [str(slot.day) for slot in load_protocol(KNEE[:at] + put + KNEE[at + cut :], "slip").slots()]
    except ProtocolError as error:
        told = [line.removeprefix("slip:") for line in error.problems]
    assert told
    assert all(line[0].isdigit() for line in told)


def test_the_words_of_a_shipped_file_are_its_own_source() -> None:
    assert load_protocol(shipped_source("hip-osteotomy"), "x") == load_shipped("hip-osteotomy")


def test_what_was_published_before_there_was_a_check_is_still_what_its_families_follow() -> None:
    older = KNEE.replace(" Emergency: {emergency}", "")
    assert problems(older)
    assert load_kept(older).question("temperature").text["en"] == "Temperature?"
    with pytest.raises(ProtocolError):
        load_kept("name: knee\nphases: nonsense\n")
