"""A reading in words that a nurse understands: each piece of evidence with the family's own words and why it counts."""

from __future__ import annotations

from bot.reading.rule import rules
from messages.conversation import Evidence, Reading

_STATUS = {
    "present": "present now",
    "possible": "possible",
    "doubtful": "named, but the rest of the text speaks against it",
    "recent": "over, but within the last day",
    "denied": "said not to be there",
    "better": "said to be better or gone",
    "past": "in the past",
    "hypothetical": "asked about or imagined, not told",
    "other_person": "said of somebody else",
    "word": "understood, harmless",
    "unknown": "not understood",
}


def explain(text: str, reading: Reading) -> str:
    """Several lines: the verdict, then each piece of evidence with its words, rule, status and why."""
    signs = ", ".join(reading.signs) or "no sign"
    lines = [f"{reading.level.value}: {signs}; intent {reading.intent.value}"]
    if reading.temperature is not None:
        lines.append(f"temperature {reading.temperature:.1f} C")
    if reading.pain is not None:
        lines.append(f"pain {reading.pain} of 10")
    if reading.picks:
        lines.append("menu answers " + ", ".join(reading.picks))
    if not reading.complete:
        lines.append("not every word was understood")
    why = {rule.name: rule.why for rule in rules() if rule.why}
    for piece in reading.evidence:
        lines.append("  " + _line(text, piece, why.get(piece.rule, "")))
    return "\n".join(lines)


def _line(text: str, piece: Evidence, why: str) -> str:
    words = " ".join(text[piece.start : piece.end].split())
    sign = f" [{piece.sign}]" if piece.sign else ""
    level = f" -> {piece.level.value}" if piece.level is not None else ""
    reason = f" ({why})" if why else ""
    return f'"{words}": {piece.rule}{sign}, {_STATUS.get(piece.status, piece.status)}{level}{reason}'
