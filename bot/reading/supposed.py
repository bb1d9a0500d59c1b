"""What is only supposed, feared or asked in general, and what sounds like it and is told: "si, tiene fiebre"."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.lexicon import word_list
from bot.reading.match import Unit
from bot.reading.segments import Segment
from bot.reading.text import NUMBER


def mark_supposed(segments: list[Segment]) -> None:
    """Set what is hypothetical; it lasts to the end of its sentence unless a new clause tells."""
    bit = bits()
    previous: Segment | None = None
    for segment in segments:
        real = _supposes(segment, segments)
        if (
            previous is not None
            and previous.sentence == segment.sentence
            and previous.hypothetical
            and not real
        ):
            own_subject = any(
                unit.mask & (bit.subject | bit.child | bit.other | bit.me) for unit in segment.units
            )
            habitual = previous.subject in ("me", "we") and own_subject and segment.subject == "child"
            told = segment.after_but and segment.first and own_subject
            because = segment.units[0].text.split(" ", 1)[0] in word_list("causal")
            if not (habitual or told or because):
                segment.hypothetical = True
        general = not real and (_in_general(segment) or _asks_if_it_could(segment))
        if not segment.hypothetical and (general or _asks_a_kind(segment)):
            segment.hypothetical = True
        previous = segment
    _confirmed(segments)


def _would_do(segments: list[Segment]) -> bool:
    """True when the text asks or says what is to be done: an "if" in it supposes."""
    bit = bits()
    return any(
        segment.question
        or any(unit.mask & bit.asking or unit.text in word_list("would_do") for unit in segment.units)
        or any(
            unit.text == "que" and following.text in word_list("what_i")
            for unit, following in zip(segment.units, segment.units[1:], strict=False)
        )
        for segment in segments
    )


def _supposes(segment: Segment, segments: list[Segment]) -> bool:
    """Look for the word that supposes; True where one makes the clause real ("is it ok if", "hurts if")."""
    bit = bits()
    real = False
    units = segment.units
    for place, unit in enumerate(units):
        if unit.mask & bit.if_real:
            real = True
        if not unit.mask & bit.hyp or unit.state == "asked" or real or segment.hypothetical:
            continue
        if any(one.text.split(" ")[-1] in word_list("unsure_if") for one in units[max(0, place - 2) : place]):
            continue
        if unit.text == "si" or unit.text.startswith("si "):
            if _says_yes(units, place, segment, segments):
                continue
            if _does_to_the_child(units, place):
                real = True
                continue
        segment.hypothetical = True
        segment.hyp_at = segment.first + place
    return real


def _says_yes(units: list[Unit], place: int, segment: Segment, segments: list[Segment]) -> bool:
    """ "si, tiene fiebre", "si hinchado", "eso si le duele": a yes without its accent."""
    bit = bits()
    if units[place].text == "si":
        if place == len(units) - 1:
            return True
        before = units[place - 1] if place else None
        emphatic = bit.child | bit.it | bit.time | bit.recent | bit.subject | bit.sign | bit.part | bit.good
        said_so = before is not None and before.mask & emphatic and not before.mask & bit.link
        if said_so and not _would_do(segments):
            return True
    if (place and not units[0].mask & bit.but) or units[place].text == "si no":
        return False
    if units[place].text.split(" ")[-1] in word_list("subjunctive"):
        return False
    return (
        place <= 1 and (segment is segments[0] or bool(units[0].mask & bit.but)) and not _would_do(segments)
    )


def _does_to_the_child(units: list[Unit], place: int) -> bool:
    """ "si le hundo el dedo ...": what happens when the carer does a thing is seen and not supposed."""
    bit = bits()
    if (
        place + 2 >= len(units)
        or units[place].text != "si"
        or units[place + 1].text not in ("le", "lo", "la")
    ):
        return False
    verb = units[place + 2]
    return verb.text.endswith("o") and not verb.text.endswith("io") and not verb.mask & (bit.sign | bit.time)


_INDEFINITE = frozenset(
    ("the", "a", "an", "your", "la", "el", "these", "those", "this", "los", "las", "un", "una", "it", "that")
)


def _definite(units: list[Unit]) -> bool:
    """True when a clause speaks of one child or of now: "his", "le", "today", "like this"."""
    bit = bits()
    return any(
        (
            unit.mask & (bit.child | bit.his | bit.it)
            and unit.text not in _INDEFINITE
            and unit.text.rsplit(" ", 1)[-1] != "old"
        )
        or unit.mask & (bit.recent | bit.since | bit.still | bit.again)
        or unit.text in word_list("pointing")
        for unit in units
    )


def _in_general(segment: Segment) -> bool:
    """ "does swelling ever go away?", "can the medicine cause a rash?": asked of children in general."""
    bit = bits()
    if not segment.question or not segment.units[0].mask & bit.generic:
        return False
    return not _definite(segment.units) and any(unit.mask & bit.generic_verb for unit in segment.units)


def _asks_if_it_could(segment: Segment) -> bool:
    """ "could the antibiotics make him vomit?", "will his leg be swollen after?": not "could it be", "will it stop"."""
    bit = bits()
    units = segment.units
    if not segment.question or len(units) < 3 or units[0].text not in word_list("could"):
        return False
    if any(
        unit.text in word_list("pointing") or unit.mask & (bit.since | bit.still | bit.again)
        for unit in units
    ):
        return False
    if units[0].text in ("will", "would"):
        return not any(
            unit.mask & (bit.gone | bit.better | bit.ceased) or unit.text == "stop" for unit in units
        )
    return not units[1].mask & (bit.child | bit.it) and any(unit.mask & bit.generic_verb for unit in units)


def _asks_a_kind(segment: Segment) -> bool:
    """ "how hot is too hot", "what kind of cough", "cuanta hinchazon es demasiada": asked how much or which."""
    bit = bits()
    if not any(unit.mask & bit.asks_kind for unit in segment.units):
        return False
    said = [unit for unit in segment.units if unit.text not in word_list("before_a_question")]
    if not any(unit.mask & bit.asks_kind for unit in said[:2]):
        return False
    if any(unit.text.split(" ")[0] in word_list("to_be_done") for unit in said):
        return False
    return not _definite(said)


def _confirmed(segments: list[Segment]) -> None:
    """ "What if she gets a fever? She has one", "how much is too much? I counted six": then it is told."""
    bit = bits()
    for place, segment in enumerate(segments):
        if not segment.hypothetical:
            continue
        for later in segments[place + 1 : place + 3]:
            units = later.units
            if any(unit.mask & (bit.neg | bit.well) for unit in units):
                continue
            told = later.sentence > segment.sentence and any(
                unit.mask & bit.confirm and unit.state == "" for unit in units
            )
            counted = units[0].text.split(" ", 1)[0] in word_list("counting") and any(
                unit.mask & (bit.since | bit.counted)
                or unit.text in word_list("durations")
                or (unit.kind == NUMBER and float(unit.text) < 34)
                for unit in units
            )
            if told or counted:
                segment.hypothetical = False
                later.hypothetical = False
