"""The words of both languages and what they mean, loaded once from the files a clinician can read.

Over 300 lines: the notation of the files, its checks and its errors stand together.

`lexicon/<language>/*.toml`: one table a concept. `words` is a list parted by commas, each entry one word or a phrase;
in a phrase `a|b` is a choice, `(a)` may be missing, `_` is any one word. `hinchad@` stands for hinchado, -a, -os, -as.
`plain` is a list of single words parted by blanks. `must` and `never` are examples and are tested.
`lexicon/rules/*.toml`: how concepts combine (rule.py).
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from rapidfuzz.distance import OSA

from bot.reading.text import fold_word

Node = dict[str, Any]
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
    ("over", "missed", "thinner_stop", "wish", "needs", "gave", "shown", "opt_out", "wrong_number")
)
END = ""  # the key of a trie node that ends a phrase
ANY = "_"
# A phrase of these still says the sign that is named in it: "more pain", "le sigue doliendo", "no deja de sangrar".
CARRYING = "worse more severe no_relief wont_stop agony nothing_helps beg_for if_real heavy"
CARRIED = "hurt fever blood swell red ooze vomit cough numb tingle chills cry scream moan med"


@dataclass
class Lexicon:
    """Concepts as bits. `words` maps a folded word to its meanings in English and in Spanish (0: not a word there)."""

    bits: dict[str, int] = field(default_factory=dict)
    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    phrases: Node = field(default_factory=dict)
    phrase_words: set[str] = field(default_factory=set)
    near: dict[str, str] = field(
        default_factory=dict
    )  # words parted by blanks: a list apiece would take 5 MB
    bare: dict[str, str] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    danger: int = 0
    masks: dict[str, int] = field(default_factory=dict)
    named: list[tuple[Node, tuple[str, ...]]] = field(default_factory=list)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)

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

    def add(self, entry: str, bit: int, language: str, idiom: bool = False) -> None:
        """One word or phrase with one meaning. The parts of the body named in a phrase count too, but in an idiom."""
        for words in spellings(entry):
            if len(words) == 1 and words[0] != ANY:
                english, spanish = self.words.get(words[0], (0, 0))
                if language == "en":
                    self.words[words[0]] = (english | bit, spanish)
                else:
                    self.words[words[0]] = (english, spanish | bit)
                continue
            node = self.phrases
            for word in words:
                node = node.setdefault(word, {})
                self.phrase_words.add(word)
            node[END] = node.get(END, 0) | bit
            if not idiom:
                self.named.append((node, words))

    def index_spellings(self) -> None:
        """Words with one letter left out, and words without their vowels, for finding what was misspelled."""
        for word in itertools.chain(self.words, self.phrase_words):
            if len(word) < 4 or not word.isalpha():
                continue
            for shorter in shortened(word):
                self.near[shorter] = f"{self.near[shorter]} {word}" if shorter in self.near else word
            if len(word) >= 5:
                bare = skeleton(word)
                self.bare[bare] = f"{self.bare[bare]} {word}" if bare in self.bare else word


def spellings(entry: str) -> list[tuple[str, ...]]:
    """All the word sequences that one entry stands for."""
    parts: list[list[str]] = []
    depth, open_at = 0, 0
    pieces: list[str] = []
    text = entry.strip()
    start = 0
    for place, letter in enumerate(text):
        if letter == "(":
            if depth == 0:
                pieces.extend(text[start:place].split())
                open_at = place + 1
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                pieces.append("(" + text[open_at:place])
                start = place + 1
    pieces.extend(text[start:].split())
    for piece in pieces:
        optional = piece.startswith("(")
        choices: list[str] = []
        for choice in piece.lstrip("(").split("|"):
            if choice.endswith("@"):
                choices.extend(choice[:-1] + ending for ending in ("o", "a", "os", "as"))
            else:
                choices.append(choice)
        if optional:
            choices.append("")
        parts.append(choices)
    out = []
    for chosen in itertools.product(*parts):
        words = tuple(_folded(word) for word in " ".join(chosen).split())
        if words and all(words):
            out.append(words)
    return out


def _folded(word: str) -> str:
    if word == ANY or word.isdigit():
        return word
    return fold_word(word)


def shortened(word: str) -> set[str]:
    """The word and the word with any one letter left out."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


_SOUND = str.maketrans(
    {"c": "k", "q": "k", "z": "s", "x": "s", "v": "b", "j": "h", "w": None, "h": None, "y": None}
)


def skeleton(word: str) -> str:
    """The consonants of a word as they sound, doubled ones once: insicion and incision are the same."""
    text = (
        word.replace("ph", "f").replace("ck", "k").replace("ce", "se").replace("ci", "si").replace("gh", "")
    )
    text = text.translate(_SOUND)
    out = text[:1] if text else ""
    for letter in text[1:]:
        if letter not in "aeiou" and letter != out[-1:]:
            out += letter
    return out


def _close_enough(word: str, target: str) -> bool:
    """Short words must be the same letters in another order, or the same with one doubled."""
    if len(word) > 4 and len(target) > 4:
        return True
    return word[0] == target[0] and (sorted(word) == sorted(target) or set(word) == set(target))


def corrected(word: str, lexicon: Lexicon, language: str = "") -> str | None:
    """The known word that a misspelled one most likely is; None when none is near. Never guesses at short words."""
    if len(word) < 4 or not word.isascii() or word in word_list("ordinary"):
        return None
    side = LANGUAGES.index(language) if language in LANGUAGES else -1
    best: tuple[int, bool, int, str] | None = None
    for shorter in shortened(word):
        for target in lexicon.near.get(shorter, "").split():
            distance = OSA.distance(word, target, score_cutoff=1)
            if distance > 1 or not _close_enough(word, target):
                continue
            if (
                word[0] != target[0]
                and word[:2] != target[1::-1]
                and word != "h" + target
                and target != "h" + word
            ):
                continue
            if side >= 0 and target in lexicon.words and not lexicon.words[target][side]:
                continue
            english, spanish = lexicon.words.get(target, (0, 0))
            harmless = not (english | spanish) & lexicon.danger
            rank = (distance + (word[0] != target[0]), harmless, abs(len(word) - len(target)), target)
            if best is None or rank < best:
                best = rank
    if best is not None:
        return best[3]
    if len(word) >= 6:
        for target in lexicon.bare.get(skeleton(word), "").split():
            if max(len(word), len(target)) < 7:
                continue
            if side >= 0 and target in lexicon.words and not lexicon.words[target][side]:
                continue
            distance = OSA.distance(word, target, score_cutoff=2)
            rank = (distance, False, 0, target)
            if distance <= 2 and (best is None or rank < best):
                best = rank
    return best[3] if best else None


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """The plain word lists of `lexicon/lists.toml` and `lexicon/small-words.toml`, by name."""
    root = resources.files("bot.reading") / "lexicon"
    return {
        name: frozenset(words.split())
        for file in ("lists.toml", "small-words.toml")
        for name, words in tomllib.loads((root / file).read_text(encoding="utf-8")).items()
    }


def word_list(name: str) -> frozenset[str]:
    """One plain word list by name; KeyError for a name that the file does not hold."""
    return word_lists()[name]


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon; read from the package on first use, about a tenth of a second."""
    built = Lexicon()
    root = resources.files("bot.reading") / "lexicon"
    rules = root / "rules"
    for file in sorted(rules.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            for name, concepts in data.get("groups", {}).items():
                built.groups.setdefault(name, []).extend(concepts.split())
            built.rules.extend(data.get("rule", []))
    negators = {
        "en": frozenset(
            [
                "hasnt",
                "didnt",
                "havent",
                "never",
                "not",
                "dont",
                "cant",
                "wont",
                "isnt",
                "doesnt",
                "no",
                "cannot",
            ]
        ),
        "es": frozenset(["no", "ni", "sin", "nunca", "ya"]),
    }
    for language in LANGUAGES:
        for file in sorted((root / language).iterdir(), key=lambda entry: entry.name):
            if not file.name.endswith(".toml"):
                continue
            for concept, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
                concept = concept.rstrip("0123456789").rstrip(
                    "_"
                )  # a concept may have several tables: life, life_2
                bit = built.bit(concept)
                keeps = built.bit("neg") if concept in DENYING else 0
                for entry in table.get("words", "").replace("\n", " ").split(","):
                    if entry.strip():
                        parts = entry.split()
                        denies = (
                            keeps
                            if parts[0] in negators[language]
                            or (concept == "over" and parts[-1] in negators[language])
                            else 0
                        )
                        built.add(entry, bit | denies, language, concept in IDIOMS)
                for word in table.get("plain", "").split():
                    built.add(word, bit, language)
                for kind in ("must", "never"):
                    for example in table.get(kind, []):
                        built.examples.append((language, concept, kind, example))
    part = built.mask("inside")
    life = built.mask("life")
    carrying, carried = built.mask(CARRYING), built.mask(CARRIED)
    for node, words in built.named:
        if not node[END] & life:
            kept = part | (carried if node[END] & carrying else 0)
            for word in words:
                english, spanish = built.words.get(word, (0, 0))
                node[END] |= (english | spanish) & kept
    built.named.clear()
    built.danger = built.mask("signish part breathe move feel drink pee wake")
    built.index_spellings()
    return built
