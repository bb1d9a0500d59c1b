"""How things read on a page: levels, signs and states in plain words, times, and the words that raised a flag."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.web.families.recorded import cause as cause
from bot.web.families.recorded import coded as coded
from bot.web.families.recorded import named as named
from bot.web.families.recorded import related as related
from bot.web.families.recorded import rules_named as rules_named
from bot.web.flags.evidence import SIGNS as SIGNS
from bot.web.flags.evidence import STATUSES as STATUSES
from bot.web.flags.evidence import marked as marked
from bot.web.flags.evidence import pieces as pieces
from bot.web.flags.evidence import raises as raises
from bot.web.flags.evidence import reasons as reasons
from bot.web.language import Words, _, page_language
from messages.carriers.codes import TABLE, meaning
from messages.conversation import Delivery, Purpose
from messages.flags import ActKind, FlagKind, Level, Outcome
from messages.flags import spoken_code as spoken_code
from messages.people import Role, Staff, Way
from messages.reachable import reachable_by
from messages.store.console import ActRow

LEVELS = Words({
    Level.EMERGENCY: "Emergency",
    Level.URGENT: "Urgent",
    Level.REVIEW: "Review",
    Level.OK: "OK",
})
KINDS = Words({
    FlagKind.REPLY: "A text from the family",
    FlagKind.SILENCE: "No answer from the family",
    FlagKind.SENDING: "A text may not have arrived",
    FlagKind.STRANGER: "A text from an unknown number",
    FlagKind.OPT_OUT: "The family stopped the texts",
    FlagKind.UNREAD: "A text the computer could not read",
})
OUTCOMES = Words({
    Outcome.ADVICE: "Advice given",
    Outcome.CLINIC: "Comes to the clinic",
    Outcome.EMERGENCY_ROOM: "Emergency room",
    Outcome.FALSE_ALARM: "False alarm",
    Outcome.UNREACHABLE: "Could not reach them",
    Outcome.ALL_WELL: "Reached: all is well",
    Outcome.TOLD_OTHERWISE: "Told them another way",
    Outcome.NUMBER_CORRECTED: "Number corrected",
    Outcome.ARRIVED: "It arrived after all",
    Outcome.SET_RIGHT: "Set right: texts leave again",
    Outcome.NOT_NEEDED: "Not needed any more",
})
ACTS = Words({
    ActKind.TOOK: "took it",
    ActKind.RELEASED: "gave it back",
    ActKind.TEXTED: "texted the family",
    ActKind.CALLED: "called",
    ActKind.NOTED: "wrote a note",
    ActKind.CLOSED: "closed it",
    ActKind.HANDED: "handed it over",
    ActKind.UNDID: "took something back",
})
JUST_DONE = Words({
    ActKind.TOOK: "You took it.",
    ActKind.RELEASED: "You gave it back.",
    ActKind.HANDED: "You handed it over.",
    ActKind.TEXTED: "Your text has not left yet.",
    ActKind.CALLED: "Your call is logged.",
    ActKind.NOTED: "Your note is kept.",
    ActKind.CLOSED: "You closed it.",
})
CHECK_INS = Words({
    "planned": "planned",
    "asked": "asked, no answer yet",
    "answered": "answered",
    "silent": "no answer",
    "missed": "missed by us",
    "skipped": "skipped",
    "stopped": "stopped",
    "told": "told",
})
PURPOSES = Words({
    Purpose.ANSWER: "Automatic answer",
    Purpose.CHECK_IN: "Check-in",
    Purpose.REMINDER: "Reminder",
    Purpose.FOLLOW_UP: "Follow-up question",
    Purpose.PAGE: "Page",
    Purpose.STAFF: "Staff",
})
WAYS = Words({"text": "Text", "call": "Call", "email": "E-mail", "push": "Browser", "chat": "Chat or pager"})
STATES = Words({"active": "Active", "paused": "Paused", "ended": "Ended"})  # of a follow-up
LANGUAGES = Words({"en": "English", "es": "Spanish"})
ROLES = Words({
    Role.COORDINATOR: "Coordinator",
    Role.MANAGER: "Manager",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
})
# The audit trail's codes in words; a code that is not here reads as it is.
ACTIONS = Words({
    "looked": "looked at", "take": "took", "release": "gave back", "over": "took over", "text": "texted about",
    "call": "called about", "note": "wrote a note on", "close": "closed", "signed in by code": "signed in by code",
    "exported": "exported", "changed password": "changed the password of", "chose a password": "chose a password:",
    "invited": "invited", "made a link": "made a link for", "ended sessions": "ended other sessions of",
    "disabled": "disabled", "enabled": "enabled", "reset second factor": "reset the second factor of",
    "downloaded": "downloaded", "signed in": "signed in", "signed in by passkey": "signed in by passkey",
    "signed in by recovery code": "signed in by recovery code", "signed in by sign-on": "signed in by sign-on",
    "signed out": "signed out", "set up an app": "set up an app", "added a passkey": "added a passkey",
    "made recovery codes": "made recovery codes", "removed app": "removed app", "removed passkey": "removed passkey",
    "made coordinator": "made coordinator", "made manager": "made manager", "made auditor": "made auditor",
    "made administrator": "made administrator", "second factor needed": "second factor needed",
    "second factor not needed": "second factor not needed", "kept": "kept", "forgot": "forgot",
    "hand": "hand", "about": "about", "undo": "undo", "pause": "pause", "resume": "resume", "end": "end",
    "loss": "loss", "readmission": "readmission", "reopen": "reopen", "day-zero": "day-zero", "skip": "skip",
    "put-back": "put-back", "move": "move", "add": "add", "correct": "correct", "stop-texts": "stop-texts",
    "resume-texts": "resume-texts", "join": "join", "first": "first", "take-off": "take-off", "risks": "risks",
    "confirm-number": "confirm-number", "enrolled": "enrolled", "gave list": "gave list",
    "enrolled list": "enrolled list", "refused": "refused", "made code": "made code", "closed code": "closed code",
    "made key": "made key", "revoked key": "revoked key",
    "cannot take": "cannot take", "changed phone": "changed the phone of", "added email": "added an e-mail address for",
    "added push": "switched on pages in a browser for", "added chat": "added a chat tool or pager for",
    "removed email": "removed an e-mail address of", "removed push": "switched off pages in a browser for",
    "removed chat": "removed a chat tool or pager of", "changed how pages come": "changed how pages reach",
    "sent test page": "sent a test page to",
    "set basics": "changed name, phones or languages of", "set numbers": "changed the numbers of",
    "set hours": "changed the hours of", "set cover": "changed who answers at", "set times": "changed the times of",
    "set kept": "changed how long families are kept at", "erased": "erased",
    "set ladder": "changed who is told next at",
    "set away": "entered an absence of", "reported sick": "reported ill:", "came back": "took back on the rota:",
    "added shift": "gave one more shift to", "asked swap": "asked for a swap:", "swapped": "entered a swap:",
    "agreed swap": "agreed to a swap:", "declined swap": "declined a swap:", "withdrew swap": "took back a swap:",
    "took back from rota": "took a change of the rota back:", "took in rota": "took in a list of shifts:",
    "added unit phone": "added a phone of the unit:", "set fallback": "chose who is told when nobody is on:",
    "set phrases": "changed the ready phrases of", "set words": "changed the reader's words of",
}, "done")  # fmt: skip
SUBJECTS = Words({
    "flag": "a flag", "episode": "a family", "queue": "the flags", "families": "the families",
    "audit": "the audit trail", "people": "the people", "staff": "a person", "search": "a search",
    "shift": "the hand-over sheet", "enrolment": "an enrolment", "import": "a list of families", "key": "a key",
    "keys": "the keys",
    "join": "somebody who joins by text", "joins": "who joins by text", "hospital": "the hospital",
    "insight": "the figures", "rota": "the rota",
    "view": "a saved search",
})  # fmt: skip
MAY = Words({
    Role.COORDINATOR: "sees families and acts",
    Role.MANAGER: "acts, and manages people",
    Role.AUDITOR: "sees everything, changes nothing",
    Role.ADMINISTRATOR: "manages people, sees no family",
})

_DELIVERIES = Words({
    Delivery.QUEUED: "waiting to leave",
    Delivery.SENDING: "leaving now",
    Delivery.UNSURE: "not sure it arrived",
    Delivery.ACCEPTED: "on its way",
    Delivery.SENT: "sent",
    Delivery.DELIVERED: "delivered",
    Delivery.READ: "read by the family",
    Delivery.UNDELIVERED: "did not arrive",
    Delivery.FAILED: "did not arrive",
    Delivery.REFUSED: "could not be sent",
    Delivery.EXPIRED: "not sent: too late to be of use",
    Delivery.CANCELLED: "not sent",
})


def delivery(state: str, code: str | None = None, why: str = "") -> str:
    """Where a text that leaves is now, with the cause when it went wrong."""
    at = Delivery(state)
    words = _DELIVERIES[at]
    if at in (Delivery.FAILED, Delivery.UNDELIVERED, Delivery.REFUSED):
        because = cause(meaning(code).words if code in TABLE or not why else why)  # other ways have codes of their own
    else:
        because = cause(why) if at in (Delivery.UNSURE, Delivery.CANCELLED) else ""
    because = because.rstrip(".")  # it may stand within a sentence
    if not because:
        return words
    return f"{words}. {because}" if because[0].isupper() else f"{words}: {because}"


def did(one: ActRow) -> str:
    """What a person did: "took it", "handed it to Otto Person", "closed it: advice given"."""
    if one.act.kind is ActKind.HANDED:
        return _("took it over") if one.act.to_id == one.act.staff_id else _("handed it to %(name)s") % {"name": one.to}
    if one.act.outcome:
        return f"{ACTS[one.act.kind]}: {OUTCOMES[one.act.outcome].lower()}"
    return ACTS[one.act.kind]


def reached_by(person: Staff) -> str:
    """By what a person can be told: "Text, Call, E-mail"; "" for nothing."""
    return ", ".join(WAYS[way] for way in Way if reachable_by(person, way))


def sentence(words: str) -> str:
    """Begins with a capital and ends with one point."""
    words = words.strip()
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".?!" else ".")


def span(length: timedelta) -> str:
    """A length of time in the two largest units that matter: "under a minute", "12 min", "2 h 5 min", "3 days"."""
    minutes = int(abs(length.total_seconds()) // 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 10 and minutes:
        return _("%(n)s h %(min)s min") % {"n": hours, "min": minutes}
    if hours < 48:
        return _("%(n)s h") % {"n": hours}
    return _("%(n)s days") % {"n": hours // 24}


def due(due_at: datetime, now: datetime) -> str:
    """ "48 min left" or "5 min late"."""
    words = _("%(span)s left") if due_at > now else _("%(span)s late")
    return words % {"span": span(due_at - now)}


def clock(at: datetime, zone: ZoneInfo) -> str:
    """ "9:05 am" on the clock of `zone`; "9:05 a. m." in Spanish."""
    return hour(at.astimezone(zone))


def hour(at: time | datetime) -> str:
    """ "9:05 am" of a local time."""
    words = _("%(clock)s am") if at.hour < 12 else _("%(clock)s pm")
    return words % {"clock": f"{at.hour % 12 or 12}:{at.minute:02d}"}


def weekday(at: date) -> str:
    """ "Tuesday" of a local day."""
    return format_date(at, "EEEE", page_language())


def date_of(at: date) -> str:
    """ "Tue 3 Mar" of a local day."""
    return format_date(at, "EEE d MMM", page_language())


def long_date(at: date) -> str:
    """ "Tue 3 Mar 2026" of a local day."""
    return format_date(at, "EEE d MMM y", page_language())


def day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "Today", "Yesterday", "Tomorrow" or "Tue 3 Mar" on the calendar of `zone`."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}.get((local - today).days)
    return near or date_of(local)


def moment_within(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`moment` within a sentence: "tomorrow, 9:05 am"."""
    said = moment(at, zone, now)
    near = abs((at.astimezone(zone).date() - now.astimezone(zone).date()).days) == 1
    return said[:1].lower() + said[1:] if near else said


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Day and clock; the clock alone today."""
    today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(at, zone) if today else f"{day(at, zone, now)}, {clock(at, zone)}"


def script_words() -> dict[str, str]:
    """What the script of every page writes, by what it is for. The script is `static/hearback.js`."""
    return {
        "minute": _("under a minute"),
        "min": _("%(n)s min"),
        "hMin": _("%(n)s h %(min)s min"),
        "h": _("%(n)s h"),
        "days": _("%(n)s days"),
        "left": _("%(span)s left"),
        "late": _("%(span)s late"),
        "am": _("%(clock)s am"),
        "pm": _("%(clock)s pm"),
        "signedOut": _("You are signed out. What you typed is kept: sign in in another tab, then go on here."),
        "away": _(
            "You have been away. This list stays live; you will be asked to sign in before anything else."
        ),
        "lost": _("This page has lost its server. What you see may be old."),
        "notSent": _("That could not be sent. Reload the page."),
        "noAnswer": _("The server did not answer. Try again."),
        "segment": _("%(n)s segment."),
        "segments": _("%(n)s segments."),
        "longer": _("%(signs)s make it longer."),
        "passkeyKnown": _("This device has a passkey here already."),
        "passkeyFailed": _("That did not work. Try again, or use another way."),
    }
