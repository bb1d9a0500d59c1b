"""The stretches of a text with one predicate each."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.reading.grammar import HARD, bits
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.text import MARK


@dataclass(slots=True)
class Segment:
    """A stretch of units with one predicate; `sentence` counts hard boundaries, `first` to `last` are unit indices."""

    first: int
    last: int
    sentence: int
    hypothetical: bool = False
    hyp_at: int = -1  # where the supposing begins; what stands before it is told
    past: bool = False
    long_ago: bool = False
    before_op: bool = False
    question: bool = False
    subject: str = ""  # "", child, other, me, it
    parts: int = 0
    part_at: int = -1
    after_but: bool = False
    units: list[Unit] = field(default_factory=list)


def segments_of(units: list[Unit]) -> list[Segment]:
    """The text in stretches with one predicate each, with what holds for the whole stretch."""
    bit = bits()
    out: list[Segment] = []
    sentence = 0
    first = 0
    content = False
    after_but = False

    def close(last: int) -> None:
        nonlocal first, content
        if last >= first:
            out.append(Segment(first, last, sentence, after_but=after_but, units=units[first : last + 1]))
        first = last + 1
        content = False

    count = len(units)
    for place in range(count):
        unit = units[place]
        if unit.kind == MARK:
            if unit.text in HARD:
                question = unit.text == "?"
                close(place - 1)
                if question:
                    for done in reversed(out):
                        if done.sentence != sentence:
                            break
                        done.question = True
                first = place + 1
                if unit.text not in "¿¡":
                    sentence += 1
                    after_but = False
            elif (unit.text == "," and not _same_list(units, place)) or unit.text in "-–—()[]|*•~":
                close(place - 1)
                first = place + 1
            continue
        mask = unit.mask
        if mask & bit.but and place > first:
            close(place - 1)
            first = place
            after_but = True
        elif content and place > first:
            previous = units[place - 1]
            if (
                (
                    mask & bit.conj
                    and place + 1 < count
                    and (
                        starts_subject(units, place + 1)
                        or units[place + 1].mask & (bit.neg | bit.have | bit.clitic)
                    )
                )
                or (
                    mask & bit.subject
                    and not mask & bit.part
                    and (
                        unit.text != "it"
                        or (place + 1 < count and units[place + 1].mask & (bit.copula | bit.have | bit.sign))
                    )
                    and previous.kind != MARK
                    and not (mask & bit.his and place + 1 < count and units[place + 1].mask & bit.part)
                    and not (
                        place + 1 < count
                        and units[place + 1].mask & bit.report
                        and units[place + 1].text in word_list("says")
                    )
                    and not previous.mask
                    & (
                        bit.report
                        | bit.hyp
                        | bit.if_real
                        | bit.since
                        | bit.link
                        | bit.prep
                        | bit.neg
                        | bit.conj
                    )
                )
                or (
                    mask & bit.his
                    and not previous.mask & (bit.prep | bit.link | bit.report | bit.conj)
                    and place + 2 < count
                    and units[place + 1].mask & bit.part
                    and any(units[step].mask & bit.copula for step in range(place + 2, min(place + 4, count)))
                )
            ):
                close(place - 1)
                first = place
        if mask & (bit.polar | bit.copula | bit.part | bit.have) or unit.kind == "number":
            content = True
    close(count - 1)
    return out


def starts_subject(units: list[Unit], place: int) -> bool:
    """True when a new subject begins at `place`: a pronoun, or a possessive or article before a part of the body."""
    bit = bits()
    unit = units[place]
    if unit.mask & bit.subject:
        return True
    if unit.mask & (bit.his | bit.child | bit.other):
        return True
    return bool(unit.mask & bit.part) and any(
        units[step].mask & bit.copula for step in range(place + 1, min(place + 3, len(units)))
    )


def _same_list(units: list[Unit], place: int) -> bool:
    """ "cold, blue and white": a comma between two qualities or two parts makes no new stretch."""
    bit = bits()
    if not 0 < place < len(units) - 1:
        return False
    before, after = units[place - 1], units[place + 1]
    if after.mask & bit.sign and before.mask & bit.sign:
        further = units[place + 2] if place + 2 < len(units) else None
        return (
            further is None or further.kind == MARK or bool(further.mask & (bit.conj | bit.either | bit.but))
        )
    return bool(before.mask & bit.part and after.mask & bit.part and not before.mask & bit.sign)
