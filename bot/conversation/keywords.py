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


# The words in the quotes are ours, never the family's; nothing may follow them. Quotes within pair up inside them.
_QUOTED = r"\s*(?:(?P<nested>“(?:[^“”]|(?&nested))*”)|\"[^\"“”]*\"|«[^«»]*»|[‘'][^“”\"«»]*[’'])\s*"
_FACE = r"(?P<face>\p{So}|[‼⁉])[\uFE0F\u200D\p{Sk}\p{So}]*"
_TAKEN_BACK = (
    rf"(?:removed an? [\w ]{{3,24}}|removed (?:an? )?{_FACE.replace('face', 'gone')}) from|"
    rf"(?:se )?(?:quitó|eliminó|ha quitado|ha eliminado) (?:el |la |un |una |su )?[\w “”\"«»]{{3,24}} (?:de|a)|"
    rf"(?:quitó|eliminó) (?:el |un )?{_FACE.replace('face', 'quitado')} (?:de|a)"
)
_REACTION = regex.compile(
    r"(?:(?P<doubt>disliked|questioned|no le (?:ha )?gust(?:ó|ado)|cuestionó|preguntó por|ha cuestionado)|"
    r"liked|loved|laughed at|emphasi[sz]ed|"
    r"(?:indicó que |ha indicado que )?le (?:ha )?(?:gust(?:a|ó|ado)|encant(?:a|ó|ado))|me (?:gusta|encanta)|"
    r"se (?:rió de|ha reído de|ríe de)|enfatizó|destacó|resaltó|ha (?:enfatizado|destacado)|"
    rf"{_TAKEN_BACK}|(?:(?:reacted|(?:ha )?reaccion(?:ó|ado))(?: with| con)? )?{_FACE} (?:to|a)):?"
    # Of a picture there is nothing to quote.
    r"(?:" + _QUOTED + r"| (?:an?|una?) (?:image|photo|picture|movie|video|sticker|attachment|audio message|imagen|foto"
    r"|película|archivo adjunto|mensaje de audio))",
    regex.IGNORECASE,
)
_UNSEEN = regex.compile(r"[\u200B\u200C\u2060\uFEFF]")  # Google Messages puts them around what it quotes
_THIN = regex.compile(r"[\u00A0\u2009\u200A\u202F]")
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
    found = _REACTION.fullmatch(_THIN.sub(" ", _UNSEEN.sub("", text)).strip())
    if found is None:
        return None
    face = found["face"]
    return Reaction.DOUBT if found["doubt"] or (face and face not in _LIKING) else Reaction.LIKE
