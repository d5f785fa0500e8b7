"""Catchments as layers use them: some services of a table, their places shared, and what a scenario needs to share them anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from geointel import gaps
from geointel.model import DECILES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.layers.care.ways import Way

METHODS: Mapping[str, tuple[Callable[..., gaps.Catchment], Callable[[csr_array], csr_array]]] = {
    "2sfca": (gaps.two_step, lambda weights: weights),
    "e2sfca": (gaps.two_step, lambda weights: weights),
    "m2sfca": (gaps.modified, gaps.squared),
    "3sfca": (gaps.three_step, lambda weights: gaps.like(weights, weights.data * gaps.row_shares(weights).data)),
}
"""How places are shared: the option of a layer, its kernel, and the weights with which access adds up what services have for each person."""
TRIPLE = ("cell", "service", "minutes")


@dataclass(frozen=True)
class Shared:
    """Places for each person of each finest cell, and where they come from.

    ``access`` has shape ``(n,)``; ``parts`` what each service (column) gives each cell (row), which add up to it. ``crowding`` of the services
    that give it is 1 where it is the mean over all people, shape ``(n,)``; ``service_crowding`` is that of each service, shape ``(m,)``.
    """

    access: NDArray[np.float64]
    parts: csr_array
    crowding: NDArray[np.float64]
    service_crowding: NDArray[np.float64]


def shared(
    minutes: csr_array, people: NDArray[np.float64], capacity: NDArray[np.float64], *, method: str, within: float
) -> Shared:
    """Places of services shared among the people in reach of them.

    Parameters
    ----------
    minutes
        Finest cells × services, shape ``(n, m)``.
    people, capacity
        Shape ``(n,)`` and ``(m,)``.
    method
        One of ``METHODS``.
    within
        Minutes at which a catchment ends.
    """
    weights = gaps.weighted(minutes, gaps.binary(within) if method == "2sfca" else gaps.scaled_steps(within))
    kernel, weigh = METHODS[method]
    found = kernel(people, capacity, weights)
    parts = gaps.parts(weigh(weights), found.ratio)
    total = float(people.sum())
    mean = float(people @ found.access) / total if total > 0 else 0.0
    crowded = np.divide(mean, found.ratio, out=np.full(len(found.ratio), np.nan), where=found.ratio > 0)
    felt = parts @ np.nan_to_num(crowded)
    crowding = np.divide(felt, found.access, out=np.full(len(people), np.nan), where=found.access > 0)
    return Shared(found.access, parts, crowding, crowded)


def two_nearest(minutes: csr_array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minutes to the nearest and the second nearest service of each cell, shape ``(n,)`` each; NaN where there is none."""
    found = gaps.nearest(minutes)
    return found.first, found.second


def nearest_service(minutes: csr_array) -> NDArray[np.int64]:
    """Position of the nearest service of each cell, shape ``(n,)``; −1 where there is none."""
    return gaps.nearest(minutes).service


def number_within(minutes: csr_array, within: float) -> NDArray[np.float64]:
    """How many services each cell reaches within so many minutes, shape ``(n,)``."""
    return gaps.within(minutes, within).astype(np.float64)


def columns(minutes: csr_array, own: NDArray[np.int64]) -> csr_array:
    """Travel times to some services, in their order; a stored 0 stays a time."""
    place = np.full(minutes.shape[1], -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    to = place[minutes.indices]
    keep = to >= 0
    origin = np.repeat(np.arange(minutes.shape[0]), np.diff(minutes.indptr))[keep]
    first = np.concatenate([[0], np.cumsum(np.bincount(origin, minlength=minutes.shape[0]))])
    return csr_array((minutes.data[keep], to[keep], first), shape=(minutes.shape[0], len(own)))


def only(minutes: csr_array, which: NDArray[np.bool_]) -> csr_array:
    """Travel times without the services that are not marked; every service keeps its column."""
    return gaps.only(minutes, which[minutes.indices])


def inputs(way: Way, *, kinds: Sequence[str]) -> dict[str, pa.Table]:
    """What a scenario needs: people, services, travel times, and which areas the cells lie in.

    ``kinds`` are the kinds of service that the layer is about; others keep their place, for they may be contracted. Tables name cells and
    services by position. Straight lines are not kept: they can be drawn again. Times are of pairs that are commissioned.
    """
    ground = way.ground
    people: dict[str, pa.Array] = {"cell": pa.array(ground.cells), "residents": pa.array(ground.residents)}
    if ground.by_decile is not None:
        people |= {name: pa.array(ground.by_decile[:, number]) for number, name in enumerate(DECILES)}
    shares = [
        _triples(matrix, ("area", "cell", "share")).append_column("level", pa.array([level] * matrix.nnz, pa.string()))
        for level, matrix in ground.areas.items()
    ]
    found = {
        "cells": pa.table(people),
        "services": way.offered.services.append_column("counts", pa.array(way.offered.counts)),
        "areas": pa.concat_tables(shares),
        **way.reach.inputs,
    }
    if way.reach.how != "straight-line":
        own = np.unique(np.concatenate([way.offered.of(kind) for kind in kinds]))
        found["travel"] = _triples(only(way.minutes, np.isin(np.arange(way.minutes.shape[1]), own)), TRIPLE)
    return found


def _triples(matrix: csr_array, names: tuple[str, str, str]) -> pa.Table:
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    arrays = (pa.array(row, pa.int32()), pa.array(matrix.indices, pa.int32()), pa.array(matrix.data, pa.float64()))
    return pa.table(dict(zip(names, arrays, strict=True)))
