"""The address that Twilio called, as it was on the wire. Twilio signs it, so not one character may differ.

`request.url` will not do: frameworks decode percent-encodings, and behind a proxy that ends TLS they see
http and an inner host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit


def signed_url(public_url: str, environ: Mapping[str, Any]) -> str:
    """HEARBACK_PUBLIC_URL joined with the raw path and query of this request.

    `public_url` may have a path of its own, whether or not the proxy in front takes it off. No header of
    the request is believed for scheme or host. Servers give the raw request line as REQUEST_URI or RAW_URI;
    without either it is rebuilt from the decoded path, exact for paths that need no encoding, as ours.
    """
    public = public_url.split("#", 1)[0].rstrip("/")
    target = _raw_target(environ)
    prefix = urlsplit(public).path
    if prefix and (target == prefix or target.startswith((prefix + "/", prefix + "?"))):
        public = public.removesuffix(prefix)
    return public + target


def _raw_target(environ: Mapping[str, Any]) -> str:
    """Path and query of the request line, without a fragment, beginning with "/"."""
    raw = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    if not raw:
        path = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
        query = str(environ.get("QUERY_STRING", ""))
        raw = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")
    elif not raw.startswith("/"):  # a proxy may send the whole address in the request line
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    return raw.split("#", 1)[0]
