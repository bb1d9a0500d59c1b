"""Whether Hearback runs: a page that says it, a line on every page when texts do not leave, figures for a monitor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.work import tidy
from messages.carriers.codes import refused
from messages.people import Role
from messages.store import tables as t
from messages.watching import Watch
from tests.house import TOM, Home
from tests.integration.desk import Desk, another_hospital, application, breathing, desk, hire, text_of
from tests.integration.hooks import gone

NOT_OURS = "The hospital's number may not send from this Twilio account"
LINE = "Texts do not get through."


@pytest.fixture
def marta(home: Home) -> Desk:
    hire(home, "marta", Role.MANAGER)
    home.turn()
    return desk(home, "marta", patient=True)


def number_is_refused(home: Home) -> None:
    home.text("hello?", phone=TOM)
    home.carrier.answers = [refused(21606)] * 9
    home.send()


def watched(home: Home) -> None:
    """Somebody's watch looked once."""
    Watch(home.house, lambda: home.now).round(home.now)


def test_the_page_says_that_everything_runs_or_what_is_wrong_since_when_and_what_to_do(
    home: Home, marta: Desk
) -> None:
    assert "Everything runs." in text_of(marta.page("/console/running"))
    number_is_refused(home)
    assert "Just noticed: nobody was told yet." in text_of(marta.page("/console/running"))
    watched(home)
    shown = text_of(marta.page("/console/running"))
    assert "Everything runs." not in shown
    assert f"{LINE} Families get no answer" in shown
    assert "Keep the list of flags open" in shown
    assert "Since 10:00 am" in shown
    assert NOT_OURS in shown
    home.carrier.answers = []
    for _ in range(2):
        home.pass_time(minutes=6)
        home.turn()
        home.send()
        watched(home)
    shown = text_of(marta.page("/console/running"))
    assert "Everything runs." in shown
    assert "From 10:00 am to 10:12 am" in shown


def test_every_page_says_that_texts_do_not_leave_to_this_hospital_alone(home: Home, marta: Desk) -> None:
    assert LINE not in marta.page("/console/hospital")
    number_is_refused(home)
    before = marta.client.get("/console/live").headers["X-Hearback-Stamp"]
    assert marta.client.get(f"/console/live?seen={before}").status_code == 204
    watched(home)
    assert LINE in marta.page("/console/hospital")
    assert LINE in marta.page("/console/")
    assert LINE in marta.page(f"/console/live?seen={before}"), "a list that stands open says it too"
    other = another_hospital(home)
    hire(home, "olga", Role.MANAGER, hospital=other)
    olga = desk(home, "olga")
    assert LINE not in olga.page("/console/hospital")
    assert "Everything runs." in text_of(olga.page("/console/running"))
    assert LINE not in desk(home).page("/console/login")


def test_a_family_that_waits_too_long_is_on_the_page_and_on_readyz_and_no_line_hides_other_pages(
    home: Home, marta: Desk
) -> None:
    breathing(home)
    home.send()
    home.pass_time(minutes=16)
    home.turn()
    home.send()
    watched(home)
    assert "nobody has taken their flag" in text_of(marta.page("/console/running"))
    assert "nobody has taken" not in marta.page("/console/hospital")
    ready = application(home).test_client().get("/readyz")
    assert (ready.status_code, ready.json["alarms"]) == (503, ["unseen"])
    assert "phone whoever is on duty" in ready.json["problems"][0]


def test_the_page_says_whom_an_alarm_reaches_and_what_is_missing(home: Home, marta: Desk) -> None:
    shown = text_of(marta.page("/console/running"))
    assert "Marta Person not reached" in shown
    assert "HEARBACK_ALARM_TO is empty" in shown
    assert "nobody notices when the whole machine is gone" in shown
    hire(home, "nina")
    assert "Whom an alarm reaches" not in desk(home, "nina").page("/console/running")


def test_the_figures_name_every_alarm_and_no_hospital(home: Home, marta: Desk) -> None:
    number_is_refused(home)
    watched(home)
    client = application(home).test_client()
    figures = client.get("/metrics").text
    assert 'hearback_alarms{alarm="carrier"} 1.0' in figures
    assert 'hearback_alarms{alarm="clock"} 0.0' in figures
    assert 'hearback_flags_untaken_oldest_seconds{level="urgent"} 0.0' in figures
    assert home.hospital.name not in figures
    with gone(home.house.database):
        lost = client.get("/metrics")
    assert lost.status_code == 503
    assert 'hearback_alarms{alarm="database"} 1.0' in lost.text


def test_the_figures_want_their_token_or_a_private_network(home: Home) -> None:
    client = application(home).test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "172.18.0.5"}).status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "8.8.8.8"}).status_code == 404
    home.house = replace(home.house, settings=replace(home.house.settings, metrics_token="m" * 16))
    client = application(home).test_client()
    outside = {"REMOTE_ADDR": "8.8.8.8"}
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401
    shown = client.get("/metrics", headers={"Authorization": "Bearer " + "m" * 16}, environ_base=outside)
    assert shown.status_code == 200


def test_what_is_over_is_forgotten_after_three_months(home: Home, marta: Desk) -> None:
    number_is_refused(home)
    watched(home)
    with home.house.database.writing() as connection:
        connection.execute(t.alarms.update().values(ended_at=home.now))
    home.pass_time(days=89)
    tidy(home.house, home.now)
    assert len(home.rows(t.alarms)) == 1
    home.pass_time(days=2)
    tidy(home.house, home.now)
    assert home.rows(t.alarms) == []
