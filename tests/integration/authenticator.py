"""A passkey without a browser: a key pair that signs what a page asks for (WebAuthn, ES256, no attestation)."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from html import unescape
from os import urandom
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def options_in(page: str, action: str) -> dict[str, Any]:
    """What the form with this action asks a passkey for."""
    found = re.search(rf'action="{re.escape(action)}"[^>]*data-options="([^"]*)"', page)
    assert found is not None, action
    options: dict[str, Any] = json.loads(unescape(found[1]))
    return options


class Authenticator:
    """One passkey of one person."""

    def __init__(self, origin: str = "https://hearback.test", host: str = "hearback.test") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin, self.host = urandom(16), origin, host
        self.counter = 0

    def make(self, options: dict[str, Any]) -> str:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(PRESENT | VERIFIED | ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(attestationObject=attestation, clientDataJSON=self._client("create", options))

    def sign(self, options: dict[str, Any], *, verified: bool = True) -> str:
        self.counter += 1
        data, client = self._data(PRESENT | (VERIFIED if verified else 0)), self._client("get", options)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(authenticatorData=data, clientDataJSON=client, signature=signature)

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": f"webauthn.{kind}", "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, **response: bytes) -> str:
        own = encoded(self.id)
        parts = {name: encoded(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": parts})
