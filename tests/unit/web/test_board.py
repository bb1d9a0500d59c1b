"""Which list a flag is in and what is shown of it: nothing is lost, an emergency never hidden."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.web.flags.board import LISTS, Board, Shelf, board_of, lists_of
from messages.flags import FlagKind, Level
from messages.store.queue import Mark

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def mark(n: int, level: Level, kind: FlagKind, taken: bool) -> Mark:
    return Mark(f"{n:032x}", kind, level, NOW + timedelta(minutes=n), "nina" if taken else None, None, None)


levels = st.sampled_from([Level.REVIEW, Level.URGENT, Level.EMERGENCY])
some = st.lists(st.tuples(levels, st.sampled_from(list(FlagKind)), st.booleans()), max_size=130).map(
    lambda rows: sorted(
        (mark(n, *row) for n, row in enumerate(rows)), key=lambda one: (-one.level.rank, one.due_at)
    )
)


@given(some, st.sampled_from(["", *(key for key, *_ in LISTS)]))
def test_every_open_flag_is_counted_in_one_list_and_the_worst_lists_come_first(marks: list[Mark], whole: str) -> None:
    lists = lists_of(marks, whole)
    assert sum(one.count for one in lists) == len(marks)
    ranks = [one.level.rank for one in lists]
    assert ranks == sorted(ranks, reverse=True)
    shown = [flag_id for one in lists for flag_id in one.shown]
    assert len(shown) == len(set(shown))
    order = [one.id for one in marks]
    for one in lists:
        assert list(one.shown) == sorted(one.shown, key=order.index)
        assert one.count == len(one.shown) or (one.key != whole and one.count > len(one.shown))


@given(some)
def test_the_most_serious_flag_of_all_is_the_first_on_the_page(marks: list[Mark]) -> None:
    lists = lists_of(marks)
    if marks and marks[0].level is Level.EMERGENCY:
        assert lists[0].shown[0] == marks[0].id
    assert board_of(marks, lists, "").emergencies == tuple(
        one.id for one in marks if one.level is Level.EMERGENCY and not one.taken_by
    )


def test_of_many_who_ask_at_once_one_builds() -> None:
    shelf, built = Shelf(), []
    gate = threading.Barrier(8)

    def build() -> Board:
        built.append(1)
        return board_of([], [], "lists")

    def ask() -> None:
        gate.wait()
        assert shelf.get(("now",), build).html == "lists"

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_what_nobody_asks_for_any_more_is_let_go() -> None:
    shelf = Shelf(size=2)
    for name in "abcd":
        shelf.get((name,), lambda: board_of([], [], ""))
    assert len(shelf._built) == 2
