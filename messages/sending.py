"""The outbox at work in one process: a few threads that hand texts over, so that one slow send holds up no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from messages.errors import HearbackError
from messages.house import House
from messages.ids import new_id
from messages.outbox import deliver
from messages.people import Way

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds; a kick from this process is quicker
KEPT_FREE = 2  # threads that routine texts never take, so that an answer or a page finds one
LANE = 4  # threads of each other way: a mail server that stalls holds up no text and no call


class Sending:
    """Claims and sends until stopped. `threads` is how many texts may be with the carrier at once."""

    def __init__(self, house: House, clock: Callable[[], datetime], threads: int = 16) -> None:
        self.owner = new_id()
        self._house = house
        self._clock = clock
        self._threads = threads
        self._busy = dict.fromkeys(Way, 0)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        others = LANE * (len(Way) - 1)
        self._pool = ThreadPoolExecutor(threads + others, thread_name_prefix="outbox")
        self._loop = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self, patience: float = 40) -> None:
        """Finish what is in hand, then stop; what is left waits for another process or the next start."""
        self._stop.set()
        self._house.kick.set()
        self._loop.join(patience)
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._house.kick.wait(LOOK_EVERY)
            self._house.kick.clear()
            try:
                while not self._stop.is_set() and self._look():
                    pass
            except HearbackError as error:
                log.error("the outbox could not look: %s", error)
            except Exception as error:
                log.error("the outbox failed to look: %s", type(error).__name__)

    def _look(self) -> bool:
        """Take what there is room for; True when there may be more."""
        taken = 0
        if (free := self._free()) > 0:
            taken = self._take(min(free, KEPT_FREE), [Way.TEXT], routine=False)
        if (free := self._free() - KEPT_FREE) > 0:
            taken += self._take(free, [Way.TEXT])
        if lanes := {way: left for way in Way if way is not Way.TEXT and (left := self._free(way)) > 0}:
            taken += self._take(min(lanes.values()), list(lanes), routine=False)
        return taken > 0

    def _take(self, limit: int, ways: list[Way], *, routine: bool = True) -> int:
        return deliver(
            self._house, self._clock, owner=self.owner, limit=limit, routine=routine, ways=ways, hand=self._hand
        )

    def _free(self, way: Way = Way.TEXT) -> int:
        with self._lock:
            return (self._threads if way is Way.TEXT else LANE) - self._busy[way]

    def _hand(self, way: Way, work: Callable[[], None]) -> None:
        with self._lock:
            self._busy[way] += 1
        self._pool.submit(self._one, way, work)

    def _one(self, way: Way, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            # The row stays `sending`; its lease runs out and it is settled as unsure.
            log.error("a send was not recorded: %s", type(error).__name__)
        finally:
            with self._lock:
                self._busy[way] -= 1
            self._house.kick.set()
