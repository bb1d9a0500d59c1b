"""Text for fonts that hold Latin-1 only."""

from __future__ import annotations

import unicodedata

# What phones write for plain marks; the letters stay the same.
_PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...",
     "\u2022": "*", "\u2009": " ", "\u202f": " ", "\u200b": "", "\ufe0e": "", "\ufe0f": "", "\t": "    ", "\r": ""}
)  # fmt: skip


def latin(text: str) -> str:
    """The text with every character beyond Latin-1 written by its name: [GRINNING FACE]."""
    found = []
    for char in unicodedata.normalize("NFC", text).translate(_PLAIN):
        code = ord(char)
        if char == "\n" or 32 <= code < 127 or 160 <= code < 256:
            found.append(char)
        else:
            found.append(f"[{unicodedata.name(char, f'U+{code:04X}')}]")
    return "".join(found)
