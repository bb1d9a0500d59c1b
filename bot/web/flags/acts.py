"""What a person may do about a flag: take, give back, hand over, text, call, note, close, undo. Each in one commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from bot.web.flags.flag_values import flag_values, read_of
from bot.web.flags.later import FormError as FormError
from bot.web.flags.later import leaves_at
from bot.web.flags.waking import ask_before
from bot.web.language import _
from messages.conversation import Purpose
from messages.database import Connection
from messages.errors import ConflictError
from messages.flags import SIGNS, ActKind, Correction, Flag, FlagState, Level, Outcome, outcomes_of
from messages.house import House
from messages.people import Hospital, Right, Staff
from messages.store.acts import act, done_before, flag_of_act, is_free, undo
from messages.store.conversation import Draft, settle_about, write_out
from messages.store.episode_acts import note_episode_act
from messages.store.families import children_of
from messages.store.flags import flag_by_id, is_about
from messages.store.people import staff_by_id
from messages.store.thread import Line, Read
from messages.taking import take, take_over
from messages.to_staff import tell_handed
from scheduler.quiet import for_adult
from scheduler.store.published import protocol_by_id

LONGEST_TEXT = 1600
LONGEST_NOTE = 4000


@dataclass
class Doing:
    """One act about to be done, inside its transaction."""

    connection: Connection
    house: House
    hospital: Hospital
    person: Staff
    flag_id: str
    form: MultiDict[str, str]
    now: datetime
    act_id: str = ""  # of the form: the same form sent again is the same act

    def act(self, kind: ActKind, **more: Any) -> Flag:
        return act(
            self.connection, self.house.vault, flag_id=self.flag_id, hospital_id=self.person.hospital_id,
            staff_id=self.person.id, kind=kind, now=self.now, act_id=self.act_id, **more,
        )

    def flag(self) -> tuple[Flag, int]:
        """The flag and its version; nobody else changes it until the commit. Raises NotFoundError."""
        return flag_by_id(self.connection, self.flag_id, self.person.hospital_id, lock=True)

    def typed(self, name: str) -> str:
        return self.form.get(name, "").replace("\r\n", "\n").strip()

    def words(self, name: str, longest: int) -> str:
        """What was typed into a field, checked for length; "" when nothing was."""
        text = self.typed(name)
        if len(text) > longest:
            raise FormError(
                _("That is %(n)s characters long; %(most)s is the most.") % {"n": len(text), "most": longest},
                mend=_("Shorten it."),
            )
        return text

    def unchanged(self) -> None:
        """Raise ConflictError when the flag is not as it was when the page was opened."""
        flag, version = self.flag()
        if self.form.get("version") == str(version):
            return
        if flag.state is FlagState.CLOSED:
            raise ConflictError(_("This flag was closed since you opened this page."), mend=_("Nothing was changed."))
        raise ConflictError(
            _("Something happened here since you opened this page."),
            mend=_("Nothing was changed, and what you typed is still there: look, then press again."),
        )

    def again(self, what: str) -> bool:
        """True when this very form was sent before and its act was done: a second click does nothing more."""
        self.flag()
        sent = self.form.get("act_id", "")
        if len(sent) != 32 or not set(sent) <= set("0123456789abcdef"):
            return False
        before = done_before(self.connection, self.house.vault, sent, self.flag_id)
        words = self.typed("body" if what == "text" else "note")
        if before == (KINDS.get(what), self.person.id, words):
            return True
        # A page that the browser's Back button brought back sends an old id with new words: that is another act.
        self.act_id = sent if is_free(self.connection, sent) else ""
        return False


def _take(doing: Doing) -> None:
    take(doing.house, doing.connection, doing.person, doing.flag_id, doing.now, act_id=doing.act_id)


def _release(doing: Doing) -> None:
    if doing.flag()[0].taken_by != doing.person.id:
        raise ConflictError(_("You do not have this flag."), mend=_("Nothing was changed."))
    doing.act(ActKind.RELEASED)


def _over(doing: Doing) -> None:
    if doing.flag()[0].taken_by != doing.form.get("from"):
        raise ConflictError(_("Somebody else has it by now."), mend=_("Nothing was changed."))
    take_over(doing.house, doing.connection, doing.person, doing.flag_id, doing.now, act_id=doing.act_id)


def _hand(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    to = staff_by_id(doing.connection, doing.house.vault, doing.form.get("to_id", ""))
    if to is None or to.hospital_id != doing.hospital.id or not to.may(Right.ACT):
        raise FormError(_("Say to whom."), mend=_("Choose a person."))
    doing.unchanged()
    if to.id in (doing.person.id, doing.flag()[0].taken_by):
        raise FormError(_("%(name)s has it already.") % {"name": to.name}, mend=_("Choose another person."))
    flag = doing.act(ActKind.HANDED, to_id=to.id, note=note)
    tell_handed(doing.house, doing.connection, flag, doing.hospital, to, doing.now)


def _note(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    if not note:
        raise FormError(_("The note is empty."), mend=_("Write what you want to keep."))
    doing.unchanged()
    doing.act(ActKind.NOTED, note=note)


def _call(doing: Doing) -> None:
    note = doing.words("note", LONGEST_NOTE)
    doing.unchanged()
    doing.act(ActKind.CALLED, note=note)


def _text(doing: Doing) -> None:
    body = doing.words("body", LONGEST_TEXT)
    if not body:
        raise FormError(_("The text is empty."), mend=_("Write what the family should read."))
    doing.unchanged()
    house = doing.house
    values = flag_values(doing.connection, house.vault, doing.person, doing.flag_id, doing.now)
    row = values["row"]
    to = doing.form.get("to") or row.flag.caregiver_id
    adults = {adult.caregiver.id: adult.caregiver for adult in values["adults"]}
    if to and to not in adults:
        raise FormError(_("There is no phone to text here."), mend=_("Choose a caregiver, or call."))
    peer = adults[to].phone if to else values["peer"]
    if not peer:
        raise FormError(_("There is no phone to text here."), mend=_("Choose a caregiver, or call."))
    later = leaves_at(doing.form.get("leaves", ""), adults[to].tz if to else doing.hospital.tz, doing.now)
    if to and values["family"] and doing.form.get("anyway") != "yes":
        protocol = protocol_by_id(doing.connection, values["family"].protocol_id)
        quiet = for_adult(protocol, adults[to].hours).quiet_hours
        ask_before(row.flag, values["lines"], adults[to], quiet, later, doing.now)
    # Web chat shows a text as soon as it is kept: one that waits leaves by SMS.
    channel = "sms" if later else _channel(values["lines"], to)
    draft = Draft(body=body, purpose=Purpose.STAFF, topic="staff", channel=channel, not_before=later)
    doing.act_id, _outbox = write_out(
        doing.connection, house.vault, draft, hospital_id=doing.person.hospital_id, peer=peer, now=doing.now,
        caregiver_id=to or None, staff_id=doing.person.id, message_id=doing.act_id,
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
        raise FormError(_("Say how it ended."), mend=_("Choose one."))
    doing.unchanged()
    flag, _version = doing.flag()
    if doing.form["outcome"] not in outcomes_of(flag.kind, flag.caregiver_id):
        raise FormError(_("A flag like this does not end so."), mend=_("Choose one."))
    rightly = {"yes": True, "no": False}.get(doing.form.get("read_rightly", ""))
    values = flag_values(doing.connection, doing.house.vault, doing.person, doing.flag_id, doing.now)
    correction = _correction(doing.form, read_of(values)) if rightly is not True else None
    if correction:
        rightly = False  # who says how it should have been read says that it was not
    doing.act(
        ActKind.CLOSED, note=note, outcome=Outcome(doing.form["outcome"]), read_rightly=rightly,
        correction=correction,
    )


def _correction(form: MultiDict[str, str], read: Read | None) -> Correction | None:
    """How the text should have been read, where that was said and is not how it was read."""
    signs = tuple(sorted({sign for sign in form.getlist("right_signs") if sign in SIGNS}))
    if form.get("right_level") not in set(Level):
        if signs:
            raise FormError(_("The signs need a level."), mend=_("Choose how serious the text should have been read."))
        return None
    level = Level(form["right_level"])
    if read and (level, signs) == (read.decided, tuple(sorted(read.signs))):
        return None
    return Correction(level, signs)


def _about(doing: Doing) -> None:
    """The texts of this flag are about this child: said by a person, kept in the child's history."""
    doing.unchanged()
    flag, _version = doing.flag()
    theirs = children_of(doing.connection, doing.house.vault, [flag.caregiver_id] if flag.caregiver_id else [])
    episode_id = doing.form.get("episode_id", "")
    if episode_id not in [child.episode_id for child in theirs.get(flag.caregiver_id or "", ())]:
        raise FormError(_("Say which child."), mend=_("Choose one."))
    texts = is_about(doing.connection, doing.flag_id, episode_id)
    settle_about(doing.connection, texts, episode_id, doing.now)
    note_episode_act(
        doing.connection, doing.house.vault, doing.person, episode_id, "about", now=doing.now,
        detail={"flag": doing.flag_id, "messages": texts},
    )


def _undo(doing: Doing) -> None:
    of = doing.form.get("act", "")
    flag_id = flag_of_act(doing.connection, of) or doing.flag_id
    undo(
        doing.connection, doing.house.vault, flag_id=flag_id, hospital_id=doing.person.hospital_id,
        staff_id=doing.person.id, act_id=of, now=doing.now,
    )


DOES: dict[str, Callable[[Doing], None]] = {
    "take": _take, "release": _release, "over": _over, "hand": _hand, "note": _note, "call": _call, "text": _text,
    "close": _close, "about": _about, "undo": _undo,
}
KINDS = {
    "take": ActKind.TOOK, "release": ActKind.RELEASED, "over": ActKind.HANDED, "hand": ActKind.HANDED,
    "note": ActKind.NOTED, "call": ActKind.CALLED, "text": ActKind.TEXTED, "close": ActKind.CLOSED,
}
