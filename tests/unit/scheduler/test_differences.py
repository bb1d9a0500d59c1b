"""What changed between two versions, as a nurse would say it."""

from __future__ import annotations

from scheduler.differences import differences, in_words
from scheduler.load import load_protocol, load_shipped, shipped_source
from scheduler.overriding import with_values_in_parts
from scheduler.protocol import Protocol

SHIPPED = shipped_source("hip-osteotomy")
NEW = len(load_shipped("hip-osteotomy").meanings)  # where one more would stand


def changed(*values: tuple[tuple[str | int, ...], object]) -> Protocol:
    return load_protocol(with_values_in_parts(SHIPPED, dict(values)), "hip.yaml")


def told(new: Protocol, old: Protocol | None = None) -> list[str]:
    return [in_words(one) for one in differences(old or load_shipped("hip-osteotomy"), new)]


def test_nothing_is_told_of_a_version_that_is_equal() -> None:
    assert told(load_shipped("hip-osteotomy")) == []


def test_a_question_that_moves_is_told_with_its_days() -> None:
    assert told(changed((("phases", 1, "at"), ["19:00"]))) == ["Days 1-3: the 18:00 question “toes” moves to 19:00."]
    assert told(changed((("phases", 1, "days"), "2-3"))) == ["Day 1: “toes” is no longer asked at 18:00."]
    more = {"name": "noon", "days": [4, 6], "at": ["12:00"], "ask": "cast"}
    assert told(changed((("phases", 5), more))) == ["Days 4, 6: “cast” is now asked at 12:00."]


def test_a_meaning_is_told_with_its_days_and_its_levels() -> None:
    rule = {"sign": "cough", "from_day": 3, "level": "urgent"}
    old = changed((("meanings", NEW), rule))
    assert told(changed((("meanings", NEW), rule | {"level": "emergency"})), old) == [
        "Cough from day 3: urgent becomes emergency."
    ]
    assert told(old) == ["Cough from day 3 is now urgent."]
    assert told(load_shipped("hip-osteotomy"), old) == ["Cough from day 3 is no longer urgent by a rule of its own."]
    with_risk = rule | {"risks": ["asthma", "diabetes"]}
    assert told(changed((("meanings", NEW), with_risk))) == [
        "Cough from day 3 with asthma, diabetes is now urgent."
    ]


def test_texts_and_single_values_are_told_where_they_stand() -> None:
    found = differences(
        load_shipped("hip-osteotomy"),
        changed((("reminder", "after"), "2 h"), (("goodbye", "text", "en"), "{hospital}: goodbye. Call {emergency}.")),
    )
    assert [in_words(one) for one in found] == ["Reminder › after: 3 h becomes 2 h.", "Goodbye, en: the words change."]
    assert found[1].now == "{hospital}: goodbye. Call {emergency}."
    assert found[1].was.startswith("{hospital}: this was our last")


def test_a_rule_of_silence_is_told_by_its_name() -> None:
    assert told(changed((("silence", "rules", 2, "level"), "urgent"))) == [
        "Silence › rules › a silent day in the first week › level: review becomes urgent."
    ]
