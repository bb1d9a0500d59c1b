"""Numbers and names that are nearly the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.phones import as_kept, near
from messages.store.search import nearness

digits = st.text(alphabet="0123456789", min_size=8, max_size=15)


@given(digits, st.data())
def test_a_number_with_one_digit_wrong_is_near_both_ways(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(number) - 1))
    wrong = number[:at] + str((int(number[at]) + data.draw(st.integers(1, 9))) % 10) + number[at + 1 :]
    assert f"+{wrong}" in near(f"+{number}")
    assert f"+{number}" in near(f"+{wrong}")
    assert f"+{number}" not in near(f"+{number}")


@pytest.mark.parametrize("nobody", ["", "72345", "+", "+123", "HEARBACK", "+1206555011x", "+" + "1" * 16])
def test_what_is_no_number_is_near_nobody(nobody: str) -> None:
    assert near(nobody) == set()


def test_two_neighbours_swapped_are_near() -> None:
    assert "+12065551011" in near("+12065550111")


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_words_can_be_compared(wanted: str, name: str) -> None:
    assert nearness(wanted, name) in (0, 1, 2, 3, None)


@pytest.mark.parametrize(
    ("wanted", "name", "how"),
    [("Ana", "ana", 0), ("an", "Ana Maria", 1), ("maria", "Ana María", 2), ("Jorje", "Jorge", 3), ("Ana", "Ada", None)],
)
def test_nearer_names_come_first(wanted: str, name: str, how: int | None) -> None:
    assert nearness(wanted, name) == how


@pytest.mark.parametrize("text", ["(206) 555-0112", "206-555-0112", "+1 206 555 0112", "12065550112"])
def test_a_whole_number_is_known_however_it_is_written(text: str) -> None:
    assert as_kept(text, "+12065550100") == "+12065550112"


@pytest.mark.parametrize("text", ["0112", "", "abc", "999 999 999 999 999 999"])
def test_what_is_no_whole_number_is_not_guessed(text: str) -> None:
    assert as_kept(text, "+12065550100") == ""
