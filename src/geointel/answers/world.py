"""People, services and journeys as one layer of a snapshot knows them: what a scenario changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from geointel.errors import QuestionError
from geointel.gaps import (
    Network,
    binary,
    components,
    for_residents_of,
    nearest,
    open_in,
    scaled_steps,
    straight_minutes,
    travel_minutes,
    two_step,
    weighted,
)
from geointel.grid import centres
from geointel.model import ALL, DECILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.snapshot import Edition

ADDITIVE = ("2sfca", "e2sfca")
"""Ways of sharing places in which one service changes what it gives itself, and nothing else."""


@dataclass(frozen=True)
class Areas:
    """One level of areas: their codes, and the share of each cell in each, shape ``(a, n)``."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    share: csr_array


@dataclass(frozen=True)
class World:
    """What one layer of access or gaps was computed from, for one kind of service.

    Attributes
    ----------
    spec
        The layer in the manifest.
    help
        Kind of service.
    group
        Group of people in need, or blank where the layer knows residents only.
    cells, residents
        Finest published cells and the people in them, shape ``(n,)``.
    deciles
        Residents by decile of deprivation, shape ``(n, 10)``; None where not supplied.
    need
        Draws of people in need, shape ``(d, n)``; None for a layer without need.
    services
        Those that count, in the order of the columns of ``minutes``, shape ``(n, m)``.
    others
        Every service of the snapshot that the layer knows: one of another kind can be contracted.
    """

    spec: Mapping[str, Any]
    help: str
    group: str
    cells: NDArray[np.int64]
    residents: NDArray[np.float64]
    deciles: NDArray[np.float64] | None
    need: NDArray[np.float32] | None
    services: pa.Table
    others: pa.Table
    minutes: csr_array
    areas: Mapping[str, Areas]
    network: Network | None

    @property
    def options(self) -> Mapping[str, Any]:
        """Options that the layer was computed with."""
        return dict(self.spec["parameters"])

    @cached_property
    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitude and longitude of the cells' centres."""
        points = centres(self.cells)
        return points[:, 1], points[:, 0]

    @cached_property
    def people(self) -> NDArray[np.float64]:
        """Those among whom places are shared: people in need, or residents; shape ``(n,)``."""
        return self.residents if self.need is None else np.nan_to_num(self.need.mean(axis=0, dtype=np.float64))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Service ids, as ``source:id``."""
        return ids_of(self.services)

    @cached_property
    def capacity(self) -> NDArray[np.float64]:
        """Places of each service that counts; NaN where not supplied."""
        found: NDArray[np.float64] = self.services["capacity"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        return found

    @property
    def shares_places(self) -> bool:
        """Whether the answer is about places; else about minutes alone."""
        return self.options["measure"] == "places" and not np.isnan(self.capacity).any()

    @cached_property
    def by_service(self) -> Any:
        """``minutes`` by column."""
        return self.minutes.tocsc()

    def weight(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of a journey in a catchment."""
        within = float(self.options["within"])
        found: NDArray[np.float64] = (binary(within) if self.options["sharing"] == "2sfca" else scaled_steps(within))(
            minutes
        )
        return found

    @cached_property
    def access(self) -> NDArray[np.float64]:
        """Places for each person of each cell as things are, shape ``(n,)``."""
        weights = weighted(self.minutes, self.weight)
        found: NDArray[np.float64] = two_step(self.people, np.nan_to_num(self.capacity), weights).access
        return found

    @cached_property
    def first(self) -> NDArray[np.float64]:
        """Minutes to the nearest service as things are; NaN where none is found."""
        return nearest(self.minutes).first

    def open_then(self, hours: Sequence[str | None], slot: Any) -> NDArray[np.bool_]:
        """Whether services with such hours are known to be open in a part of the week."""
        return np.asarray(open_in(hours, slot) == 1)

    def journeys(self, lat: float, lng: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Cells from which another place can be reached, and minutes, found as the layer's own were.

        Raises ``QuestionError`` where they came from a table of the partnership's own.
        """
        options, there = self.options, (np.array([lat]), np.array([lng]))
        if options["times"] == "matrix":
            message = "The times of this layer are the partnership's own table, which has none to a new place."
            raise QuestionError(
                message,
                field="actions",
                remedy="Choose a service that is in the table, or a layer with modelled times.",
            )
        if self.network is not None:
            found = travel_minutes(self.network, self.places, there, limit=float(options["longest"])).minutes
        else:
            speed = options["kmh"] or options["usual_kmh"]
            found = straight_minutes(
                self.places, there, kmh=float(speed), detour=float(options["detour"]), limit=float(options["longest"])
            )
        column = found.tocsc()
        return column.indices.astype(np.int64), column.data

    def eligible(self, codes: Sequence[str] | None) -> NDArray[np.float64] | None:
        """Share of each cell's residents for whom a service is; None where it is for everybody, or borders are open."""
        if codes is None or self.options["borders"] == "open":
            return None
        return share_of(self.areas, codes, size=len(self.cells))


def ids_of(services: pa.Table) -> tuple[str, ...]:
    """Ids of services that are unique in a snapshot."""
    pairs = zip(services["source"].cast(pa.string()).to_pylist(), services["id"].to_pylist(), strict=True)
    return tuple(f"{source}:{name}" for source, name in pairs)


def share_of(areas: Mapping[str, Areas], codes: Sequence[str], *, size: int) -> NDArray[np.float64]:
    """Share of each cell that lies in any of some areas."""
    found = np.zeros(size)
    for level in areas.values():
        own = [number for number, code in enumerate(level.codes) if code in codes]
        if own:
            found = np.maximum(found, np.asarray(level.share[own].sum(axis=0)).ravel())
    return np.minimum(found, 1.0)


def open_world(edition: Edition, layer: str | None = None, category: str | None = None) -> World:
    """What a scenario over a layer needs. The first layer of gaps, else of access, and its default category, when left out.

    Raises ``QuestionError`` for a layer or category that cannot be asked, ``SnapshotNotFoundError`` for one that is not there.
    """
    spec = _spec(edition, layer)
    tables, options = edition.inputs(spec["id"]), spec["parameters"]
    chosen = category or spec["default"]["category"]
    if chosen not in spec["categories"]:
        message = f"The layer {spec['id']!r} has no category {chosen!r}."
        raise QuestionError(message, field="category", remedy=f"It has {', '.join(spec['categories'])}.")
    kind = options.get("help", chosen)
    services = tables["services"]
    counts = services["counts"]
    if kind != ALL:
        counts = pc.and_(counts, pc.equal(services["category"].cast(pa.string()), kind))
    mine = services.filter(counts)
    cells = tables["cells"]
    areas = _areas(edition, tables["areas"], size=cells.num_rows)
    return World(
        spec=spec,
        help=kind,
        group=chosen if "need" in tables else "",
        cells=cells["cell"].to_numpy(),
        residents=cells["residents"].to_numpy(),
        deciles=np.column_stack([cells[name].to_numpy() for name in DECILES])
        if DECILES[0] in cells.column_names
        else None,
        need=_need(tables, chosen),
        services=mine,
        others=services,
        minutes=_minutes(
            tables,
            cells["cell"].to_numpy(),
            mine,
            np.flatnonzero(counts.to_numpy(zero_copy_only=False)),
            options,
            areas,
        ),
        areas=areas,
        network=_network(tables),
    )


def _spec(edition: Edition, layer: str | None) -> Mapping[str, Any]:
    if layer is not None:
        return edition.spec(layer)
    for kind in ("gap", "access"):
        for spec in edition.layers.values():
            if spec["kind"] == kind:
                return spec
    message = "This snapshot has no layer of access or gaps, so nothing can be asked of it."
    raise QuestionError(message, field="layer", remedy="Add a layer of the kind `access` or `gap` and build again.")


def _network(tables: Mapping[str, pa.Table]) -> Network | None:
    if "nodes" not in tables:
        return None
    nodes, edges = tables["nodes"], tables["edges"]
    places = (edges["from"].to_numpy(), edges["to"].to_numpy())
    minutes = csr_array((edges["minutes"].to_numpy(), places), shape=(nodes.num_rows, nodes.num_rows))
    return Network(nodes["lat"].to_numpy(), nodes["lng"].to_numpy(), minutes, components(minutes))


def _need(tables: Mapping[str, pa.Table], group: str) -> NDArray[np.float32] | None:
    if "need" not in tables:
        return None
    own = tables["need"].filter(pc.equal(tables["need"]["group"], group))
    flat = own["people"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    drawn: NDArray[np.float32] = np.nan_to_num(flat.reshape(own.num_rows, -1))
    return drawn


def _areas(edition: Edition, table: pa.Table, *, size: int) -> dict[str, Areas]:
    outlines = edition.areas()
    found = {}
    for level in dict.fromkeys(outlines["level"].cast(pa.string()).to_pylist()):
        own = outlines.filter(pc.equal(outlines["level"].cast(pa.string()), level)).sort_by("code")
        codes = tuple(own["code"].cast(pa.string()).to_pylist())
        rows = table.filter(pc.equal(table["level"], level))
        places = (rows["area"].to_numpy(), rows["cell"].to_numpy())
        share = csr_array((rows["share"].to_numpy(), places), shape=(len(codes), size))
        found[level] = Areas(codes, tuple(own["name"].to_pylist()), share)
    return found


def _minutes(
    tables: Mapping[str, pa.Table],
    cells: NDArray[np.int64],
    services: pa.Table,
    own: NDArray[np.int64],
    options: Mapping[str, Any],
    areas: Mapping[str, Areas],
) -> csr_array:
    """Travel times to the services that count, of the pairs that are commissioned."""
    if "travel" in tables:
        rows = tables["travel"]
        column = np.searchsorted(own, rows["service"].to_numpy())
        mine = np.isin(rows["service"].to_numpy(), own)
        places = (rows["cell"].to_numpy()[mine], column[mine])
        return csr_array((rows["minutes"].to_numpy()[mine], places), shape=(len(cells), len(own)))
    points = centres(cells)
    minutes = straight_minutes(
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
    return minutes if all(share is None for share in shares) else for_residents_of(minutes, shares)
