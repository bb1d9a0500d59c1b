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

LONGEST = 4  # words of a phrase in telling.toml

WEIGHTS = {
    "share": 4.5,
    "telling": 1.2,
    "hints": 0.2,
    "hints_close": 0.2,
    "hint_rate": 3.0,
    "bare_parts": 2.2,
    "good_parts": 0.3,
    "denial": 0.25,
    "number": 0.2,
    "medicine": 0.35,
    "denied": -1.15,
    "good": -0.35,
    "heap": 0.3,
    "others": -0.25,
    "answered": -3.4,
}
ALLOWED = 2.7


@dataclass(frozen=True, slots=True)
class _Masks:
    good: int
    plain: int
    small: int
    sign: int
    part: int
    medicine: int
    life: int
    body: int  # good of a part of the body only
    cheer: int


@cache
def _masks() -> _Masks:
    mask = lexicon().mask
    good = "good good_phrase well better mild pink dried wound_ok laugh love same relief over warm happy care feet_ok"
    return _Masks(
        good=mask(good + " drain_ok good_feel"),
        plain=mask(
            good + " thanks thumbsup daily play food thing media weather pet toyplay eat sleep drink pee poop"
            " sleep_ok drain_ok med_ok good_feel"
        ),
        small=mask(
            "fn preposition link and or child his it copula have time me we you polite report but still subject neg"
            " clitic no_answer thanks amount since recent other parent name"
        ),
        sign=bits().sign,
        part=bits().part,
        medicine=mask("med thinner dose_unit all_pills"),
        life=mask("life play media weather sleep_ok fall_ok polite good"),
        body=mask("pink warm dried same"),
        cheer=mask("good good_phrase well better relief over happy"),
    )


@cache
def telling_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words and phrases of `lexicon/telling.toml`: telling ones, and hints."""
    file = resources.files("bot.reading") / "lexicon" / "telling.toml"
    data = read_toml(file.read_text(encoding="utf-8"))
    return _expanded(data["telling"]), _expanded(data["hint"])


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
    masks, bit = _masks(), bits()
    out = _Stretch()
    said: list[str] = []
    unable = any(unit.mask & bit.neg and unit.text in word_list("unable") for unit in segment.units)
    denies = any(unit.state == "denied" for unit in segment.units) and not unable
    open_denial = False  # a denial that denies no sign takes the good from what follows
    for unit in segment.units:
        if unit.kind != WORD:
            continue
        mask = unit.mask
        saying = bool(mask & masks.life) and " " in unit.text
        if not saying:  # a saying of daily life tells nothing
            said.extend(unit.text.split())
        if mask & bit.neg and not denies:
            out.denial = open_denial = True
        good = bool(mask & masks.good) and not unit.state and not open_denial
        out.good += good
        out.medicine += bool(mask & masks.medicine)
        if unit.state in ("denied", "better", "gone") and mask & masks.sign and not unable:
            out.denied += 1
        elif mask & masks.part:
            out.parts += 1
        elif (mask & masks.plain and not unit.state and not open_denial) or saying:
            out.plain += 1
        elif not mask & masks.small and unit.start not in names and unit.text not in word_list("numerals"):
            out.others += 1
    telling, hints = telling_words()
    for piece in _pieces(said):
        out.telling += piece in telling
        out.hints += piece in hints
    if not out.parts:
        out.good -= sum(
            bool(unit.mask & masks.body and not unit.mask & masks.cheer) for unit in segment.units
        )
        out.good = max(0, out.good)
    return out


def _pieces(words: list[str]) -> Iterator[str]:
    for at in range(len(words)):
        for end in range(at + 1, min(at + LONGEST, len(words)) + 1):
            yield " ".join(words[at:end])


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
