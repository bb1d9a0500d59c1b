"""What a person may do about a flag: take, give back, take over, text, call, note, close. Each in one commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from messages.conversation import Purpose
from messages.database import Connection
from messages.encryption import Vault
from messages.errors import ConflictError, HearbackError
from messages.flags import SIGNS, ActKind, Correction, Level, Outcome
from messages.house import House
from messages.people import Staff
from messages.store import console as store
from messages.store.conversation import Draft, write_out
from messages.store.families import family, phones_of
from messages.store.flags import act, flag_by_id
from messages.store.thread import Line, thread

LONGEST_TEXT = 1600
LONGEST_NOTE = 4000


class FormError(HearbackError):
    """Something typed is missing or too long; what was typed stays on the page."""


def flag_values(connection: Connection, vault: Vault, hospital_id: str, flag_id: str) -> dict[str, Any]:
    """Everything the page of a flag shows. Raises NotFoundError for another hospital's."""
    row = store.flag_row(connection, vault, hospital_id, flag_id)
    here = None
    if row.flag.episode_id:
        here = family(connection, vault, hospital_id, row.flag.episode_id)
    whose = [adult.caregiver.id for adult in here.adults] if here else []
    if row.flag.caregiver_id and row.flag.caregiver_id not in whose:
        whose.append(row.flag.caregiver_id)
    return {
        "row": row,
        "family": here,
        "lines": thread(connection, vault, hospital_id, caregiver_ids=whose, peer_hash=row.peer_hash),
        "texts": store.texts_of(connection, flag_id),
        "acts": store.acts_of(connection, vault, [flag_id]),
        "pages": store.pages_of(connection, vault, flag_id),
        "promises": store.promises_of(connection, flag_id),
    }


@dataclass(frozen=True)
class Doing:
    """One act about to be done, inside its transaction."""

    connection: Connection
    house: House
    person: Staff
    flag_id: str
    form: MultiDict[str, str]
    now: datetime

    def act(self, kind: ActKind, **more: Any) -> None:
        act(
            self.connection, self.house.vault, flag_id=self.flag_id, hospital_id=self.person.hospital_id,
            staff_id=self.person.id, kind=kind, now=self.now, **more,
        )

    def words(self, name: str, longest: int) -> str:
        """What was typed into a field, checked for length; "" when nothing was."""
        text = self.form.get(name, "").replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise FormError(f"That is {len(text)} characters long; {longest} is the most.", mend="Shorten it.")
        return text

    def unchanged(self) -> None:
        """Raise ConflictError when the flag is not as it was when the page was opened."""
        _, version = flag_by_id(self.connection, self.flag_id, self.person.hospital_id, lock=True)
        if self.form.get("version") != str(version):
            raise ConflictError(
                "Something happened here since you opened this page.",
                mend="It is marked new below. Nothing was changed: look, then press again.",
            )


def _take(doing: Doing) -> None:
    doing.act(ActKind.TOOK)


def _release(doing: Doing) -> None:
    now_with = flag_by_id(doing.connection, doing.flag_id, doing.person.hospital_id, lock=True)[0].taken_by
    if now_with != doing.person.id:
        raise ConflictError("You do not have this flag.", mend="Nothing was changed.")
    doing.act(ActKind.RELEASED)


def _over(doing: Doing) -> None:
    now_with = flag_by_id(doing.connection, doing.flag_id, doing.person.hospital_id, lock=True)[0].taken_by
    if now_with != doing.form.get("from"):
        raise ConflictError("Somebody else has it by now.", mend="Nothing was changed.")
    doing.act(ActKind.RELEASED)
    doing.act(ActKind.TOOK)


def _note(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    if not note:
        raise FormError("The note is empty.", mend="Write what you want to keep.")
    doing.unchanged()
    doing.act(ActKind.NOTED, note=note)


def _call(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    doing.unchanged()
    doing.act(ActKind.CALLED, note=note)


def _text(doing: Doing) -> None:
    body = doing.words("body", LONGEST_TEXT)
    if not body:
        raise FormError("The text is empty.", mend="Write what the family should read.")
    doing.unchanged()
    house = doing.house
    values = flag_values(doing.connection, house.vault, doing.person.hospital_id, doing.flag_id)
    row, here = values["row"], values["family"]
    to = doing.form.get("to") or row.flag.caregiver_id
    peers = {adult.caregiver.id: adult.caregiver.phone for adult in here.adults} if here else {}
    if to and to not in peers and to == row.flag.caregiver_id:
        peers |= phones_of(doing.connection, house.vault, doing.person.hospital_id, [to])
    peer = peers.get(to or "") if to else row.peer
    if not peer:
        raise FormError("There is no phone to text here.", mend="Choose a caregiver, or call.")
    draft = Draft(body=body, purpose=Purpose.STAFF, topic="staff", channel=_channel(values["lines"], to))
    write_out(
        doing.connection, house.vault, draft, hospital_id=doing.person.hospital_id, peer=peer, now=doing.now,
        caregiver_id=to or None, staff_id=doing.person.id,
        episode_ids=[row.flag.episode_id] if row.flag.episode_id else [],
    )
    doing.act(ActKind.TEXTED)


def _channel(lines: list[Line], caregiver_id: str | None) -> str:
    """The channel on which this caregiver wrote last."""
    theirs = [line.channel for line in lines if not line.out and line.caregiver_id == (caregiver_id or None)]
    return theirs[-1] if theirs else "sms"


def _close(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    if doing.form.get("outcome") not in set(Outcome):
        raise FormError("Say how it ended.", mend="Choose one of the five.")
    doing.unchanged()
    rightly = {"yes": True, "no": False}.get(doing.form.get("read_rightly", ""))
    correction = _correction(doing.form) if rightly is not True else None
    if correction:
        rightly = False  # who says how it should have been read says that it was not
    doing.act(
        ActKind.CLOSED, note=note, outcome=Outcome(doing.form["outcome"]), read_rightly=rightly,
        correction=correction,
    )


def _correction(form: MultiDict[str, str]) -> Correction | None:
    """How the text should have been read, where that was said."""
    signs = {sign for sign in form.getlist("right_signs") if sign in SIGNS}
    if form.get("right_level") not in set(Level):
        if signs:
            raise FormError("The signs need a level.", mend="Choose how serious the text should have been read.")
        return None
    return Correction(Level(form["right_level"]), tuple(sorted(signs)))


DOES: dict[str, Callable[[Doing], None]] = {
    "take": _take, "release": _release, "over": _over, "note": _note, "call": _call, "text": _text, "close": _close,
}
