"""How hard a text is to read, as the school year that it takes. Pure.

English: the grade level of Kincaid, Fishburne, Rogers and Chissom (1975), 0.39 words a sentence + 11.8 syllables a word
- 15.59. Spanish: Crawford (1989, "Fórmula y gráfico para determinar la comprensibilidad de textos de nivel primario en
castellano"), 0.049 syllables in 100 words - 0.205 sentences in 100 words - 3.407. Both were made on longer texts: of a
text of thirty words they tell roughly, and are no judge of what it says. Syllables are counted by rules, not looked up.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.?!:;¿¡\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_STRONG, _WEAK, _STRESSED = "aeoáéó", "iuü", "íú"


def measured(language: str) -> bool:
    """Whether there is a measure for this language."""
    return language.split("-")[0] in ("en", "es")


def grade(text: str, language: str) -> float | None:
    """The school year that `text` takes, 0 or more; None for other languages and for a text without words."""
    words = [word.lower() for word in _WORD.findall(text)]
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    if not words or not measured(language):
        return None
    if language.startswith("es"):
        syllables = sum(map(spanish_syllables, words))
        found = 4.9 * syllables / len(words) - 20.5 * sentences / len(words) - 3.407
    else:
        syllables = sum(map(english_syllables, words))
        found = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return max(0.0, round(found, 1))


def english_syllables(word: str) -> int:
    """Groups of vowels, without what is written and not said at the end: "called", "toes", "these"."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    bare = re.sub(r"(?<=[^aeiouyldt])ed$|(?<=[aeiouy][ld])ed$(?<!ted)(?<!ded)", "d", bare)
    bare = re.sub(r"(?<=[^aeiouy])e(s?)$(?<!les)(?<!le)(?<!ses)(?<!ces)(?<!ges)(?<!xes)(?<!zes)(?<!shes)(?<!ches)", r"\1", bare)
    return max(1, len(re.findall(r"[aeiouy]+", bare)) + len(re.findall(r"i(?:a|o(?!n|u)|um)|ea(?=t[eo])|uou", bare)))


def spanish_syllables(word: str) -> int:
    """Groups of vowels, parted where two strong ones meet or a weak one carries the accent: "día", "leer"."""
    bare = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower())
    bare = re.sub(r"y(?![aeiouáéíóú])", "i", bare)
    count, before = 0, ""
    for letter in bare:
        strong = letter in _STRONG or letter in _STRESSED
        if strong or letter in _WEAK:
            joined = bool(before) and not (strong and (before in _STRONG or before in _STRESSED)) and not (
                letter in _STRESSED or before in _STRESSED
            )
            count += 0 if joined else 1
            before = letter
        else:
            before = ""
    return max(1, count)
