"""How a page reaches a person by each way, and what happens when one of them refuses, stalls, or fails too late."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from email import message_from_string, policy

import http_ece  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.reached import add, choose
from messages.carriers.carrier import Refused
from messages.errors import EnrolmentError
from messages.flags import FlagKind, Level
from messages.people import PAGED, Staff, Way
from messages.settle import settle_unsure
from messages.store import reach
from messages.store import tables as t
from messages.store.people import staff_of
from messages.ways.push import new_key
from tests.house import NURSE, Home
from tests.integration.desk import breathing
from tests.stand_in.services import MailServer, WebService

EMAIL = "nora@hospital.example"


def nora(home: Home) -> Staff:
    with home.house.database.reading() as connection:
        return next(one for one in staff_of(connection, home.house.vault, home.hospital.id) if one.name == "Nora")


def reached_by(home: Home, way: Way, address: str) -> Staff:
    with home.house.database.writing() as connection:
        add(connection, home.house, nora(home), way, address, home.now)
    return nora(home)


def sent(home: Home) -> dict[str, tuple[str, str]]:
    """way -> (state, why) of the last page to Nora by it."""
    outs = {row.message_id: row for row in home.rows(t.outbox)}
    mine = home.rows(t.messages, t.messages.c.staff_id == nora(home).id)
    return {outs[one.id].way: (outs[one.id].state, outs[one.id].why) for one in mine}


def problems(home: Home) -> list[str]:
    return [row.problem for row in home.rows(t.staff_addresses)]


class Browser:
    """A browser's end of a push: its keys, and what it reads."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _plain(point), "auth": _plain(self.auth)}
        self.subscription = json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})

    def read(self, body: bytes) -> dict[str, str]:
        words: dict[str, str] = json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth))
        return words


def _plain(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_push_key(home: Home) -> None:
    with home.house.database.writing() as connection:
        reach.keep_push_key(connection, home.house.vault, new_key(), home.now)


def test_a_page_goes_by_every_way_a_person_has_and_holds_no_private_word(
    home: Home, mail: MailServer, web: WebService
) -> None:
    with_push_key(home)
    browser = Browser(f"{web.url}/push/nora")
    reached_by(home, Way.EMAIL, EMAIL)
    reached_by(home, Way.PUSH, browser.subscription)
    reached_by(home, Way.CHAT, f"json://127.0.0.1:{web.port}/chat/nora")
    with home.house.database.writing() as connection:
        choose(connection, nora(home), dict.fromkeys(Way, PAGED), home.now)
    breathing(home)
    home.send()
    assert {way: state for way, (state, _why) in sent(home).items()} == {
        "text": "sent", "call": "accepted", "email": "sent", "push": "sent", "chat": "sent",
    }  # fmt: skip
    letter = message_from_string(mail.taken[0], policy=policy.default)
    assert (letter["To"], letter["Subject"]) == (EMAIL, "Hearback, Harbor Hospital: EMERGENCY")
    by_path = {path: (headers, body) for path, headers, body in web.taken}
    headers, body = by_path["/push/nora"]
    assert headers["authorization"].startswith("vapid ")
    pushed = browser.read(body)
    assert pushed["link"].startswith("https://hearback.test/console/take/")
    (text,) = [one.body for one in home.carrier.sent if one.to == NURSE]
    for words in (text, mail.taken[0], json.dumps(pushed), by_path["/chat/nora"][1].decode()):
        assert "Harbor Hospital" in words
        assert "/console/take/" in words.replace("=\n", "")
        for private in ("Ana", "Maria", "breath", "hip"):
            assert private not in words
    assert [ring.to for ring in home.carrier.rung] == [NURSE]
    assert problems(home) == ["", "", ""]


def test_a_person_who_never_chose_is_told_by_text_alone(home: Home) -> None:
    breathing(home)
    home.send()
    assert list(sent(home)) == ["text"]
    assert home.carrier.rung == []


def test_each_level_goes_by_the_ways_chosen_for_it(home: Home, mail: MailServer) -> None:
    person = reached_by(home, Way.EMAIL, EMAIL)
    chosen = {Way.TEXT: [Level.EMERGENCY], Way.EMAIL: [Level.URGENT, Level.REVIEW]}
    with home.house.database.writing() as connection:
        choose(connection, person, chosen, home.now)
    breathing(home)
    home.send()
    assert list(sent(home)) == ["text"]


def test_a_level_cannot_be_left_without_a_way(home: Home) -> None:
    with home.house.database.writing() as connection, pytest.raises(EnrolmentError, match="Each level"):
        choose(connection, nora(home), {Way.TEXT: [Level.EMERGENCY]}, home.now)
    assert nora(home).ways == {Way.TEXT: PAGED}


def test_who_has_no_phone_is_told_by_what_they_have(home: Home, mail: MailServer) -> None:
    reached_by(home, Way.EMAIL, EMAIL)
    with home.house.database.writing() as connection:
        reach.set_phone(connection, home.house.vault, nora(home).id, "")
    breathing(home)
    home.send()
    assert sent(home) == {"email": ("sent", "")}


@pytest.mark.parametrize(
    ("mood", "state", "why"),
    [
        ("no such", "refused", "The mail server says that there is no such address."),
        ("later", "queued", "The mail server says that there is no such address."),
        ("login", "queued", "The mail server does not accept our login: set HEARBACK_SMTP_URL anew."),
    ],
)
def test_a_refused_mail_is_told_in_plain_words_and_the_text_goes_on(
    home: Home, mail: MailServer, mood: str, state: str, why: str
) -> None:
    reached_by(home, Way.EMAIL, EMAIL)
    mail.moods = [mood]
    breathing(home)
    home.send()
    assert sent(home)["email"] == (state, why)
    assert sent(home)["text"][0] == "sent"
    assert problems(home) == ([why] if mood != "later" else [""])
    # A wrong address is that person's own matter; a login that is refused is everybody's.
    told = [flag.reason for flag in home.flags() if flag.kind is FlagKind.SENDING]
    assert told == ([f"a page by e-mail does not leave: {why}"] if mood == "login" else [])


def test_a_mail_that_may_have_left_is_sent_again_under_the_same_name(home: Home, mail: MailServer) -> None:
    reached_by(home, Way.EMAIL, EMAIL)
    mail.moods = ["lost"]
    breathing(home)
    home.send()
    assert sent(home)["email"][0] == "unsure"
    home.pass_time(seconds=61)
    settle_unsure(home.house, home.now)
    home.send()
    assert sent(home)["email"][0] == "sent"
    names = {message_from_string(one)["Message-ID"] for one in mail.taken}
    assert (len(mail.taken), len(names)) == (2, 1)


def test_a_page_that_waits_for_another_try_is_dropped_when_somebody_takes_the_flag(
    home: Home, mail: MailServer
) -> None:
    reached_by(home, Way.EMAIL, EMAIL)
    mail.moods = ["later"]
    breathing(home)
    home.send()
    with home.house.database.writing() as connection:
        connection.execute(t.flags.update().values(state="taken", taken_by=nora(home).id))
    home.pass_time(minutes=1)
    home.send()
    assert (sent(home)["email"][0], mail.taken) == ("cancelled", [])


def test_when_every_way_to_a_person_failed_the_next_one_is_told_at_once(home: Home, web: WebService) -> None:
    reached_by(home, Way.CHAT, f"json://127.0.0.1:{web.port}/chat/nora")
    home.carrier.answers = [Refused("21211", "no such number", permanent=True)]
    web.moods = [403]
    flag_id = breathing(home)
    home.send()
    assert problems(home) == ["JSON accepts this address no more: make a new one there."]
    home.turn()
    told = [page.staff_id for page in home.rows(t.pages, t.pages.c.flag_id == flag_id)]
    assert len(set(told)) == 2


def test_one_way_that_failed_while_another_took_the_page_hurries_nobody_and_raises_no_flag(
    home: Home, web: WebService
) -> None:
    reached_by(home, Way.CHAT, f"json://127.0.0.1:{web.port}/chat/nora")
    web.moods = [404]
    breathing(home)
    home.send()
    home.turn()
    assert len(home.flags()) == 1
    assert {page.staff_id for page in home.rows(t.pages)} == {nora(home).id}


@pytest.mark.parametrize(
    ("mood", "state"), [(410, "refused"), (403, "refused"), (503, "queued"), (429, "queued"), ("lost", "queued")]
)
def test_a_push_that_is_refused_says_so_and_what_may_pass_is_tried_again(
    home: Home, web: WebService, mood: int | str, state: str
) -> None:
    with_push_key(home)
    reached_by(home, Way.PUSH, Browser(f"{web.url}/push/nora").subscription)
    web.moods = [mood]
    breathing(home)
    home.send()
    assert sent(home)["push"][0] == state
    home.pass_time(minutes=1)
    home.send()
    assert sent(home)["push"][0] == ("sent" if state == "queued" else "refused")
    assert problems(home) == [sent(home)["push"][1] if state == "refused" else ""]


def test_an_address_taken_away_while_its_page_waits_is_no_loss(home: Home, web: WebService) -> None:
    person = reached_by(home, Way.CHAT, f"json://127.0.0.1:{web.port}/chat/nora")
    breathing(home)
    (address,) = home.rows(t.staff_addresses)
    with home.house.database.writing() as connection:
        assert reach.remove_address(connection, person.id, address.id) is Way.CHAT
    home.send()
    assert sent(home)["chat"] == ("refused", "This address was taken away.")
    assert sent(home)["text"][0] == "sent"
    assert nora(home).ways == {Way.TEXT: PAGED}
