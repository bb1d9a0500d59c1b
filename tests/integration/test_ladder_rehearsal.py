"""Rehearsal: nights, week-ends, holidays, sick nurses, storms, refused texts, an outage, a restart at every step.

In each run every flag ends with a named person, or with the family told and the managers alarmed; no page is lost;
nobody is paged for a taken flag within its target. The real turn, paging and outbox run on a clock that jumps.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.rota.changes import Changing
from bot.rota.sick import report_sick
from bot.work import settle
from messages.carriers.carrier import Outgoing, Refused, Unsure
from messages.conversation import Delivery, Purpose
from messages.database import Connection
from messages.encryption import Vault
from messages.flags import FlagKind, FlagState, Level
from messages.ids import new_id
from messages.outbox import claim
from messages.people import OtherDay, Role, Staff
from messages.store import tables as t
from messages.store.configured import save_hospital
from messages.store.pages import ALARM
from messages.store.people import add_staff, staff_of
from messages.taking import take
from tests.house import MARIA, NURSE, ON_CALL, Home, another_process, open_home

MANAGER = "+12065550192"
DOWN = Refused("unreachable", "Twilio could not be reached.", False, retry_after=timedelta(minutes=2))
NO_NUMBER = Refused("21211", "This is no number.", True)


@dataclass
class Run:
    """One rehearsal: who is sick, whom the carrier refuses, when it is down, whether processes die."""

    home: Home
    sick: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    down: Callable[[datetime], bool] = lambda _now: False
    dice: random.Random | None = None  # kills the process, and leaves sends unsure
    answers_after: timedelta = timedelta(minutes=3)

    def __post_init__(self) -> None:
        self.wrong: list[str] = []
        self._coming: list[tuple[datetime, str, tuple[str, ...]]] = []
        take = self.home.carrier.send

        def send(text: Outgoing) -> Any:
            answer = take(text)
            if self.down(self.home.now):
                return DOWN
            if text.to in self.refused:
                return NO_NUMBER
            if self.dice and self.dice.random() < 0.1:
                return Unsure("no answer")
            self._came(text)
            return answer

        self.home.carrier.send = send  # type: ignore[method-assign]

    def _came(self, text: Outgoing) -> None:
        """A text reached a phone: a page that should not have is wrong; a well nurse answers after a while.

        Of several flags she opens the list, and takes what nobody has.
        """
        many = "wait for you" in text.body
        if "Reply 1" not in text.body and not many:
            return
        told = {page.flag_id for page in self.home.rows(t.pages, t.pages.c.outbox_id == text.outbox_id)}
        assert (len(told) > 1) == many
        flags = self.home.rows(t.flags, t.flags.c.id.in_(told))
        assert not many or all(flag.level != Level.EMERGENCY for flag in flags), "no emergency among others"
        if all(flag.state == FlagState.TAKEN.value and flag.climbs_since is None for flag in flags):
            self.wrong.append(f"{text.to} was paged at {self.home.now} for what somebody has")
        if text.to not in self.sick:
            self._coming.append((self.home.now + self.answers_after, text.to, tuple(told) if many else ()))

    def until(self, end: timedelta) -> None:
        stop = self.home.now + end
        while self.home.now < stop:
            self._work()
            self.home.now = min(stop, max(self._next(), self.home.now + timedelta(seconds=1)))
        self._work()

    def _work(self) -> None:
        home = self.home
        for _ in range(40):
            if self.dice and self.dice.random() < 0.25:  # killed with texts in hand: another process goes on
                claim(home.house, home.now, owner="killed", limit=self.dice.randint(1, 3))
            if self.dice:  # a restart at every step: nothing is kept in memory
                home.house.database.close()
                home.house = another_process(home).house
            due = [one for one in self._coming if one[0] <= home.now]
            self._coming = [one for one in self._coming if one not in due]
            for _at, phone, flag_ids in due:
                self._takes(phone, flag_ids) if flag_ids else home.text("1", phone)
            done = home.turn()
            settle(home.house, home.now)
            if not (done.anything | bool(home.send()) | bool(due)):
                return

    def _takes(self, phone: str, flag_ids: tuple[str, ...]) -> None:
        for flag in self.home.flags():
            if flag.id in flag_ids and flag.state is FlagState.OPEN:
                with self.home.house.database.writing() as connection:
                    take(self.home.house, connection, self._person(connection, phone), flag.id, self.home.now)

    def _person(self, connection: Connection, phone: str) -> Staff:
        staff = staff_of(connection, self.home.house.vault, self.home.hospital.id)
        return next(one for one in staff if one.phone == phone)

    def falls_ill(self, phone: str) -> None:
        """Says so, in the rota: what was theirs is told to the others."""
        self.sick.add(phone)
        self._coming = [one for one in self._coming if one[1] != phone]
        with self.home.house.database.writing() as connection:
            rota = Changing(connection, self.home.house, self.home.hospital, None, self.home.now)
            report_sick(rota, self._person(connection, phone).id, self.home.now + timedelta(days=1))

    def _next(self) -> datetime:
        f, o, p = t.flags.c, t.outbox.c, t.promises.c
        queries = [
            sa.select(sa.func.min(f.next_page_at, type_=f.next_page_at.type)).where(f.state != "closed"),
            sa.select(sa.func.min(o.not_before, type_=o.not_before.type)).where(o.state == "queued"),
            sa.select(sa.func.min(o.look_at, type_=o.look_at.type)).where(o.state == "unsure"),
            sa.select(sa.func.min(o.lease_until, type_=o.lease_until.type)).where(o.state == "sending"),
            sa.select(sa.func.min(p.look_at, type_=p.look_at.type)),
        ]
        with self.home.house.database.reading() as connection:
            moments = [connection.execute(query).scalar_one_or_none() for query in queries]
        return min([*filter(None, moments), *(one[0] for one in self._coming), self.home.now + timedelta(hours=6)])

    def check(self) -> None:
        """What must be true at the end of every run."""
        home = self.home
        assert self.wrong == []
        o = t.outbox.c
        waiting = home.rows(t.outbox, o.state.in_(("queued", "sending", "unsure")), o.purpose == Purpose.PAGE.value)
        lost = [row for row in waiting if row.state != "unsure" or (row.look_at is None and not row.ended_at)]
        assert lost == [], "no page is left in a state that nobody looks at"
        paged = {row.outbox_id for row in home.rows(t.pages)}
        assert {row.id for row in home.rows(t.outbox, t.outbox.c.purpose == Purpose.PAGE.value)} == paged
        flags = home.flags()
        assert flags
        for flag in flags:
            if flag.taken_by:
                acts = home.rows(t.acts, t.acts.c.flag_id == flag.id)
                assert any(row.staff_id == flag.taken_by for row in acts), "a named person, by an act of theirs"
                continue
            if not flag.failed_at:  # a review waits for the days on which texts are read
                young = home.now - flag.opened_at < timedelta(minutes=95)
                assert flag.next_page_at, "it climbs on"
                assert flag.level is Level.REVIEW or (flag.kind is FlagKind.SENDING and young), (flag.level, flag.kind)
                continue
            alarmed = home.rows(t.pages, t.pages.c.flag_id == flag.id, t.pages.c.rung == ALARM)
            assert alarmed, "the managers are alarmed"
            if flag.kind is FlagKind.REPLY and flag.level >= Level.URGENT:
                told = home.rows(t.amends, t.amends.c.flag_id == flag.id, t.amends.c.kind == "nobody")
                assert [bool(row.message_id) for row in told] == [True], "the family is told once"


def staffed(home: Home) -> Home:
    """With a manager who has a phone and no shift, and a holiday."""
    manager = Staff(new_id(), home.hospital.id, "Mia", MANAGER, login="mia", role=Role.MANAGER)
    home.hospital = replace(home.hospital, other_days=(OtherDay(date(2026, 3, 4), "Founders' day"),))
    with home.house.database.writing() as connection:
        add_staff(connection, home.house.vault, manager, password_hash="x", now=home.now)
        save_hospital(connection, home.hospital, home.now)
    return home


@pytest.fixture
def at_night(tmp_path: Path, vault: Vault) -> Home:
    return staffed(open_home(f"sqlite:///{tmp_path}/hearback.db", vault))


WHEN = {
    "a working day": datetime(2026, 3, 2, 18, tzinfo=UTC),
    "a night": datetime(2026, 3, 3, 10, tzinfo=UTC),  # 2:00
    "the end of a shift": datetime(2026, 3, 3, 1, 58, tzinfo=UTC),  # 17:58
    "a holiday": datetime(2026, 3, 4, 20, tzinfo=UTC),
    "a week-end": datetime(2026, 3, 7, 23, tzinfo=UTC),
    "the night of a clock change": datetime(2026, 3, 8, 9, 55, tzinfo=UTC),  # 1:55 before 3:00
}
TEXTS = ("he can't breathe", "she has a fever of 39.5", "the other thing happened again")


SICK = [(), (NURSE,), (NURSE, ON_CALL), (NURSE, ON_CALL, MANAGER)]


def families_write(home: Home, when: datetime, *texts: str) -> None:
    for n, words in enumerate(texts):
        phone = f"+1206555020{n}"
        home.enrol(f"Child {n}", phone=phone)
        home.now = when + timedelta(minutes=n)
        home.text(words, phone)


@pytest.mark.parametrize(
    ("when", "sick"),
    [("a working day", SICK[0]), ("a night", SICK[3]), ("the end of a shift", SICK[1]), ("a holiday", SICK[2]),
     ("a week-end", SICK[1]), ("the night of a clock change", SICK[3])],
)  # fmt: skip
def test_every_flag_ends_with_a_named_person_or_with_the_family_told_and_the_managers_alarmed(
    at_night: Home, when: str, sick: tuple[str, ...]
) -> None:
    run = Run(at_night, sick=set(sick))
    families_write(at_night, WHEN[when], *TEXTS)
    run.until(timedelta(minutes=100))
    run.check()


@pytest.mark.parametrize("seed", range(2))
def test_refused_numbers_an_outage_and_a_killed_process_at_every_step_lose_no_page(at_night: Home, seed: int) -> None:
    dice = random.Random(seed)
    began = WHEN[dice.choice(list(WHEN))]
    out_from = began + timedelta(minutes=dice.randint(-10, 10))
    run = Run(
        at_night, sick=set(dice.sample([NURSE, ON_CALL, MANAGER], dice.randint(1, 3))),
        refused=set(dice.sample([NURSE, ON_CALL], dice.randint(0, 1))), dice=dice,
        down=lambda now: out_from <= now < out_from + timedelta(minutes=20),
        answers_after=timedelta(minutes=dice.randint(0, 12)),
    )  # fmt: skip
    families_write(at_night, began, TEXTS[0])
    run.until(timedelta(minutes=60))
    run.dice = None
    run.until(timedelta(minutes=15))
    run.check()


def test_what_a_holiday_left_is_one_text_in_the_morning_and_goes_on_when_whoever_took_it_falls_ill(
    at_night: Home,
) -> None:
    run = Run(at_night)
    families_write(at_night, WHEN["a holiday"], TEXTS[2], "what about the other thing", TEXTS[2], TEXTS[1])
    run.until(timedelta(hours=20, minutes=5))  # 8:05 of the next day
    morning = [text for text in at_night.carrier.sent if text.to == NURSE and "wait for you" in text.body]
    assert len(morning) == 1
    nora = {flag.id for flag in at_night.flags() if flag.state is FlagState.TAKEN}
    assert len(nora) == 4
    run.falls_ill(NURSE)
    run.until(timedelta(minutes=10))
    run.check()
    with at_night.house.database.reading() as connection:
        omar = run._person(connection, ON_CALL).id
    assert {flag.taken_by for flag in at_night.flags()} == {omar}


def test_an_emergency_is_in_the_carriers_hands_before_any_clock_ticks(at_night: Home) -> None:
    at_night.enrol()
    at_night.text("he can't breathe")
    assert at_night.house.kick.is_set(), "the outbox of this process looks now, others within half a second"
    assert [text.to for text in at_night.send()] == [NURSE, MARIA], "the page first, without a turn of the clock"
    assert {row.state for row in at_night.rows(t.outbox)} == {Delivery.SENT.value}
