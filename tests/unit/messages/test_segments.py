"""What a text costs, by the vectors of facts/twilio.md 4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.segments import segments


@pytest.mark.parametrize(
    ("text", "count", "encoding"),
    [
        ("", 0, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("€" * 81, 2, "GSM-7"),
        ("[x]" * 40, 2, "GSM-7"),
        ("ç" * 70, 1, "UCS-2"),
        ("ç" * 71, 2, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 36, 2, "UCS-2"),
        ("😀" * 66, 2, "UCS-2"),
        ("😀" * 67, 3, "UCS-2"),
    ],
)
def test_segments_are_counted_as_the_carrier_counts_them(text: str, count: int, encoding: str) -> None:
    counted = segments(text)
    assert (counted.count, counted.encoding) == (count, encoding)


def test_an_escape_is_not_split_over_two_parts() -> None:
    assert segments("a" * 152 + "€" + "a" * 152).count == 3  # 306 septets
    assert segments("a" * 151 + "€" + "a" * 153).count == 2


def test_a_pair_is_not_split_over_two_parts() -> None:
    assert segments("á" * 66 + "😀" + "á" * 66).count == 3
    assert segments("á" * 65 + "😀" + "á" * 67).count == 2


def test_the_characters_that_make_a_text_costly_are_named_once_each_in_order() -> None:
    assert segments("señora, ¿está “mejor”? á “”").costly == ("á", "“", "”")
    assert segments("señora, ¿mejor? él à ü").costly == ()


def test_units_and_room_say_how_full_a_segment_is() -> None:
    alone, parts = segments("a€"), segments("á" * 80)
    assert (alone.units, alone.per_segment) == (3, 160)
    assert (parts.units, parts.per_segment) == (80, 67)


def test_half_an_emoji_counts_one_unit() -> None:
    assert segments("\ud83d").units == 1


@given(st.text(alphabet=st.sampled_from("a€á😀\n"), max_size=400))
def test_the_parts_hold_every_unit_and_no_part_is_more_than_one_unit_short(text: str) -> None:
    counted = segments(text)
    assert counted.units <= counted.count * counted.per_segment
    if counted.count > 1:
        assert counted.units > (counted.count - 1) * (counted.per_segment - 1)
