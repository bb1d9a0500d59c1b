"""Several `hearback work` on one database, one killed with texts in hand: no check-in leaves twice, none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.work import settle, work_once
from messages.outbox import LEASE
from messages.settle import GIVE_UP_AFTER
from messages.store import tables as t
from scheduler.enrol import CaregiverEntry, Family, enrol
from tests.faults.workers import Workers
from tests.house import Home
from tests.stand_in import TwilioStandIn


@pytest.fixture
def workers(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("tests.stand_in.wire.LONGEST_HANG", 60.0)
    with TwilioStandIn() as twilio:
        workers = Workers(home, twilio, tmp_path)
        yield workers
        twilio.release()
        for process in workers.running:
            process.kill()
            process.wait()


def enrol_many(home: Home, count: int) -> list[str]:
    """Families for whom it is noon now, so that the welcome of each is due at once; their phones."""
    now = datetime.now(UTC)
    ahead = 12 - now.hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    phones = [f"+1206555{number:04d}" for number in range(1000, 1000 + count)]
    with home.house.database.writing() as connection:
        for number, phone in enumerate(phones):
            adult = CaregiverEntry("Maria", "mother", phone, "en", zone)
            family = Family(f"Ana {number}", now.date(), "hip-osteotomy", (adult,))
            enrol(connection, home.house.vault, home.hospital, family, now, confirmed=True)
    return phones


def test_no_check_in_leaves_twice_and_none_is_lost_though_a_process_is_killed(home: Home, workers: Workers) -> None:
    twilio = workers.twilio
    processes, count = (2, 60) if home.house.database.is_sqlite else (4, 200)
    phones = enrol_many(home, count)
    twilio.next(hang=True)  # taken by Twilio, and its answer never seen
    twilio.next(hang=True, accepting=False)  # not taken, and nobody can know
    (victim,) = workers.start()
    workers.until(lambda: len(twilio.attempts) == 2, "a process with two texts in hand")
    others = workers.start(processes - 1)
    workers.until(lambda: len(twilio.sent) > 3, "a send by another process")
    workers.kill(victim)

    workers.until(lambda: len(twilio.sent) > count // 4, "a quarter of the sends")
    workers.stop(others[0])  # a restart in the middle
    workers.start()
    workers.until(lambda: len(twilio.sent) == count - 1, "all sends but the one that was not taken")
    workers.stop(*workers.running)

    asked = Counter(form["To"][0] for form in twilio.attempts)
    assert asked == Counter(phones), "each family was texted once"
    assert Counter(row.state for row in home.rows(t.check_ins, t.check_ins.c.step == "welcome")) == {"told": count}
    assert Counter(row.state for row in home.rows(t.outbox)) == {"accepted": count - 2, "sending": 2}
    later = replace(home.house, carrier=workers.carrier())
    now = datetime.now(UTC) + LEASE
    settle(later, now)
    assert Counter(row.state for row in home.rows(t.outbox)) == {"accepted": count - 1, "unsure": 1}
    for _ in range(6):
        now += GIVE_UP_AFTER / 5
        settle(later, now)
    (flag,) = home.flags()
    assert flag.reason == "nobody knows whether this text arrived: the carrier did not answer"
    assert len(twilio.attempts) == count
    sids = [row.carrier_id for row in home.rows(t.outbox) if row.carrier_id]
    assert sorted(sids) == sorted(text.sid for text in twilio.sent)


def test_the_words_of_no_family_are_in_what_the_processes_print(home: Home, workers: Workers) -> None:
    phones = enrol_many(home, 3)
    workers.start()
    workers.until(lambda: len(workers.twilio.sent) == 3, "three sends")
    workers.stop(*workers.running)
    printed = workers.logs()
    assert "Finishing what is in hand." in printed
    assert not [phone for phone in phones if phone[1:] in printed]
    assert "Maria" not in printed


def test_work_once_takes_one_turn_and_ends(home: Home, workers: Workers) -> None:
    """For cron: everything due leaves, and a text whose webhook never came is taken in."""
    phones = enrol_many(home, 5)
    workers.twilio.text_in(phones[0], home.hospital.sender, "no fever, no swelling, slept well", lost=True)
    line = work_once(replace(home.house, carrier=workers.carrier()), lambda: datetime.now(UTC) + timedelta(seconds=1))
    assert "5 handed to the carrier" in line
    assert "1 found at the carrier" in line
    assert len(home.rows(t.messages, t.messages.c.direction == "in")) == 1
