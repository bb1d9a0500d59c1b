"""Passwords: kept as argon2 hashes, and compared in the same time whether or not somebody has one."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether the hash `kept` is of this password; None takes as long and is never right."""
    try:
        _hasher().verify(kept or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
