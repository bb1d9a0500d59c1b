"""Pages by e-mail, through the mail server of the settings: the standard library's client, always over TLS.

A mail server says of each step whether it went well, and that is what this needs: an address that does not exist, a
login that is not accepted and a server that is down are different things to whoever must mend them. Once the words
were handed over and no answer came, the mail may have left.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from messages.carriers.carrier import Accepted, Refused, Unsure
from messages.conversation import Delivery
from messages.settings import Settings
from messages.ways.page import Page

TIMEOUT = 10  # seconds, for each step
OURS_AGAIN = timedelta(minutes=5)  # for what an operator must mend first


def send_mail(settings: Settings, page: Page) -> Accepted | Refused | Unsure:
    """Hand one page to the mail server, once. Never raises."""
    if not settings.smtp_url:
        return Refused("no_mail", "E-mail is not set up here: set HEARBACK_SMTP_URL.", True, ours_to_fix=True)
    mail = _mail(settings, page)
    handed = False
    try:
        with _signed_in(settings.smtp_url) as server:
            server.ehlo_or_helo_if_needed()
            code, _said = server.mail(parseaddr(settings.smtp_from)[1])
            if code != 250:
                return _refused(code, "The mail server does not let us send: check HEARBACK_SMTP_FROM.", ours=True)
            code, _said = server.rcpt(page.to)
            if code not in (250, 251):
                return _refused(code, "The mail server says that there is no such address.")
            handed = True
            code, _said = server.data(mail.as_bytes())
            if code != 250:
                return _refused(code, "The mail server did not take the page.")
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code, "The mail server did not take the page.")
    except (smtplib.SMTPException, OSError) as error:
        return Unsure("The mail server did not say whether it took the page.") if handed else _failed(error)
    return Accepted(page.outbox_id, Delivery.SENT)


def check_mail(settings: Settings) -> str | None:
    """None when the mail server lets us in, else one sentence: what is wrong and the mend."""
    try:
        with _signed_in(settings.smtp_url):
            return None
    except (smtplib.SMTPException, OSError) as error:
        return _failed(error).why


@contextmanager
def _signed_in(url: str) -> Iterator[smtplib.SMTP]:
    """A conversation with the mail server; plain words only on this machine, as the settings made sure."""
    at = urlsplit(url)
    host, context = at.hostname or "", ssl.create_default_context()
    if at.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, at.port or 587, timeout=TIMEOUT)
    try:
        if at.scheme == "smtp" and not at.query:
            server.starttls(context=context)
        if at.username:
            server.login(unquote(at.username), unquote(at.password or ""))
        yield server
    finally:
        server.close()


def _mail(settings: Settings, page: Page) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.smtp_from, page.to, page.title
    mail["Date"] = formatdate()
    # The same page sent twice is one mail to a reader that knows its name.
    host = parseaddr(settings.smtp_from)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{page.outbox_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    if page.urgent:
        mail["Importance"], mail["X-Priority"] = "high", "1"
    mail.set_content(page.body + "\n")
    return mail


def _refused(code: int, why: str, *, ours: bool = False) -> Refused:
    """4xx is for now only, 5xx for good; what is ours to mend may leave afterwards."""
    wait = OURS_AGAIN if ours else None
    return Refused(f"smtp-{code}", why, permanent=code >= 500 and not ours, ours_to_fix=ours, retry_after=wait)


def _failed(error: Exception) -> Refused:
    """Why there was no conversation. Holds none of the server's own words."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        why = "The mail server does not accept our login: set HEARBACK_SMTP_URL anew."
        return _refused(error.smtp_code, why, ours=True)
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        why = "The mail server offers no connection we trust: check its TLS certificate and HEARBACK_SMTP_URL."
        return _refused(0, why, ours=True)
    return Refused("unreachable", "The mail server could not be reached.", permanent=False)
