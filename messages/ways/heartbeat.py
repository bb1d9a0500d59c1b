"""The heartbeat to an outside monitor (Healthchecks, Uptime Kuma, Better Stack and others): a GET while all is well.

The monitor calls a person when it stops, so it also sees what nothing inside can tell: that the whole machine is gone.
"""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

TIMEOUT = 10  # seconds


def send_heartbeat(url: str) -> str | None:
    """Say once that all is well; None when the monitor took it, else one sentence. Never raises, never says the URL."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "Hearback"}), timeout=TIMEOUT):  # http or https: see settings
            return None
    except HTTPError as error:
        error.close()
        return f"The outside monitor answered {error.code}: check HEARBACK_HEARTBEAT_URL."
    except (OSError, HTTPException, ValueError) as error:
        return f"The outside monitor could not be reached ({type(error).__name__}): check HEARBACK_HEARTBEAT_URL."
