"""What a family measured: temperatures, pain scores, oxygen, breaths, seconds until colour comes back."""

from __future__ import annotations

from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.numerals import Numeral
from bot.reading.pain_score import pain_score
from bot.reading.segments import Segment
from bot.reading.someone_else import said_of_someone_else
from bot.reading.temperature import HIGH_FEVER, celsius, is_fever, is_named, temperatures
from bot.reading.text import MARK, Token
from messages.conversation import Asked, Evidence
from messages.flags import Level

_COUNTING = frozenset(("count", "counted", "counting", "conte", "contamos", "contando", "cuento"))


def add_temperatures(
    tokens: list[Token],
    found: list[Numeral],
    units: list[Unit],
    asked: Asked,
    evidence: list[Evidence],
    segments: list[Segment],
    doubted: bool,
) -> tuple[float | None, set[int]]:
    """Add the evidence of body temperatures; gives the one that counts, in Celsius, and the tokens they stand in.

    `doubted`: the second reader thinks danger unlikely; then a number that is not named a temperature is no fever by
    itself, and a person looks ("40 degrees in the shade", "aisle 104").
    """
    asks = asked.kind == "followup:temperature"
    told = temperatures(tokens, found, asks)
    taken: set[int] = set()
    best: float | None = None
    bit = bits()
    for number, value in told:
        taken.update(range(number.first, number.last + 1))
        start, end = tokens[number.first].start, tokens[number.last].end
        place = next((at for at, unit in enumerate(units) if unit.start <= start < unit.end), 0)
        segment = next((row for row in segments if row.first <= place <= row.last), None)
        degrees = celsius(value)
        status, level = "present", Level.OK
        if is_fever(value):
            level = Level.EMERGENCY if degrees >= HIGH_FEVER - 1e-9 else Level.URGENT
        if doubted and is_fever(value) and not (asks or is_named(tokens, number)):
            status, level = "doubtful", Level.REVIEW
        elif segment is not None and is_fever(value):
            masks = [unit.mask for unit in segment.units]
            if segment.before_op:
                status, level = "past", Level.OK
            elif segment.hypothetical:
                status, level = "hypothetical", Level.REVIEW
            elif said_of_someone_else([place], units):
                status, level = "other_person", Level.REVIEW
            elif segment.past:
                status, level = "past", Level.REVIEW
            elif _came_down(place, units) or (
                any(
                    later is not number and not is_fever(there) and later.first > number.first
                    for later, there in told
                )
                and any(mask & (bit.recent | bit.past) for mask in masks)
            ):
                status, level = "recent", Level.REVIEW
        sign = "fever" if is_fever(value) else ""
        rule = "temperature of 38.0 C (100.4 F) or more" if sign else "temperature below 38.0 C (100.4 F)"
        if sign or level is not Level.OK:
            evidence.append(Evidence(start, end, rule, sign, status, level))
        else:
            evidence.append(Evidence(start, end, rule, "", "word"))
        if status == "present" and (best is None or degrees > best):
            best = degrees
    if asks and not told and tokens and not _said_normal(units):
        start, end = tokens[0].start, tokens[-1].end
        evidence.append(Evidence(start, end, "no temperature in the answer", "", "unknown", Level.REVIEW))
    return best, taken


def _said_normal(units: list[Unit]) -> bool:
    """ "normal", "no fever": an answer to the question for a temperature without a number."""
    bit = bits()
    return any(
        unit.text.startswith("normal") or (unit.state == "denied" and unit.mask & bit.sign) for unit in units
    )


def _came_down(place: int, units: list[Unit]) -> bool:
    bit = bits()
    after = units[place + 1 : place + 14]
    return any(
        unit.state == "" and unit.mask & (bit.over | bit.gone) and unit.kind != MARK for unit in after
    ) and not any(unit.mask & (bit.again | bit.worse) for unit in after)


def add_pain(
    tokens: list[Token], found: list[Numeral], taken: set[int], asked: Asked, evidence: list[Evidence]
) -> int | None:
    told = pain_score(tokens, found, taken, asked.kind == "followup:pain")
    if told is None:
        return None
    number, score = told
    start, end = tokens[number.first].start, tokens[number.last].end
    if score >= 7:
        evidence.append(Evidence(start, end, "pain 7-10 of 10", "pain", "present", Level.URGENT))
    elif score >= 4:
        evidence.append(Evidence(start, end, "pain 4-6 of 10", "", "possible", Level.REVIEW))
    else:
        evidence.append(Evidence(start, end, "pain 0-3 of 10", "", "word"))
    return score


def add_counts(
    units: list[Unit], tokens: list[Token], found: list[Numeral], evidence: list[Evidence]
) -> None:
    """Counts a family took: colour that needs 4 seconds or more to come back, 40 breaths or more a minute.

    Two seconds is the sheet's own measure of a good colour (facts/clinical.md 3.3); oxygen below 93 % and breaths a
    minute at school age: recalled.
    """
    words = lexicon()
    whole = 0
    for unit in units:
        whole |= unit.mask
    colour = (
        whole & words.mask("pink colour_word colour_bad come_back")
        and whole & words.mask("toe foot nail press come_back")
        and whole & words.mask("slow_return")
    )
    breaths = words.mask("breathe breath_bad air_word resp_rate")
    rate = whole & words.mask("per_minute resp_rate") and whole & breaths
    a_minute = words.mask("a_minute")
    pulse = words.mask("heart")
    oxygen = words.mask("oxygen")
    for number in found:
        start, end = tokens[number.first].start, tokens[number.last].end
        after = tokens[number.last + 1].text if number.last + 1 < len(tokens) else ""
        before = [token.text for token in tokens[max(0, number.first - 2) : number.first]]
        counted = after.startswith(("sec", "segundo", "missis")) or _COUNTING.intersection(before)
        place = next((at for at, unit in enumerate(units) if unit.start <= start < unit.end), 0)
        if colour and 4 <= number.value <= 60 and counted:
            evidence.append(
                Evidence(start, end, "colour comes back late", "circulation", "present", Level.EMERGENCY)
            )
        if (
            whole & oxygen
            and 50 <= number.value <= 92
            and not after.startswith(("hour", "min", "lb", "bpm"))
            and _named_by(units, place, oxygen, pulse | breaths)
        ):
            evidence.append(
                Evidence(start, end, "low oxygen, measured", "breathing", "present", Level.EMERGENCY)
            )
        if (
            rate
            and (
                40 <= number.value <= 120
                or (2 <= number.value <= 9 and any(unit.mask & a_minute for unit in units[place : place + 4]))
            )
            and _named_by(units, place, breaths, pulse | oxygen)
        ):
            evidence.append(Evidence(start, end, "breaths, counted", "breathing", "present", Level.EMERGENCY))


def _named_by(units: list[Unit], place: int, wanted: int, others: int) -> bool:
    """True when of the measures told the wanted one stands nearest before the number, or near after it."""
    for unit in reversed(units[max(0, place - 10) : place]):
        if unit.mask & wanted:
            return True
        if unit.mask & others:
            return False
    return any(unit.mask & wanted for unit in units[place : place + 4] if unit.kind != MARK)
