"""What the database holds in English, in the page's language: why a text did not leave, why a flag was raised, the
names of rules and questions. What a hospital named itself reads as it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.web.language import Words, _, page_language, spoken

# Why a text or a check-in did not go as planned. Causes by carriers' codes stand in `messages/carriers/codes.py`.
CAUSES = (
    spoken("too late to be of use"),
    spoken("the caregiver stopped the texts"),
    spoken("somebody took the flag"),
    spoken("a newer page took its place"),
    spoken("a person was quicker"),
    spoken("they stopped the texts"),
    spoken("the family answered"),
    spoken("the next question took its place"),
    spoken("the number was corrected"),
    spoken("no longer texted about this child"),
    spoken("taken back before it left"),
    spoken("it did not leave in time"),
    spoken("skipped by a person"),
    spoken("the family has reported today"),
    spoken("could not be handled: %(error)s"),
    spoken("This text could not be opened."),
    spoken("This text or its number could not be opened: check HEARBACK_ENCRYPTION_KEYS."),
    spoken("the process that sent it stopped before the carrier answered"),
    spoken("Twilio could not be reached: check the network and the proxy."),
    spoken("Twilio's certificate was not trusted: add your proxy's authority to the system's certificates."),
    spoken("Twilio's answer named no message."),
    spoken("Twilio's list could not be read: %(cause)s"),
    spoken("Twilio answered with status %(status)s."),
    spoken("No usable answer came from Twilio (%(error)s)."),
    spoken("Twilio gave code %(code)s, which we do not know: nothing is repeated, a person must look."),
    spoken("Twilio gave no code we know: nothing is repeated, a person must look."),
    spoken("Twilio's answer named no call."),
    # Pages by other ways: messages/ways.
    spoken("E-mail is not set up here: set HEARBACK_SMTP_URL."),
    spoken("The mail server does not let us send: check HEARBACK_SMTP_FROM."),
    spoken("The mail server says that there is no such address."),
    spoken("The mail server did not take the page."),
    spoken("The mail server did not say whether it took the page."),
    spoken("The mail server does not accept our login: set HEARBACK_SMTP_URL anew."),
    spoken("The mail server offers no connection we trust: check its TLS certificate and HEARBACK_SMTP_URL."),
    spoken("The mail server could not be reached."),
    spoken("This browser takes no more pages: switch them on in it again."),
    spoken("The push service does not accept our pages for this browser: switch them on in it again."),
    spoken("The push service is out of order."),
    spoken("The push service could not be reached."),
    spoken("The push service did not say whether it took the page."),
    spoken("No usable answer came from the push service (%(error)s)."),
    spoken("This address is taken no more: put it in again."),
    spoken("This address was taken away."),
    spoken("The service did not say whether it took the page."),
    spoken("No usable answer came from the service (%(error)s)."),
    spoken("%(name)s accepts this address no more: make a new one there."),
    spoken("%(name)s does not know this address: put it in again."),
    spoken("%(name)s is out of order."),
    spoken("%(name)s could not be reached, or did not answer."),
    spoken("Nobody knows whether the page arrived: there was no answer."),
)
# Why a flag was raised, where that is not the words of a text.
REASONS = (
    spoken("the family stopped the texts at the carrier"),
    spoken("nobody knows whether this text arrived: the carrier did not answer"),
    spoken("the reader failed"),
    spoken("one of our texts was tapped as disliked, or with a sad face"),
    spoken("a page failed: no code %(cause)s"),
    spoken("a text failed: no code %(cause)s"),
    spoken("a page failed: %(cause)s"),
    spoken("a text failed: %(cause)s"),
    spoken("texts do not leave: %(cause)s"),
    spoken("a call to staff failed: no code %(cause)s"),
    spoken("a call to staff failed: %(cause)s"),
    spoken("a call to staff does not leave: %(cause)s"),
    spoken("a page by e-mail failed: %(cause)s"),
    spoken("a page by e-mail does not leave: %(cause)s"),
    spoken("a page to a browser failed: %(cause)s"),
    spoken("a page to a chat tool or pager failed: %(cause)s"),
    spoken("a check-in could not be handled: %(error)s"),
    spoken("silent after a serious day"),
    spoken("two silent days in the first week"),
    spoken("a silent day in the first week"),
    spoken("three silent check-ins"),
    spoken("by the protocol: an answer stopped this question"),
)
# Rules that made a text more or less serious than it reads by itself.
RULES = Words({
    "not_understood": "not every word was understood",
    "photo": "photo",
    "call_for_help": "a call for help",
    "protocol_lowers": "the protocol makes it less serious",
    "protocol_raises": "the protocol makes it more serious",
    "signs_together": "signs that come together",
    "risk": "risk",
    "unclear_while_waiting": "unclear while we wait for an answer",
    "loss": "loss",
    "after_loss": "after a loss",
    "child_unclear": "unclear which child it is about",
    # Meanings of the protocols that come with Hearback, by name.
    "bleeding from the throat": "bleeding from the throat",
    "fever after day three": "fever after day three",
    "a fever that returns": "a fever that returns",
    "pain rising after the first week": "pain rising after the first week",
    "pain rising on two days": "pain rising on two days",
    "pain that returns": "pain that returns",
    "swelling that returns": "swelling that returns",
    "redness that returns": "redness that returns",
    "a leaking wound that returns": "a leaking wound that returns",
    "numbness that returns": "numbness that returns",
    "drinking too little on two days": "drinking too little on two days",
    "vomiting in a body cast on two days": "vomiting in a body cast on two days",
})
# Questions and protocols that come with Hearback, codes of states, fields of forms: as words.
NAMES = (
    spoken("welcome"), spoken("daily"), spoken("toes"), spoken("temperature"), spoken("pain compared"),
    spoken("swelling compared"), spoken("cast"), spoken("goodbye"), spoken("hip osteotomy"), spoken("spica cast"),
    spoken("tonsillectomy"), spoken("drinking"), spoken("mouth"), spoken("pain score"), spoken("bleeding days"),
    spoken("skin"), spoken("cast off"),
    spoken("asthma"), spoken("blood thinner"), spoken("cerebral palsy"), spoken("diabetes"), spoken("opioid"),
    spoken("smoke"), spoken("under 2"), spoken("weak immunity"),
    spoken("active"), spoken("paused"), spoken("ended"), spoken("open"), spoken("taken"), spoken("closed"),
    spoken("away"), spoken("hospital visit"), spoken("family wish"), spoken("other"), spoken("readmission"),
    spoken("loss"), spoken("loss in family"), spoken("reopened"), spoken("finished"), spoken("other care"),
    spoken("wrong enrolment"),
    spoken("enrolment"), spoken("keyword"), spoken("wish"), spoken("wrong number"), spoken("carrier"), spoken("call"),
    spoken("mistake"), spoken("order"),
    spoken("visit"), spoken("writing"), spoken("adult"), spoken("chat"), spoken("whatsapp"),
    spoken("note"), spoken("words"), spoken("name"), spoken("phone"), spoken("relation"), spoken("language"),
    spoken("zone"), spoken("why"), spoken("until"), spoken("day"), spoken("at"), spoken("who"), spoken("question"),
    spoken("day zero"), spoken("login"), spoken("role"), spoken("scope"), spoken("how"), spoken("risk"),
    spoken("sign"), spoken("level"),
    spoken("lost"), spoken("readmitted"), spoken("resumed"), spoken("skipped"), spoken("put back"), spoken("moved"),
    spoken("added"), spoken("hours"), spoken("texts stopped"), spoken("texts resumed"), spoken("joined"),
    spoken("number confirmed"), spoken("key"),
    spoken("first"), spoken("taken off"), spoken("undone"), spoken("corrected"), spoken("risks"), spoken("about"),
    spoken("spoke"), spoken("clinic"), spoken("not needed"), spoken("was"), spoken("due"), spoken("check in"),
    spoken("caregiver"), spoken("fields"), spoken("cancelled"), spoken("leaving"), spoken("known"), spoken("before"),
    spoken("also"), spoken("set by"), spoken("messages"), spoken("flag"), spoken("what"),
)  # fmt: skip
# The carrier's codes, and ours.
_CODE = re.compile(r"\d+|sealed|unreachable|certificate|address|gone|no_mail|[a-z]+-[a-z0-9]+")

RELATIONS = (spoken("mother"), spoken("father"), spoken("grandmother"), spoken("grandfather"), spoken("guardian"))


def named(code: str) -> str:
    """The name of a question, a protocol, a risk, a state or a field as words."""
    return _(code.replace("-", " ").replace("_", " "))


def related(relation: str) -> str:
    """What an adult is to the child: a usual word in the page's language, else as it was typed."""
    return _(relation.lower()) if relation.lower() in RELATIONS else relation


def coded(code: str) -> str:
    """A code of the database: as it stands in English, in words in another language."""
    return code if page_language() == "en" else named(code)


def cause(english: str) -> str:
    """Why something did not go as planned, or was raised, as the database holds it."""
    if page_language() == "en" or not english:
        return _ruled(english)
    if (said := _(english)) != english:
        return said
    for sentence, form in _forms():
        if found := form.fullmatch(english):
            return _(sentence) % {name: cause(value) for name, value in found.groupdict().items()}
    code, _space, rest = english.partition(" ")
    if rest and _CODE.fullmatch(code):
        return f"{code} {cause(rest)}"
    return _ruled(english)


def _ruled(reason: str) -> str:
    """A reason that is rules: those of the house in words, and what a hospital calls its own meanings as it does."""
    rules = reason.split(", ")
    return ", ".join(RULES.get(one, one) for one in rules) if rules[0] in RULES else reason


def rules_named(rules: Sequence[str]) -> str:
    """The names of rules of triage, in their order."""
    return "; ".join(RULES.get(rule, rule) for rule in rules)


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """The sentences above that have a hole, each with what finds it filled."""
    holed = [one for one in (*CAUSES, *REASONS) if "%(" in one]
    return [(one, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(one)), re.DOTALL)) for one in holed]


def late_words(who: str, kind: str, why: str) -> str:
    """What an adult was told when a promise slipped or nobody came, or why they were not."""
    who = who or _("The number that wrote")
    if why:
        return _("%(who)s was not told that we are late: %(why)s. Call them.") % {"who": who, "why": cause(why)}
    nobody = _("%(who)s was told that we reached nobody, and to call now")
    return (nobody if kind == "nobody" else _("%(who)s was told that we are late, and whom to call")) % {"who": who}
