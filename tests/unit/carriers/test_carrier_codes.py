"""Twilio's codes and statuses: what each means for a family's text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from twilio.rest.api.v2010.account.message import MessageInstance

from messages.carriers.codes import TABLE, Kind, delivery, meaning, refused
from messages.conversation import Delivery, moves

# Every code in the fact sheet's table, and the class it gives.
SHEET = {
    Kind.ACCOUNT: "20003 21408 21606 21612 21608 30002 30024 30034 30450",
    Kind.LATER: "20429 429 21611 30001 30003 30008 63017 63018",
    Kind.UNSURE: "20500 30410",
    Kind.NUMBER: "21211 21614 21635 30004 30005 30006 63003",
    Kind.OPTED_OUT: "21610 63014",
    Kind.TEXT: "30007 30610 30640 35115 63013 63016 63021",
    Kind.EXPIRED: "30036",
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind in SHEET for code in SHEET[kind].split()])
def test_every_code_of_the_fact_sheet_has_its_class(kind: Kind, code: str) -> None:
    assert meaning(code).kind is kind
    assert meaning(int(code)) == meaning(code)


@pytest.mark.parametrize("code", ["29999", 31337, None, "", "0", "+15558675310", "not a code"])
def test_a_code_we_do_not_know_stops_everything_and_tells_a_person(code: str | int | None) -> None:
    answer = refused(code)
    assert answer.permanent
    assert answer.ours_to_fix
    assert not answer.opted_out
    assert answer.retry_after is None
    assert meaning(code).retries == 0
    assert "a person must look" in answer.why


def test_words_for_staff_never_repeat_what_is_not_a_code() -> None:
    assert "867" not in meaning("+15558675310").words
    assert "29999" in meaning("29999").words


def test_only_what_passes_by_itself_or_is_ours_to_mend_may_be_sent_again() -> None:
    again = {entry.kind for entry in TABLE.values() if not entry.permanent}
    assert again == {Kind.LATER, Kind.ACCOUNT}
    for code, entry in TABLE.items():
        assert (entry.retry_after is not None) == (not entry.permanent), code
        assert (entry.retries > 0) == (entry.kind is Kind.LATER), code


def test_opting_out_is_told_apart_from_a_number_that_does_not_work() -> None:
    assert refused(21610).opted_out
    assert not refused(21211).opted_out
    assert not refused(21610).ours_to_fix


def test_a_phone_that_is_off_is_tried_twice_more_and_half_an_hour_apart_at_least() -> None:
    assert meaning(30003).retries == 2
    wait = meaning(30003).retry_after
    assert wait is not None
    assert 30 * 60 <= wait.total_seconds() <= 60 * 60


@pytest.mark.parametrize("code", TABLE)
def test_words_for_staff_are_sentences_that_say_what_to_do(code: str) -> None:
    words = TABLE[code].words
    assert words[0].isupper()
    assert words.endswith(".")
    assert not re.search(r"\+\d|\d{5}", words), "plain words, no number"


def test_a_landline_is_explained_with_the_mend() -> None:
    assert meaning(21614).words == "This number is a landline: ask the family for a mobile number."


STATUSES = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}


def test_every_status_the_official_client_knows_is_understood() -> None:
    silent = {status for status in STATUSES if delivery(status) is None}
    assert silent == {"receiving", "received"}, "these are about texts that came in"


@pytest.mark.parametrize("status", [None, "", "teleported"])
def test_a_status_we_do_not_know_moves_nothing(status: str | None) -> None:
    assert delivery(status) is None


def test_statuses_move_a_text_forward_in_the_order_twilio_gives_them() -> None:
    states = [delivery(status) for status in ("queued", "sent", "delivered", "read")]
    assert states == [Delivery.ACCEPTED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ]
    for earlier, later in pairwise(states):
        assert earlier is not None
        assert later is not None
        assert moves(earlier, later)
        assert not moves(later, earlier)
