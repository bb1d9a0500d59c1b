"""The labelled readings, file by file: no danger read ok, and the figures of reading-standard.md above their floors."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from bot.reading.menu import asked_from
from bot.reading.read import read
from bot.reading.score import Case, Figures, case_from, figures_of
from messages.conversation import Reading

READINGS = Path(__file__).parent / "readings"
FILES = sorted(READINGS.rglob("*.jsonl"))


@cache
def pairs(file: Path) -> tuple[tuple[Case, Reading], ...]:
    """The cases of one file, each with its reading."""
    out = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            case = case_from(json.loads(line))
            language = case.lang if case.lang in ("en", "es") else "en"
            out.append((case, read(case.text, asked=asked_from(case.asked), language=language)))
    return tuple(out)


# Idle words of danger, dangers told without a word of them or behind a run of denials, and wishes told in odd ways, on
# purpose.
EDGES = tuple(
    f"families-{name}"
    for name in (
        *("edges", "chatter", "charla", "pantry", "despensa", "street", "calle", "timeline", "muro"),
        *("chatroom", "replies", "breakroom", "tertulia", "sobremesa", "nightlight", "veladora", "doormat", "felpudo"),
        *("busstop", "parada", "switchboard", "pushchair", "carreola", "clothesline", "washboard", "tendedero"),
        "lavadero",
    )
)


def whole(language: str) -> Figures:
    files = [file for file in FILES if file.parent.name == language and file.stem not in EDGES]
    return figures_of(pair for file in files for pair in pairs(file))


def listed(figures: Figures, *kinds: str) -> str:
    return "\n".join(
        f"{kind}: {case.id} {case.text!r}: read {reading.level.value} {list(reading.signs)}"
        for kind, case, reading in figures.wrong
        if kind.startswith(kinds)
    )


APART = [file for file in FILES if file.stem.startswith(("families-", "compar"))]  # written apart from the rules
SHAPED = [file for file in FILES if file not in APART]  # the rules were shaped on these
MOST_MISSED = 0.005  # of the dangers in texts written apart


@pytest.mark.parametrize("file", SHAPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_danger_is_read_ok(file: Path) -> None:
    figures = figures_of(pairs(file))

    assert figures.hits("miss") == 0, listed(figures, "miss")


@pytest.mark.parametrize("language", ["en", "es"])
def test_hardly_a_danger_in_the_texts_written_apart_is_read_ok(language: str) -> None:
    figures = figures_of(pair for file in APART if file.parent.name == language for pair in pairs(file))

    assert figures.share("miss") <= MOST_MISSED, listed(figures, "miss")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_file_is_read_as_labelled_for_the_most_part(file: Path) -> None:
    figures = figures_of(pairs(file))

    assert figures.share("level right") >= 0.68, listed(figures, "")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_figures_of_each_language_hold(language: str) -> None:
    figures = whole(language)

    for name, least in FLOORS.items():
        assert figures.share(name) >= least, (
            f"{name} {figures.share(name):.3f}\n{listed(figures, *LISTED[name])}"
        )
    for name, most in CEILINGS.items():
        assert figures.share(name) <= most, (
            f"{name} {figures.share(name):.3f}\n{listed(figures, *LISTED[name])}"
        )


FLOORS = {
    "emergency recall": 0.95,
    "danger to a person fast": 0.96,
    "sign precision": 0.91,
    "sign recall": 0.95,
    "opt-out, opt-in, help, wrong number": 0.92,
}
CEILINGS = {"plain ok to a person": 0.24, "harmless read danger": 0.07, "harmless read emergency": 0.018}
LISTED = {
    "emergency recall": ("emergency missed",),
    "danger to a person fast": ("miss", "slow danger"),
    "sign precision": ("sign too many",),
    "sign recall": ("sign missed",),
    "opt-out, opt-in, help, wrong number": ("intent",),
    "plain ok to a person": ("ok to a person",),
    "harmless read danger": ("false alarm",),
    "harmless read emergency": ("false alarm",),
}
