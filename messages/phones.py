"""Phone numbers: read as people write them, kept as E.164, shown with two digits."""

from __future__ import annotations

from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from messages.errors import EnrolmentError

_WITH_COUNTRY = "Write it with + and the country code, such as +1 206 555 0123."
_CHECK = "Check the number with the family."


def split_channel(address: str) -> tuple[str, str]:
    """A carrier's address as (channel, phone): "whatsapp:+1206..." is ("whatsapp", "+1206..."), else "sms".

    The phone is not checked: it comes from outside and may be anything.
    """
    channel, colon, phone = address.strip().partition(":")
    if colon and channel.isascii() and channel.isalpha():
        return channel.lower(), phone.strip()
    return "sms", address.strip()


def mask(phone: str) -> str:
    """The last two digits only ("...67"), for staff pages and logs; "..." when there is no number to show."""
    digits = [sign for sign in phone if sign.isdecimal()]
    return "..." + "".join(digits[-2:]) if len(digits) >= 6 else "..."


def region_of(phone: str) -> str | None:
    """The country of an E.164 number ("US"), where numbers without + are dialled; None when it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone, None))
    except NumberParseException:
        return None


def parse_phone(text: str, region: str | None) -> str:
    """E.164 of a number as people write it; `region` ("US") is where a number without + is dialled.

    Raises EnrolmentError, with only the last two digits in its words; whole in what is private of it.
    """
    home = region.strip().upper() if region else None
    if home and home not in phonenumbers.SUPPORTED_REGIONS:
        raise EnrolmentError(f"{region!r} is not a country code.", mend="Use two letters, such as US or ES.")
    written = split_channel(text)[1]
    if not written:
        raise EnrolmentError("The phone number is empty.", mend=_WITH_COUNTRY)
    shown: dict[str, Any] = {"number": mask(written), "private": {"number": written[:40]}}
    try:
        number = phonenumbers.parse(written, home)
    except NumberParseException as problem:
        if problem.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise EnrolmentError(
                "The phone number %(number)s has no known country code.", mend=_WITH_COUNTRY, **shown
            ) from None
        raise EnrolmentError(
            "The phone number %(number)s cannot be read as a phone number.", mend=_WITH_COUNTRY, **shown
        ) from None
    if number.extension:
        raise EnrolmentError(
            "The phone number %(number)s has an extension, which a text cannot reach.",
            mend="Ask the family for a mobile number.", **shown,
        )
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.TOO_LONG:
        raise EnrolmentError("The phone number %(number)s has too many digits.", mend=_CHECK, **shown)
    if length in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        raise EnrolmentError(
            "The phone number %(number)s has too few digits.", mend=f"Give the area code too. {_CHECK}", **shown
        )
    if not phonenumbers.is_valid_number(number):
        raise EnrolmentError("The phone number %(number)s is in use nowhere.", mend=_CHECK, **shown)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def near(phone: str) -> set[str]:
    """The E.164 numbers that are `phone` with one digit wrong or two neighbours swapped, the first digit apart.

    Empty for what is no number of 8 to 15 digits: a short code is like nobody's phone.
    """
    digits = phone.removeprefix("+")
    if not phone.startswith("+") or not (digits.isascii() and digits.isdecimal() and 8 <= len(digits) <= 15):
        return set()
    found = {
        digits[:at] + other + digits[at + 1 :] for at in range(1, len(digits)) for other in "0123456789"
    } | {
        digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :] for at in range(2, len(digits))
    }
    return {f"+{one}" for one in found - {digits}}


def as_kept(text: str, like: str) -> str:
    """E.164 of a number as people write it, dialled where `like` (E.164) is; "" when it is no whole number."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(like))
        return parse_phone(text, region)
    except (NumberParseException, EnrolmentError):
        return ""
