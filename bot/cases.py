"""A coordinator's correction as a labelled case for the corpus: without names, numbers, addresses or links."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import regex

from bot.reading.lexicon import lexicon
from bot.reading.text import WORD, fold_word, tokens_of
from messages.conversation import Asked
from messages.flags import Level
from messages.store.corrections import Corrected

SOMEBODY = "Alex"  # a name stands for a name, so that the text reads as it did
_LINK = regex.compile(r"\S+@\S+\.\S+|\b(?:https?://|www\.)\S+|@\w+", regex.IGNORECASE)
# Phones, record numbers, dates, house numbers: four digits or more, also in groups. "101.2", "38,5", "120/80" stay.
_DIGITS = regex.compile(
    r"\+?\(?\d{1,4}\)?(?:[ .\-/]\(?\d{2,4}\)?){2,}|\d{4,}|#\s?\d{3,}|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
_STREET = regex.compile(
    r"\b\d+\s+(?:\p{L}+\s+){1,3}(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|apt)\b"
    r"|\b(?:calle|avenida|colonia|apto)\s+[\p{L}\d]+(?:\s+\d+)?",
    regex.IGNORECASE,
)


def case_of(corrected: Corrected, asked: Asked, names: Collection[str]) -> dict[str, Any]:
    """One line of a corpus, labelled as the coordinator said; `names` are those of the family and of the staff."""
    text = stripped(corrected.body, names)
    return {
        "id": f"corrected-{corrected.message_id[-8:]}",
        "lang": "",
        "asked": asked.kind,
        "text": text,
        "levels": [corrected.right.level.value],
        "signs": list(corrected.right.signs),
        "intent": corrected.intent or ("report" if corrected.right.level > Level.REVIEW else "other"),
    }


def stripped(text: str, names: Collection[str] = ()) -> str:
    """A text without what could tell who wrote it; names nobody enrolled are guessed by their capital."""
    for pattern in (_LINK, _STREET, _DIGITS):
        text = pattern.sub("[...]", text)
    known = {fold_word(part) for name in names for part in name.split() if len(part) > 1}
    words = lexicon()
    out, at = [], 0
    tokens = tokens_of(text)
    for place, token in enumerate(tokens):
        if token.kind != WORD:
            continue
        opens = place == 0 or tokens[place - 1].kind != WORD
        capital = token.raw[:1].isupper() and not token.raw.isupper()
        unknown = token.text not in words.words and token.text not in words.phrase_words
        if fold_word(token.raw.removesuffix("'s").removesuffix("’s")) in known or (
            capital and unknown and not opens
        ):
            out += [text[at : token.start], SOMEBODY]
            at = token.end
    return "".join([*out, text[at:]])
