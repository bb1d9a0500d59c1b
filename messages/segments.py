"""How many segments a text costs: GSM-7 or UCS-2, pure.

Sizes: 160 septets alone, 153 a part; 70 UTF-16 units alone, 67 a part (the part's header takes 6 bytes).
Carriers bill by the segment. Alphabet: 3GPP TS 23.038; sizes: Twilio's page "SMS character limit".
"""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each


@dataclass(frozen=True)
class Segments:
    """What sending a text takes.

    `units` are septets (GSM-7) or UTF-16 units (UCS-2), `per_segment` how many of them one segment holds,
    `costly` the different characters, in order, that made the text UCS-2.
    """

    count: int
    encoding: str  # "GSM-7" or "UCS-2"
    units: int
    per_segment: int
    costly: tuple[str, ...] = ()


def segments(text: str) -> Segments:
    """Count the segments of `text` as it would be sent; an empty text has none."""
    costly = tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _ESCAPED))
    if costly:
        sizes = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
        encoding, alone, part = "UCS-2", 70, 67
    else:
        sizes = [2 if sign in _ESCAPED else 1 for sign in text]
        encoding, alone, part = "GSM-7", 160, 153
    units = sum(sizes)
    if units <= alone:
        return Segments(1 if units else 0, encoding, units, alone, costly)
    return Segments(_parts(sizes, part), encoding, units, part, costly)


def _parts(sizes: list[int], room: int) -> int:
    """Fill parts of `room` units in order; an escape or a surrogate pair is never split over two."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
