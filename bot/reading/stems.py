"""Endings: the word of the lexicon that stands behind "foots", "throbbin", "calientico" or "apretamos"."""

from __future__ import annotations

from functools import cache

from bot.reading.lexicon import Lexicon, word_list

# What a word of danger may end in; other words may end in more ("-er", "-y", "-ly").
_EN_DANGER = ("s", "es", "ed", "ing", "in", "d", "y")
_EN_QUALITY = (*_EN_DANGER, "er", "r", "rn", "ern", "ish", "ly", "ness", "n")
_EN_ENDINGS = (
    "s", "es", "ed", "d", "ing", "er", "est", "ish", "y", "ly", "in", "n", "rs", "ers", "r", "st", "ness",
    "rn", "ern",
)  # fmt: skip
_EN_PART = ("s", "es")
_EN_VERB = ("ing", "ed", "es", "in", "s", "d", "")
_ES_SMALL = (
    "ititos", "ititas", "isimos", "isimas", "isimo", "isima", "ecitos", "ecitas", "ecito", "ecita", "citos", "citas",
    "cito", "cita", "itos", "itas", "ito", "ita", "illos", "illas", "illo", "illa", "ote", "ota", "otes", "otas",
    "azo", "aza", "mente", "ico", "ica", "icos", "icas", "itito", "itita",
)  # fmt: skip
_ES_VERB = (
    ("amos", "ar"), ("ando", "ar"), ("iendo", "er"), ("iendo", "ir"), ("aba", "ar"), ("aban", "ar"), ("ado", "ar"),
    ("ada", "ar"), ("ados", "ar"), ("adas", "ar"), ("an", "ar"), ("en", "er"), ("en", "ir"), ("aron", "ar"),
    ("ieron", "er"), ("ieron", "ir"), ("o", "ar"), ("a", "ar"), ("e", "ar"), ("e", "er"), ("io", "er"),
    ("io", "ir"), ("imos", "er"), ("imos", "ir"), ("ia", "er"), ("ia", "ir"), ("arlo", "ar"), ("arla", "ar"),
    ("arle", "ar"), ("arse", "ar"), ("erlo", "er"), ("erla", "er"), ("andole", "ar"), ("andolo", "ar"),
    ("andola", "ar"), ("andose", "ar"), ("iendose", "er"), ("iendole", "er"), ("o", "er"), ("o", "ir"),
    ("ara", "ar"), ("ado", "ear"), ("ida", "er"), ("ido", "er"), ("ido", "ir"), ("ida", "ir"), ("s", ""), ("es", ""),
    ("ao", "ado"), ("aos", "ados"), ("aito", "ado"), ("aita", "ada"), ("aitos", "ados"), ("aitas", "adas"),
    ("ia", "ida"),
)  # fmt: skip


_ROOT, _DANGER_ROOT = 4, 5  # how long a root must be before another form of it is taken for the same word


def stem_of(word: str, words: Lexicon, language: str = "") -> str | None:
    """The word that `word` is a form of; `language` leaves out the endings of the other one."""
    stem = _english(word, words) if language != "es" else None
    if stem is None and language != "en":
        stem = _spanish(word, words)
    if stem is None and language != "es":
        stem = _other_form(word, words, 0, _EN_VERB)
    if stem is None and language != "en":
        stem = _other_form(word, words, 1, _es_forms())
    return stem


def _other_form(word: str, words: Lexicon, side: int, endings: tuple[str, ...]) -> str | None:
    """Another form of one verb that the lexicon holds: "apretamos" by "apretado", "cuelgan" by "colgado"."""
    for ending in endings:
        root = word[: len(word) - len(ending)] if word.endswith(ending) else ""
        if len(root) < _ROOT:
            continue
        for form in _changed(root) if side else (root,):
            for other in endings:
                meaning = words.words.get(form + other, (0, 0))[side]
                if meaning and (
                    not meaning & words.danger
                    or (len(form) >= _DANGER_ROOT and not meaning & words.mask("part"))
                ):
                    return form + other
    return None


@cache
def _es_forms() -> tuple[str, ...]:
    return tuple(sorted(word_list("verb_endings"), key=lambda ending: (-len(ending), ending)))


def _changed(root: str) -> list[str]:
    """A Spanish root and what becomes of its vowel under stress: aprieta, apretar; cuelga, colgar; sirve, servir."""
    out = [root]
    for weak, strong in (("e", "ie"), ("o", "ue"), ("e", "i")):
        for one, other in ((strong, weak), (weak, strong)):
            at = root.rfind(one)
            if at > 0:
                out.append(root[:at] + other + root[at + len(one) :])
    return out


def _english(word: str, words: Lexicon) -> str | None:
    table = words.words
    if word.endswith("in") and len(word) > 4:
        for whole in (word + "g", word[:-2] + "e"):
            if whole in table and table[whole][0]:
                return whole
    for ending in _EN_ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < 3:
            continue
        stem = word[: -len(ending)]
        forms = [stem, stem + "e"]
        if len(stem) > 3 and stem[-1] == stem[-2]:
            forms.append(stem[:-1])
        if stem.endswith("i") and ending in ("es", "ed", "er", "est"):
            forms.append(stem[:-1] + "y")
        for form in forms:
            meaning = table.get(form, (0, 0))[0]
            if meaning and (not meaning & words.danger or ending in _may_end(meaning, words)):
                return form
    return None


def _may_end(meaning: int, words: Lexicon) -> tuple[str, ...]:
    if meaning & words.mask("part"):
        return _EN_PART
    return _EN_QUALITY if meaning & words.mask("attribute hurt swell tingle") else _EN_DANGER


def _spanish(word: str, words: Lexicon) -> str | None:
    table = words.words
    for ending in _ES_SMALL:
        if not word.endswith(ending) or len(word) - len(ending) < 2:
            continue
        stem = word[: -len(ending)]
        if stem.endswith("qu"):
            stem = stem[:-2] + "c"
        elif stem.endswith("gu"):
            stem = stem[:-1]
        for back in ("o", "a", "e", "", "os", "as", "es"):
            full = stem + back
            if full in table and table[full][1]:
                return full
            if stem.endswith("c") and table.get(stem[:-1] + "z" + back, (0, 0))[1]:
                return stem[:-1] + "z" + back
    for ending, back in _ES_VERB:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            full = word[: -len(ending)] + back
            if full in table and table[full][1]:
                return full
    return None
