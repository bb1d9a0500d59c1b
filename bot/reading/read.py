"""What one text from a family says: signs, level, intent, with the words that led to each (reading-standard.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.reading.compose import findings_of
from bot.reading.earned import ALLOWED, ALLOWED_SOFT, doubt
from bot.reading.grammar import bits
from bot.reading.intents import intent_of, keyword_of
from bot.reading.lexicon import lexicon
from bot.reading.match import Unit, language_of, units_of
from bot.reading.measured import add_counts, add_pain, add_temperatures
from bot.reading.mend import mended
from bot.reading.menu import DEFAULT_MENU, Picks, asked_from, picks_of
from bot.reading.numerals import numerals
from bot.reading.own import NONE, OwnWords, told_plainly
from bot.reading.owners import mark_owners
from bot.reading.rule import Finding, soft_rules
from bot.reading.scope import mark_scopes
from bot.reading.second import RULE as SECOND
from bot.reading.second import agrees, opinion, raised, trusts
from bot.reading.second_signs import WISHES, signs_seen
from bot.reading.segments import segments_of
from bot.reading.temperature import is_fever
from bot.reading.text import NUMBER, WORD, Token, tokens_of
from bot.reading.together import name_by_both, raised_by_a_sign, signs_of
from bot.reading.understood import understanding
from bot.reading.waited import add_waits
from bot.reading.who_when import mark_who_and_when
from messages.conversation import Asked, Evidence, Intent, Reading
from messages.flags import SIGNS, Level

__all__ = ["DEFAULT_MENU", "VERSION", "asked_from", "read"]

VERSION = "2"
GUESSED = "named with daily life"  # a word nobody knew, let pass for its company


def read(
    text: str,
    *,
    asked: Asked | None = None,
    language: str = "en",
    names: Collection[str] = (),
    own: OwnWords = NONE,
) -> Reading:
    """The reading of one text. Total: any string gives a reading, and what is not understood gives `review`.

    `asked` is the last question this caregiver was sent, `language` a hint only, `names` the children known to them,
    `own` the hospital's own words (own.own_words).
    """
    asked = asked or Asked()
    tokens = tokens_of(text)
    keyword = keyword_of(tokens)
    if keyword is not None:
        return _keyword_reading(tokens, *keyword)
    if asked.kind == "followup:temperature":
        tokens = _digits_meant(text, tokens)
    written = told_plainly(tokens, own)
    view = opinion(written)  # of the second reader
    tokens = mended(written, names)
    language, each = language_of(tokens, language)
    found = numerals(tokens)
    units = units_of(tokens, each, names, found)
    evidence: list[Evidence] = []
    picks = picks_of(written, asked.menu) if asked.menu else Picks((), (), False)
    mark_scopes(units)
    segments = segments_of(units)
    mark_who_and_when(segments)
    mark_owners(units)
    findings = findings_of(units, segments, _spoken_of(picks, asked))
    sure = not any(finding.rule.unsure for finding in findings) or agrees(view)
    for finding in findings:
        evidence.append(_evidence(finding, units, sure))
    add_counts(units, tokens, found, evidence)
    add_waits(units, tokens, found, evidence)
    temperature, fevers = add_temperatures(tokens, found, units, asked, evidence, segments)
    if fevers and temperature is not None and not is_fever(temperature):
        evidence[:] = [
            one
            for one in evidence
            if not (one.rule == "fever named" and "temp" in text[one.start : one.end].lower())
        ]
    pain = add_pain(tokens, found, fevers, asked, evidence)
    if pain is not None and pain <= 3:
        evidence[:] = [one for one in evidence if one.rule != "some pain"]
    chosen = _picked(picks, asked, written, evidence, findings)
    if asked.menu and not chosen and not findings and _none_of_these(units):
        zero = asked.menu.get("0")
        chosen = ("0",) if zero is not None else ()
        evidence.append(
            Evidence(0, len(text), "none of these", "", "denied", zero.level if zero else Level.OK)
        )
    signs = signs_of(evidence)
    any_sign = bool(signs)
    level, soft = _loudest(evidence)
    told = bool(chosen) or bool(fevers) or pain is not None
    told = told or (asked.kind in ("checkin", "menu") and _none_of_these(units))
    sense = understanding(units, tokens, segments, evidence, told)
    complete = sense.complete
    foreign = sense.share < 0.5 or _is_foreign(units)
    if foreign and not picks.bare and (sense.share < 0.5 or not level > Level.REVIEW):
        language = "other"
        signs = () if sense.share < 0.67 else signs
        level = max(level, Level.REVIEW, key=lambda one: one.rank)
        complete = False
    if level is Level.OK and sense.told and complete:
        against = doubt(units, segments, sense.names, told)
        trusted = trusts(view)
        if against > ALLOWED and not trusted:
            complete = False
            evidence.append(Evidence(0, len(text), "nothing explains it", "", "unknown"))
        elif soft and (trusted or against <= ALLOWED_SOFT):
            evidence[:] = [replace(one, level=Level.OK) if one in soft else one for one in evidence]
            soft = []
    if level is Level.OK and (soft or not (sense.told and complete)):
        level = Level.REVIEW
    intent = intent_of(units, any_sign, frozenset(one.rule for one in evidence), text)
    if intent in (Intent.QUESTION, Intent.WRONG_NUMBER) and level is Level.OK:
        level = Level.REVIEW
    flagged = any(
        one.level is not None and one.level > Level.OK and one.rule != "number not on the menu"
        for one in evidence
    )
    if intent is Intent.REPORT and not any_sign and (language == "other" or not (sense.told or flagged)):
        intent = Intent.OTHER
    if intent is Intent.OTHER and level is Level.OK:
        level = Level.REVIEW
    lifted = raised(view, level, any(one.status == "unknown" or one.rule == GUESSED for one in evidence))
    if lifted is not None and lifted.level is not None:
        evidence.append(lifted)
        level = lifted.level
    if view is not None and language != "other" and (level > Level.OK or view.danger > _WORTH_A_LOOK):
        seen = signs_seen(view.said)
        level = raised_by_a_sign(view, seen, level, evidence)
        if level > Level.OK:
            name_by_both(seen, level, evidence, {finding.rule.name for finding in findings})
            signs = signs_of(evidence)
        if level is Level.REVIEW and not signs and intent not in WISHES:
            wish = max(WISHES, key=lambda one: seen.margins[one])
            if seen.margins[wish] > _HEARD:
                intent = wish
                start, end = seen.span(wish)
                evidence.append(Evidence(start, end, SECOND, status="word"))
    evidence.sort(key=lambda one: (one.start, one.end))
    return Reading(
        level=level,
        signs=signs,
        intent=intent,
        evidence=tuple(evidence),
        temperature=temperature,
        pain=pain,
        picks=chosen,
        complete=complete,
        language=language,
        version=VERSION,
    )


_WORTH_A_LOOK = -0.7  # of danger: below it no sign is looked for in a text that is ok
_HEARD = 0.05  # of a wish


def _loudest(evidence: list[Evidence]) -> tuple[Level, list[Evidence]]:
    """The highest level but of soft rules, and the evidence of soft rules that would raise it."""
    raising = [one for one in evidence if one.level is not None and one.level > Level.OK]
    soft = [one for one in raising if one.rule in soft_rules()]
    levels = [one.level for one in raising if one not in soft and one.level is not None]
    return max(levels, key=lambda one: one.rank, default=Level.OK), soft


_PARTS_OF_ITEM = {
    "numbness": "toe",
    "circulation": "toe",
    "swelling": "incision",
    "redness": "incision",
    "bleeding": "incision",
}


def _spoken_of(picks: Picks, asked: Asked) -> int:
    """The parts of the body that the chosen menu items speak of: "3 blue" is about toes."""
    parts = [_PARTS_OF_ITEM.get(asked.menu[digit].sign, "") for digit in picks.digits if digit in asked.menu]
    return lexicon().mask(" ".join(part for part in parts if part))


def _digits_meant(text: str, tokens: list[Token]) -> list[Token]:
    """ "lOl.5", "1 0 2" to a temperature question: letters that stand for digits, digits apart, and nothing else."""
    if len(tokens) in (3, 4) and all(token.kind == NUMBER and len(token.text) == 1 for token in tokens):
        whole = tokens[0]._replace(text="".join(token.text for token in tokens), end=tokens[-1].end)
        return [whole]
    letters = {letter for letter in text if letter.isalpha()}
    if letters and letters <= set("lIoO") and any(letter.isdigit() for letter in text):
        return tokens_of(text.translate(str.maketrans("lIoO", "1100")))
    return tokens


def _none_of_these(units: list[Unit]) -> bool:
    """True when a menu is answered with nothing but a no: "no to all of those", "1 no, 2 no, 3 no"."""
    bit = bits()
    small = lexicon().mask(
        "fn polite thanks neg no_answer his it amount child preposition link and or life good"
    )
    said = [unit for unit in units if unit.kind == WORD]
    return any(unit.mask & (bit.neg | bit.no_answer) for unit in said) and all(
        unit.mask & small for unit in said
    )


def _keyword_reading(tokens: list[Token], intent: Intent, exact: bool) -> Reading:
    first, last = tokens[0], tokens[-1]
    level = Level.OK if exact and intent is not Intent.HELP else Level.REVIEW
    status = "word" if exact else "unknown"
    evidence = (Evidence(first.start, last.end, f"keyword {intent.value}", status=status, level=level),)
    return Reading(level, (), intent, evidence, complete=exact, version=VERSION)


def _evidence(finding: Finding, units: list[Unit], sure: bool) -> Evidence:
    """What a finding counts for; one of an unsure rule a level less, unless the second reader agrees."""
    real = [place for place in finding.places if place >= 0] or [0]
    start = min(units[place].start for place in real)
    end = max(units[place].end for place in real)
    status, level = finding.status, finding.level
    if finding.rule.unsure and not sure and status == "present" and level >= Level.URGENT:
        if level is Level.EMERGENCY:
            status, level = "possible", Level.URGENT
        else:
            status, level = "doubtful", Level.REVIEW
    return Evidence(start, end, finding.rule.name, finding.rule.sign, status, level)


def _picked(
    picks: Picks, asked: Asked, tokens: list[Token], evidence: list[Evidence], findings: list[Finding]
) -> tuple[str, ...]:
    """Add what the chosen numbers mean by the menu that was asked; an unknown number goes to a person."""
    if not picks.digits:
        return ()
    present = {finding.rule.sign for finding in findings if finding.rule.sign and finding.status == "present"}
    chosen = []
    for digit, place in zip(
        picks.digits, list(picks.tokens) + [picks.tokens[-1]] * len(picks.digits), strict=False
    ):
        token = tokens[min(place, len(tokens) - 1)]
        item = asked.menu.get(digit)
        if item is None:
            evidence.append(
                Evidence(token.start, token.end, "number not on the menu", "", "unknown", Level.REVIEW)
            )
            continue
        chosen.append(digit)
        status = "present" if item.sign else "denied"
        sign = item.sign if item.sign in SIGNS and (picks.bare or not present) else ""
        evidence.append(Evidence(token.start, token.end, f"menu answer {digit}", sign, status, item.level))
    return tuple(chosen)


def _is_foreign(units: list[Unit]) -> bool:
    foreign = lexicon().mask("foreign")
    hits = sum(1 for unit in units if unit.mask & foreign and not unit.mask & ~foreign)
    words = sum(1 for unit in units if unit.kind == WORD)
    return hits >= 2 or (hits == 1 and words <= 3)
