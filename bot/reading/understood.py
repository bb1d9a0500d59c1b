"""How far a text was understood: which words are known, which plainly name a person or a thing of daily life."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reading.earned import masks_of_quiet
from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.segments import Segment
from bot.reading.text import WORD, Token, fold_word
from messages.conversation import Evidence

MOST = 3  # words that may be left not understood in one text, and the share that must be known
LEAST = 0.6


@dataclass(slots=True)
class Understanding:
    """`told`: something of substance was said; `complete`: no word that matters is unknown; `share`: of words known."""

    told: bool
    complete: bool
    share: float
    names: frozenset[int]  # where names and things of daily life stand that no list holds


def understanding(
    units: list[Unit], tokens: list[Token], segments: list[Segment], evidence: list[Evidence], told: bool
) -> Understanding:
    """What was understood; adds the evidence of denied signs, of names and of words not understood.

    A few unknown words do not keep a text from being understood where it says enough otherwise (earned.py), but not as
    what the child is, has or feels.
    """
    bit = bits()
    words = lexicon()
    substance = (
        words.mask("substance well better less thanks polite help_me move feel") | masks_of_quiet().plain
    )
    harmless = words.mask("life thing food good well thanks polite play laugh daily")
    predicate = bit.copula | bit.have | words.mask("feel")
    article = bit.his | words.mask("amount")
    said = known = 0
    names: set[int] = set()
    unknown: list[Unit] = []
    guessed = 0
    is_said_of = False
    raws = {token.start: token.raw for token in tokens}
    for segment in segments:
        here = 0
        for unit in segment.units:
            if unit.state in ("", "attribute"):
                here |= unit.mask
        quiet = bool(here & harmless) and not segment.parts and not here & bit.sign
        for offset, unit in enumerate(segment.units):
            if unit.kind != WORD:
                continue
            said += 1
            place = segment.first + offset
            if unit.mask and not (
                offset
                and segment.parts
                and units[place - 1].mask & bit.copula
                and not unit.mask & (bit.sign | bit.polar)
                and _mended(raws.get(unit.start, unit.text), unit.text)
            ):
                known += 1
                if unit.state in ("denied", "better", "gone") and unit.mask & (bit.sign | bit.polar):
                    told = True
                    if unit.mask & bit.sign:
                        status = "denied" if unit.state == "denied" else "better"
                        evidence.append(Evidence(unit.start, unit.end, unit.text, "", status))
                elif unit.mask & substance:
                    told = True
                continue
            following = units[place + 1] if place + 1 < len(units) else None
            previous = units[place - 1] if place else None
            if _titled(raws.get(unit.start, unit.text)) and (
                offset or (following is not None and following.mask & (bit.copula | bit.have | harmless))
            ):
                known += 1
                names.add(unit.start)
                evidence.append(Evidence(unit.start, unit.end, "a name", "", "word"))
                continue
            if offset and previous is not None and previous.mask & article and not previous.mask & predicate:
                previous = units[place - 2] if offset > 1 else None
            said_of = (
                offset and previous is not None and previous.mask & predicate and not previous.mask & harmless
            )
            if said_of:
                is_said_of = True
            elif quiet and guessed < MOST and unit.text.isascii() and len(unit.text) > 2:
                guessed += 1
                known += 1
                evidence.append(Evidence(unit.start, unit.end, "named with daily life", "", "word"))
                continue
            unknown.append(unit)
            evidence.append(Evidence(unit.start, unit.end, "not understood", "", "unknown"))
    share = known / said if said else (1.0 if told else 0.0)
    complete = len(unknown) <= MOST and share >= LEAST and not is_said_of
    return Understanding(told, complete, share, frozenset(names))


def _mended(raw: str, text: str) -> bool:
    """True for a slip put right: what a child or a part is said to be must not rest on a guess."""
    folded = fold_word(raw)
    return " " not in text and folded != text and folded not in lexicon().words


def _titled(raw: str) -> bool:
    return raw[:1].isupper() and not raw.isupper() and raw.isascii() and len(raw) > 1
