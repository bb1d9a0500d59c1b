"""Whether a text in which no sign was found has earned its `ok`.

Nobody reads what is `ok`. So that no rule spoke is not enough: the words must speak of a quiet day. Each text gets a
measure of doubt from what it says (features_of): words of daily life and of health against others, words that tell of
something that happened, parts of the body with nothing good said of them. The weights were fitted by hand and by
logistic regression to the development texts; the words (`lexicon/telling.toml`, `lexicon/*/daily.toml`) stand by theme.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.reading.grammar import bits
from bot.reading.lexicon import LANGUAGES, lexicon, word_list
from bot.reading.match import Unit
from bot.reading.notation import read_toml, spellings
from bot.reading.segments import Segment
from bot.reading.text import NUMBER, WORD, fold_word

LONGEST = 6  # words of a phrase in telling.toml

WEIGHTS = {
    "share": 4.5,
    "telling": 1.3,
    "hints": 0.22,
    "hints_close": 0.18,
    "hint_rate": 3.3,
    "bare_parts": 2.0,
    "good_parts": 0.5,
    "denial": 0.3,
    "number": 0.2,
    "medicine": 0.4,
    "denied": -1.2,
    "good": -0.45,
    "heap": 0.35,
    "others": -0.27,
    "answered": -3.6,
}
ALLOWED = 2.7
ALLOWED_SOFT = 1.2  # where a word of worry, pain or tears stands in the text (rule.soft)


@dataclass(frozen=True, slots=True)
class _Masks:
    good: int
    plain: int
    small: int
    sign: int
    part: int
    medicine: int
    life: int
    of_a_part: int
    cheer: int


@cache
def masks_of_quiet() -> _Masks:
    """What speaks of a quiet day, and what says nothing either way."""
    mask = lexicon().mask
    harmless = " ".join(name for name in lexicon().bits if name.endswith("_ok"))  # look-alikes of signs
    of_a_part = "pink warm dried same dry_word"
    cheer = "good good_phrase well better relief over happy"
    good = f"{of_a_part} {cheer} mild laugh love care good_feel {harmless}"
    return _Masks(
        good=mask(good),
        plain=mask(
            f"{good} thanks thumbsup daily play food thing media weather pet toyplay eat sleep drink pee"
            " poop heart_idiom"
        ),
        small=mask(
            "fn preposition link and or child his it copula have time me we you polite report but still subject neg"
            " clitic no_answer thanks amount since recent other parent name"
        ),
        sign=bits().sign,
        part=bits().part,
        medicine=mask("med thinner dose_unit all_pills"),
        life=mask(
            f"life play media weather polite good daily heart_idiom breath_joke life_breath {harmless}"
        ),
        of_a_part=mask(of_a_part),
        cheer=mask(cheer),
    )


@cache
def telling_words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words and phrases of `lexicon/telling.toml`: telling ones, hints, and calm ones."""
    file = resources.files("bot.reading") / "lexicon" / "telling.toml"
    data = read_toml(file.read_text(encoding="utf-8"))
    return _expanded(data["telling"]), _expanded(data["hint"]), _expanded(data["calm"])


def _expanded(tables: dict[str, dict[str, str]]) -> frozenset[str]:
    out: set[str] = set()
    for language in LANGUAGES:
        table = tables[language]
        out.update(fold_word(word) for word in table["words"].split())
        for entry in table["phrases"].replace("\n", " ").split(","):
            out.update(" ".join(words) for words in spellings(entry) if len(words) <= LONGEST)
    return frozenset(out)


@dataclass(slots=True)
class _Stretch:
    """What one stretch of a text says."""

    good: int = 0
    plain: int = 0
    denied: int = 0
    parts: int = 0
    medicine: int = 0
    others: int = 0
    telling: int = 0
    hints: int = 0
    denial: bool = False


def _stretch(segment: Segment, names: frozenset[int]) -> _Stretch:
    masks, bit = masks_of_quiet(), bits()
    telling, hints, calm = telling_words()
    out = _Stretch()
    units = [unit for unit in segment.units if unit.kind == WORD]
    said = [word for unit in units for word in unit.text.split()]
    calmed = _covered(said, calm)
    unable = any(unit.mask & bit.neg and unit.text in word_list("unable") for unit in units)
    denies = any(unit.state == "denied" for unit in units) and not unable
    open_denial = False  # a denial that denies no sign takes the good from what follows
    cheerful = False
    at = 0
    for unit in units:
        mask = unit.mask
        last = at + len(unit.text.split())
        saying = bool(mask & masks.life) and " " in unit.text  # a saying of daily life tells nothing
        if saying:
            calmed.update(range(at, last))
        quiet = calmed.issuperset(range(at, last))
        at = last
        if mask & bit.neg and not denies and not quiet:
            out.denial = open_denial = True
        out.good += bool(mask & masks.good) and not unit.state and not open_denial
        cheerful = cheerful or bool(mask & masks.cheer)
        out.medicine += bool(mask & masks.medicine)
        if unit.state in ("denied", "better", "gone") and mask & masks.sign and not unable:
            out.denied += 1
        elif quiet or (mask & masks.plain and not mask & masks.part and not unit.state and not open_denial):
            out.plain += 1
        elif mask & masks.part:
            out.parts += 1
        elif not mask & masks.small and unit.start not in names and unit.text not in word_list("numerals"):
            out.others += 1
    for first, last, piece in _pieces(said):
        if not calmed.issuperset(range(first, last)):
            out.telling += piece in telling
            out.hints += piece in hints
    if not out.parts and not cheerful:  # "pink" and "warm" are good of a part of the body only
        out.good = 0
    return out


def _covered(words: list[str], phrases: frozenset[str]) -> set[int]:
    """The places of the words that stand in one of the phrases, the longest first from the left."""
    out: set[int] = set()
    at = 0
    while at < len(words):
        length = next(
            (
                size
                for size in range(min(LONGEST, len(words) - at), 1, -1)
                if " ".join(words[at : at + size]) in phrases
            ),
            0,
        )
        out.update(range(at, at + length))
        at += max(1, length)
    return out


def _pieces(words: list[str]) -> Iterator[tuple[int, int, str]]:
    for first in range(len(words)):
        for last in range(first + 1, min(first + LONGEST, len(words)) + 1):
            yield first, last, " ".join(words[first:last])


def features_of(
    units: list[Unit], segments: list[Segment], names: frozenset[int], answered: bool
) -> dict[str, float]:
    """What speaks for and against a quiet day. `names`: where names stand; `answered`: a number asked for."""
    rows = [_stretch(segment, names) for segment in segments]
    words = sum(len(unit.text.split()) for unit in units if unit.kind == WORD)
    others, plain = sum(row.others for row in rows), sum(row.plain + row.denied for row in rows)
    hints = sum(row.hints for row in rows)

    bare = sum(bool(row.parts and not row.good and not row.denied) for row in rows)
    return {
        "share": others / (others + plain + 0.5),
        "telling": min(4, sum(row.telling for row in rows)),
        "hints": min(8, hints),
        "hints_close": min(6, max((row.hints for row in rows), default=0)),
        "hint_rate": hints / (words + 1),
        "bare_parts": bare / max(1, len(rows)),
        "good_parts": min(2, sum(bool(row.parts) for row in rows) - bare),
        "denial": min(2, sum(row.denial for row in rows)),
        "number": min(3, sum(unit.kind == NUMBER for unit in units)),
        "medicine": min(2, sum(row.medicine for row in rows)),
        "denied": min(3, sum(row.denied for row in rows)),
        "good": min(3, sum(row.good for row in rows)),
        "heap": float(max((row.others - row.plain - row.denied for row in rows), default=0) >= 3),
        "others": min(6, others),
        "answered": float(answered),
    }


def doubt(units: list[Unit], segments: list[Segment], names: frozenset[int], answered: bool) -> float:
    """How much speaks against `ok`; above ALLOWED a person reads the text."""
    found = features_of(units, segments, names, answered)
    return sum(WEIGHTS[name] * value for name, value in found.items())
