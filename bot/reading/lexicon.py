"""The words of both languages and what they mean, loaded once from the files a clinician can read.

`lexicon/<language>/*.toml`: one table a concept. `words` is a list parted by commas, each entry one word or a phrase
(notation.py). `plain` is a list of single words parted by blanks. `beside = true`: the
phrases of the table are laid beside the words and hide none of them, nor do others' phrases hide its words, for small
concepts that rules put together. `must` and `never` are examples and are tested.
`lexicon/ordinary.toml`: words in their own right that look like slips of others, so that nothing is made of them.
`lexicon/rules/*.toml`: how concepts combine (rule.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from bot.reading.notation import ANY, folded, is_plain, read_toml, slots_of
from bot.reading.phrases import Node, Phrases
from bot.reading.slips import skeleton

LANGUAGES = ("en", "es")
# Concepts whose phrases may begin with a negator that still denies what follows ("hasnt had a fever").
IDIOMS = frozenset(
    (
        "life",
        "play",
        "thing",
        "food",
        "good",
        "polite",
        "fall_ok",
        "weather",
        "other",
        "media",
        "better",
        "numb",
    )
)
DENYING = frozenset(
    (
        "over",
        "timing",
        "missed",
        "thinner_stop",
        "wish",
        "needs",
        "gave",
        "shown",
        "opt_out",
        "leave_us",
        "no_more",
        "not_meant",
        "w_not_me",
        "know_none",
        "nobody_here",
    )
)
# A phrase of these still says the sign that is named in it: "more pain", "le sigue doliendo", "no deja de sangrar".
CARRYING = "worse more severe no_relief wont_stop agony nothing_helps beg_for if_real heavy chills cold_felt"
CARRIED = "hurt fever blood swell red ooze vomit cough numb tingle chills cry scream moan med cold"


@dataclass
class Lexicon:
    """Concepts as bits. `words` maps a folded word to its meanings in English and in Spanish (0: not a word there)."""

    bits: dict[str, int] = field(default_factory=dict)
    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    tree: Phrases = field(default_factory=Phrases)
    phrases: Node = field(default_factory=dict)
    beside_tree: Phrases = field(default_factory=Phrases)
    beside: Node = field(default_factory=dict)
    seen_inside: int = 0  # concepts of tables laid beside, read inside others' phrases too
    phrase_words: set[str] = field(default_factory=set)
    bare: dict[str, list[str]] = field(default_factory=dict)
    both_ways: tuple[tuple[str, ...], ...] = ()
    rules: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    danger: int = 0
    masks: dict[str, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    named: int = 0  # marks a phrase in which parts of the body count too: any but an idiom
    life: int = 0
    inside: int = 0
    carrying: int = 0
    carried: int = 0

    def bit(self, concept: str) -> int:
        """The bit of a concept, made on first use."""
        return self.bits.setdefault(concept, 1 << len(self.bits))

    def mask(self, concepts: str) -> int:
        """The bits of several concepts or groups of concepts, parted by blanks."""
        if concepts in self.masks:
            return self.masks[concepts]
        total = 0
        for concept in concepts.split():
            if concept in self.groups:
                total |= self.mask(" ".join(self.groups[concept]))
            else:
                total |= self.bit(concept)
        self.masks[concepts] = total
        return total

    def names_of(self, mask: int) -> list[str]:
        return [name for name, bit in self.bits.items() if mask & bit]

    def add(self, entry: str, bit: int, language: str, idiom: bool = False, beside: bool = False) -> None:
        """One word or phrase with one meaning."""
        meaning = bit if idiom or beside else bit | self.named
        tree = self.beside_tree if beside else self.tree
        if is_plain(entry):
            words = [folded(word) for word in entry.split()]
            if len(words) == 1 and words[0] != ANY:
                self.add_word(words[0], bit, language)
            elif words and all(words):
                tree.add(words, meaning)
                self.phrase_words.update(words)
            return
        slots = slots_of(entry)
        for place, slot in enumerate(slots):
            if all(() in other for other in slots[:place] + slots[place + 1 :]):
                for choice in slot:
                    if len(choice) == 1 and choice[0] != ANY:
                        self.add_word(choice[0], bit, language)
        tree.add_all(slots, meaning)
        if len(slots) > 1 or any(len(choice) > 1 for choice in slots[0]):
            self.phrase_words.update(word for slot in slots for choice in slot for word in choice)

    def add_word(self, word: str, bit: int, language: str) -> None:
        english, spanish = self.words.get(word, (0, 0))
        pair = (english | bit, spanish) if language == "en" else (english, spanish | bit)
        self.words[word] = self.pairs.setdefault(pair, pair)

    def meaning(self, mask: int, words: Iterable[str]) -> int:
        """What a phrase of these words means: its own meaning, and the parts of the body and signs named in it."""
        if mask & self.named and not mask & self.life:
            kept = self.inside | (self.carried if mask & self.carrying else 0)
            for word in words:
                english, spanish = self.words.get(word, (0, 0))
                mask |= (english | spanish) & kept
        return mask & ~self.named

    def read_table(self, concept: str, table: dict[str, Any], language: str) -> None:
        """The words and phrases of one table of a file."""
        bit = self.bit(concept)
        beside = table.get("beside", False)
        if beside:
            self.seen_inside |= bit
        keeps = self.bit("neg") if concept in DENYING else 0
        negators = word_list(f"negators_{language}")
        for entry in table.get("words", "").replace("\n", " ").split(","):
            parts = entry.split()
            if not parts:
                continue
            denies = parts[0] in negators or (concept in ("over", "timing") and parts[-1] in negators)
            self.add(entry, bit | keeps if denies else bit, language, concept in IDIOMS, beside)
        for word in table.get("plain", "").split():
            self.add_word(folded(word), bit, language)

    def sorted_both_ways(self) -> tuple[tuple[str, ...], ...]:
        """Every word, sorted; and every word written backwards, sorted. Made on first use."""
        if not self.both_ways:
            every = self.words.keys() | self.phrase_words
            self.both_ways = (tuple(sorted(every)), tuple(sorted(word[::-1] for word in every)))
        return self.both_ways

    def sounding_like(self, word: str) -> list[str]:
        """The words with the same consonants, for what was misspelled in more than one letter. Found on first use."""
        if not self.bare:
            for one in (*self.words, *self.phrase_words):
                if len(one) >= 5 and one.isalpha():
                    self.bare.setdefault(skeleton(one), []).append(one)
        return self.bare.get(skeleton(word), [])


def tables_of(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The concept of each table of a file of words, and the table; a concept may have several.

    They are told apart as life, life_2, or daily.food and daily.school.
    """
    for name, table in read_toml(text).items():
        concept = name.rstrip("0123456789").rstrip("_")
        for theme in [table] if _is_table(table) else table.values():
            yield concept, theme


def _is_table(table: dict[str, Any]) -> bool:
    return any(key in table for key in ("words", "plain", "must", "never"))


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """The plain word lists of `lexicon/lists.toml` and `lexicon/small-words.toml`, by name."""
    root = resources.files("bot.reading") / "lexicon"
    return {
        name: frozenset(words.split())
        for file in ("lists.toml", "small-words.toml")
        for name, words in read_toml((root / file).read_text(encoding="utf-8")).items()
    }


@cache
def word_list(name: str) -> frozenset[str]:
    """One plain word list by name; KeyError for a name that the file does not hold."""
    return word_lists()[name]


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon; read from the package on first use."""
    built = Lexicon()
    built.named = built.bit("named in it")
    root = resources.files("bot.reading") / "lexicon"
    rules = root / "rules"
    for file in sorted(rules.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            data = read_toml(file.read_text(encoding="utf-8"))
            for name, concepts in data.get("groups", {}).items():
                built.groups.setdefault(name, []).extend(concepts.split())
            built.rules.extend(data.get("rule", []))
    for language in LANGUAGES:
        for file in sorted((root / language).iterdir(), key=lambda entry: entry.name):
            if not file.name.endswith(".toml"):
                continue
            for concept, table in tables_of(file.read_text(encoding="utf-8")):
                built.read_table(concept, table, language)
    built.phrases = built.tree.finish()
    built.beside = built.beside_tree.finish()
    built.life, built.inside = built.mask("life"), built.mask("inside")
    built.carrying, built.carried = built.mask(CARRYING), built.mask(CARRIED)
    built.pairs.clear()
    built.danger = built.mask("signish part breathe move feel drink pee wake")
    return built


@cache
def ordinary() -> frozenset[str]:
    """Words in their own right that look like slips or forms of others (`lexicon/ordinary.toml`)."""
    file = resources.files("bot.reading") / "lexicon" / "ordinary.toml"
    return frozenset(
        word for words in read_toml(file.read_text(encoding="utf-8")).values() for word in words.split()
    )
