"""``services``: where is help?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel import content
from geointel.grid import parents
from geointel.layers import rows
from geointel.layers.base import SERVICES, LayerKind
from geointel.layers.care.offers import list_window
from geointel.layers.describe import describe
from geointel.model import ALL, Layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.model import LayerSpec, Window

BREAKS = (1, 2, 4, 8)
"""Upper bounds of classes 1 to 4: services are few."""
CLASSES = tuple(str(number) for number in range(len(BREAKS) + 2))
UNDATED = "services-undated"
FEATURES = (
    "id", "source", "name", "category", "address", "postcode", "hours", "as_of", "capacity", "substances", "min_age",
    "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas", "lat", "lng",
)  # fmt: skip


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Active services per cell and area, and each as a point. The window is the month of the newest list."""
    services = _shown(cube, request)
    window = list_window(services, cube, request)
    cell_blocks = [
        _block(
            _count(services, category, parents(services["cell"].to_numpy(), lattice.resolution), lattice.cells),
            rows.cell_place(lattice.resolution, lattice.cells),
            window=window,
            category=category,
        )
        for lattice in cube.lattices
        for category in request.categories
    ]
    area_blocks = [
        _block(
            _by_area(cube, services, level, category),
            rows.area_place(level, cube.area_codes[level]),
            window=window,
            category=category,
            classes=False,
        )
        for level in cube.areas
        for category in request.categories
    ]
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, window, services),
        cells=rows.assemble(cell_blocks, CLASSES),
        areas=rows.assemble(area_blocks, CLASSES),
        features=_features(services),
        windows=(window,),
    )


def _shown(cube: Cube, request: LayerRequest) -> pa.Table:
    """Services inside the study area, of the categories asked for."""
    inside = cube.services.filter(cube.services["inside"])
    if ALL in request.categories:
        return inside
    return inside.filter(pc.is_in(inside["category"].cast(pa.string()), value_set=pa.array(request.categories)))


def _count(
    services: pa.Table, category: str, place: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How many services of a category lie at each of some places, which are sorted."""
    mine = _of(services, category)
    position = np.searchsorted(places, place[mine])
    return np.bincount(position, minlength=len(places)).astype(np.float64)


def _by_area(cube: Cube, services: pa.Table, level: str, category: str) -> NDArray[np.float64]:
    """How many services of a category lie in each area of a level."""
    found = np.zeros(len(cube.area_codes[level]))
    if cube.membership is None:
        return found
    own = cube.membership.filter(pc.equal(cube.membership["level"], level))
    leaf = pc.index_in(services["cell"], value_set=own["cell"].combine_chunks())
    code = own["code"].take(leaf).cast(pa.string())
    area = pc.index_in(code, value_set=pa.array(cube.area_codes[level], pa.string()))
    position = area.fill_null(-1).to_numpy()[_of(services, category)]
    np.add.at(found, position[position >= 0], 1)
    return found


def _of(services: pa.Table, category: str) -> NDArray[np.bool_]:
    if category == ALL:
        return np.ones(services.num_rows, dtype=bool)
    own: NDArray[np.bool_] = pc.equal(services["category"].cast(pa.string()), category).to_numpy()
    return own


def _block(
    value: NDArray[np.float64], place: dict[str, pa.Array], *, window: Window, category: str, classes: bool = True
) -> rows.Block:
    """One map; areas have no class, because they differ in size."""
    above = np.where(value > 0, np.searchsorted(BREAKS, value, side="left") + 1, 0)
    return rows.Block(
        place=place,
        window=window.id,
        category=category,
        value=value,
        classes=above if classes else np.full(len(value), -1),
        support=value.astype(np.int64),
        status=np.full(len(value), rows.SHOWN, dtype=object),
    )


def _features(services: pa.Table) -> pa.Table:
    """Services as points, each known by its source and its id in it."""
    own = pc.binary_join_element_wise(services["source"].cast(pa.string()), services["id"], ":")
    words = {name: services[name].cast(pa.string()) for name in ("source", "category")}
    columns = {name: words.get(name, services[name]) for name in FEATURES} | {"id": own}
    return pa.table(columns).sort_by("id")


def _spec(cube: Cube, request: LayerRequest, window: Window, services: pa.Table) -> LayerSpec:
    categories = request.categories
    first = next((name for name in ("drug-treatment", ALL) if name in categories), categories[0])
    undated = (UNDATED,) if services["as_of"].null_count else ()
    return describe(
        cube,
        request,
        (window,),
        classes=content.count_classes(),
        columns=("value",),
        parameters={"breaks": BREAKS},
        default={"window": window.id, "category": first, "resolution": request.default_resolution},
        caveats=(*content.layer_words("services").caveats, *undated),
        breaks={
            str(resolution): {category: {window.kind: list(BREAKS)} for category in categories}
            for resolution in cube.resolutions
        },
        notes={"labels": {ALL: content.category(ALL, "services").label}},
        features=True,
    )


LAYER = LayerKind(
    kind="services",
    title="Where help is",
    question="Where is help?",
    unit="services",
    compute=compute,
    refuses={},
    needs=SERVICES,
)
