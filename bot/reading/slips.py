"""What a hand slips to on a small keyboard: the words of the lexicon that a wrongly written one may stand for.

A slip is two letters in each other's place, a letter doubled or left out, a letter that sounds the same, the key
beside it, or the key beside it as well. Two words that differ in any other letter are two words: "fuming" is no
"foaming", "Vegas" are no "venas".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = "aeiou"
_ALIKE = ("bv", "sz", "sc", "cz", "sx", "ck", "cq", "kq", "gj", "jh", "iy", "mn")

_SOUNDS = (
    ("ll", "y"), ("y", "ll"), ("qu", "k"), ("k", "qu"), ("ph", "f"), ("f", "ph"), ("gue", "hue"), ("bue", "hue"),
    ("wue", "hue"), ("we", "hue"), ("tion", "shun"), ("shun", "tion"), ("gh", "ff"), ("f", "gh"), ("oo", "ou"),
    ("er", "ure"), ("ure", "er"), ("eaze", "eeze"),
)  # fmt: skip


def _beside() -> dict[str, str]:
    """The keys that touch each key, in rows that stand half a key to the right of the one above."""
    out: dict[str, str] = {}
    for number, row in enumerate(_ROWS):
        for at, letter in enumerate(row):
            near = [row[at - 1 : at], row[at + 1 : at + 2]]
            if number:
                near.append(_ROWS[number - 1][at : at + 2])
            if number + 1 < len(_ROWS):
                near.append(_ROWS[number + 1][max(0, at - 1) : at + 1])
            out[letter] = "".join(near)
    return out


_BESIDE = _beside()
_SAME: dict[str, str] = dict.fromkeys(_BESIDE, "")
for _pair in _ALIKE:
    _SAME[_pair[0]] += _pair[1]
    _SAME[_pair[1]] += _pair[0]


def slips(word: str, places: range) -> Iterator[tuple[int, str]]:
    """(how unlikely, what may be meant) for one slip of hand or ear; the first letter is mostly right.

    `places`: where a letter may be wrong at all (`places_of_slips`); a slip of the ear may be anywhere.
    """
    count = len(word)
    for at in places[: max(0, count - 1 - places.start)]:
        if word[at] != word[at + 1]:
            yield 1, word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        else:
            yield 1, word[:at] + word[at + 1 :]
    for at in places[: count - places.start]:
        yield 1, word[:at] + word[at] + word[at:]
    yield 1, "h" + word
    yield 1, word + "s"
    if word[0] == "h":
        yield 1, word[1:]
    for said, written in _SOUNDS:
        at = word.find(said)
        if at >= 0:
            yield 2, word[:at] + written + word[at + len(said) :]
    for at in places[max(0, 1 - places.start) :]:
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield 2, word[:at] + letter + word[at:]
    for at in places[: count - places.start]:
        letter = word[at]
        for other in _SAME.get(letter, ""):
            yield 2, word[:at] + other + word[at + 1 :]
        if at == 0:
            continue
        if letter in _VOWELS and at < count - 1:
            for other in _VOWELS:
                yield 3, word[:at] + other + word[at + 1 :]
        for other in _BESIDE.get(letter, ""):
            yield 3, word[:at] + other + word[at + 1 :]
        beside = _BESIDE.get(letter, "")
        if word[at - 1] in beside or (at + 1 < count and word[at + 1] in beside) or letter in "aeiouh":
            yield 4, word[:at] + word[at + 1 :]


def places_of_slips(word: str, known: Sequence[str], known_backwards: Sequence[str]) -> range:
    """Where one wrong letter can stand: before it a known word must begin so, after it one must end so.

    `known`: the words, sorted; `known_backwards`: the same, each written backwards, sorted.
    """
    count = len(word)
    begun, ended = _shared(word, known), _shared(word[::-1], known_backwards)
    return range(max(0, count - ended - 2), max(0, min(count, begun) + 1))


def _shared(word: str, known: Sequence[str]) -> int:
    """How many letters from its start a word shares with the known word that begins most like it."""
    at = bisect_left(known, word)
    most = 0
    for near in known[max(0, at - 1) : at + 1]:
        same = 0
        for one, other in zip(word, near, strict=False):
            if one != other:
                break
            same += 1
        most = max(most, same)
    return most


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
        if letter not in _VOWELS and letter != out[-1:]:
            out += letter
    return out


def sounds_like(word: str, target: str) -> bool:
    """True when two words of one skeleton may be one: written without vowels, or long with nearly the same vowels."""
    vowels, meant = (_vowels(one) for one in (word, target))
    if not vowels and "y" not in word:
        return word == target[0] + "".join(letter for letter in target[1:] if letter not in _VOWELS)
    if len(word) < 6 or max(len(word), len(target)) < 7 or word[-1] != target[-1]:
        return False
    same = vowels == meant or vowels in _less_one(meant) or meant in _less_one(vowels)
    return same and OSA.distance(word, target, score_cutoff=2) <= 2


def _vowels(word: str) -> str:
    return "".join(letter for letter in word if letter in _VOWELS)


def _less_one(vowels: str) -> set[str]:
    return {vowels[:at] + vowels[at + 1 :] for at in range(len(vowels))}
