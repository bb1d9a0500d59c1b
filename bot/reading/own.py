"""A hospital's own words: what its families say, told in words that the reader knows already.

"goose egg" means "swelling": the words are put in place before anything is read, so that a denial, a "better" or a
part of the body beside them counts as it does for every word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.reading.lexicon import lexicon
from bot.reading.text import WORD, Token, tokens_of

OwnWords = Mapping[tuple[str, ...], tuple[str, ...]]  # folded words a family writes -> words of the lexicon
NONE: OwnWords = {}


@lru_cache(maxsize=64)
def own_words(pairs: tuple[tuple[str, str], ...]) -> OwnWords:
    """The table of (says, means) pairs; a pair without words on either side is left out."""
    table = {_words(says): _words(means) for says, means in pairs}
    return {says: means for says, means in table.items() if says and means}


def unknown_meaning(means: str) -> tuple[str, ...]:
    """The words of a meaning that the reader does not know itself; () when it can be used."""
    known = lexicon()
    words = _words(means)
    return tuple(word for word in words if word not in known.words and word not in known.phrase_words) or (
        () if words else (means,)
    )


def told_plainly(tokens: list[Token], own: OwnWords) -> list[Token]:
    """The tokens with a hospital's own words replaced by what they mean, longest first; each keeps its span."""
    if not own:
        return tokens
    longest = max(map(len, own))
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            means = own.get(tuple(token.text for token in tokens[at : at + length]))
            if means is not None:
                first, last = tokens[at], tokens[at + length - 1]
                out += [first._replace(text=word, end=last.end, kind=WORD) for word in means]
                at += length
                break
        else:
            out.append(tokens[at])
            at += 1
    return out


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens_of(text) if token.kind == WORD)


def pairs_of(words: Iterable[tuple[Iterable[str], str]]) -> tuple[tuple[str, str], ...]:
    """(says, means) pairs of entries that hold several ways to say one thing."""
    return tuple((says, means) for each, means in words for says in each)
