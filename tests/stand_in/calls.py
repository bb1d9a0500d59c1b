"""Calls at the stand-in for Twilio: what each was given, and what was heard in it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tests.stand_in.texts import Mood
from tests.stand_in.wire import refusal


@dataclass
class Call:
    """`said` is what our webhook had spoken last; `action` where a key goes, `onward` where silence leads."""

    sid: str
    form: dict[str, list[str]]
    said: str = ""
    language: str = ""
    action: str = ""
    onward: str = ""
    over: bool = False
    heard: list[str] = field(default_factory=list)

    @property
    def to(self) -> str:
        return self.form["To"][0]

    @property
    def from_(self) -> str:
        return self.form["From"][0]

    def hear(self, twiml: str) -> None:
        """Take in an answer as Twilio does."""
        root = ElementTree.fromstring(twiml)
        assert root.tag == "Response"
        says = list(root.iter("Say"))
        self.said, self.language = says[0].text or "", says[0].get("language", "")
        self.heard.append(self.said)
        gather = root.find("Gather")
        self.action = gather.get("action", "") if gather is not None else ""
        onward = root.find("Redirect")
        self.onward = (onward.text or "") if onward is not None else ""
        self.over = root.find("Hangup") is not None


class Calls:
    """The part of the stand-in that calls: begun by `ring`, then picked up, answered with keys, ended by a test."""

    if TYPE_CHECKING:
        public_url: str
        calls: list[Call]
        _lock: threading.Lock

        def _mood(self, number: str) -> Mood: ...
        def _post(self, address: str, form: dict[str, str]) -> tuple[int, str]: ...

    def pick_up(self, call: Call) -> Call:
        """Somebody, or a machine, picks up: what our webhook says is heard."""
        return self._hear(call, call.form["Url"][0], {"CallStatus": "in-progress"})

    def press(self, call: Call, key: str = "") -> Call:
        """A key; "": none in time, and the call goes on to where it was told to."""
        address = call.action if key else call.onward
        form = {"CallStatus": "in-progress"} | ({"Digits": key} if key else {})
        return self._hear(call, self.public_url + address, form)

    def end_call(self, call: Call, status: str) -> int:
        """The call is over, or was never picked up; our webhook is told."""
        form = {"CallSid": call.sid, "CallStatus": status, "To": call.to, "From": call.from_}
        return self._post(call.form["StatusCallback"][0], form)[0]

    def _hear(self, call: Call, address: str, more: dict[str, str]) -> Call:
        status, heard = self._post(address, {"CallSid": call.sid, "To": call.to, "From": call.from_} | more)
        assert status == 200, (address, status)
        call.hear(heard)
        return call

    def ring(self, form: dict[str, list[str]]) -> tuple[Mood, int, dict[str, Any]]:
        """Begin, or do not begin, one call: as `create` for texts."""
        with self._lock:
            mood = self._mood(form["To"][0])
            if mood.refuse:
                return mood, *refusal(mood.refuse, form["To"][0])
            if not mood.accepting:
                return mood, mood.status or 500, {}
            call = Call(f"CA{len(self.calls) + 1:032x}", form)
            self.calls.append(call)
        return mood, mood.status or 201, {"sid": call.sid, "status": "queued"}
