"""Private columns: sealed with AES-256-GCM bound to their row, found again by keyed hash.

A sealed value is: version (1 byte), length of the key id (1 byte), key id, nonce (12 bytes), ciphertext and
tag. The associated data is "column|row id", so a value moved to another row or column does not open. Each key
of `HEARBACK_ENCRYPTION_KEYS` gives two working keys by HKDF, one to seal and one for fingerprints. The newest
key seals; all keys open. Nonces are random: change the key well before 2**32 values were sealed with it
(NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messages.errors import SealError, SettingsError

ERASED = b""  # what stands where something private was, once it is erased
_VERSION = 1
_NONCE = 12
_TAG = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_SHAPE = "HEARBACK_ENCRYPTION_KEYS must read id:key,id:key with the newest first"
_MEND = "Run: hearback db key"


@dataclass(frozen=True)
class Key:
    """One encryption key: a short public id and 32 secret bytes."""

    id: str
    secret: bytes = field(repr=False)


def new_key(key_id: str) -> str:
    """A fresh random key, written as `HEARBACK_ENCRYPTION_KEYS` wants it: "id:base64"."""
    if not _KEY_ID.fullmatch(key_id):
        raise SettingsError([f"{key_id!r} cannot be a key id. Use 1 to 16 letters, digits, - or _."])
    return f"{key_id}:{base64.b64encode(os.urandom(32)).decode('ascii')}"


def parse_keys(text: str) -> list[Key]:
    """Read "id:base64,id:base64", newest first; raises SettingsError with every problem and no key."""
    keys: list[Key] = []
    problems: list[str] = []
    for place, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        key_id, colon, encoded = entry.partition(":")
        if not colon or not _KEY_ID.fullmatch(key_id):
            problems.append(f"{_SHAPE}; entry {place} does not begin with an id and a colon. {_MEND}")
            continue
        try:
            secret = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != 32:
            problems.append(f"{_SHAPE}; key {key_id} is not the base64 of 32 bytes. {_MEND}")
        elif key_id in (key.id for key in keys):
            problems.append(f"{_SHAPE}; key id {key_id} is there twice. Give each key its own id.")
        else:
            keys.append(Key(key_id, secret))
    if not keys and not problems:
        problems.append(f"{_SHAPE}; it holds no key. {_MEND}")
    if problems:
        raise SettingsError(problems)
    return keys


class Vault:
    """Seals and opens private values and makes their fingerprints. Safe to share between threads."""

    def __init__(self, keys: Sequence[Key]) -> None:
        """`keys` newest first: the first seals and makes fingerprints, all open and look up."""
        if not keys:
            raise SettingsError([f"{_SHAPE}; it holds no key. {_MEND}"])
        self._ciphers = {key.id: AESGCM(_derive(key.secret, b"hearback seal 1")) for key in keys}
        self._hash_keys = tuple(_derive(key.secret, b"hearback fingerprint 1") for key in keys)
        newest = keys[0].id.encode("ascii")
        self._head = bytes((_VERSION, len(newest))) + newest
        self._newest = self._ciphers[keys[0].id]

    def __repr__(self) -> str:
        return f"Vault(keys={list(self._ciphers)})"

    def seal(self, column: str, row_id: str, text: str) -> bytes:
        """Encrypt `text` for one column of one row. Any text is taken, lone surrogates too."""
        nonce = os.urandom(_NONCE)
        return self._head + nonce + self._newest.encrypt(nonce, _bytes(text), _bytes(f"{column}|{row_id}"))

    def open(self, column: str, row_id: str, blob: bytes) -> str:
        """What `seal` was given; raises SealError for a wrong key, a moved row or a changed value.

        ERASED opens as no words.
        """
        blob = bytes(blob)
        if blob == ERASED:
            return ""
        start = 2 + blob[1] if len(blob) > 2 else 0
        if not start or blob[0] != _VERSION or len(blob) < start + _NONCE + _TAG:
            raise _sealed(column, row_id, "this is not a sealed value.", "Restore the row from a backup.")
        key_id = blob[2:start].decode("ascii", "replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise _sealed(
                column,
                row_id,
                f"it is sealed with key {key_id!r}, which is not among the keys given.",
                "Put that key back at the end of HEARBACK_ENCRYPTION_KEYS.",
            )
        nonce, sealed = blob[start : start + _NONCE], blob[start + _NONCE :]
        try:
            plain = cipher.decrypt(nonce, sealed, _bytes(f"{column}|{row_id}"))
        except InvalidTag:
            raise _sealed(
                column,
                row_id,
                f"key {key_id!r} does not open it: it is another key of that id, or the value was changed "
                "or moved here from another row.",
                "Check HEARBACK_ENCRYPTION_KEYS; if the keys are right, restore the row from a backup.",
            ) from None
        return plain.decode("utf-8", "surrogatepass")

    def seal_optional(self, column: str, row_id: str, text: str | None) -> bytes | None:
        """`seal`, with None staying None."""
        return None if text is None else self.seal(column, row_id, text)

    def open_optional(self, column: str, row_id: str, blob: bytes | None) -> str | None:
        """`open`, with None staying None."""
        return None if blob is None else self.open(column, row_id, blob)

    def fingerprint(self, kind: str, value: str) -> bytes:
        """32 bytes by which an equal `value` of the same `kind` is found again; made with the newest key."""
        return hmac.digest(self._hash_keys[0], _bytes(f"{kind}|{value}"), "sha256")

    def fingerprints(self, kind: str, value: str) -> tuple[bytes, ...]:
        """The fingerprint under every key, newest first: look up with `column IN (...)` while keys change."""
        message = _bytes(f"{kind}|{value}")
        return tuple(hmac.digest(key, message, "sha256") for key in self._hash_keys)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _sealed(column: str, row_id: str, what: str, mend: str) -> SealError:
    return SealError(what, where=f"{column} of row {row_id}", mend=mend)
