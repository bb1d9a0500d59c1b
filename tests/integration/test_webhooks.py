"""Twilio's webhooks, and what an outside watch may ask: kept once, answered at once, honest about trouble."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import bot.inbound
from bot.work import reconcile
from messages.carriers.carrier import Incoming
from messages.carriers.codes import refused
from messages.flags import Level
from messages.settings import Settings
from messages.store import tables as t
from tests.house import MARIA, SENDER, TOM, Home, RecordingCarrier
from tests.integration.hooks import PUBLIC, Hooks, gone, received


@pytest.fixture
def hooks(home: Home) -> Hooks:
    home.enrol()
    return Hooks(home)


def texts_in(home: Home) -> list[Any]:
    return sorted(home.rows(t.messages, t.messages.c.direction == "in"), key=lambda row: row.at)


def words(home: Home) -> list[str]:
    return [home.house.vault.open("messages.body", row.id, row.body) for row in texts_in(home)]


def test_a_text_is_kept_and_answered_with_empty_twiml(home: Home, hooks: Hooks) -> None:
    reply = hooks.text("he can't breathe")
    assert (reply.status_code, reply.mimetype) == (200, "text/xml")
    assert reply.get_data(as_text=True) == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert words(home) == ["he can't breathe"]
    assert [flag.level for flag in home.flags()] == [Level.EMERGENCY]
    assert home.carrier.sent == [], "the answer leaves by the outbox, not in the reply"


def test_a_repeated_webhook_changes_nothing(home: Home, hooks: Hooks) -> None:
    assert hooks.text("he can't breathe").status_code == 200
    counts = [len(home.rows(table)) for table in (t.messages, t.outbox, t.flags, t.pages)]
    for _ in range(3):
        reply = hooks.post(
            "/twilio/message", received("he can't breathe", "SM1"), **{"I-Twilio-Idempotency-Token": "again"}
        )
        assert reply.status_code == 200
    assert [len(home.rows(table)) for table in (t.messages, t.outbox, t.flags, t.pages)] == counts


def test_the_same_webhook_ten_times_at_once_is_one_text_and_one_answer(home: Home, hooks: Hooks) -> None:
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: hooks.text("he can't breathe"), range(10)))
    assert {reply.status_code for reply in replies} == {200}
    assert (len(texts_in(home)), len(home.flags()), len(home.rows(t.readings))) == (1, 1, 1)


def test_texts_of_one_family_at_once_make_one_flag_and_one_emergency_answer(home: Home, hooks: Hooks) -> None:
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda n: hooks.text("he can't breathe", sid=f"SM{n}"), range(6)))
    assert {reply.status_code for reply in replies} == {200}
    assert (len(texts_in(home)), len(home.rows(t.undecided)), len(home.flags())) == (6, 0, 1)
    topics = [row.topic for row in home.rows(t.messages, t.messages.c.purpose == "answer")]
    assert topics.count("emergency") == 1


def test_texts_of_a_stranger_at_once_make_one_flag_and_one_answer(home: Home, hooks: Hooks) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: hooks.text("hello, who is this", sid=f"SM{n}", From=TOM), range(6)))
    assert (len(texts_in(home)), len(home.flags())) == (6, 1)
    assert len(home.rows(t.messages, t.messages.c.purpose == "answer")) == 1


def test_either_token_is_good_while_they_are_rotated(home: Home) -> None:
    home.enrol()
    both = replace(home.house.settings, twilio_auth_tokens=("new", "token"))
    hooks = Hooks(replace(home, house=replace(home.house, settings=both)))
    assert hooks.post("/twilio/message", received("one", "SM1"), token="token").status_code == 200
    assert hooks.post("/twilio/message", received("two", "SM2"), token="new").status_code == 200
    assert hooks.post("/twilio/message", received("three", "SM3"), token="older").status_code == 403


def test_words_arrive_as_they_were_written(home: Home, hooks: Hooks) -> None:
    bodies = ["🤒🤒 101.5 👶🏽", "", " hi ", "¿Tiene fiebre? ñ ü ç", "a+b&c=d%20e", "word " * 320]
    for n, body in enumerate(bodies):
        assert hooks.text(body, sid=f"SM{n}", ProfileName="María 🌸", OptOutType="").status_code == 200
        home.pass_time(minutes=3)
    assert words(home) == bodies


def test_fields_that_nobody_knows_yet_are_signed_and_let_be(home: Home, hooks: Hooks) -> None:
    assert hooks.text("ok", BrandNewField="x", MessagingServiceSid="MG1").status_code == 200


def test_pictures_are_kept_by_reference(home: Home, hooks: Hooks) -> None:
    pictures = {f"MediaUrl{n}": f"https://api.twilio.com/media/{n}" for n in range(12)}
    assert hooks.text("", sid="MM1", NumMedia="12", **pictures).status_code == 200
    (kept,) = texts_in(home)
    addresses = json.loads(home.house.vault.open("messages.media", kept.id, kept.media))
    assert addresses == [f"https://api.twilio.com/media/{n}" for n in range(10)]
    assert [flag.level for flag in home.flags()] == [Level.REVIEW]


def test_a_text_by_whatsapp_is_of_the_same_person(home: Home, hooks: Hooks) -> None:
    fields = {"From": f"whatsapp:{MARIA}", "To": f"whatsapp:{SENDER}", "WaId": MARIA[1:]}
    assert hooks.text("her foot is numb", **fields).status_code == 200
    (kept,) = texts_in(home)
    assert (kept.channel, kept.caregiver_id) == ("whatsapp", home.rows(t.caregivers)[0].id)
    assert home.house.vault.open("messages.peer", kept.id, kept.peer) == MARIA


def test_a_database_that_is_gone_is_told_to_twilio_and_its_next_try_is_kept(home: Home, hooks: Hooks) -> None:
    with gone(home.house.database):
        assert hooks.text("he can't breathe").status_code == 503
    assert texts_in(home) == []
    assert hooks.text("he can't breathe").status_code == 200
    assert len(home.flags()) == 1


def test_a_database_that_goes_between_keeping_and_deciding_loses_nothing(
    home: Home, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = bot.inbound.decide_text

    def decide_without(*arguments: Any) -> None:
        with gone(home.house.database):
            decide(*arguments)

    monkeypatch.setattr(bot.inbound, "decide_text", decide_without)
    assert hooks.text("he can't breathe").status_code == 200
    monkeypatch.undo()
    assert (words(home), home.flags()) == (["he can't breathe"], [])
    home.pass_time(seconds=61)
    home.turn()
    assert [flag.level for flag in home.flags()] == [Level.EMERGENCY]


def test_a_callback_moves_the_text_that_its_address_names(home: Home, hooks: Hooks) -> None:
    home.text("no fever, no swelling, slept well")
    (sent,) = home.send()
    (row,) = home.rows(t.outbox, t.outbox.c.id == sent.outbox_id)
    assert hooks.status(row.id, row.carrier_id, "delivered").status_code == 204
    assert home.rows(t.outbox, t.outbox.c.id == row.id)[0].state == "delivered"


def test_a_callback_about_nothing_of_ours_is_taken_quietly(home: Home, hooks: Hooks) -> None:
    assert hooks.status("f" * 32, "SM9", "delivered").status_code == 204
    assert len(home.rows(t.delivery_events)) == 1


def test_a_callback_that_cannot_be_kept_is_told_to_twilio(home: Home, hooks: Hooks) -> None:
    with gone(home.house.database):
        assert hooks.status("f" * 32, "SM9", "delivered").status_code == 503


def test_without_twilios_settings_every_webhook_is_refused(home: Home) -> None:
    home.enrol()
    bare = Settings(database_url=home.house.settings.database_url, public_url=PUBLIC, secret_key="s" * 40)
    hooks = Hooks(replace(home, house=replace(home.house, settings=bare)))
    for token in ("", "token", "None"):
        assert hooks.post("/twilio/message", received("hi", "SM1"), token=token).status_code == 403
    assert texts_in(home) == []


def test_the_watch_sees_a_clock_that_stopped(home: Home, hooks: Hooks) -> None:
    assert hooks.client.get("/healthz").json == {"alive": True}
    never = hooks.client.get("/readyz")
    assert never.status_code == 503
    assert never.json["problems"] == ["The clock has never run: start hearback work."]
    home.turn()
    assert hooks.client.get("/readyz").status_code == 200
    home.pass_time(minutes=3)
    stopped = hooks.client.get("/readyz")
    assert stopped.status_code == 503
    assert stopped.json["problems"] == ["The clock stopped 180 s ago: start hearback work."]


def test_the_watch_sees_texts_that_do_not_leave_or_are_not_decided(home: Home, hooks: Hooks) -> None:
    home.text("he can't breathe")
    home.pass_time(minutes=11)
    with home.house.database.writing() as connection:
        connection.execute(
            t.undecided.insert().values(message_id=texts_in(home)[0].id, kept_at=home.now - timedelta(minutes=4))
        )
    problems = " ".join(hooks.client.get("/readyz").json["problems"])
    assert "Texts wait in the outbox" in problems
    assert "kept and not yet decided" in problems


def test_the_watch_sees_a_carrier_that_refuses_everything(home: Home, hooks: Hooks) -> None:
    home.text("thanks")
    home.carrier.answers = [refused(429)] * 100
    for _ in range(6):
        home.pass_time(minutes=1)
        home.send()
    assert "refuses texts again and again" in " ".join(hooks.client.get("/readyz").json["problems"])


def test_the_watch_sees_a_database_that_is_gone(home: Home, hooks: Hooks) -> None:
    home.turn()
    with gone(home.house.database):
        assert hooks.client.get("/healthz").status_code == 200
        ready = hooks.client.get("/readyz")
        assert hooks.client.get("/metrics").status_code == 503
    assert ready.status_code == 503
    assert ready.json["problems"][0].startswith("The database ")


def test_what_the_watch_is_told_holds_no_private_word(home: Home, hooks: Hooks) -> None:
    home.text("Anabel's toes are blue")
    home.text("hello?", phone=TOM)
    home.turn()
    figures = hooks.client.get("/metrics").get_data(as_text=True)
    told = figures + hooks.client.get("/readyz").get_data(as_text=True)
    for private in ("Ana", "Maria", "toes", MARIA[2:], TOM[2:], "Nora"):
        assert private not in told
    assert 'hearback_flags_open{level="emergency"} 1.0' in figures
    assert "hearback_clock_age_seconds 0.0" in figures


def test_reconciling_takes_in_a_text_whose_webhook_never_came(home: Home, hooks: Hooks) -> None:
    hooks.text("known", sid="SM1")
    carrier: RecordingCarrier = home.carrier
    carrier.received = [
        Incoming(sid, peer=peer, to=SENDER, body=body, at=home.now)
        for sid, peer, body in (("SM1", MARIA, "known"), ("SM2", f"whatsapp:{MARIA}", "he can't breathe"))
    ]
    assert reconcile(home.house, home.now) == 1
    assert reconcile(home.house, home.now) == 0
    assert words(home) == ["known", "he can't breathe"]
    assert [flag.level for flag in home.flags()] == [Level.EMERGENCY]
