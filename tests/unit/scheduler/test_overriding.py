"""A protocol that uses shared parts is changed in one place, and nothing else of it changes."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler.load import joined_of, load_protocol, shipped_names, shipped_source, whole
from scheduler.overriding import part_of, with_values_in_parts, written_out
from scheduler.parts import cut, pieces_of
from scheduler.tree import KeyPath
from scheduler.written import REMOVED

HIP = whole(shipped_source("hip-osteotomy"))
CAST, DAILY, TRENDS = "parts/cast-care.yaml", "parts/every-day.yaml", "parts/trends.yaml"


def changed(path: KeyPath, value: Any) -> str:
    return with_values_in_parts(HIP, {path: value})


@pytest.mark.parametrize("name", shipped_names())
def test_a_protocol_with_its_parts_written_out_means_what_it_meant(name: str) -> None:
    source = shipped_source(name)
    for parts in ({part} for part in pieces_of(source, "").used):
        out = written_out(source, parts)
        assert load_protocol(out, "out.yaml") == load_protocol(source, "in.yaml")
        assert not parts & set(pieces_of(out, "").used)
        assert not parts & set(pieces_of(out, "").parts)
    assert pieces_of(written_out(source, pieces_of(source, "").used), "").used == ()


def test_a_key_of_a_part_is_written_into_the_protocol_and_the_part_stays() -> None:
    found = changed(("reminder", "after"), "2 h")
    was, now = load_protocol(HIP, "a"), load_protocol(found, "b")
    assert now == was.model_copy(update={"reminder": now.reminder})
    assert now.reminder.after.total_seconds() == 7200
    assert cut(found)[1] == cut(HIP)[1]
    assert part_of(joined_of(HIP), ("reminder",)) == DAILY
    assert part_of(joined_of(found), ("reminder",)) == ""
    assert load_protocol(with_values_in_parts(found, {("reminder",): REMOVED}), "c") == was


def test_one_question_of_a_part_is_changed_and_the_others_stay_shared() -> None:
    found = changed(("questions", "toes", "menu", "1", "label", "en"), "cold or blue")
    joined = joined_of(found)
    assert load_protocol(found, "b").questions["toes"].menu["1"].label["en"] == "cold or blue"
    assert part_of(joined, ("questions", "toes")) == ""
    assert part_of(joined, ("questions", "cast")) == CAST


def test_one_item_of_a_list_in_a_part_writes_the_part_out() -> None:
    found = changed(("meanings", 0, "from_day"), 3)
    assert pieces_of(found, "").used == (CAST,)
    was, now = load_protocol(HIP, "a"), load_protocol(found, "b")
    assert now.meanings[0].from_day == 3
    assert now.model_copy(update={"meanings": was.meanings}) == was


def test_a_new_item_is_the_protocols_own_and_comes_after_those_of_the_parts() -> None:
    rule = {"sign": "cough", "level": "urgent"}
    last = len(load_protocol(HIP, "b").meanings)
    found = changed(("meanings", last), rule)
    assert pieces_of(found, "").used == (CAST, DAILY, TRENDS)
    meanings = load_protocol(found, "b").meanings
    assert (meanings[0].sign, meanings[-1].sign, len(meanings)) == ("fever", "cough", last + 1)
    later = with_values_in_parts(found, {("meanings", last, "level"): "review"})
    assert load_protocol(later, "b").meanings[-1].level.value == "review"
    assert with_values_in_parts(later, {("meanings", last): REMOVED}).count("sign: cough") == 0


def test_what_a_part_brings_can_be_taken_out() -> None:
    found = changed(("questions", "swelling_compared"), REMOVED)
    assert "swelling_compared" not in joined_of(found).tree["questions"]
    fewer = {"numbness": "toes", "fever": "temperature"}
    assert joined_of(changed(("follow_ups",), fewer)).tree["follow_ups"] == fewer


def test_comments_of_the_protocol_are_kept() -> None:
    comments = [line.partition("#")[2] for line in cut(HIP)[0].splitlines() if "#" in line]
    found = with_values_in_parts(HIP, {("meanings", 0, "from_day"): 3, ("reminder", "after"): "2 h"})
    assert [line.partition("#")[2] for line in cut(found)[0].splitlines() if "#" in line] == comments
