"""``signals``: where and in what is there more in the newest months than the months before lead one to expect?

A statistical rise is a signal, and a person grades it. How strong it must be follows from the number of false signals a year
that the partnership accepts (``docs/validation/signals.md``). It exists in editions that the public may not open.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.hotspots.watch import METHODS, REFUSED
from geointel.layers import rows
from geointel.layers.base import LayerKind
from geointel.layers.describe import describe
from geointel.layers.watch.border import beyond_of
from geointel.layers.watch.clusters import clusters_of, features
from geointel.layers.watch.judged import CLUSTERS_SHARE, judge
from geointel.layers.watch.notes import notes_of, parameters
from geointel.layers.watch.options import WatchOptions
from geointel.layers.watch.series import CELLS, series_of
from geointel.layers.watch.spread import spread_table
from geointel.layers.watch.tables import signals_table
from geointel.model import Column, Layer, LayerSpec
from geointel.model.tables import WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.watch.clusters import Clusters
    from geointel.layers.watch.judged import Judged
    from geointel.layers.watch.series import Family

CLASSES = ("none", "signal")


class Options(WatchOptions):
    """How many false signals are accepted, and how rises are looked for."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """Signals of every area level and of hexagons, month and category. Raises ``MethodError`` without months."""
    options = request.options if isinstance(request.options, Options) else Options()
    coarse, request = _coarse(cube, request, options.finest)
    series = series_of(coarse, request, latest=options.latest)
    kept = CLUSTERS_SHARE * options.false_alarms_a_year if set(options.clusters) & set(request.categories) else 0.0
    judged = judge(series, options, accepted=options.false_alarms_a_year - kept)
    clusters = clusters_of(coarse, series, options, accepted=kept)
    last = series.months[-1].months[-1]
    newest = last if cube.latest is None else max(cube.latest.months[-1], last)
    blocks = {cells: _blocks(coarse, judged, newest=newest, cells=cells) for cells in (True, False)}
    beyond = beyond_of(cube, series.months)
    return Layer(
        edition=cube.edition,
        spec=_spec(coarse, request, judged, clusters, options=options, newest=newest),
        cells=rows.assemble(blocks[True], CLASSES),
        areas=rows.assemble(blocks[False], CLASSES) if blocks[False] else None,
        features=features(clusters, window=series.months[-1].id),
        inputs={
            "signals": signals_table(request.id, coarse, judged, clusters, beyond=beyond, newest=newest),
            "spread": spread_table(coarse, series),
        },
    )


def _coarse(cube: Cube, request: LayerRequest, finest: int) -> tuple[Cube, LayerRequest]:
    """The one resolution that is watched: the finest that may be, else the coarsest."""
    able = [lattice for lattice in cube.lattices if lattice.resolution <= finest]
    lattice = max(able, key=lambda one: one.resolution, default=cube.lattices[0])
    return replace(cube, lattices=(lattice,)), replace(request, default_resolution=lattice.resolution)


def _blocks(cube: Cube, judged: Judged, *, newest: int, cells: bool) -> list[rows.Block]:
    """Maps of hexagons, or area levels, by month and category."""
    return [
        _block(cube, judged, family, place, newest=newest)
        for place in range(len(judged.series.judged))
        for family in judged.series.families
        if (family.kind == CELLS) == cells
    ]


def _block(cube: Cube, judged: Judged, family: Family, place: int, *, newest: int) -> rows.Block:
    """One month of one family of series; hexagons without support have no answer."""
    own, lattice = slice(family.start, family.stop), cube.lattices[0]
    window = judged.series.windows[place]
    observed = judged.series.counts[own, judged.series.judged[place]].astype(np.float64)
    method = judged.answers.method[own, place].astype(np.int64)
    refused = (method == REFUSED) | ~family.known
    expected = judged.answers.expected[own, place]
    at = np.flatnonzero(lattice.supported) if family.kind == CELLS else np.arange(len(observed))
    size = len(lattice.cells) if family.kind == CELLS else len(observed)

    def spread(values: NDArray[Any], blank: Any, *, where: NDArray[np.bool_] = family.known) -> NDArray[Any]:
        full = np.full(size, blank, dtype=values.dtype)
        full[at] = np.where(where, values, blank)
        return full

    ratio = np.divide(observed, expected, out=np.full(len(observed), np.nan), where=expected > 0)
    words = np.select([~family.known, refused], ["suppressed", rows.INSUFFICIENT], default=rows.SHOWN).astype(object)
    status = np.full(size, rows.NO_SUPPORT, dtype=object)
    status[at] = words
    return rows.Block(
        place=(
            rows.cell_place(lattice.resolution, lattice.cells)
            if family.kind == CELLS
            else rows.area_place(family.kind, cube.area_codes[family.kind])
        ),
        window=window.id,
        category=family.category,
        value=spread(ratio, np.nan),
        classes=spread(judged.signals[own, place].astype(np.int64), -1, where=~refused),
        support=spread(observed.astype(np.int64), -1),
        status=status,
        columns={
            "observed": spread(observed, np.nan),
            "expected": spread(expected, np.nan),
            "upper": spread(judged.answers.upper[own, place], np.nan),
            "p": spread(judged.answers.p[own, place], np.nan),
            "latency": spread(np.full(len(observed), float(newest - window.months[-1])), np.nan),
            "method": rows.class_words(spread(method, -1, where=~refused), METHODS).cast(WORD),
        },
    )


def _spec(
    cube: Cube, request: LayerRequest, judged: Judged, clusters: Clusters, *, options: Options, newest: int
) -> LayerSpec:
    words = content.layer_words("signals")
    notes = notes_of(judged, clusters, options, newest=newest)
    return describe(
        cube,
        request,
        judged.series.windows,
        classes=content.named_classes("signals"),
        columns=(
            Column("value", words.value_label, digits=2),
            "observed",
            Column("expected", content.notice("signals_expected"), digits=1),
            Column("upper", content.notice("signals_upper"), digits=1),
            Column("p", content.notice("signals_p"), digits=6),
            "method",
            "latency",
            "support",
        ),
        parameters=parameters(judged, options),
        tests=" ".join((words.tests, *notes["sentences"])),
        notes=notes,
        features=True,
    )


LAYER = LayerKind(
    kind="signals",
    title="Signals",
    question="Where, and in what, is there more than the months before lead one to expect?",
    unit="observed divided by expected",
    compute=compute,
    refuses={},
    options=Options,
    partner_only=True,
)
