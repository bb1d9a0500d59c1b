"""Pages to chat tools and pagers (Slack, Teams, PagerDuty, Pushover and others), through Apprise.

A service is named by its own address as its page shows it, or in Apprise's notation. Only services at their makers'
known hosts are taken, and hosts that the operator named: no address makes us call a machine inside the hospital, or
read a file.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from messages.carriers.carrier import Accepted, Refused, Unsure
from messages.conversation import Delivery
from messages.errors import EnrolmentError
from messages.ways.page import Page

TIMEOUT = (5, 10)  # seconds to connect, to answer
PATIENCE = 30  # seconds for everything a service needs
LONGEST = 1000  # characters of an address
SERVICES = frozenset(  # at hosts of their own
    {
        "betterstack", "discord", "gchat", "ilert", "incidentio", "opsgenie", "pagerduty", "pagertree", "pover",
        "signl4", "slack", "spike", "splunk", "squadcast", "tgram", "victorops", "webex", "wxteams",
    }
)  # fmt: skip
AT_HOSTS = frozenset(  # at a host that the address names
    {
        "goalert", "goalerts", "gotify", "gotifys", "json", "jsons", "mmost", "mmosts", "ntfy", "ntfys", "rocket",
        "rockets", "workflow", "workflows", "xmatters",
    }
)  # fmt: skip
MAKERS = (".logic.azure.com", ".powerplatform.com", ".xmatters.com", "ntfy.sh")
_LEFT_OUT = {"template", "verify", "redirect", "cto", "rto"}  # of an address: files to read, and how to connect
_STATUS = re.compile(r"\berror=(\d{3})\b")


def service(address: str, own_hosts: Collection[str]) -> tuple[str, str]:
    """(the address as it is kept, the service's name). Raises EnrolmentError for one we cannot page."""
    address = address.strip()
    made = _made(address, own_hosts) if len(address) <= LONGEST else None
    if made is None:
        raise EnrolmentError("We cannot page this address.", mend="Copy it again, whole, from the service.")
    return address, str(made.service_name)[:80]


def _made(address: str, own_hosts: Collection[str]) -> Any:
    """Apprise's own object for an address we take; None for any other."""
    from apprise import Apprise

    try:
        asked = {name.casefold() for name in parse_qs(urlsplit(address).query, keep_blank_values=True)}
    except ValueError:
        return None
    made = None if asked & _LEFT_OUT else Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)
    if made is None:
        return None
    kinds = {str(kind) for kind in (*_names(made.protocol), *_names(made.secure_protocol))}
    if not kinds & SERVICES and not (kinds & AT_HOSTS and _host_is_known(made, own_hosts)):
        return None
    made.verify_certificate, made.redirects = True, False
    made.socket_connect_timeout, made.socket_read_timeout = TIMEOUT
    return made


def _names(protocol: Any) -> Iterable[str]:
    return (protocol,) if isinstance(protocol, str) else protocol or ()


def _host_is_known(made: Any, own_hosts: Collection[str]) -> bool:
    if getattr(made, "mode", "") == "cloud":  # ntfy, at its maker's
        return True
    host = str(made.host or "").casefold()
    secure = bool(made.secure) or not made.protocol  # some speak nothing but https
    if host in own_hosts:
        return secure or host in ("127.0.0.1", "localhost")
    return secure and any(host == one or (one[0] == "." and host.endswith(one)) for one in MAKERS)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    chatty = logging.getLogger("apprise")  # its lines name addresses; what we need of them comes with the result
    chatty.propagate = False
    chatty.addHandler(logging.NullHandler())
    return AppriseAsset(app_id="Hearback", app_desc="Hearback", secure_logging=True, http_redirects=False)


def send_chat(page: Page, own_hosts: Collection[str]) -> Accepted | Refused | Unsure:
    """Hand one page to a chat tool or pager, once. Never raises."""
    from apprise import Apprise, AppriseResultStatus

    try:
        made = _made(page.to, own_hosts)
        if made is None:
            return Refused("address", "This address is taken no more: put it in again.", permanent=True)
        line = Apprise(asset=_asset())
        line.add(made)
        result = line.notify(title=page.title, body=page.body, timeout=PATIENCE)
    except Exception as error:
        return Unsure(f"No usable answer came from the service ({type(error).__name__}).")
    if result:
        return Accepted(page.outbox_id, Delivery.SENT)
    if result.status is AppriseResultStatus.TIMEOUT:
        return Unsure("The service did not say whether it took the page.")
    return _refused(str(made.service_name), (entry.message for one in result for entry in one.logs()))


def _refused(name: str, said: Iterable[str]) -> Refused:
    """By the status that the service answered, if it answered; its own words are left out."""
    status = next((int(found[1]) for line in said if (found := _STATUS.search(line))), 0)
    if status in (401, 403):
        return Refused(f"chat-{status}", f"{name} accepts this address no more: make a new one there.", permanent=True)
    if status in (400, 404, 405, 410):
        return Refused(f"chat-{status}", f"{name} does not know this address: put it in again.", permanent=True)
    if status:
        return Refused(f"chat-{status}", f"{name} is out of order.", permanent=False)
    return Refused("unreachable", f"{name} could not be reached, or did not answer.", permanent=False)
