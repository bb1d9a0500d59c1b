"""How a person is reached: their own page, and what a manager sees of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages.carriers.carrier import Refused
from messages.people import PAGED, Role, Way
from messages.store import tables as t
from messages.store.people import staff_by_id
from tests.house import Home
from tests.integration.desk import Desk, desk, hire, text_of
from tests.stand_in.services import WebService

PAGE = "/console/account/reached"


@pytest.fixture
def nina(home: Home) -> Desk:
    home.has(own_hosts=("127.0.0.1",))
    hire(home, "nina")
    return desk(home, "nina", patient=True)


def ways(home: Home, login: str = "Nina Person") -> dict[Way, object]:
    with home.house.database.reading() as connection:
        everybody = [staff_by_id(connection, home.house.vault, row.id) for row in home.rows(t.staff)]
    return next(dict(one.ways) for one in everybody if one and one.name == login)


def test_whom_nothing_reaches_is_told_so_and_the_manager_sees_it(home: Home, nina: Desk) -> None:
    assert "Nothing reaches you" in text_of(nina.page("/console/account"))
    assert "Nothing reaches you" in text_of(nina.page(PAGE))
    hire(home, "mona", Role.MANAGER)
    assert "Reached by nothing" in text_of(desk(home, "mona").page("/console/people"))
    assert nina.post(f"{PAGE}/phone", phone="206-555-0177").status_code == 303
    assert "By: Text, Call." in text_of(nina.page("/console/account"))
    assert "Reached by: Text, Call" in text_of(desk(home, "mona").page("/console/people"))


def test_a_test_page_leaves_and_the_page_says_how_it_went(home: Home, nina: Desk, web: WebService) -> None:
    nina.post(f"{PAGE}/phone", phone="+12065550177")
    assert nina.post(f"{PAGE}/chat", address=f"json://127.0.0.1:{web.port}/room").status_code == 303
    (address,) = home.rows(t.staff_addresses)
    nina.post(f"{PAGE}/test", way="text")
    nina.post(f"{PAGE}/test", way="call")
    nina.post(f"{PAGE}/test", way="chat", address_id=address.id)
    web.moods = [403]
    (text,) = home.send()
    assert text.to == "+12065550177"
    assert text.body == (
        "Hearback, Harbor Hospital: a test page. It came, so pages reach you. https://hearback.test/console/account/reached"
    )
    assert [ring.to for ring in home.carrier.rung] == ["+12065550177"]
    seen = text_of(nina.page(PAGE))
    assert "Test page, under a minute ago: sent" in seen
    assert "JSON accepts this address no more: make a new one there." in seen
    assert home.flags() == []  # a test that fails is told here, and to nobody else


def test_a_test_text_to_a_wrong_number_raises_no_flag(home: Home, nina: Desk) -> None:
    nina.post(f"{PAGE}/phone", phone="+12065550177")
    home.carrier.answers = [Refused("21211", "This number cannot be texted.", permanent=True)]
    nina.post(f"{PAGE}/test", way="text")
    home.send()
    assert home.flags() == []
    assert "could not be sent" in text_of(nina.page(PAGE))


def test_ten_test_pages_in_ten_minutes_are_enough(home: Home, nina: Desk) -> None:
    nina.post(f"{PAGE}/phone", phone="+12065550177")
    assert [nina.post(f"{PAGE}/test", way="call").status_code for _n in range(11)] == [303] * 10 + [422]
    home.pass_time(minutes=11)
    assert nina.post(f"{PAGE}/test", way="call").status_code == 303


@pytest.mark.parametrize(
    ("way", "address", "says"),
    [
        ("email", "nora@hospital.org", "That is not set up here."),
        ("chat", "json://10.0.0.1/", "We cannot page this address."),
        ("chat", "jsons://169.254.169.254/latest", "We cannot page this address."),
        ("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/passwd", "We cannot page"),
        ("chat", "syslog://localhost", "We cannot page this address."),
        ("chat", "https://hooks.example.org/x", "We cannot page this address."),
        ("chat", "mailto://a:b@127.0.0.1", "We cannot page this address."),
        ("chat", "x" * 1001, "We cannot page this address."),
        ("push", "{}", "could not be read"),
        ("push", '{"endpoint": "https://intranet/x", "keys": {"p256dh": "x", "auth": "y"}}', "push service"),
        ("push", '{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "x", "auth": "y"}}', "be read"),
    ],
)
def test_an_address_that_we_cannot_or_must_not_call_is_refused_and_stays_in_the_form(
    home: Home, nina: Desk, way: str, address: str, says: str
) -> None:
    answer = nina.post(f"{PAGE}/{way}", address=address)
    assert answer.status_code == 422
    assert says in text_of(answer.text)
    if way == "chat":
        assert f'value="{address}"' in answer.text
    assert home.rows(t.staff_addresses) == []
    assert ways(home) == {Way.TEXT: PAGED}


def test_services_are_known_by_the_addresses_they_show(nina: Desk, home: Home) -> None:
    for address in (
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=K&token=T",
        "https://prod-1.westus.logic.azure.com:443/workflows/abcd1234abcd1234abcd1234abcd1234/triggers/manual/paths/"
        "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abcdefgh",
        "pagerduty://integration-key@api-key",
    ):
        assert nina.post(f"{PAGE}/chat", address=address).status_code == 303, address
    named = [row.label for row in home.rows(t.staff_addresses)]
    assert named == ["Slack", "Google Chat", "Power Automate / Workflows (for MSTeams)", "Pager Duty"]
    kept = b"".join(bytes(row.address) for row in home.rows(t.staff_addresses))
    assert b"slack" not in kept
    assert b"sig=" not in kept


def test_a_level_without_a_way_is_asked_back_and_nothing_changes(home: Home, nina: Desk) -> None:
    nina.post(f"{PAGE}/phone", phone="+12065550177")
    before = ways(home)
    answer = nina.post(f"{PAGE}/levels", text=["emergency"], call=["urgent"])
    assert answer.status_code == 422
    assert "Each level needs a way to reach you." in text_of(answer.text)
    assert ways(home) == before
    assert nina.post(f"{PAGE}/levels", text=["emergency", "review"], call=["emergency", "urgent"]).status_code == 303
    assert ways(home) == {Way.TEXT: (PAGED[0], PAGED[2]), Way.CALL: (PAGED[0], PAGED[1])}


def test_nobody_takes_away_or_tries_the_address_of_another(home: Home, nina: Desk, web: WebService) -> None:
    nina.post(f"{PAGE}/chat", address=f"json://127.0.0.1:{web.port}/room")
    (address,) = home.rows(t.staff_addresses)
    hire(home, "otto")
    otto = desk(home, "otto", patient=True)
    otto.post(f"{PAGE}/remove", address_id=address.id)
    assert home.rows(t.staff_addresses) == [address]
    assert otto.post(f"{PAGE}/test", way="chat", address_id=address.id).status_code == 422
    assert nina.post(f"{PAGE}/remove", address_id=address.id).status_code == 303
    assert home.rows(t.staff_addresses) == []
    assert ways(home) == {Way.TEXT: PAGED}
    noted = [row.action for row in home.rows(t.audit) if "chat" in row.action]
    assert noted == ["added chat", "removed chat"]


def test_where_pages_go_is_changed_only_with_the_password_of_these_minutes(home: Home, nina: Desk) -> None:
    with home.house.database.writing() as connection:
        connection.execute(t.sessions.update().values(proved_at=home.now - timedelta(minutes=20)))
    answer = nina.post(f"{PAGE}/phone", phone="+12065550177")
    assert answer.status_code == 401
    assert "+12065550177" in answer.text  # the form goes on by itself once the password is given
    assert "Nothing reaches you" in text_of(nina.page(PAGE))
