"""Doing things that may hang, in threads that end with the process, and waiting for them no longer than one can."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import Empty, Queue
from time import monotonic
from typing import TypeVar

Result = TypeVar("Result")


def in_background(do: Callable[[], object]) -> None:
    threading.Thread(target=do, name="in-time", daemon=True).start()


def within(seconds: float, do: Callable[[], Result]) -> Result:
    """What `do` gives back; TimeoutError when it takes longer: it goes on by itself."""
    (answer,) = together(seconds, [do])
    if isinstance(answer, BaseException):
        raise answer
    return answer


def together(seconds: float, jobs: Sequence[Callable[[], Result]]) -> list[Result | BaseException]:
    """All at once; what each gave back, or the error it raised, TimeoutError for what is not there in time."""
    done: Queue[tuple[int, Result | BaseException]] = Queue()

    def run(place: int, do: Callable[[], Result]) -> None:
        try:
            done.put((place, do()))
        except BaseException as error:
            done.put((place, error))

    for place, do in enumerate(jobs):
        in_background(lambda place=place, do=do: run(place, do))  # type: ignore[misc]
    answers: list[Result | BaseException] = [TimeoutError() for _ in jobs]
    until = monotonic() + seconds
    for _ in jobs:
        try:
            place, answer = done.get(timeout=max(until - monotonic(), 0.001))
        except Empty:
            break
        answers[place] = answer
    return answers
