"""A protocol with a mistake is told as file:line:column with the mend, and never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import NotFoundError, ProtocolError
from scheduler.load import LARGEST, load_file, load_protocol, load_shipped, shipped_names, shipped_source
from scheduler.protocol import Protocol

KNEE = (Path(__file__).parent / "knee.yaml").read_text(encoding="utf-8")

# (what is changed, into what, every line that is told)
MISTAKES = [
    ("lateness: 4 h\n", "", ["1:1: lateness: the key 'lateness' is missing. Add it."]),
    (
        "lateness: 4 h",
        "latenes: 4 h",
        [
            "1:1: lateness: the key 'lateness' is missing. Add it.",
            "6:1: latenes: there is no key 'latenes' here. Did you mean 'lateness'?",
        ],
    ),
    (
        "    every: 7",
        "    evry: 7",
        ["13:5: phases.1.evry: there is no key 'evry' here. Did you mean 'every'?"],
    ),
    (
        "signs: [fever]",
        "sign: fever",
        ["22:43: questions.daily.menu.1.sign: there is no key 'sign' here. Did you mean 'signs'?"],
    ),
    (
        "ask: daily}",
        "ask: dayly}",
        ["10:49: phases.0.ask: there is no question 'dayly'. Did you mean 'daily'?"],
    ),
    (
        "fever: temperature",
        "fever: temperatur",
        ["27:3: follow_ups.fever: there is no question 'temperatur'. Did you mean 'temperature'?"],
    ),
    (
        "signs: [fever]",
        "signs: [fevr]",
        ["22:51: questions.daily.menu.1.signs.0: 'fevr' is not a sign. Did you mean 'fever'?"],
    ),
    (
        "fever: temp",
        "fevers: temp",
        ["27:3: follow_ups.fevers: 'fevers' is not a sign. Did you mean 'fever'?"],
    ),
    (
        "level: review",
        "level: revue",
        ["36:33: silence.rules.0.level: 'revue' is not known here. Did you mean 'review'?"],
    ),
    (
        "meanings:",
        "risks: [diabetis]\nmeanings:",
        ["39:9: risks.0: 'diabetis' is not a risk. Did you mean 'diabetes'?"],
    ),
    (
        "level: emergency",
        "level: ok",
        ["40:35: meanings.0.level: a present sign is never ok. Write review, urgent or emergency."],
    ),
    (
        "at_least: 39.5",
        "at_least: 10",
        ["40:19: meanings.0.at_least: 10.0 is not degrees Celsius. Write 34 to 43."],
    ),
    (
        "at_least: 39.5",
        "at_least: 103.1",
        ["40:19: meanings.0.at_least: 103.1 is too large. The most is 43.0."],
    ),
    (
        "sign: fever, at",
        "sign: cough, at",
        ["40:19: meanings.0.at_least: cough has no number. Only fever and pain have; take it out."],
    ),
    (
        "missed: 1",
        "missed: 1, from_day: 9, to_day: 3",
        ["36:46: silence.rules.0.to_day: the days 9 to 3 run backwards. Swap them."],
    ),
    ("days: 1-3", "days: 3-1", ['10:24: phases.0.days: The days 3-1 run backwards. Write "1-3".']),
    (
        "days: 1-3",
        "days: Monday",
        [
            "10:24: phases.0.days: 'Monday' is not a day or a range of days. "
            'Write "1-3", 5, or a list like [1, 3, "7-9"].'
        ],
    ),
    ("days: 1-3", "days: [2, 1-3]", ["10:24: phases.0.days: A day is given twice. Name every day once."]),
    (
        "days: 1-3",
        "days: 1-900",
        ["10:24: phases.0.days: Day 900 is too far away. The last possible day is 400."],
    ),
    (
        "days: 1-3",
        "days: 1-7",
        ["14:10: phases.1.at.0: day 7 at 9:00 is already asked by 'first days'. Change one."],
    ),
    ("every: 7", "every: 0", ["13:5: phases.1.every: 0 is too small. The least is 1."]),
    (
        "every: 7",
        "every: true",
        ["13:5: phases.1.every: True is not a whole number. Write one without quotes."],
    ),
    (
        '["9:00"], ask',
        '["25:00"], ask',
        ['10:40: phases.0.at.0: \'25:00\' is not a time of day. Write it like "9:00" or "18:30".'],
    ),
    (
        '["9:00"], ask',
        '["9:00", "21:30"], ask',
        ["10:48: phases.0.at.1: 21:30 is in the quiet hours, 21:00 to 8:00. Choose another time."],
    ),
    (
        '["9:00"], ask',
        '["20:50"], ask',
        [
            "10:40: phases.0.at.0: 20:50 (with the spread of 20 min) is in the quiet hours, 21:00 to 8:00. "
            "Choose another time."
        ],
    ),
    (
        '["9:00"], ask',
        '"9:00", ask',
        ["10:35: phases.0.at: '9:00' stands where a list is needed. Write it like [a, b]."],
    ),
    ('["9:00"], ask', "[], ask", ["10:35: phases.0.at: [] is not enough. Give 1 or more."]),
    (
        'day: 29, at: "9:00"',
        'day: 29, at: "22:00"',
        ["41:20: goodbye.at: 22:00 is in the quiet hours, 21:00 to 8:00. Choose another time."],
    ),
    (
        "day: 29",
        "day: 28",
        ["41:11: goodbye.day: the last check-in is on day 28. Say goodbye on a later day."],
    ),
    (
        'not_after: "20:00"',
        'not_after: "22:00"',
        ["30:3: reminder.not_after: 22:00 is in the quiet hours. Choose a time before 21:00."],
    ),
    (
        "second_caregiver_after: 5 h",
        "second_caregiver_after: 1 h",
        ["32:1: second_caregiver_after: the second caregiver is asked before the reminder. Make it longer."],
    ),
    (
        "spread: 20 min",
        "spread: 20",
        ['5:1: spread: 20 is not a span of time. Write it like "20 min", "3 h" or "2 days".'],
    ),
    (
        "lateness: 4 h",
        "lateness: 2026-13-45",
        ['6:1: lateness: \'2026-13-45\' is not a span of time. Write it like "20 min", "3 h" or "2 days".'],
    ),
    (
        "lateness: 4 h",
        "lateness: 10 min",
        ["6:1: lateness: a check-in could be too late before it leaves. Make it longer than spread."],
    ),
    (
        "{en: none, es: nada}",
        "{en: none}",
        ["23:11: questions.daily.menu.0.label: the text in 'es' is missing. Add it, or change languages."],
    ),
    ("es: Gracias", "es: ", ["41:52: goodbye.text.es: the text is missing. Write it."]),
    (
        "es: Gracias",
        "es: Gracias, fr: Merci",
        ["41:65: goodbye.text.fr: 'fr' is not in languages. Known: en, es."],
    ),
    ("en: Goodbye", "en: 7", ["41:39: goodbye.text.en: 7 is not text. Put it in quotes."]),
    (
        "{hospital}: hola",
        "{hopital}: hola",
        ["8:37: welcome.text.es: there is no placeholder {hopital}. Did you mean 'hospital'?"],
    ),
    (
        "{hospital}: hola",
        "{hospital: hola",
        [
            "8:37: welcome.text.es: a brace stands alone. "
            "Write placeholders like {hospital}, and no other braces."
        ],
    ),
    (
        "Any of these {about}? {menu}",
        "Any of these?",
        [
            "19:7: questions.daily.text.en: the numbered answers have no place. "
            "Write {menu} once where they go."
        ],
    ),
    (
        '"Temperature?"',
        '"Temperature? {menu}"',
        [
            "25:12: questions.temperature.text.en: {menu} stands here without numbered answers. "
            "Take it out or add a menu."
        ],
    ),
    (
        "{en: none, es",
        "{en: 'Yes, all fine', es",
        [
            "23:19: questions.daily.menu.0.label.en: 'YES' as an answer starts or stops texting. Use another word."
        ],
    ),
    (
        "es: nada",
        "es: ¡Ayuda!",
        [
            "23:29: questions.daily.menu.0.label.es: 'AYUDA' as an answer starts or stops texting. "
            "Use another word."
        ],
    ),
    (
        '"Temperature?"',
        '"Is he hot, yes or no?"',
        [
            "25:12: questions.temperature.text.en: YES restarts texting at the carrier and cannot be an answer. "
            "Offer numbers."
        ],
    ),
    (
        "      0: {label: {en: none, es: nada}}\n",
        "",
        [
            "21:5: questions.daily.menu: a single numbered answer is no choice. "
            "Add another, or take the menu out."
        ],
    ),
    (
        "      0: {",
        "      10: {",
        ["23:7: questions.daily.menu.10: '10' is not a possible answer. Use one digit, 0 to 9."],
    ),
    (
        "signs: [fever]}",
        "signs: [fever], level: ok}",
        ["22:59: questions.daily.menu.1.level: a sign is never ok. Write review or more."],
    ),
    (
        "name: knee",
        "name: Knee Surgery",
        [
            "1:1: name: 'Knee Surgery' is not a possible name. "
            "Use small letters, digits, - and _, beginning with a letter."
        ],
    ),
    ("      0: {", "      1: {", ["23:7: the key '1' is there twice. Keep one of the two."]),
    ("lateness: 4 h", "spread: 4 h", ["6:1: the key 'spread' is there twice. Keep one of the two."]),
    ("  after: 3 h", "\tafter: 3 h", ["29:1: a tab where spaces are needed. Replace the tab by spaces."]),
    (
        "title: {",
        "title: a: {",
        ["2:9: a colon where none is expected. Quote texts that hold a colon, and check the indentation."],
    ),
    (
        "quiet_hours: {",
        "quiet_hours: [",
        [
            "4:40: the file is not valid YAML: expected ',' or ']', but got '}'. "
            "Check quotes, brackets and the indentation here."
        ],
    ),
    (
        "goodbye:",
        "---\ngoodbye:",
        ["41:1: a second document begins here. Keep one protocol in a file and delete the line ---."],
    ),
    ("lateness: 4 h", "lateness: !odd 4 h", ["6:1: a tag (!) has no place in a protocol. Delete it."]),
    (
        "Please answer",
        "Please \x07answer",
        ["31:21: a character that has no place in a text file. Type the line again."],
    ),
]


def problems(text: str, where: str = "knee.yaml") -> list[str]:
    with pytest.raises(ProtocolError) as told:
        load_protocol(text, where)
    assert told.value.exit_code == 2
    return told.value.problems


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_is_told_with_its_line_its_column_and_the_mend(
    old: str, new: str, expected: list[str]
) -> None:
    assert old in KNEE
    assert problems(KNEE.replace(old, new, 1)) == [f"knee.yaml:{line}" for line in expected]


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
