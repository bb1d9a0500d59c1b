"""The figures of a labelled set, as reading-standard.md defines them, with Wilson 95 % intervals. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from messages.conversation import Intent, Reading
from messages.flags import Level

DANGER = (Level.URGENT, Level.EMERGENCY)


@dataclass(frozen=True)
class Case:
    """One labelled text: every level that is right, the best first, and the signs present now."""

    id: str
    lang: str
    asked: str
    text: str
    levels: tuple[Level, ...]
    signs: frozenset[str]
    signs_ok: frozenset[str]
    intent: str

    @property
    def danger(self) -> bool:
        return all(level in DANGER for level in self.levels)


def case_from(row: dict[str, object]) -> Case:
    """A case from one line's object; raises KeyError or ValueError when it is not one."""
    levels = row["levels"]
    signs = row.get("signs", [])
    more = row.get("signs_ok", [])
    if (
        not isinstance(levels, list)
        or not isinstance(signs, list)
        or not isinstance(more, list)
        or not levels
    ):
        raise ValueError("levels, signs and signs_ok are lists, and levels is not empty")
    return Case(
        str(row.get("id", "")),
        str(row.get("lang", "en")),
        str(row.get("asked", "none")),
        str(row["text"]),
        tuple(Level(level) for level in levels),
        frozenset(map(str, signs)),
        frozenset(map(str, more)),
        str(row.get("intent", "")),
    )


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


@dataclass
class Figures:
    """Counts (hits, total) of each figure; `wrong` lists the misread cases by kind."""

    counts: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[tuple[str, Case, Reading]] = field(default_factory=list)

    def count(self, name: str, hit: bool) -> None:
        row = self.counts.setdefault(name, [0, 0])
        row[0] += hit
        row[1] += 1

    def share(self, name: str) -> float:
        hits, total = self.counts.get(name, [0, 0])
        return hits / total if total else 0.0

    def hits(self, name: str) -> int:
        return self.counts.get(name, [0, 0])[0]


_CARRIER = (Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.WRONG_NUMBER)


def figures_of(pairs: Iterable[tuple[Case, Reading]]) -> Figures:
    """The figures of read cases."""
    out = Figures()
    for case, reading in pairs:
        level = reading.level
        ranks = [one.rank for one in case.levels]
        kinds: list[str] = []
        if case.danger:
            out.count("miss", level is Level.OK)
            out.count("danger to a person fast", level in DANGER)
            if level is Level.OK:
                kinds.append("miss")
            elif level not in DANGER:
                kinds.append("slow danger")
        if case.levels == (Level.EMERGENCY,):
            out.count("emergency recall", level is Level.EMERGENCY)
            if level is not Level.EMERGENCY:
                kinds.append("emergency missed")
        if Level.OK in case.levels:
            out.count("ok to a person", level is not Level.OK)
        if case.levels == (Level.OK,):
            out.count("plain ok to a person", level is not Level.OK)
            if level is not Level.OK:
                kinds.append("ok to a person")
        if not any(one in DANGER for one in case.levels):
            out.count("harmless read danger", level in DANGER)
            out.count("harmless read emergency", level is Level.EMERGENCY)
            if level in DANGER:
                kinds.append("false alarm")
        out.count("under-triage", level.rank < min(ranks))
        out.count("over-triage", level.rank > max(ranks))
        out.count("level right", level in case.levels)
        if level not in case.levels and not kinds:
            kinds.append("level")
        for sign in reading.signs:
            right = sign in case.signs or sign in case.signs_ok
            out.count("sign precision", right)
            if not right:
                kinds.append(f"sign too many: {sign}")
        for sign in case.signs:
            out.count("sign recall", sign in reading.signs)
            if sign not in reading.signs:
                kinds.append(f"sign missed: {sign}")
        if case.intent:
            right = reading.intent.value == case.intent
            out.count("intent", right)
            if case.intent in [one.value for one in _CARRIER]:
                out.count("opt-out, opt-in, help, wrong number", right)
            elif reading.intent in _CARRIER:
                out.count("falsely opt-out, opt-in, help or wrong number", True)
            if not right:
                kinds.append(f"intent {reading.intent.value}, not {case.intent}")
        for kind in kinds:
            out.wrong.append((kind, case, reading))
    return out
