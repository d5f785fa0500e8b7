"""The partnership's secret, read where a build runs and handed to what needs it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geointel.build.taken import Site
    from geointel.sources.base import EventKind

PREFIX = "env:"


def keyed(kind: EventKind, site: Site) -> EventKind:
    """The kind with the partnership's secret at its door.

    Without one, the door has a key of its own that nobody knows: ids then tie rows within this build alone.
    """
    where = site.partnership.secrets.get("cell_key")
    if kind.door is None or where is None:
        return kind
    name = where.removeprefix(PREFIX)
    secret = os.environ.get(name)
    if not secret:
        site.announce(f"{name} is not set: ids are keyed for this build alone")
        return kind
    return replace(kind, door=replace(kind.door, key=secret.encode()))
