"""Public help lines by country. Only lines that were looked up are here; elsewhere the answer names none."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from messages.people import Hospital


@dataclass(frozen=True)
class Lines:
    """Numbers that answer day and night; "" where we know none."""

    crisis: str = ""
    poison: str = ""


# US: 988 Suicide and Crisis Lifeline (press 2 for Spanish, which wording/es.yaml says); Poison Control
# (facts/clinical.md 2.4, rule 11).
_LINES = {"US": Lines(crisis="988", poison="1-800-222-1222")}
_NONE = Lines()


def lines_of(hospital: Hospital) -> Lines:
    """The lines of the country whose number the hospital texts with."""
    try:
        sender = phonenumbers.parse(hospital.sender)
    except phonenumbers.NumberParseException:
        return _NONE
    country = phonenumbers.region_code_for_number(sender)
    if country is None and sender.country_code is not None:  # a made-up number, as in the demo
        country = phonenumbers.region_code_for_country_code(sender.country_code)
    return _LINES.get(country or "", _NONE)
