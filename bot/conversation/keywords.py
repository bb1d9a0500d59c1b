"""Bare keywords: one word alone with a meaning of its own; and the reactions that phones send as texts."""

from __future__ import annotations

import regex

# What Twilio answers by itself without Advanced Opt-Out (facts/twilio.md 5.1): the whole text, any case.
CARRIER_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
CARRIER_START = frozenset({"start", "unstop", "yes"})
CARRIER_HELP = frozenset({"help", "info"})

STOP = CARRIER_STOP | {"opt out", "alto", "parar", "pare", "cancelar", "baja"}
START = frozenset({"start", "unstop", "iniciar"})
PLEAS = frozenset({"help", "ayuda", "sos"})  # from a family after an operation, somebody looks
HELP = CARRIER_HELP | PLEAS

_ENDS = " \t\r\n.!¡?¿,;:*\"'“”‘’"
_QUOTE = r"\s*[“\"«‘'].*[”\"»’']\s*"
_LIKED = regex.compile(
    r"(?:liked|loved|laughed at|emphasized|removed an? \w+ from|reacted \S+ to|"
    r"le gustó|le encantó|le dio (?:un )?me gusta a|reaccionó (?:con )?\S+ a|\p{So}[\uFE0F\p{Sk}]* (?:to|a))"
    + _QUOTE,
    regex.IGNORECASE | regex.DOTALL,
)


def bare(text: str) -> str:
    """The text without case and without spaces and marks at its ends."""
    return text.strip(_ENDS).casefold()


def carrier_answers(text: str, words: frozenset[str]) -> bool:
    """True when the carrier itself takes this keyword: the whole text is the word, without marks."""
    return text.strip().casefold() in words


def reaction(text: str) -> bool:
    """True for 'Liked "..."' and its like: a phone's reaction to a text of ours, not words of a family.

    'Disliked' and 'Questioned' are left out: somebody should see those.
    """
    return _LIKED.fullmatch(text.strip()) is not None
