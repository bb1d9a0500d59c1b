"""Bare keywords: one word alone with a meaning of its own; and the reactions that phones send as texts."""

from __future__ import annotations

from enum import StrEnum

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


class Reaction(StrEnum):
    """What a tap on one of our texts says."""

    LIKE = "like"
    DOUBT = "doubt"  # disliked, questioned, a sad face: somebody should see that


# The words in the quotes are ours, never the family's; nothing may follow them.
_QUOTED = r"\s*[“\"«‘'][^“”\"«»]*[”\"»’']\s*"
_FACE = r"(?P<face>\p{So})[\uFE0F\p{Sk}]*"
_REACTION = regex.compile(
    r"(?:(?P<doubt>disliked|questioned|no le gustó|cuestionó)|"
    r"liked|loved|laughed at|emphasized|removed an? \w+ from|le gustó|le encantó|se rió de|enfatizó|"
    rf"(?:(?:reacted|reaccionó)(?: with| con)? )?{_FACE} (?:to|a))" + _QUOTED,
    regex.IGNORECASE,
)
_PLEA = regex.compile(r"\b(?:help|call me|scared|ayud\w+|auxilio|ll[aá]m[ae]n?me|asustad[oa])\b", regex.IGNORECASE)
_LIKING = frozenset("👍❤♥💙💚💛💜🧡👌🙏😀😁😂🤣😃😄😅😊🙂😍🥰😘👏🎉💯💪🤗✅☺‼")


def bare(text: str) -> str:
    """The text without case and without spaces and marks at its ends."""
    return text.strip(_ENDS).casefold()


def carrier_answers(text: str, words: frozenset[str]) -> bool:
    """True when the carrier itself takes this keyword: the whole text is the word, without marks."""
    return text.strip().casefold() in words


def plea(text: str) -> bool:
    """True when somebody asks for a person rather than for an answer: "help me please", "llámenme"."""
    return _PLEA.search(text) is not None


def reaction(text: str) -> Reaction | None:
    """What 'Liked "..."' and its like say; None for words of a family."""
    found = _REACTION.fullmatch(text.strip())
    if found is None:
        return None
    face = found["face"]
    return Reaction.DOUBT if found["doubt"] or (face and face not in _LIKING) else Reaction.LIKE
