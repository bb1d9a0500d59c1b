"""The demo's families: they answer what they are asked, and sometimes text of their own accord."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.inbound import inbound
from bot.web.state import real_clock
from messages.carriers.carrier import Incoming
from messages.conversation import Asked
from messages.house import House
from messages.ids import new_id
from messages.people import Caregiver
from messages.store.conversation import last_asked, last_heard
from messages.store.people import all_hospitals, caregivers_of

VISITORS = ("+12025550110",)  # this phone is left to whoever looks at the demo
_SECOND = ("+12025550120",)

_FINE = {
    "en": ("0", "none", "No fever, slept well, all good", "doing great today, thank you!", "0 thanks"),
    "es": ("0", "nada", "Sin fiebre, durmió bien, gracias", "Todo bien hoy", "0 gracias"),
}
_WORRIED = {
    "en": (
        "temp is 101.8 since this morning",
        "his toes are a bit tingly",
        "no fever but the incision is oozing something yellow",
        "She threw up 3 times since last night",
        "pain is worse than yesterday, tylenol isnt helping",
        "When can she take a bath?",
    ),
    "es": (
        "tiene 38,7 de fiebre",
        "se le hinchó mucho el pie",
        "le duele más que ayer, la medicina no le hace nada",
        "¿Cuándo le quitan el yeso?",
        "siente hormigueo en los dedos",
    ),
}
_ALARMED = {
    "en": ("her toes are blue and cold", "He can't breathe right"),
    "es": ("tiene los dedos morados y fríos",),
}


class Families:
    """The made-up families: they answer what they are asked, and sometimes text of their own accord.

    What they say depends on the question's instant only, so that a restart does not make them say it twice.
    """

    def __init__(self, house: House, *, lively: bool = True) -> None:
        self._house = house
        self._lively = lively
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="families", daemon=True)
        self._clock: Callable[[], datetime] = real_clock
        with house.database.reading() as connection:
            self._hospital = all_hospitals(connection)[0]

    def start(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        chance = random.Random()
        while not self._stop.wait(2):
            self.answer(self._clock())
            if self._lively and chance.random() < 1 / 25:  # about one a minute
                self._speak_up(chance)

    def answer(self, now: datetime) -> None:
        """Answer the questions that have waited long enough, each once."""
        for caregiver, asked in self._asked(now):
            assert asked.at is not None
            chance = random.Random(f"{caregiver.phone} {asked.at.isoformat()}")
            after = timedelta(minutes=chance.uniform(4, 90) if asked.kind in ("menu", "checkin") else 3)
            if chance.random() < 0.9 and asked.at + after <= now:
                words = (
                    "BOTH" if asked.kind == "which_child" else _choose(chance, caregiver.language, asked.kind)
                )
                self._text(caregiver, words, now)

    def _asked(self, now: datetime) -> list[tuple[Caregiver, Asked]]:
        """Whose last text of ours was a question, and who has not written since."""
        with self._house.database.reading() as connection:
            found = []
            for caregiver in caregivers_of(connection, self._house.vault, self._hospital.id):
                asked = last_asked(connection, caregiver.id, now - timedelta(days=2))
                heard = last_heard(connection, caregiver.id)
                if caregiver.phone not in VISITORS and asked.at and (heard is None or heard < asked.at):
                    found.append((caregiver, asked))
        return found

    def _speak_up(self, chance: random.Random) -> None:
        with self._house.database.reading() as connection:
            everyone = caregivers_of(connection, self._house.vault, self._hospital.id)
        caregiver = chance.choice([one for one in everyone if one.phone not in (*VISITORS, *_SECOND)])
        self._text(caregiver, _choose(chance, caregiver.language, "none"), self._clock())

    def _text(self, caregiver: Caregiver, body: str, now: datetime) -> None:
        incoming = Incoming(
            f"demo-{new_id()}", peer=caregiver.phone, to=self._hospital.sender, body=body, at=now
        )
        inbound(self._house, incoming, now)


# What waits for the visitor when the demo opens.
JUST_NOW = (
    ("+12025550114", "¿Cuándo le quitan el yeso?", timedelta(minutes=26)),
    (
        "+12025550113",
        "slept ok and no fever but the incision is oozing something yellow",
        timedelta(minutes=14),
    ),
    ("+12025550115", "probably nothing but her toes look kinda blue and feel cold", timedelta(minutes=2)),
)

_FOLLOW_UPS = {"followup:temperature": ("101.3", "38.4", "99.1"), "followup:toes": ("0", "2", "0")}


def _choose(chance: random.Random, language: str, asked: str) -> str:
    if asked in _FOLLOW_UPS:
        return chance.choice(_FOLLOW_UPS[asked])
    if asked.startswith("followup:"):
        return chance.choice(("1", "2", "3"))
    words = language if language in _FINE else "en"
    mood = chance.random()
    lines = _FINE if mood < 0.74 else _WORRIED if mood < 0.97 else _ALARMED
    return chance.choice(lines[words])
