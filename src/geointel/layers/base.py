"""What a layer kind is, what it is handed, and how the kinds are found."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import pydantic
from pydantic_core import PydanticCustomError

from geointel.model import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geointel.layers.cube import Cube
    from geointel.model import Layer


EVENTS = "events"
SERVICES = "services"
BESIDE_ALONE = ""
"""What a kind needs that is computed only from the sources that its options name."""


class NoOptions(pydantic.BaseModel):
    """Options of a layer kind that has none of its own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class SpecialPointOptions(pydantic.BaseModel):
    """What a layer that counts incidents does with map points that collect records."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    special_points: Literal["in", "out"] = "in"
    """`"out"` leaves out, everywhere in the layer, incidents at police stations, prisons, hospitals and other map points that collect records."""


@dataclass(frozen=True)
class LayerRequest:
    """What the partnership asked for: one ``[[layer]]``, with the defaults filled in."""

    id: str
    kind: str
    title: str
    categories: tuple[str, ...]
    default_resolution: int
    window_kinds: tuple[str, ...]
    options: pydantic.BaseModel

    @property
    def special_points(self) -> Literal["in", "out"]:
        """Whether incidents at special points count; they do in a kind that does not ask."""
        return self.options.special_points if isinstance(self.options, SpecialPointOptions) else "in"


@dataclass(frozen=True)
class Beside:
    """Ids of sources whose facts a layer shows or uses beside those that it is computed from.

    Without one that is ``needed`` an edition has no such layer; one that is ``wanted`` may be missing from it.
    """

    needed: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


def _nothing_declined(_: pydantic.BaseModel) -> Mapping[str, str]:
    return {}


def _nothing_beside(_: pydantic.BaseModel) -> Beside:
    return Beside()


def _those_of_its_sources(_: pydantic.BaseModel) -> tuple[str, ...] | None:
    return None


@dataclass(frozen=True)
class LayerKind:
    """One kind of layer.

    ``compute`` gets the released facts as a dense cube and the request, and returns the layer.
    ``refuses`` names categories for which the kind has no meaning (``excess`` of ``all``). ``needs`` is the
    grain of the sources that it is computed from, as in ``sources.base``, and ``counts`` the measures that sources of events must
    have for it; one that is ``on_roads`` is computed from those that are counted on stretches of road, and one that is ``timed`` from those that are counted by hour. A kind that is ``judged`` says in its spec
    how much of the next month its hottest cells held. ``beside`` reads from the options which other sources it asks for,
    and ``declines`` which more categories have no meaning with them. ``categories`` reads from them the categories of a kind that
    has not those of its sources. A kind that is ``partner_only`` stands in no edition that the public may open.
    """

    kind: str
    title: str
    question: str
    unit: str
    compute: Callable[[Cube, LayerRequest], Layer]
    refuses: Mapping[str, str]
    needs: str = EVENTS
    counts: tuple[str, ...] = (INCIDENTS,)
    on_roads: bool = False
    timed: bool = False
    judged: bool = False
    options: type[pydantic.BaseModel] = NoOptions
    beside: Callable[[Any], Beside] = _nothing_beside
    declines: Callable[[Any], Mapping[str, str]] = _nothing_declined
    categories: Callable[[Any], tuple[str, ...] | None] = _those_of_its_sources
    partner_only: bool = False

    def refused(self, options: pydantic.BaseModel) -> dict[str, str]:
        """Categories that a layer with these options cannot have, each with the reason."""
        return {**self.refuses, **self.declines(options)}


def refuse(message: str, remedy: str) -> NoReturn:
    """Refuse options that contradict each other: the fault says what is wrong, and what to do."""
    kind, template = "refused", "{message}"
    raise PydanticCustomError(kind, template, {"message": message, "remedy": remedy})


@cache
def kinds() -> dict[str, LayerKind]:
    """Every layer kind there is, by its word in the configuration."""
    package = importlib.import_module("geointel.layers")
    modules = [
        importlib.import_module(f"geointel.layers.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    found: list[Any] = [module.LAYER for module in modules if hasattr(module, "LAYER")]
    found += [entry.load() for entry in entry_points(group="geointel.layers")]
    return {layer.kind: layer for layer in sorted(found, key=lambda s: s.kind)}
