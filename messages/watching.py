"""The watch of one process: looks every few seconds, tells of what is wrong, and keeps the outside monitor quiet.

Every worker and every web process has one, in threads of its own, so that a dead worker is told of by the web, and the
other way round. What it tells leaves straight from here, by ways that do not depend on what failed, and not by the
outbox: the outbox is one of the things that are watched. Who tells is settled in the database; when that is what is
gone, each machine's process tells it once for itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from messages.carriers.carrier import Refused
from messages.errors import DatabaseError, HearbackError
from messages.house import House
from messages.ids import new_id
from messages.in_time import in_background, together, within
from messages.store.alarms import Told, nobody_told, stand
from messages.store.health import look, note_check
from messages.to_alarm import Contact, contacts_of, operators, reached_without
from messages.watch import DATABASE_AFTER, STILL, Alarm, Finding, Say, Standing, found, step
from messages.watch_words import note
from messages.ways.email import check_mail
from messages.ways.hand_over import hand_over
from messages.ways.heartbeat import send_heartbeat
from messages.ways.page import Page

log = logging.getLogger(__name__)

LOOK_EVERY = 15.0  # seconds
LOOK_WITHIN = 30.0  # seconds; a database that takes longer is lost
TELL_WITHIN = 60.0  # seconds, for everybody together
HEARTBEAT_EVERY = timedelta(minutes=1)
CHECK_EVERY = timedelta(minutes=10)  # the carrier and the mail server, while they are well; else every minute
CONTACTS_EVERY = timedelta(minutes=10)  # whom to tell when the database is lost
AWAKE_AFTER = timedelta(minutes=2)  # a process that starts gives the others time to


@dataclass
class Watch:
    """`works`: of a worker, which also tries the carrier and the mail server and has the heartbeat."""

    house: House
    clock: Callable[[], datetime]
    works: bool = False
    began: datetime | None = None
    contacts: Sequence[Contact] = ()
    push_key: str = ""
    _contacts_at: datetime | None = None
    _checked: dict[str, tuple[datetime, bool]] = field(default_factory=dict)  # when, and whether it was well
    _failing_since: datetime | None = None  # of the database
    _lost: Standing | None = None
    _heartbeat_at: datetime | None = None
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self, *, alone: Callable[[], bool] = lambda: True) -> None:
        """Watch in a thread until stopped, or the process ends. `alone`: False while another process has this."""
        threading.Thread(target=self._run, args=[alone], name="watch", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self, alone: Callable[[], bool]) -> None:
        self.began = self.clock()
        while not self._stop.wait(LOOK_EVERY):
            try:
                if alone():
                    self.round(self.clock())
            except Exception as error:  # whatever it is, the watch goes on
                log.critical("the watch failed: %s", type(error).__name__, exc_info=log.isEnabledFor(logging.DEBUG))

    def round(self, now: datetime) -> list[Finding]:
        """Look once, tell what is to be told, and let the monitor hear that all is well; returns what is wrong."""
        if self.works:
            self._start_checks(now)
        awake = self.began is None or now - self.began >= AWAKE_AFTER
        try:
            findings, told = within(LOOK_WITHIN, lambda: self._look_alone(now, awake))
            self._failing_since = None
        except (HearbackError, TimeoutError) as error:
            self._failing_since = self._failing_since or now
            findings, told = [Finding(Alarm.DATABASE, _cause(error))], []
        told += self._database(findings, now)
        for one in told:
            self._tell(one, now)
        if self.works and not any(one.alarm in STILL for one in findings):
            self._heartbeat(now)
        return findings

    def _look_alone(self, now: datetime, awake: bool) -> tuple[list[Finding], list[Told]]:
        """Never two at once: one that hangs keeps one connection, not all of them."""
        if not self._looking.acquire(blocking=False):
            raise TimeoutError
        try:
            return self._look(now, awake)
        finally:
            self._looking.release()

    def _look(self, now: datetime, awake: bool) -> tuple[list[Finding], list[Told]]:
        house = self.house
        with house.database.reading() as connection:
            findings = found(look(connection, now), house.patience)
        told = []
        if awake:
            with house.database.writing() as connection:
                told = stand(connection, findings, now)
        if told or self._contacts_at is None or now - self._contacts_at >= CONTACTS_EVERY:
            with house.database.reading() as connection:
                self.contacts, self.push_key = contacts_of(connection, house.vault)
                self._contacts_at = now
        return findings, told

    def _database(self, findings: Sequence[Finding], now: datetime) -> list[Told]:
        """What is told of a lost database: kept here, for there is nowhere else."""
        lost = next((one for one in findings if one.alarm is Alarm.DATABASE), None)
        on = lost is not None and self._failing_since is not None and now - self._failing_since >= DATABASE_AFTER
        before = self._lost
        self._lost, say = step(before, on, now)
        standing = self._lost or before
        return [Told("", lost or Finding(Alarm.DATABASE, ""), say, standing)] if say and standing else []

    def _tell(self, told: Told, now: datetime) -> None:
        """Tell everybody whom it concerns, each by every way that is left; told again soon when no way took it."""
        finding = told.finding
        log.critical("%s %s: %s", told.say.value, finding.alarm.value, finding.detail)
        everybody = [*operators(self.house.settings), *self.contacts]
        each = {  # who is told twice by one address is told once, with the cause
            (way, to): one
            for one in reversed(everybody)
            if finding.hospital_id in ("", one.hospital_id) or not one.hospital_id
            for way, to in reached_without(one, finding.alarm)
        }
        pages = [
            (way, Page(new_id(), to=to, sender=one.sender, body=self._note(told, one, now)))
            for (way, to), one in each.items()
        ]
        answers = together(TELL_WITHIN, [
            lambda way=way, page=page: hand_over(self.house, way, page, self.push_key)  # type: ignore[misc]
            for way, page in pages
        ])  # fmt: skip
        for (way, _page), answer in zip(pages, answers, strict=True):
            if isinstance(answer, Refused):
                log.error("an alarm did not leave by %s: %s", way.value, answer.why)
        if not pages:
            log.critical("there is nobody to tell of it: set HEARBACK_ALARM_TO")
        elif all(isinstance(answer, Refused) for answer in answers):
            self._untold(told, now)

    def _untold(self, told: Told, now: datetime) -> None:
        if told.say is Say.OVER:
            return
        if told.finding.alarm is Alarm.DATABASE:
            self._lost = self._lost.untold(now) if self._lost else None
            return
        try:
            with self.house.database.writing() as connection:
                nobody_told(connection, told, now)
        except DatabaseError as error:
            log.error("an alarm that nobody took is told again later: %s", error)

    def _note(self, told: Told, to: Contact, now: datetime) -> str:
        finding, url = told.finding, self.house.settings.public_url
        link = f"{url}/console/running" if to.hospital_id else f"{url}/readyz"
        name = next((one.hospital for one in self.contacts if one.hospital_id == finding.hospital_id), "")
        return note(
            finding.alarm, told.say, to.language, hospital=name, since=told.standing.since, now=now, zone=to.zone,
            link=link if url else "", detail="" if to.hospital_id else finding.detail,
        )  # fmt: skip

    def _heartbeat(self, now: datetime) -> None:
        """Once a minute, in a thread of its own: a monitor that stalls holds nothing up."""
        url = self.house.settings.heartbeat_url
        if not url or (self._heartbeat_at is not None and now - self._heartbeat_at < HEARTBEAT_EVERY):
            return
        self._heartbeat_at = now
        in_background(lambda: _logged(send_heartbeat(url)))

    def _start_checks(self, now: datetime) -> None:
        """Try what is not tried by itself when nothing leaves, so that a login that ran out is found before a text."""
        tries: dict[str, Callable[[], str | None]] = {}
        if self.house.carrier.name != "simulator":
            tries["carrier"] = self.house.carrier.check
        if self.house.settings.smtp_url:
            tries["mail"] = lambda: check_mail(self.house.settings)
        for name, check in tries.items():
            at, well = self._checked.get(name, (None, True))
            if at is None or now - at >= (CHECK_EVERY if well else timedelta(minutes=1)):
                self._checked[name] = (now, well)
                in_background(lambda name=name, check=check: self._check(name, check, now))  # type: ignore[misc]

    def _check(self, name: str, check: Callable[[], str | None], now: datetime) -> None:
        problem = check() or ""
        self._checked[name] = (now, not problem)
        try:
            with self.house.database.writing() as connection:
                note_check(connection, name, problem, now)
        except DatabaseError as error:
            log.error("what trying the %s showed could not be kept: %s", name, error)


def _logged(problem: str | None) -> None:
    if problem:
        log.error("%s", problem)


def _cause(error: Exception) -> str:
    """What a look that failed says, without where the database is: that may be read by anybody who is told."""
    return error.what if isinstance(error, HearbackError) else "The database did not answer in time."
