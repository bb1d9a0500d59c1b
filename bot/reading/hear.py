"""What the rules find in a text: evidence from words, numbers and chosen menu lines. Nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reading.compose import findings_of
from bot.reading.grammar import bits
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit
from bot.reading.measured import add_counts, add_pain, add_temperatures
from bot.reading.menu import Picks, picks_of
from bot.reading.owners import mark_owners
from bot.reading.parse import Parsed
from bot.reading.rule import Finding
from bot.reading.scope import mark_scopes
from bot.reading.second import Opinion, agrees, rules_out, sees_emergency
from bot.reading.segments import Segment, segments_of
from bot.reading.temperature import is_fever
from bot.reading.text import NUMBER, WORD, Token, tokens_of
from bot.reading.waited import add_waits
from bot.reading.who_when import mark_who_and_when
from messages.conversation import Asked, Evidence
from messages.flags import SIGNS, Level

NOT_ON_THE_MENU = "number not on the menu"
_PARTS_OF_ITEM = {
    "numbness": "toe",
    "circulation": "toe",
    "swelling": "incision",
    "redness": "incision",
    "bleeding": "incision",
}


@dataclass(slots=True)
class Heard:
    """What one text says, before anybody weighs it."""

    text: str
    asked: Asked
    tokens: list[Token]  # slips of the pen mended
    units: list[Unit]
    segments: list[Segment]
    language: str
    evidence: list[Evidence]
    rules: set[str]  # the names of those that spoke
    picks: Picks
    chosen: tuple[str, ...]  # the menu's lines
    temperature: float | None  # Celsius
    pain: int | None  # 0 to 10
    told: bool  # the question is answered, by a number, a line of the menu or a plain no


def hear(text: str, parsed: Parsed, view: Opinion | None, asked: Asked) -> Heard:
    """What the rules find in a text; marks its units with what becomes of them (denied, past, somebody else's).

    `view`, of the second reader, tells whether a rule that needs company has it.
    """
    written, tokens, language, found, units = parsed
    picks = picks_of(written, asked.menu) if asked.menu else Picks((), (), False)
    mark_scopes(units)
    segments = segments_of(units)
    mark_who_and_when(segments)
    mark_owners(units)
    findings = findings_of(units, segments, _spoken_of(picks, asked))
    doubted = not agrees(view)
    evidence = [_evidence(finding, units, view) for finding in findings]
    add_counts(units, tokens, found, evidence)
    add_waits(units, tokens, found, evidence)
    temperature, fevers = add_temperatures(tokens, found, units, asked, evidence, segments, doubted)
    if fevers and temperature is not None and not is_fever(temperature):
        evidence[:] = [one for one in evidence if not _names_the_measure(one, text)]
    pain = add_pain(tokens, found, fevers, asked, evidence)
    if pain is not None and pain <= 3:
        evidence[:] = [one for one in evidence if one.rule != "some pain"]
    chosen = _picked(picks, asked, written, evidence, findings)
    none = _none_of_these(units)
    if asked.menu and not chosen and not findings and none:
        zero = asked.menu.get("0")
        chosen = ("0",) if zero is not None else ()
        level = zero.level if zero else Level.OK
        evidence.append(Evidence(0, len(text), "none of these", "", "denied", level))
    told = bool(chosen or fevers) or pain is not None or (none and asked.kind in ("checkin", "menu"))
    return Heard(
        text=text, asked=asked, tokens=tokens, units=units, segments=segments, language=language, evidence=evidence,
        rules={finding.rule.name for finding in findings}, picks=picks, chosen=chosen, temperature=temperature,
        pain=pain, told=told,
    )  # fmt: skip


def digits_meant(text: str, tokens: list[Token]) -> list[Token]:
    """ "lOl.5", "1 0 2" to a temperature question: letters that stand for digits, digits apart, and nothing else."""
    if len(tokens) in (3, 4) and all(token.kind == NUMBER and len(token.text) == 1 for token in tokens):
        whole = tokens[0]._replace(text="".join(token.text for token in tokens), end=tokens[-1].end)
        return [whole]
    letters = {letter for letter in text if letter.isalpha()}
    if letters and letters <= set("lIoO") and any(letter.isdigit() for letter in text):
        return tokens_of(text.translate(str.maketrans("lIoO", "1100")))
    return tokens


def _spoken_of(picks: Picks, asked: Asked) -> int:
    """The parts of the body that the chosen menu items speak of: "3 blue" is about toes."""
    parts = [_PARTS_OF_ITEM.get(asked.menu[digit].sign, "") for digit in picks.digits if digit in asked.menu]
    return lexicon().mask(" ".join(part for part in parts if part))


def _is_unsure(finding: Finding, units: list[Unit]) -> bool:
    """True of what an unsure rule found, or any rule by a word of idle talk."""
    idle = finding.rule.idle
    return finding.rule.unsure or bool(
        idle and any(place >= 0 and units[place].mask & idle for place in finding.places)
    )


def _evidence(finding: Finding, units: list[Unit], view: Opinion | None) -> Evidence:
    """What a finding counts for; one level less where it needs company and the second reader does not bear it out."""
    real = [place for place in finding.places if place >= 0] or [0]
    start = min(units[place].start for place in real)
    end = max(units[place].end for place in real)
    status, level = finding.status, finding.level
    unsure = _is_unsure(finding, units)
    sure = finding.rule.sure and not unsure
    if status == "present":
        if level is Level.EMERGENCY and not sees_emergency(view, sure, unsure):
            status, level = "possible", Level.URGENT
        elif level is Level.URGENT and (rules_out(view, sure) or (unsure and not agrees(view))):
            status, level = "doubtful", Level.REVIEW
    return Evidence(start, end, finding.rule.name, finding.rule.sign, status, level)


def _names_the_measure(one: Evidence, text: str) -> bool:
    """ "temp 98.6" names no fever."""
    return one.rule == "fever named" and "temp" in text[one.start : one.end].lower()


def _none_of_these(units: list[Unit]) -> bool:
    """True when a menu is answered with nothing but a no: "no to all of those", "1 no, 2 no, 3 no"."""
    bit = bits()
    small = lexicon().mask("fn polite thanks neg no_answer his it amount child preposition link and or life good")
    said = [unit for unit in units if unit.kind == WORD]
    return any(unit.mask & (bit.neg | bit.no_answer) for unit in said) and all(
        unit.mask & small for unit in said
    )


def _picked(
    picks: Picks, asked: Asked, tokens: list[Token], evidence: list[Evidence], findings: list[Finding]
) -> tuple[str, ...]:
    """Add what the chosen numbers mean by the menu that was asked; an unknown number goes to a person."""
    if not picks.digits:
        return ()
    present = {finding.rule.sign for finding in findings if finding.rule.sign and finding.status == "present"}
    places = [*picks.tokens, *[picks.tokens[-1]] * len(picks.digits)]
    chosen = []
    for digit, place in zip(picks.digits, places, strict=False):
        token = tokens[min(place, len(tokens) - 1)]
        item = asked.menu.get(digit)
        if item is None:
            evidence.append(Evidence(token.start, token.end, NOT_ON_THE_MENU, "", "unknown", Level.REVIEW))
            continue
        chosen.append(digit)
        status = "present" if item.sign else "denied"
        sign = item.sign if item.sign in SIGNS and (picks.bare or not present) else ""
        evidence.append(Evidence(token.start, token.end, f"menu answer {digit}", sign, status, item.level))
    return tuple(chosen)
