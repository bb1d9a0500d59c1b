"""What a page is when it leaves, whichever way it takes. Pure words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"https?://\S+$")


@dataclass(frozen=True)
class Page:
    """One page to hand over by one way.

    `to` is what the way needs: a number, an e-mail address, a browser's subscription as JSON, a service's address.
    `sender` is the hospital's number. `body` holds no private word and ends with its link, where there is one.
    """

    outbox_id: str
    to: str
    sender: str
    body: str
    urgent: bool = True

    @property
    def title(self) -> str:
        """The first sentence: the hospital and how serious it is."""
        return self.body.split(". ", 1)[0].removesuffix(".").replace("\n", " ")

    @property
    def link(self) -> str:
        """Where to look; "" when the page says none."""
        found = _LINK.search(self.body)
        return found[0] if found else ""
