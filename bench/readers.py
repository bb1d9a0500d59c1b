"""The same labelled texts through three readers: a list of phrases, medspaCy with ConText, and Hearback's own.

    python -m bench.readers FILE_OR_FOLDER... [--medspacy PYTHON] [--lang en]

All three get the same words: the phrases are those of Hearback's lexicon that name a sign by themselves. medspaCy needs
an environment of its own (bench/README.md); without it its line is left out. Accuracy is that of `hearback read
--score`; time is the median over five rounds of one whole pass, per text, all in this one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.phrases import Phrases, sign_phrases
from bot.reading.menu import asked_from
from bot.reading.read import read
from bot.reading.score import Case, case_from, figures_of
from bot.reading.text import tokens_of
from messages.conversation import Intent, Reading
from messages.flags import Level
from scheduler.protocol import USUAL_LEVEL

ROUNDS = 5
FIGURES = (
    ("danger read ok", "miss"),
    ("emergency recall", "emergency recall"),
    ("danger fast", "danger to a person fast"),
    ("ok to a person", "plain ok to a person"),
    ("harmless danger", "harmless read danger"),
)
_NO = "no not dont doesnt isnt hasnt without never none sin ni nunca tampoco nada"
DENIALS = frozenset(_NO.split(" "))
WINDOW = 5  # words behind a denial that it covers


def reading_of(signs: Sequence[str]) -> Reading:
    """What a reader that finds signs and nothing more says of a text."""
    level = max(
        (USUAL_LEVEL.get(sign, Level.URGENT) for sign in signs), key=lambda one: one.rank, default=Level.OK
    )
    return Reading(level, tuple(sorted(set(signs))), Intent.REPORT)


def by_list(phrases: Phrases, text: str, *, denials: bool) -> list[str]:
    """The signs whose phrases stand in a text; with `denials`, not those within five words behind a denial."""
    words = [token.text for token in tokens_of(text)]
    found = []
    for start in range(len(words)):
        for phrase, sign in phrases.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                before = words[max(0, start - WINDOW) : start]
                if not (denials and DENIALS.intersection(before)):
                    found.append(sign)
    return found


def timed(read_one: Callable[[Case], Reading], cases: Sequence[Case]) -> tuple[list[Reading], float]:
    """The readings, and the median time of one text in milliseconds."""
    readings = [read_one(case) for case in cases]
    spans = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for case in cases:
            read_one(case)
        spans.append((perf_counter() - start) / len(cases) * 1000)
    return readings, median(spans)


def by_medspacy(python: str, phrases: Phrases, cases: Sequence[Case]) -> tuple[list[Reading], float]:
    """medspaCy's readings, in its own environment, and its median time of one text in milliseconds."""
    rules = [[" ".join(phrase), sign] for group in phrases.values() for phrase, sign in group]
    asked = json.dumps({"rules": rules, "texts": [case.text for case in cases], "rounds": ROUNDS})
    script = Path(__file__).with_name("medspacy_side.py")
    done = subprocess.run([python, str(script)], input=asked, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return [reading_of(signs) for signs in answer["signs"]], answer["milliseconds"]


def cases_in(paths: Sequence[Path], lang: str) -> list[Case]:
    files = [file for path in paths for file in (sorted(path.rglob("*.jsonl")) if path.is_dir() else [path])]
    rows = [
        case_from(json.loads(line)) for file in files for line in file.read_text("utf-8").splitlines() if line
    ]
    return [case for case in rows if not lang or case.lang == lang]


def row(name: str, cases: Sequence[Case], readings: Sequence[Reading], milliseconds: float) -> str:
    figures = figures_of(zip(cases, readings, strict=True))
    cells = [f"{100 * figures.share(key):.1f} %" for _, key in FIGURES]
    return "| " + " | ".join([name, *cells, f"{milliseconds:.3f} ms"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--medspacy", default="", help="the Python of an environment with medspaCy")
    parser.add_argument("--lang", default="", help="only texts of this language")
    asked = parser.parse_args()
    cases = cases_in(asked.paths, asked.lang)
    phrases = sign_phrases()
    print(f"{len(cases)} texts, {sum(map(len, phrases.values()))} phrases, Python {sys.version.split()[0]}\n")
    print("| reader | " + " | ".join(name for name, _ in FIGURES) + " | one text |")
    print("| --- |" + " --- |" * (len(FIGURES) + 1))
    for name, denials in (("list of phrases", False), ("the same, with denials", True)):
        readings, span = timed(
            lambda case, d=denials: reading_of(by_list(phrases, case.text, denials=d)), cases
        )
        print(row(name, cases, readings, span))
    if asked.medspacy:
        readings, span = by_medspacy(asked.medspacy, phrases, cases)
        print(row("medspaCy, ConText", cases, readings, span))
    readings, span = timed(lambda case: read(case.text, asked=asked_from(case.asked)), cases)
    print(row("Hearback", cases, readings, span))


if __name__ == "__main__":
    main()
