"""Pages pushed to a browser (Web Push, RFC 8030, 8291, 8292), also when no page of ours is open in it.

The words are sealed for that one browser: the push service of its maker carries them and cannot read them.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from messages.carriers.carrier import Accepted, Refused, Unsure
from messages.conversation import Delivery
from messages.errors import EnrolmentError
from messages.ways.page import Page

TIMEOUT = (5, 10)  # seconds to connect, to answer
KEPT_FOR = timedelta(hours=1)  # by the push service, while the browser is away
LONGEST = 2000  # characters of a subscription
SERVICES = (  # of the makers of browsers; a leading dot is any host under it
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)


def new_key() -> str:
    """A key of our own that browsers know us by, as PEM."""
    from py_vapid import Vapid02  # type: ignore[import-untyped]

    key = Vapid02()
    key.generate_keys()
    return str(key.private_pem().decode())


def public_key(pem: str) -> str:
    """What a page gives its browser to subscribe with."""
    from py_vapid import Vapid02

    point = Vapid02.from_pem(pem.encode()).public_key.public_numbers()
    raw = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def subscription(text: str, own_hosts: Collection[str]) -> str:
    """A browser's subscription as we keep it. Raises EnrolmentError when it is none, or of a service unknown to us."""
    mend = "Press the button again, in this browser."
    try:
        given: Any = json.loads(text) if len(text) <= LONGEST else None
        endpoint, keys = str(given["endpoint"]), {name: str(given["keys"][name]) for name in ("p256dh", "auth")}
        at = urlsplit(endpoint)
        known = _known(at.hostname or "", own_hosts)
    except (ValueError, TypeError, KeyError):
        raise EnrolmentError("This browser's answer could not be read.", mend=mend) from None
    if not known or (at.scheme != "https" and at.hostname not in own_hosts):
        raise EnrolmentError("We do not know this browser's push service.", mend="Use another browser.")
    kept = json.dumps({"endpoint": endpoint, "keys": keys}, sort_keys=True)
    try:
        _sealed(kept, "{}")
    except Exception:
        raise EnrolmentError("This browser's answer could not be read.", mend=mend) from None
    return kept


def _known(host: str, own_hosts: Collection[str]) -> bool:
    return host in own_hosts or any(host == one or (one[0] == "." and host.endswith(one)) for one in SERVICES)


def _sealed(kept: str, words: str) -> Any:
    from pywebpush import WebPusher  # type: ignore[import-untyped]

    return WebPusher(json.loads(kept)).encode(words.encode())


def send_push(pem: str, page: Page, subject: str) -> Accepted | Refused | Unsure:
    """Hand one page to the push service of the browser, once. `subject` is our public address. Never raises."""
    import requests
    from py_vapid import Vapid02
    from pywebpush import WebPushException, webpush

    words = json.dumps({"title": page.title, "body": page.body, "link": page.link, "tag": page.outbox_id})
    session = requests.Session()
    session.max_redirects = 0  # nobody sends our pages elsewhere
    try:
        webpush(
            json.loads(page.to), words, Vapid02.from_pem(pem.encode()), {"sub": subject}, timeout=TIMEOUT,
            ttl=int(KEPT_FOR.total_seconds()), headers={"urgency": "high"}, requests_session=session,
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        return _refused(status)
    except requests.ReadTimeout:
        return Unsure("The push service did not say whether it took the page.")
    except (requests.ConnectionError, requests.ConnectTimeout):
        return Refused("unreachable", "The push service could not be reached.", permanent=False)
    except Exception as error:
        return Unsure(f"No usable answer came from the push service ({type(error).__name__}).")
    finally:
        session.close()
    return Accepted(page.outbox_id, Delivery.SENT)


def _refused(status: int) -> Refused:
    code = f"push-{status}"
    if status in (404, 410):
        why = "This browser takes no more pages: switch them on in it again."
        return Refused(code, why, permanent=True)
    if status in (400, 401, 403, 413):
        why = "The push service does not accept our pages for this browser: switch them on in it again."
        return Refused(code, why, permanent=True)
    wait = timedelta(seconds=30) if status == 429 else None
    return Refused(code, "The push service is out of order.", permanent=False, retry_after=wait)
