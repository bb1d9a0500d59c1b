"""Calls to staff through Twilio's stand-in: signed, spoken, answered by a key, by nobody, or by a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from bot.reached import choose
from messages.carriers.twilio import TwilioCarrier
from messages.flags import FlagState, Level, spoken_code
from messages.people import PAGED, Role, Way
from messages.settle import settle_unsure
from messages.store import tables as t
from messages.store.people import staff_by_id
from tests.house import Home
from tests.integration.desk import Desk, application, breathing, desk, hire
from tests.integration.hooks import gone
from tests.stand_in import TwilioStandIn
from tests.stand_in.calls import Call


@dataclass
class Line:
    """A hospital whose nurse is called for every level, and Twilio at the other end."""

    home: Home
    twilio: TwilioStandIn
    nora: str

    def emergency(self) -> tuple[str, Call]:
        """A flag, and the call about it that rings now."""
        flag_id = breathing(self.home)
        self.home.send()
        return flag_id, self.twilio.calls[-1]

    def call_row(self) -> tuple[str, str | None]:
        (row,) = self.home.rows(t.outbox, t.outbox.c.way == "call")
        return row.state, row.code

    def flag(self) -> tuple[FlagState, str | None]:
        (row,) = self.home.rows(t.flags)
        return FlagState(row.state), row.taken_by


@pytest.fixture
def line(home: Home) -> Iterator[Line]:
    twilio = TwilioStandIn(auth_token="token", public_url="https://hearback.test")
    with twilio:
        carrier = TwilioCarrier(twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url)
        home.house = replace(home.house, carrier=carrier)
        twilio.webhook = application(home).test_client()
        (nora,) = [row.id for row in home.rows(t.staff) if row.position == 0]
        with home.house.database.writing() as connection:
            person = staff_by_id(connection, home.house.vault, nora)
            assert person is not None
            choose(connection, person, {Way.TEXT: PAGED, Way.CALL: [Level.EMERGENCY]}, home.now)
        yield Line(home, twilio, nora)


def test_a_call_says_hospital_level_and_code_and_one_takes_the_flag(line: Line) -> None:
    flag_id, call = line.emergency()
    code = spoken_code(flag_id)
    line.twilio.pick_up(call)
    assert call.said == (
        f"This is Hearback, at Harbor Hospital. Emergency. A family needs someone now. Code {' '.join(code)}. "
        "To take it, press 1. If you cannot, press 2."
    )
    line.twilio.press(call, "1")
    assert call.said == f"Thank you. It is yours now. Open Hearback, code {' '.join(code)}. Goodbye."
    assert call.over
    assert line.flag() == (FlagState.TAKEN, line.nora)
    assert line.twilio.end_call(call, "completed") == 204
    assert line.call_row() == ("delivered", None)
    line.home.pass_time(minutes=4)
    assert line.home.turn().paged == 0
    (took,) = line.home.rows(t.audit, t.audit.c.action == "take")
    assert took.subject_id == flag_id
    hire(line.home, "nina")
    assert f"Code {code}" in desk(line.home, "nina").page(f"/console/flags/{flag_id}")


def test_a_spanish_speaker_is_spoken_to_in_spanish(line: Line) -> None:
    with line.home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.id == line.nora).values(language="es"))
    _flag, call = line.emergency()
    line.twilio.pick_up(call)
    assert call.language == "es-US"
    assert "oprima 1" in call.said


def test_pressed_twice_is_taken_once_and_said_again(line: Line) -> None:
    _flag, call = line.emergency()
    line.twilio.pick_up(call)
    action = call.action
    line.twilio.press(call, "1")
    call.action = action  # Twilio repeats a webhook that it had no answer of
    line.twilio.press(call, "1")
    assert call.said == "You have it already. Open Hearback. Goodbye."
    assert [row.kind for row in line.home.rows(t.acts)] == ["took"]


def test_a_flag_that_somebody_else_has_is_told_with_their_name(line: Line) -> None:
    flag_id, call = line.emergency()
    line.twilio.pick_up(call)
    hire(line.home, "nina")
    desk(line.home, "nina").act(flag_id, "take")
    line.twilio.press(call, "1")
    assert call.said == "Nina Person has it already. You need not do anything. Goodbye."
    assert [row.kind for row in line.home.rows(t.acts)] == ["took"]


def test_a_closed_flag_is_told_as_closed(line: Line) -> None:
    flag_id, call = line.emergency()
    hire(line.home, "nina", Role.COORDINATOR)
    at: Desk = desk(line.home, "nina")
    at.act(flag_id, "take")
    at.act(flag_id, "close", outcome="advice")
    line.twilio.pick_up(call)
    assert call.said == "It is closed already. You need not do anything. Goodbye."
    assert call.over
    assert line.flag()[0] is FlagState.CLOSED


def test_two_sends_the_flag_on_at_once_and_any_other_key_asks_again(line: Line) -> None:
    flag_id, call = line.emergency()
    line.twilio.pick_up(call)
    line.twilio.press(call, "7")
    assert call.said.startswith("That key does nothing here. This is Hearback")
    line.twilio.press(call, "2")
    assert call.said == "Thank you. Somebody else is told. Goodbye."
    assert line.flag() == (FlagState.OPEN, None)
    assert line.call_row() == ("undelivered", "cannot")
    line.home.turn()
    assert len({page.staff_id for page in line.home.rows(t.pages, t.pages.c.flag_id == flag_id)}) == 2


@pytest.mark.parametrize("ends", ["no-answer", "busy", "completed", "none"])
def test_a_call_that_nobody_answers_with_a_key_acknowledges_nothing_and_raises_no_flag(line: Line, ends: str) -> None:
    _flag, call = line.emergency()
    if ends in ("completed", "none"):
        line.twilio.pick_up(call)  # by a person who hangs up, or by a machine that records
    if ends == "none":
        line.twilio.press(call)
        assert call.said == "No key was pressed. Somebody else is told. Goodbye."
    line.twilio.end_call(call, "completed" if ends == "none" else ends)
    assert line.call_row() == ("undelivered", "no-key" if ends in ("completed", "none") else ends)
    assert line.flag() == (FlagState.OPEN, None)
    assert len(line.home.rows(t.flags)) == 1
    line.home.pass_time(minutes=5)
    line.home.turn()
    assert len({page.staff_id for page in line.home.rows(t.pages)}) == 2


def test_a_stranger_hears_that_nothing_was_changed(line: Line) -> None:
    _flag, call = line.emergency()
    with line.home.house.database.writing() as connection:
        connection.execute(t.staff.update().where(t.staff.c.id == line.nora).values(active=False))
    line.twilio.pick_up(call)
    assert call.said == "We do not know this call. Nothing was changed. Goodbye."
    call.action = "/twilio/voice/" + "0" * 32 + "/key"
    line.twilio.press(call, "1")
    assert call.said == "We do not know this call. Nothing was changed. Goodbye."
    assert line.flag() == (FlagState.OPEN, None)


def test_voice_webhooks_that_twilio_did_not_sign_change_nothing(line: Line) -> None:
    _flag, call = line.emergency()
    line.twilio.pick_up(call)
    line.twilio.auth_token = "somebody else's"
    for path in (call.action, call.onward, call.form["Url"][0], call.form["StatusCallback"][0]):
        signature = {"X-Twilio-Signature": line.twilio.sign(path, {"Digits": "1"})}
        path = path.removeprefix("https://hearback.test")
        for headers in ({}, signature):
            answer = line.twilio.webhook.post(
                path, base_url="https://hearback.test", data={"Digits": "1"}, headers=headers
            )
            assert answer.status_code == 403, path
    assert line.flag() == (FlagState.OPEN, None)


def test_when_our_records_cannot_be_reached_the_caller_hears_it_and_the_flag_stays_open(line: Line) -> None:
    _flag, call = line.emergency()
    line.twilio.pick_up(call)
    with gone(line.home.house.database):
        line.twilio.press(call, "1")
    assert call.said.startswith("We cannot reach our records. Nothing was changed.")
    assert line.flag() == (FlagState.OPEN, None)


def test_a_call_of_which_nothing_more_is_heard_counts_as_unanswered(line: Line) -> None:
    line.emergency()
    line.home.pass_time(minutes=4)
    settle_unsure(line.home.house, line.home.now)
    assert line.call_row() == ("undelivered", "no-answer")


def test_a_call_that_may_have_been_made_is_made_again(line: Line) -> None:
    line.twilio.to_number("+12065550190", status=503)
    breathing(line.home)
    line.home.send()
    assert line.call_row()[0] == "unsure"
    line.twilio.to_number("+12065550190")
    line.home.pass_time(seconds=61)
    settle_unsure(line.home.house, line.home.now)
    line.home.send()
    assert line.call_row()[0] == "accepted"
    assert len(line.twilio.calls) == 2
