"""Whatever fails in Hearback itself, somebody is told of it by a way that did not fail; once, and not every second.

Over 300 lines: every failure in one place, so that one sees that none is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email import message_from_string, policy
from threading import Barrier

import pytest

from bot.reached import add
from messages.carriers.codes import refused
from messages.carriers.twilio import TwilioCarrier
from messages.ids import new_id
from messages.people import Role, Staff, Way
from messages.store import tables as t
from messages.store.alarms import stand
from messages.store.people import add_staff
from messages.watch import Alarm, Finding
from messages.watching import Watch
from tests.house import MARIA, Home, another_process
from tests.integration.desk import another_hospital, breathing
from tests.integration.hooks import gone
from tests.stand_in import TwilioStandIn
from tests.stand_in.services import MailServer, WebService

OPERATOR = "operator@hospital.example"
MARTA = "marta@hospital.example"
MARTAS_PHONE = "+12065550192"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebService]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with WebService() as service:
        yield service


@pytest.fixture
def watched(home: Home, mail: MailServer, monitor: WebService, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A hospital with a manager who has e-mail, an operator with e-mail and chat, and a monitor outside."""
    settings = replace(
        home.house.settings, smtp_url=mail.url, smtp_from="hearback@hospital.example", own_hosts=("127.0.0.1",),
        alarm_to=(OPERATOR, f"json://127.0.0.1:{monitor.port}/chat"), heartbeat_url=f"{monitor.url}/beat",
    )  # fmt: skip
    home.house = replace(home.house, settings=settings)
    marta = Staff(new_id(), home.hospital.id, "Marta", MARTAS_PHONE, role=Role.MANAGER)
    with home.house.database.writing() as connection:
        add_staff(connection, home.house.vault, marta, password_hash=None, now=home.now)
        add(connection, home.house, marta, Way.EMAIL, MARTA, home.now)
    monkeypatch.setattr("messages.watching.in_background", lambda do: do())
    home.turn()
    return home


def letters(mail: MailServer) -> list[tuple[str, str]]:
    """(to whom, what its subject says) of each letter about an alarm; pages about flags are another matter."""
    found = [message_from_string(raw, policy=policy.default) for raw in mail.taken]
    said = sorted((one["To"], one["Subject"].partition(": ")[2]) for one in found)
    return [(to, words) for to, words in said if words.startswith(("ALARM", "It is over"))]


def to_both(words: str) -> list[tuple[str, str]]:
    return [(MARTA, words), (OPERATOR, words)]


def beats(monitor: WebService) -> int:
    return [path for path, _headers, _body in monitor.taken].count("/beat")


def chats(monitor: WebService) -> int:
    return [path for path, _headers, _body in monitor.taken].count("/chat")


def look_for(home: Home, *watches: Watch, minutes: int, ticks: bool = True, every: int = 20) -> None:
    """So many minutes, in which every process looks `every` so many seconds."""
    for _ in range(minutes * 60 // every):
        home.pass_time(seconds=every)
        if ticks:
            home.turn()
        for watch in watches:
            watch.round(home.now)


@pytest.fixture
def worker(watched: Home) -> Watch:
    """The watch of a worker."""
    return Watch(watched.house, lambda: watched.now, works=True)


@pytest.fixture
def web(watched: Home) -> Iterator[Watch]:
    """The watch of a web process, with its own connections."""
    house = another_process(watched).house
    yield Watch(house, lambda: watched.now)
    house.database.close()


@on_one_database
def test_while_all_is_well_only_the_monitor_hears_of_it(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch, web: Watch
) -> None:
    look_for(watched, worker, web, minutes=5)
    assert beats(monitor) == 5
    assert letters(mail) == []
    assert watched.rows(t.alarms) == []


def test_a_dead_clock_is_told_by_e_mail_and_chat_once_and_the_monitor_hears_nothing(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch, web: Watch
) -> None:
    look_for(watched, worker, web, minutes=14, ticks=False)  # its sending threads live, its clock does not
    assert letters(mail) == to_both("ALARM: The clock stands still")
    assert chats(monitor) == 1
    assert beats(monitor) == 2, "none since the clock has stood still for two minutes"
    look_for(watched, web, minutes=60, ticks=False, every=120)  # and now the worker is gone altogether
    assert letters(mail) == sorted(
        to_both("ALARM: The clock stands still") + to_both("ALARM, still: The clock stands still")
    )
    look_for(watched, worker, web, minutes=7)
    assert letters(mail)[:3] == [(MARTA, "ALARM, still: The clock stands still"),
                                 (MARTA, "ALARM: The clock stands still"),
                                 (MARTA, "It is over: The clock stands still")]  # fmt: skip
    assert len(letters(mail)) == 6
    assert beats(monitor) == 2 + 7
    assert watched.carrier.sent == [], "Marta has a way beside text"


@on_one_database
def test_an_outbox_that_stands_still_is_told_by_e_mail(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch, web: Watch
) -> None:
    watched.text("hello?", phone=MARIA)  # an answer is queued, and nobody sends it
    look_for(watched, worker, web, minutes=5)
    assert letters(mail) == to_both("ALARM: Texts do not leave")
    assert beats(monitor) == 3


@on_one_database
def test_a_process_that_died_with_texts_in_hand_is_an_alarm_when_nobody_looks_into_them(
    watched: Home, mail: MailServer, worker: Watch, web: Watch
) -> None:
    watched.text("hello?", phone=MARIA)
    with watched.house.database.writing() as connection:
        connection.execute(t.outbox.update().values(state="sending", lease_until=watched.now, attempts=1))
    look_for(watched, worker, web, minutes=4)
    assert letters(mail) == to_both("ALARM: Texts do not leave")


def test_a_lost_database_is_told_by_e_mail_and_by_silence_and_so_is_that_it_is_back(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch, web: Watch
) -> None:
    look_for(watched, worker, web, minutes=1)
    before = beats(monitor)
    with gone(watched.house.database), gone(web.house.database):
        look_for(watched, worker, web, minutes=10, ticks=False)
        assert letters(mail) == sorted(2 * to_both("ALARM: Our records cannot be reached")), "once by each process"
        assert beats(monitor) == before
    watched.turn()
    look_for(watched, worker, web, minutes=6)
    over = [words for _to, words in letters(mail) if words.startswith("It is over")]
    assert over == ["It is over: Our records cannot be reached"] * 4
    assert beats(monitor) > before


@on_one_database
def test_a_database_that_hangs_is_lost_too_and_one_look_waits_for_it_not_many(
    watched: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch, worker: Watch
) -> None:
    monkeypatch.setattr("messages.watching.LOOK_WITHIN", 0.05)
    let_go, looks = threading.Event(), []

    def hangs(*_: object) -> None:
        looks.append(1)
        let_go.wait(20)

    worker.round(watched.now)
    monkeypatch.setattr("messages.watching.look", hangs)
    look_for(watched, worker, minutes=2)
    let_go.set()
    assert letters(mail) == to_both("ALARM: Our records cannot be reached")
    assert len(looks) == 1


@pytest.fixture
def twilio(watched: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioStandIn]:
    """The hospital's carrier is a Twilio on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with TwilioStandIn(clock=lambda: watched.now) as stand_in:
        carrier = TwilioCarrier(stand_in.account_sid, stand_in.auth_token, stand_in.public_url, stand_in.url)
        watched.house = replace(watched.house, carrier=carrier)
        yield stand_in


@on_one_database
def test_a_carrier_that_is_out_is_told_by_e_mail_although_no_text_waits(
    watched: Home, twilio: TwilioStandIn, mail: MailServer, worker: Watch, web: Watch
) -> None:
    look_for(watched, worker, web, minutes=1)
    twilio.ailing = 503
    look_for(watched, worker, web, minutes=14)
    assert letters(mail) == to_both("ALARM: Texts do not get through")
    twilio.ailing = 0
    look_for(watched, worker, web, minutes=8)
    assert [words for _to, words in letters(mail)].count("It is over: Texts do not get through") == 2


def test_a_carrier_that_refuses_every_text_is_told_by_e_mail(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch
) -> None:
    watched.text("thanks")
    watched.carrier.answers = [refused(429)] * 100
    for _ in range(12):
        look_for(watched, worker, minutes=1, every=60)
        watched.send()
    assert letters(mail) == to_both("ALARM: Texts do not get through")
    assert beats(monitor) == 12, "we ourselves are well"


@on_one_database
def test_a_token_that_ran_out_is_told_by_e_mail_before_any_text_is_tried(
    watched: Home, twilio: TwilioStandIn, mail: MailServer, worker: Watch, web: Watch
) -> None:
    carrier = TwilioCarrier(twilio.account_sid, "old-token", twilio.public_url, twilio.url)
    worker.house = replace(watched.house, carrier=carrier)
    look_for(watched, worker, web, minutes=5)
    assert letters(mail) == to_both("ALARM: The carrier no longer lets us in")
    assert twilio.attempts == []


@on_one_database
def test_a_mail_login_that_ran_out_is_told_by_text_and_chat(
    watched: Home, mail: MailServer, monitor: WebService, worker: Watch, web: Watch
) -> None:
    mail.moods = ["login"] * 100
    look_for(watched, worker, web, minutes=5)
    (text,) = watched.carrier.sent
    assert (text.to, text.sender) == (MARTAS_PHONE, watched.hospital.sender)
    assert text.body.startswith("Hearback: ALARM: E-mails do not leave.")
    assert chats(monitor) == 1
    assert mail.taken == []


def test_an_emergency_that_nobody_took_is_told_by_e_mail_and_is_over_when_it_is_taken(
    watched: Home, mail: MailServer, worker: Watch
) -> None:
    flag_id = breathing(watched)
    watched.send()

    def pass_minutes(minutes: int) -> None:
        for _ in range(minutes):
            watched.pass_time(minutes=1)
            watched.turn()
            watched.send()
            worker.round(watched.now)

    pass_minutes(14)
    assert letters(mail) == []
    pass_minutes(3)
    words = "A family has waited too long, and nobody has taken their flag"
    assert letters(mail) == to_both(f"ALARM: {words}")
    with watched.house.database.writing() as connection:
        connection.execute(t.flags.update().where(t.flags.c.id == flag_id).values(state="taken", next_page_at=None))
    pass_minutes(8)
    assert letters(mail) == sorted(to_both(f"ALARM: {words}") + to_both(f"It is over: {words}"))
    everything = " ".join(mail.taken)
    assert not [word for word in ("breathe", "Ana", "Maria", MARIA) if word in everything]


@on_one_database
def test_when_no_way_takes_it_it_is_told_a_minute_later(
    watched: Home, mail: MailServer, monitor: WebService, web: Watch
) -> None:
    watched.pass_time(minutes=3)
    mail.moods, monitor.moods = ["later", "later"], [503]
    web.round(watched.now)
    assert letters(mail) == []
    watched.pass_time(seconds=59)
    web.round(watched.now)
    assert letters(mail) == []
    watched.pass_time(seconds=1)
    web.round(watched.now)
    assert letters(mail) == to_both("ALARM: The clock stands still")


def test_of_many_processes_that_look_at_one_moment_one_tells(watched: Home) -> None:
    finding = Finding(Alarm.CLOCK, "The clock stopped.")
    together = Barrier(6)

    def look(_number: int) -> int:
        together.wait(20)
        with watched.house.database.writing() as connection:
            return len(stand(connection, [finding], watched.now))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(look, range(6))) == 1
        watched.pass_time(minutes=15)
        assert sum(pool.map(look, range(6))) == 1


@on_one_database
def test_a_monitor_that_stalls_holds_nothing_up(
    watched: Home, monitor: WebService, monkeypatch: pytest.MonkeyPatch, worker: Watch
) -> None:
    monkeypatch.setattr(
        "messages.watching.in_background", lambda do: threading.Thread(target=do, daemon=True).start()
    )
    monitor.moods = ["hang"]
    assert worker.round(watched.now) == []
    assert monitor.hanging.wait(20)


@on_one_database
def test_a_process_that_just_began_gives_the_others_time(watched: Home, mail: MailServer, web: Watch) -> None:
    watched.pass_time(minutes=30)  # the machine was off
    web.began = watched.now
    look_for(watched, web, minutes=1, ticks=False)
    assert letters(mail) == []
    look_for(watched, web, minutes=2, ticks=False)
    assert letters(mail) == to_both("ALARM: The clock stands still")


@on_one_database
def test_a_manager_hears_of_no_other_hospital(
    watched: Home, mail: MailServer, alien: Callable[[], str], worker: Watch, web: Watch
) -> None:
    watched.text("thanks")
    watched.carrier.answers = [refused(21606)] * 20
    alien()
    watched.send()
    look_for(watched, worker, web, minutes=1)
    assert letters(mail) == to_both("ALARM: Texts do not get through")
    assert "Cause: The hospital's number may not send" in "".join(mail.taken).replace("=\n", "")


@pytest.fixture
def alien(watched: Home) -> Callable[[], str]:
    """A second hospital with a manager of its own."""
    def found() -> str:
        other = another_hospital(watched)
        boss = Staff(new_id(), other.id, "Olga", "+12065550199", role=Role.MANAGER)
        with watched.house.database.writing() as connection:
            add_staff(connection, watched.house.vault, boss, password_hash=None, now=watched.now)
            add(connection, watched.house, boss, Way.EMAIL, "olga@other.example", watched.now)
        return other.id

    return found
