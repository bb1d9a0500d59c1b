"""Why a text was flagged, on a page: the words that count underlined, and what each of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.web.language import Words, _, page_language, translations
from messages.conversation import Evidence
from messages.flags import Level

SIGNS = Words({
    "allergy": "Rash or allergy",
    "bleeding": "Bleeding",
    "breathing": "Trouble breathing",
    "chest_pain": "Chest pain",
    "chills": "Chills",
    "circulation": "Cold or blue foot",
    "clot": "Sore calf, clot",
    "collapse": "Collapse",
    "cough": "Cough",
    "discharge": "Leaking wound",
    "fever": "Fever",
    "injury": "Fall, cast or brace",
    "intake": "Not drinking",
    "medication": "Medicine mix-up",
    "numbness": "Numbness",
    "pain": "Pain",
    "redness": "Redness",
    "self_harm": "Self-harm",
    "swelling": "Swelling",
    "vomiting": "Vomiting",
})
STATUSES = Words({
    "present": "present",
    "possible": "possible",
    "doubtful": "doubtful",
    "recent": "lately",
    "denied": "denied",
    "better": "better",
    "past": "in the past",
    "hypothetical": "asked, not reported",
    "other_person": "somebody else",
    "unknown": "not understood",
})
RULES = Words({  # beside those of the lexicon, which are said by their own names
    "none of these": "none of these",
    "number not on the menu": "number not on the menu",
    "hours without urine": "hours without urine",
    "nothing explains it": "nothing explains it",
    "temperature of 38.0 C (100.4 F) or more": "temperature of 38.0 °C (100.4 °F) or more",
    "temperature below 38.0 C (100.4 F)": "temperature below 38.0 °C (100.4 °F)",
    "no temperature in the answer": "no temperature in the answer",
    "pain 7-10 of 10": "pain 7 to 10 of 10",
    "pain 4-6 of 10": "pain 4 to 6 of 10",
    "colour comes back late": "colour comes back late",
    "low oxygen, measured": "low oxygen, measured",
    "breaths, counted": "breaths, counted",
    "second-reader": "the second reader",
}, "rule")
_SHOWN = ("present", "possible", "recent")
_EXCERPT = 220


def raises(piece: Evidence) -> bool:
    """True for words that report a sign now, or are serious by themselves."""
    return piece.status in _SHOWN and (bool(piece.sign) or (piece.level or Level.OK) > Level.OK)


def _telling(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that counts: signs and whatever is serious; without either, what wants a person."""
    found = [piece for piece in evidence if raises(piece)]
    return [piece for piece in found if piece.sign or (piece.level or Level.OK) >= Level.URGENT] or found


def pieces(text: str, evidence: Sequence[Evidence]) -> list[tuple[str, Evidence | None]]:
    """Cut `text` where evidence begins and ends. Of overlapping evidence the more serious stays."""

    def weight(piece: Evidence) -> tuple[bool, int, int]:
        return raises(piece), (piece.level or Level.OK).rank, piece.end - piece.start

    chosen: list[Evidence] = []
    for piece in sorted(evidence, key=weight, reverse=True):
        inside = 0 <= piece.start < piece.end <= len(text)
        if inside and all(piece.end <= other.start or piece.start >= other.end for other in chosen):
            chosen.append(piece)
    cut: list[tuple[str, Evidence | None]] = []
    at = 0
    for piece in sorted(chosen, key=lambda one: one.start):
        if piece.start > at:
            cut.append((text[at : piece.start], None))
        cut.append((text[piece.start : piece.end], piece))
        at = piece.end
    if at < len(text):
        cut.append((text[at:], None))
    return cut


def marked(text: str, evidence: Sequence[Evidence], *, excerpt: bool = False) -> Markup:
    """The text as HTML with the words that count in <mark>; where nothing reports a sign, what was not understood.

    `excerpt` leaves out what is far from the first marked words.
    """
    found = _telling(evidence) or [piece for piece in evidence if piece.status == "unknown"]
    before, after = "", ""
    if excerpt and len(text) > _EXCERPT:
        first = min((piece.start for piece in found), default=0)
        start = max(0, min(first - 60, len(text) - _EXCERPT))
        before, after = ("… " if start else ""), (" …" if start + _EXCERPT < len(text) else "")
        text = text[start : start + _EXCERPT]
        found = [
            Evidence(piece.start - start, min(piece.end - start, len(text)), piece.rule, piece.sign, piece.status,
                     piece.level)
            for piece in found
            if start <= piece.start < start + len(text)
        ]
    html = Markup(before)
    for words, piece in pieces(text, found):
        if piece is None:
            html += escape(words)
        else:
            kind = "unknown" if piece.status == "unknown" else str(piece.level or Level.REVIEW)
            html += Markup('<mark class="mark-{}">{}</mark>').format(kind, words)
    return html + Markup(after)


def reasons(text: str, evidence: Sequence[Evidence]) -> list[tuple[str, str, str, str]]:
    """Why a text was read as it was: (words, what they say, level, the rule's meaning), most serious first."""
    found = _telling(evidence) + [piece for piece in evidence if piece.status in STATUSES and not raises(piece)]
    found.sort(key=lambda piece: (not raises(piece), -(piece.level or Level.OK).rank, piece.start))
    told: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for piece in found:
        words = text[max(0, piece.start) : piece.end]
        here = STATUSES.get(piece.status, "") if piece.sign or piece.status != "present" else ""
        said = ", ".join(filter(None, [SIGNS.get(piece.sign, ""), here]))
        level = str(piece.level) if piece.level and raises(piece) else ""
        meaning = meant(piece.rule)
        again = meaning.lower() in (words.lower(), SIGNS.get(piece.sign, "").lower())
        told.setdefault((words, said), (words, said, level, "" if again else meaning))
    return list(told.values())


def meant(rule: str) -> str:
    """What a rule of the reader means, in the page's language; "" where the words and their status say it all."""
    if rule in RULES:
        return RULES[rule]
    if digit := re.fullmatch(r"menu answer (\d+)", rule):
        return _("answer %(n)s of the menu") % {"n": digit[1]}
    if rule.startswith("keyword "):
        return _("a word that is obeyed at once")
    return "" if rule == "not understood" else translations(page_language()).pgettext("rule", rule)
