"""The phrases of the lexicon as a tree of words whose branches are shared.

"his|her|their foot|leg is|looks blue" is twelve phrases and five nodes: what follows a choice is kept once. A node is a
dict from a word to the next node, or only the meaning where nothing follows; END holds the meaning of what ends there.
A branch that several words lead to is copied before one of them alone gets more.
"""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]
Slots = list[list[tuple[str, ...]]]  # for each place of an entry the words that may stand there
END = ""


class Phrases:
    """A tree while it is built; `root` is what a reader walks."""

    def __init__(self) -> None:
        self.root: Node = {}
        self._shared: set[int] = set()

    def add(self, words: list[str], meaning: int) -> None:
        """One phrase of two or more words."""
        node = self.root
        for word in words[:-1]:
            child = node.get(word)
            own = self._own(child)
            if own is not child:
                node[word] = own
            node = own
        child = node.get(words[-1])
        node[words[-1]] = self._ended(child, meaning)

    def add_all(self, slots: Slots, meaning: int) -> None:
        """Every phrase of two or more words that `slots` stand for."""
        self._grow(self.root, slots, 0, (), 0, meaning, {}, [])

    def finish(self) -> Node:
        self._shared.clear()
        return self.root

    def _own(self, node: Node | int | None) -> Node:
        """The node as a dict that nothing else leads to."""
        if isinstance(node, dict):
            if id(node) not in self._shared:
                return node
            for child in node.values():
                if isinstance(child, dict):
                    self._shared.add(id(child))
            return dict(node)
        return {} if node is None else {END: node}

    def _ended(self, node: Node | int | None, meaning: int) -> Node | int:
        if isinstance(node, dict):
            own = self._own(node)
            own[END] = own.get(END, 0) | meaning
            return own
        return meaning if node is None else node | meaning

    def _grow(
        self,
        node: Node | int | None,
        slots: Slots,
        at: int,
        rest: tuple[str, ...],
        depth: int,
        meaning: int,
        done: dict[tuple[object, ...], Node | int | None],
        alive: list[object],
    ) -> Node | int | None:
        """`node` with what may follow it: the words `rest`, then one choice of each slot from `at` on."""
        if not rest:
            if at == len(slots):
                return self._ended(node, meaning) if depth > 1 else node
            for choice in slots[at]:
                node = self._grow(node, slots, at + 1, choice, depth, meaning, done, alive)
            return node
        own = self._own(node)
        child = own.get(rest[0])
        key = (child if isinstance(child, int) else -id(child), at, rest[1:], min(depth + 1, 2))
        if key in done:
            grown = done[key]
            if isinstance(grown, dict):
                self._shared.add(id(grown))
        else:
            alive.append(child)
            grown = self._grow(child, slots, at, rest[1:], depth + 1, meaning, done, alive)
            done[key] = grown
        if grown is not None:
            own[rest[0]] = grown
        return own
