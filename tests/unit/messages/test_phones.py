"""Numbers as people write them, and as nobody else should read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import EnrolmentError
from messages.phones import mask, parse_phone, split_channel


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+12065550123", None, "+12065550123"),
        (" (206) 555-0123 ", "US", "+12065550123"),
        ("206.555.0123", "us", "+12065550123"),
        ("1 206 555 0123", "US", "+12065550123"),
        ("+34 612 34 56 78", "US", "+34612345678"),
        ("612 345 678", "ES", "+34612345678"),
        ("0034 612345678", "GB", "+34612345678"),
        ("whatsapp:+12065550123", None, "+12065550123"),
        ("٢٠٦٥٥٥٠١٢٣", "US", "+12065550123"),
        ("tel:+1-206-555-0123", None, "+12065550123"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, region: str | None, phone: str) -> None:
    assert parse_phone(text, region) == phone


@pytest.mark.parametrize(
    ("text", "region", "says"),
    [
        ("", "US", "is empty"),
        ("   ", None, "is empty"),
        ("mother's mobile", "US", "cannot be read"),
        ("206 555 0123", None, "no known country code"),
        ("+999 206 555 0123", None, "no known country code"),
        ("555-0123", "US", "too few digits"),
        ("+1 206 555 01234", None, "too many digits"),
        ("+1 555 555 5555", None, "in use nowhere"),
        ("206 555 0123 ext 5", "US", "has an extension"),
        ("206 555 0123", "Utopia", "is not a country code"),
        ("9" * 500, "US", "cannot be read"),
    ],
)
def test_a_number_that_cannot_be_texted_is_refused_with_the_mend(
    text: str, region: str | None, says: str
) -> None:
    with pytest.raises(EnrolmentError, match=says) as caught:
        parse_phone(text, region)
    assert caught.value.mend
    assert "0123" not in caught.value.what


@given(st.text(alphabet=st.characters()), st.sampled_from([None, "US", "ES"]))
def test_no_text_makes_anything_but_a_number_or_a_clear_error(text: str, region: str | None) -> None:
    try:
        phone = parse_phone(text, region)
    except EnrolmentError:
        return
    assert parse_phone(phone, None) == phone


def test_a_phone_shows_its_last_two_digits_only() -> None:
    assert mask("+12065550167") == "...67"
    assert mask("whatsapp:+12065550167") == "...67"
    assert mask("911") == mask("") == mask("HOSPITAL") == "..."


@pytest.mark.parametrize(
    ("address", "channel", "phone"),
    [
        ("+12065550123", "sms", "+12065550123"),
        ("whatsapp:+12065550123", "whatsapp", "+12065550123"),
        ("WhatsApp: +12065550123", "whatsapp", "+12065550123"),
        ("", "sms", ""),
        ("+1:2", "sms", "+1:2"),
    ],
)
def test_the_channel_is_told_from_the_number(address: str, channel: str, phone: str) -> None:
    assert split_channel(address) == (channel, phone)
