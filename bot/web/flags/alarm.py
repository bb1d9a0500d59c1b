"""What the alarm of an open page says, in the page's language. The script is `static/alarm.js`."""

from __future__ import annotations

from bot.web.language import _


def alarm_words() -> dict[str, str]:
    """Words by what they are for. None of them names anybody: a notification shows on locked screens."""
    return {
        "title": _("Hearback: emergency"),
        "body": _("Nobody has it yet. Open Hearback."),
        "one": _("An emergency, and nobody has it."),
        "many": _("{n} emergencies, and nobody has them."),
        "look": _("Look now"),
        "silence": _("Silence until the next one"),
        "silenced": _("Silent until the next one."),
        "lost": _("The alarm is out of touch with Hearback."),
        "blocked": _("This browser blocks the sound until you press something on this page."),
        "noSound": _("This browser cannot make sounds here."),
        "denied": _("This browser blocks notifications from Hearback. Allow them in its settings for this site."),
        "noNotify": _("This browser cannot show notifications here."),
        "on": _("Alarm is on"),
        "off": _("Alarm is off"),
        "tried": _("That is how it sounds."),
    }
