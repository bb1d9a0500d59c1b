"""APScheduler as the metronome, and nothing else: it holds no plan, so any number of processes may run one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from messages.errors import HearbackError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beat:
    """Something done again and again: never twice at once, never caught up on after a pause."""

    name: str
    every: timedelta
    do: Callable[[], object]


class Clock:
    """Runs beats until stopped."""

    def __init__(self, beats: Sequence[Beat]) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long beat makes it warn once a second
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for beat in beats:
            self._scheduler.add_job(
                _safely,
                "interval",
                seconds=beat.every.total_seconds(),
                args=[beat],
                id=beat.name,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the beats that run now, then stop."""
        self._scheduler.shutdown(wait=True)


def _safely(beat: Beat) -> None:
    try:
        beat.do()
    except HearbackError as error:
        log.error("%s: %s", beat.name, error)
    except Exception as error:
        log.error("%s failed: %s", beat.name, type(error).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
