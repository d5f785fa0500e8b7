"""A layer of a snapshot, opened as the world of its scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from geointel.answers.world import ADDITIVE, Areas, World, share_of
from geointel.errors import QuestionError, SnapshotNotFoundError
from geointel.gaps import Network, components, for_residents_of, straight_minutes
from geointel.grid import centres
from geointel.model import ALL, DECILES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.snapshot import Edition

KINDS = ("gap", "access")


class LayerNotFoundError(SnapshotNotFoundError):
    """The edition has no such layer."""

    field = "layer"


def choose(edition: Edition, layer: str | None = None, category: str | None = None) -> tuple[str, str]:
    """Layer and category that a question is about: the first layer of gaps, else of access, and its default, when left out.

    Raises ``QuestionError`` for one that cannot be asked, ``LayerNotFoundError`` for a layer that is not there.
    """
    spec = _spec(edition, layer)
    chosen = category or spec["default"]["category"]
    if chosen not in spec["categories"]:
        message = f"The layer {spec['id']!r} has no category {chosen!r}."
        raise QuestionError(message, field="category", remedy=f"It has {', '.join(spec['categories'])}.")
    return spec["id"], chosen


def open_world(edition: Edition, layer: str | None = None, category: str | None = None) -> World:
    """What a scenario over a layer needs. Raises what ``choose`` does, and ``QuestionError`` for places shared in a way without columns."""
    name, chosen = choose(edition, layer, category)
    spec, tables = edition.layers[name], edition.inputs(name)
    kind = spec["parameters"].get("help", chosen)
    listed, cells = tables["services"], tables["cells"]
    counts = listed["counts"]
    if kind != ALL:
        counts = pc.and_(counts, pc.equal(listed["category"].cast(pa.string()), kind))
    own = np.flatnonzero(counts.to_numpy())
    areas = _areas(edition, tables["areas"], size=cells.num_rows)
    world = World(
        spec=spec,
        help=kind,
        group=chosen if "need" in tables else "",
        cells=cells["cell"].to_numpy(),
        residents=cells["residents"].to_numpy(),
        deciles=_deciles(cells),
        need=_need(tables, chosen),
        services=listed.filter(counts),
        others=listed,
        minutes=_minutes(tables, own, spec["parameters"], areas),
        areas=areas,
        network=_network(tables),
    )
    if world.shares_places and world.options["sharing"] not in ADDITIVE:
        message = f"The layer {name!r} shares places by {world.options['sharing']}, where a change of one service changes what all give."
        remedy = f"Ask a layer that shares them by {' or '.join(ADDITIVE)}, or build the layer again with the change."
        raise QuestionError(message, field="layer", remedy=remedy)
    return world


def _spec(edition: Edition, layer: str | None) -> Mapping[str, Any]:
    able = [spec for kind in KINDS for spec in edition.layers.values() if spec["kind"] == kind]
    have = ", ".join(spec["id"] for spec in able) or "none"
    if layer is None and not able:
        message = "This edition has no layer of access or gaps, so nothing can be asked of it."
        raise LayerNotFoundError(message, remedy="Add a layer of the kind `access` or `gap` and build again.")
    if layer is None:
        return able[0]
    if layer not in edition.layers:
        message = f"There is no layer {layer!r}."
        raise LayerNotFoundError(message, remedy=f"Of access or gaps there are {have}.")
    found: Mapping[str, Any] = edition.layers[layer]
    if found["kind"] not in KINDS:
        message = f"The layer {layer!r} is not one of access or gaps, so it has nothing that a scenario could change."
        raise QuestionError(message, field="layer", remedy=f"Of these there are {have}.")
    return found


def _network(tables: Mapping[str, pa.Table]) -> Network | None:
    """The road network that the layer's journeys were found on, to find others in the same way."""
    if "nodes" not in tables:
        return None
    nodes, edges = tables["nodes"], tables["edges"]
    places = (edges["from"].to_numpy(), edges["to"].to_numpy())
    minutes = csr_array((edges["minutes"].to_numpy(), places), shape=(nodes.num_rows, nodes.num_rows))
    return Network(nodes["lat"].to_numpy(), nodes["lng"].to_numpy(), minutes, components(minutes))


def _deciles(cells: pa.Table) -> NDArray[np.float64] | None:
    if DECILES[0] not in cells.column_names:
        return None
    return np.column_stack([cells[name].to_numpy() for name in DECILES])


def _need(tables: Mapping[str, pa.Table], group: str) -> NDArray[np.float32] | None:
    """Draws of one group; a cell of an authority without an estimate has nobody in them. Cell by cell in memory: cells are picked."""
    if "need" not in tables:
        return None
    own = tables["need"].filter(pc.equal(tables["need"]["group"], group))
    flat = own["people"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asfortranarray(np.nan_to_num(flat.reshape(own.num_rows, -1)))


def _areas(edition: Edition, table: pa.Table, *, size: int) -> dict[str, Areas]:
    outlines = edition.areas()
    levels = outlines["level"].cast(pa.string())
    found = {}
    for level in dict.fromkeys(levels.to_pylist()):
        own = outlines.filter(pc.equal(levels, level)).sort_by("code")
        codes = tuple(own["code"].cast(pa.string()).to_pylist())
        rows = table.filter(pc.equal(table["level"], level))
        places = (rows["area"].to_numpy(), rows["cell"].to_numpy())
        share = csr_array((rows["share"].to_numpy(), places), shape=(len(codes), size))
        found[level] = Areas(codes, tuple(own["name"].to_pylist()), share)
    return found


def _minutes(
    tables: Mapping[str, pa.Table],
    own: NDArray[np.int64],
    options: Mapping[str, Any],
    areas: Mapping[str, Areas],
) -> csr_array:
    """Travel times to the services that count, of the pairs that are commissioned."""
    cells = tables["cells"]["cell"].to_numpy()
    if "travel" in tables:
        rows = tables["travel"]
        mine = np.isin(rows["service"].to_numpy(), own)
        column = np.searchsorted(own, rows["service"].to_numpy()[mine])
        places = (rows["cell"].to_numpy()[mine], column)
        return csr_array((rows["minutes"].to_numpy()[mine], places), shape=(len(cells), len(own)))
    services, points = tables["services"].take(own), centres(cells)
    minutes: csr_array = straight_minutes(
        (points[:, 1], points[:, 0]),
        (services["lat"].to_numpy(), services["lng"].to_numpy()),
        kmh=float(options["kmh"] or options["usual_kmh"]),
        detour=float(options["detour"]),
        limit=float(options["longest"]),
    )
    if options["borders"] == "open":
        return minutes
    eligible = services["eligible_areas"].to_pylist()
    shares = [None if codes is None else share_of(areas, codes, size=len(cells)) for codes in eligible]
    return for_residents_of(minutes, shares) if any(share is not None for share in shares) else minutes
