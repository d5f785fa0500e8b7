"""The form of an API key, and its hash: ``gi_<public id>_<secret>``, in lower-case letters and digits of base 32.

The secret has 256 random bits, so nobody finds it by trying. Argon2id protects those who read the database from knowing
keys; its cost is the least that OWASP's Password Storage Cheat Sheet names (19 MiB, 2 passes, 1 lane), because more would
only help whoever floods us with wrong keys.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PREFIX = "gi_"
BYTES_OF_ID, BYTES_OF_SECRET = 8, 32
_FORM = re.compile(r"gi_([a-z2-7]{13})_[a-z2-7]{52}")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True)
class NewKey:
    """A key that was just made: what is shown once, and what is kept."""

    id: str
    hash: str
    text: str = field(repr=False)


def new_key() -> NewKey:
    """A new random key."""
    name = _letters(BYTES_OF_ID)
    text = f"{PREFIX}{name}_{_letters(BYTES_OF_SECRET)}"
    return NewKey(name, _HASHER.hash(text), text)


def id_of(text: str) -> str | None:
    """The public id of a key; ``None`` where a text is no key at all."""
    found = _FORM.fullmatch(text)
    return found[1] if found else None


def matches(kept: str | None, text: str) -> bool:
    """Whether a key is the one of a hash. Without a hash the answer is no, and takes as long."""
    try:
        return _HASHER.verify(kept or _nobodys(), text) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Hash of a key that nobody has, and that is the same work to check."""
    return new_key().hash


def _letters(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode().rstrip("=").lower()
