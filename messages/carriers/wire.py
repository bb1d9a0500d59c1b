"""Requests of the official client on the wire: pooled, timed, and never repeated.

The transport is urllib3 itself, which the client's own transport hides: it tells a connection that was never
made (the carrier cannot have the text) from one that was lost (it may), and its pool is made to be shared
between threads. An answer to a text may not be repeated on a guess, so that difference is the whole point.
"""

from __future__ import annotations

import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import certifi
from urllib3 import PoolManager, ProxyManager, Timeout, make_headers

_IDLE = 45.0  # seconds; an older connection may have been forgotten by a firewall between us and the carrier


@dataclass(frozen=True)
class Reply:
    """An answer as the official client expects it."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class Wire:
    """Stands in for the official client's `HttpClient`. Raises urllib3's exceptions as they are.

    `api_url` replaces scheme, host and port of every request: the client can be pointed at a stand-in.
    """

    is_async = False

    def __init__(
        self, api_url: str, timeout: tuple[float, float], pool: int, clock: Callable[[], float]
    ) -> None:
        self._scheme, self._host = urlsplit(api_url)[:2]
        self._pools = _pools(api_url, timeout, pool)
        self._clock = clock
        self._last = clock()
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Reply:
        address = urlsplit(url)._replace(scheme=self._scheme, netloc=self._host)
        if params:
            address = address._replace(query=urlencode(params, doseq=True))
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
        body = urlencode(data, doseq=True) if data else None
        self._forget_stale()
        reply = self._pools.request(method, urlunsplit(address), body=body, headers=sent)
        return Reply(reply.status, reply.data.decode("utf-8", "replace"), dict(reply.headers))

    def _forget_stale(self) -> None:
        with self._lock:
            now = self._clock()
            if now - self._last > _IDLE:
                self._pools.clear()
            self._last = now


def _pools(api_url: str, timeout: tuple[float, float], pool: int) -> PoolManager:
    """Connections to the carrier, by the proxy of the environment if there is one.

    Trusted are the system's certificate authorities (a hospital's own proxy) and those of certifi (small
    images have no others).
    """
    target = urlsplit(api_url)
    options: dict[str, Any] = {
        "maxsize": pool,
        "retries": False,
        "timeout": Timeout(connect=timeout[0], read=timeout[1]),
    }
    if target.scheme == "https":
        options["ssl_context"] = ssl.create_default_context()
        options["ssl_context"].load_verify_locations(certifi.where())
    proxy = None if proxy_bypass(target.hostname or "") else getproxies().get(target.scheme)
    if not proxy:
        return PoolManager(**options)
    login = urlsplit(proxy)
    if login.username:
        who = f"{unquote(login.username)}:{unquote(login.password or '')}"
        options["proxy_headers"] = make_headers(proxy_basic_auth=who)
    return ProxyManager(proxy, **options)
