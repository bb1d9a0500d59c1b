"""The tree with shared branches holds the phrases that its entries stand for, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.reading.notation import slots_of, spellings
from bot.reading.phrases import END, Node, Phrases

ENTRIES = (
    "a b", "a|b c", "(a) b c", "a b|c (d) a", "a (b c|d) a", "b c d", "(a|b) (c) d", "a b c d", "b|c a|b c|d",
    "c (a) (b) d",
)  # fmt: skip


def held(node: Node | int, before: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    if isinstance(node, int):
        return {before: node}
    out = {before: node[END]} if END in node else {}
    for word, child in node.items():
        if word != END:
            out |= held(child, (*before, word))
    return out


@given(st.lists(st.sampled_from(ENTRIES), max_size=8))
def test_a_tree_holds_what_its_entries_stand_for(entries: list[str]) -> None:
    tree = Phrases()
    wanted: dict[tuple[str, ...], int] = {}
    for place, entry in enumerate(entries):
        tree.add_all(slots_of(entry), 1 << place)
        for words in spellings(entry):
            if len(words) > 1:
                wanted[words] = wanted.get(words, 0) | 1 << place

    assert held(tree.finish()) == wanted


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), max_size=8), st.sampled_from(ENTRIES)
)
def test_single_phrases_and_choices_may_be_mixed(phrases: list[list[str]], entry: str) -> None:
    tree = Phrases()
    tree.add_all(slots_of(entry), 1)
    wanted = {words: 1 for words in spellings(entry) if len(words) > 1}
    for words in phrases:
        tree.add(words, 2)
        wanted[tuple(words)] = wanted.get(tuple(words), 0) | 2

    assert held(tree.finish()) == wanted
