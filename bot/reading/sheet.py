"""The figures of labelled texts as a sheet in Markdown: by language, level and sign, and the misreadings by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.reading.score import DANGER, Case, Figures, figures_of, wilson
from messages.conversation import Reading
from messages.flags import SIGNS, Level

Pair = tuple[Case, Reading]

# What is wanted of each figure: its name in the sheet, its key in Figures, the mark to reach.
WANTED = (
    ("danger read `ok`", "miss", "0"),
    ("emergency recall", "emergency recall", "98 %"),
    ("danger to a person fast", "danger to a person fast", "97 %"),
    ("plain `ok` sent to a person", "plain ok to a person", "at most 10 %"),
    ("harmless read as danger", "harmless read danger", "at most 5 %"),
    ("harmless read as emergency", "harmless read emergency", "at most 0.5 %"),
    ("sign precision", "sign precision", "93 %"),
    ("sign recall", "sign recall", "93 %"),
    ("opt-out, opt-in, help, wrong number", "opt-out, opt-in, help, wrong number", "97 %"),
)
KINDS = {
    "miss": "a danger read `ok`",
    "emergency missed": "an emergency read as less",
    "slow danger": "a danger that goes to a person the same day only",
    "false alarm": "a harmless text read as danger",
    "ok to a person": "plain good news that a person has to read",
    "level": "another level, neither of these",
}


def sheet(pairs: Sequence[Pair]) -> str:
    """The whole sheet; shares with Wilson 95 % intervals."""
    return "\n\n".join(
        "\n".join(table) for table in (_by_language(pairs), _by_level(pairs), _by_sign(pairs), _by_kind(pairs))
    )


def _by_language(pairs: Sequence[Pair]) -> Iterable[str]:
    groups = {"all": figures_of(pairs)}
    for language in ("en", "es"):
        groups[language] = figures_of(pair for pair in pairs if pair[0].lang == language)
    yield f"| figure | wanted | all {len(pairs)} | English | Spanish |"
    yield "| --- | --- | --- | --- | --- |"
    for name, key, wanted in WANTED:
        cells = [_share(figures, key) for figures in groups.values()]
        yield f"| {name} | {wanted} | {' | '.join(cells)} |"


def _share(figures: Figures, key: str) -> str:
    hits, total = figures.counts.get(key, [0, 0])
    if not total:
        return "-"
    low, high = wilson(hits, total)
    return f"{100 * hits / total:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _by_level(pairs: Sequence[Pair]) -> Iterable[str]:
    """What texts of each first level were read as."""
    yield "| labelled | texts | read emergency | urgent | review | ok |"
    yield "| --- | --- | --- | --- | --- | --- |"
    order = (Level.EMERGENCY, Level.URGENT, Level.REVIEW, Level.OK)
    for level in order:
        read = Counter(reading.level for case, reading in pairs if case.levels == (level,))
        if read:
            yield f"| only {level.value} | {read.total()} | " + " | ".join(str(read[one]) for one in order) + " |"


def _by_sign(pairs: Sequence[Pair]) -> Iterable[str]:
    """How often each sign was found where it was, and right where it was found; and whether its texts went out fast."""
    yield "| sign | texts | found | right where found | to a person fast |"
    yield "| --- | --- | --- | --- | --- |"
    for sign in SIGNS:
        there = [(case, reading) for case, reading in pairs if sign in case.signs]
        named = [(case, reading) for case, reading in pairs if sign in reading.signs]
        fast = [reading.level in DANGER for case, reading in there if case.danger]
        cells = (
            [sign in reading.signs for _, reading in there],
            [sign in case.signs | case.signs_ok for case, _ in named],
            fast,
        )
        shares = (f"{100 * sum(cell) / len(cell):.0f} %" if cell else "-" for cell in cells)
        yield f"| {sign} | {len(there)} | {' | '.join(shares)} |"


def _by_kind(pairs: Sequence[Pair]) -> Iterable[str]:
    kinds = Counter(
        "another intent" if kind.startswith("intent") else kind.split(":")[0]
        for kind, _, _ in figures_of(pairs).wrong
    )
    yield "| misreading | texts |"
    yield "| --- | --- |"
    for kind, count in kinds.most_common():
        yield f"| {KINDS.get(kind, kind)} | {count} |"
