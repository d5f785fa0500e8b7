"""The partnership's secret, read where a build runs and handed to what needs it."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from geointel.config import protected_in
from geointel.disclosure import ledger
from geointel.errors import ConfigError, DisclosureError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geointel.build.taken import Site
    from geointel.config import Partnership, Source
    from geointel.sources.base import EventKind

PREFIX = "env:"
SHORTEST = 16
"""Bytes that a secret has at least: the record keys of a shorter one could be tried out."""
WHERE = "secrets.cell_key"


def keyed(kind: EventKind, site: Site) -> EventKind:
    """The kind with the partnership's secret at its door.

    Without one, the door has a key of its own that nobody knows: ids then tie rows within this build alone.
    """
    where = site.partnership.secrets.get("cell_key")
    if kind.door is None or where is None:
        return kind
    name = where.removeprefix(PREFIX)
    secret = site.environment.get(name, "").strip()
    if not secret:
        site.announce(f"{name} is not set: ids are keyed for this build alone")
        return kind
    return replace(kind, door=replace(kind.door, key=secret.encode()))


def record_secret(source: Source, site: Site) -> bytes | None:
    """The secret for the record keys of a source that a policy protects in some edition; None for others.

    Raises ``ConfigError`` where there is none: counts would be changed by other amounts in every build, and the mean of
    some builds would be the truth.
    """
    partnership = site.partnership
    if not protected_in(partnership, source):
        return None
    where = partnership.secrets.get("cell_key")
    edition = min(protected_in(partnership, source))
    needed = f"The source {source.id!r} is not public, and the edition {edition!r} changes its counts by a secret"
    if where is None:
        message = f"{needed}, but the file does not say where that is."
        raise ConfigError(partnership.path, [Fault(WHERE, message, 'Write cell_key = "env:GEOINTEL_CELL_KEY".')])
    name = where.removeprefix(PREFIX)
    secret = site.environment.get(name, "").strip().encode()
    if len(secret) < SHORTEST:
        what = "is not set" if not secret else f"has fewer than {SHORTEST} characters"
        remedy = (
            f"Set {name} to a long random text that stays the same for ever, such as that of `openssl rand -hex 32`."
        )
        raise ConfigError(partnership.path, [Fault(WHERE, f"{needed}: {name} {what}.", remedy)])
    return secret


def same_mark(
    partnership: Partnership, environment: Mapping[str, str], folder: Path, *, new_secret: bool
) -> str | None:
    """What tells one secret from another and gives none away; None where no source is protected by one.

    ``folder`` is the release ledger. Raises ``DisclosureError`` where what was released before was changed by another secret, unless it is meant to be new.
    """
    where = partnership.secrets.get("cell_key")
    if where is None or not any(protected_in(partnership, source) for source in partnership.sources):
        return None
    secret = environment.get(where.removeprefix(PREFIX), "").strip().encode()
    own, before = hmac.digest(secret, b"release ledger", "sha256").hex(), ledger.read_mark(folder)
    if secret and before not in (None, own) and not new_secret:
        message = "The secret is not the one by which counts were changed that were released before."
        remedy = (
            "Set the one of before: with two, each count can be looked at twice. If it leaked, read what to do then in the page on disclosure "
            "control, and build once with --new-secret: windows that were released keep their numbers."
        )
        raise DisclosureError(message, remedy=remedy)
    return own
