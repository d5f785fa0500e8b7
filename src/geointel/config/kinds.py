"""The kinds of source and layer that a partnership file may name."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from geointel.errors import Fault
from geointel.layers import base as layer_kinds
from geointel.sources import base as source_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geointel.layers.base import LayerKind
    from geointel.sources.base import SourceKind

SOURCE_KINDS = (
    "police-uk-street", "police-uk-outcomes", "police-uk-stop-search", "incidents", "stats19", "drug-driving",
    "services", "nhs-ods", "nhs-choices", "pharmacies", "cqc", "postcodes", "population", "population-raster",
    "area-index", "area-indicator", "roads", "traffic-counts", "travel-matrix",
)  # fmt: skip
"""Source kinds that the contract names, whether this version has them or not."""

LAYER_KINDS = (
    "count", "hotspot", "excess", "rate", "change", "emerging", "moran", "density", "cluster", "profile", "services",
    "need", "access", "gap", "drug-driving", "collisions", "corridor", "signals",
)  # fmt: skip
"""Layer kinds that the contract names, whether this version has them or not."""


@dataclass(frozen=True)
class Kinds:
    """The kinds that this installation has."""

    sources: Mapping[str, SourceKind]
    layers: Mapping[str, LayerKind]


def installed() -> Kinds:
    """Every kind that is built in or comes from an installed package."""
    return Kinds(sources=source_kinds.kinds(), layers=layer_kinds.kinds())


def unknown_kind(key: str, kind: str, have: Iterable[str], named: Iterable[str]) -> Fault | None:
    """Return the fault of a kind that is not installed, or None. ``named`` are the contract's kinds."""
    installed_kinds = sorted(have)
    if kind in installed_kinds:
        return None
    listed = ", ".join(installed_kinds)
    if kind in named:
        return Fault(key, f"The kind {kind!r} is not in this version.", f"Kinds in this version: {listed}.")
    return Fault(key, f"There is no kind {kind!r}.", did_you_mean(kind, [*named, *installed_kinds], listed))


def did_you_mean(word: str, choices: Iterable[str], listed: str | None = None) -> str:
    """Return a remedy that names the closest choice, or all of them when none is close."""
    pool = list(choices)
    close = get_close_matches(word, pool, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    if listed is None:
        listed = ", ".join(pool)
    return f"Choose from: {listed}." if listed else "Correct the name, or add what it names."
