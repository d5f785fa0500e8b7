"""Differential privacy for counts on a tree of areas: independent noise on every node, then the leaves that fit it best.

Meant for yearly counts at resolutions 6 and 7: at finer places or months the noise is larger than the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.optimize import nnls

from geointel.disclosure.whole_counts import whole_counts
from geointel.errors import EngineError, MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ROOT = -1


@dataclass(frozen=True)
class Tree:
    """Nodes and the node above each, ``ROOT`` where there is none; shape ``(n,)``. Several roots are several trees."""

    above: NDArray[np.int64]

    def levels(self) -> list[NDArray[np.int64]]:
        """The nodes of each depth, the roots first. Raises ``MethodError`` where a node is above itself or there is no such node."""
        above = self.above
        if above.ndim != 1 or above.size == 0 or above.min() < ROOT or above.max() >= above.size:
            raise MethodError(
                "A tree has a node above another that is not one of its nodes.", remedy="Number the nodes from 0."
            )
        order = np.argsort(above, kind="stable")
        starts = np.searchsorted(above[order], np.arange(ROOT, above.size + 1))
        found = [order[starts[0] : starts[1]]]
        while found[-1].size:
            found.append(np.concatenate([order[starts[node + 1] : starts[node + 2]] for node in found[-1].tolist()]))
        if sum(level.size for level in found) != above.size:
            raise MethodError("A tree has nodes that no root is above.", remedy="Give every branch a root.")
        return found[:-1]

    @property
    def leaves(self) -> NDArray[np.int64]:
        """Nodes with none below them, in order."""
        return np.setdiff1d(np.arange(self.above.size), self.above)


def noise_scale(epsilon: float, *, levels: int, marginals: int, records: int = 1) -> float:
    """The scale of the noise on every node for a loss of privacy of ``epsilon`` over all that is published together.

    The sensitivity is ``levels`` × ``marginals`` × ``records``: one record is counted once on each level of the tree and once in each
    marginal (its category and all, say, are two). Without ``records``, the most that one person can have, the protection is that
    of a record and not of a person. Every further year or product of the same records adds its own epsilon.

    Raises ``MethodError`` if a number is not above 0.
    """
    if not (0 < epsilon < np.inf and min(levels, marginals, records) >= 1):
        raise MethodError(
            f"No noise has an epsilon of {epsilon} over {levels} levels, {marginals} marginals and {records} records.",
            remedy="Give an epsilon above 0, and at least one of each.",
        )
    return levels * marginals * records / epsilon


def variance_of(scale: float) -> float:
    """Variance of discrete Laplace noise, chances in proportion to q to the size of the change: 2q / (1 − q)², q = exp(−1/scale)."""
    q = np.exp(-1.0 / scale)
    return float(2.0 * q / (1.0 - q) ** 2)


def discrete_laplace(counts: ArrayLike, scale: float) -> NDArray[np.int64]:
    """Add independent discrete Laplace noise to every count, by OpenDP.

    The generator is the operating system's and takes no seed: noise that can be made again can be taken off again. A release must be drawn
    once and kept. For a sensitivity Δ the loss of privacy is Δ / ``scale``.

    Parameters
    ----------
    counts
        Counts, whole and not negative, shape ``(n,)``.
    scale
        Mean size of the noise, about, in counts; see ``noise_scale``.

    Raises
    ------
    EngineError
        If OpenDP is not installed.
    MethodError
        If a count is negative or not whole, or the scale is not above 0.
    """
    true = whole_counts(counts)
    if not 0 < scale < np.inf:
        raise MethodError(f"Noise cannot have a scale of {scale}.", remedy="Use noise_scale.")
    try:
        import opendp.prelude as dp  # noqa: PLC0415 - of the extra
    except ImportError as error:
        message = f"Differential privacy needs the extra `dp`, and {error.name} is not installed."
        raise EngineError(message, remedy="Install geointel[dp].") from error
    dp.enable_features("contrib")  # OpenDP's own switch for all that nobody has reviewed formally
    with_noise = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int), scale=scale)
    return np.array(cast("list[int]", with_noise(true.ravel().tolist())), dtype=np.int64).reshape(true.shape)


def private_counts(
    counts: ArrayLike, tree: Tree, *, epsilon: float, marginals: int, records: int = 1
) -> NDArray[np.float64]:
    """Counts on a tree under differential privacy with a loss of ``epsilon``: noise on every node, then numbers that add up, none below 0.

    Draw once, and keep what was drawn: a second draw loses another ``epsilon``. See ``noise_scale`` for what is protected.

    Parameters
    ----------
    counts
        True counts on every node, each the sum of those below it, shape ``(n,)``.
    tree
        Which node is above which. Every record must be below a root once, at the same depth.
    epsilon
        The loss of privacy over all marginals together.
    marginals
        In how many trees each record is counted, such as its category and all.
    records
        The most records that one person can have.

    Returns
    -------
    NDArray[np.float64]
        A number on every node, shape ``(n,)``; not whole.

    Raises
    ------
    MethodError
        If counts do not add up, and as ``noise_scale``, ``discrete_laplace`` and ``consistent``.
    EngineError
        If OpenDP is not installed.
    """
    true = whole_counts(counts)
    levels = tree.levels()
    if true.shape != tree.above.shape:
        raise MethodError(
            f"Counts of shape {true.shape} do not fit {tree.above.size} nodes.", remedy="Give one for every node."
        )
    below = np.bincount(tree.above[tree.above != ROOT], weights=true[tree.above != ROOT], minlength=true.size)
    inner = np.setdiff1d(np.arange(true.size), tree.leaves)
    if (below[inner] != true[inner]).any():
        raise MethodError(
            "A count is not the sum of those below it.", remedy="Count every level from the same records."
        )
    scale = noise_scale(epsilon, levels=len(levels), marginals=marginals, records=records)
    # The variance is the same everywhere, so its size makes no difference to the fit.
    return consistent_and_not_negative(discrete_laplace(true, scale), np.ones(true.size), tree)


def consistent(noisy: ArrayLike, variances: ArrayLike, tree: Tree) -> NDArray[np.float64]:
    """The numbers on the tree that add up and are nearest to the noisy ones: weighted least squares, in two passes.

    Up: each node's own number and the sum of those below it are averaged with weights of 1 / variance. Down: what a node has more than the
    sum below it is given to those below in proportion to their variances. With equal variances and k branches everywhere these are the passes of Hay,
    Rastogi, Miklau & Suciu (2010), "Boosting the accuracy of differentially private histograms through consistency", VLDB 3.

    Parameters
    ----------
    noisy
        A number on every node, shape ``(n,)``.
    variances
        Variance of the noise of each, above 0, shape ``(n,)``.
    tree
        Which node is above which.

    Returns
    -------
    NDArray[np.float64]
        A number on every node, shape ``(n,)``; each is the sum of those below it, and any can be negative.

    Raises
    ------
    MethodError
        If shapes differ, a number is not finite, a variance is not above 0, or the nodes are no tree.
    """
    value, variance = _numbers(noisy, variances, tree)
    above, levels = tree.above, tree.levels()
    size = above.size
    below, below_variance = np.zeros(size), np.zeros(size)
    for level in reversed(levels):
        inner = level[below_variance[level] > 0]
        share = below_variance[inner] / (below_variance[inner] + variance[inner])
        value[inner] = share * value[inner] + (1.0 - share) * below[inner]
        variance[inner] *= share
        if level is not levels[0]:
            np.add.at(below, above[level], value[level])
            np.add.at(below_variance, above[level], variance[level])
    for level in levels[1:]:
        parent = above[level]
        value[level] += (value[parent] - below[parent]) * variance[level] / below_variance[parent]
    return value


def consistent_and_not_negative(noisy: ArrayLike, variances: ArrayLike, tree: Tree) -> NDArray[np.float64]:
    """The same with no number below 0: non-negative least squares on the leaves, each tree by itself.

    It costs no privacy, since it looks at the noisy numbers only. It is no longer unbiased: small counts come out larger on average.

    Parameters, result and errors are those of ``consistent``; no number of the result is negative.
    """
    value, variance = _numbers(noisy, variances, tree)
    levels = tree.levels()
    root = np.arange(value.size)
    for level in levels[1:]:
        root[level] = root[tree.above[level]]
    result = np.zeros(value.size)
    for top in levels[0].tolist():
        nodes = np.flatnonzero(root == top)
        leaves = np.intersect1d(nodes, tree.leaves)
        adds = _adds(tree, nodes, leaves)
        weight = 1.0 / np.sqrt(variance[nodes])
        found, _ = nnls(adds * weight[:, None], value[nodes] * weight)
        result[nodes] = adds @ found
    return result


def _adds(tree: Tree, nodes: NDArray[np.int64], leaves: NDArray[np.int64]) -> NDArray[np.float64]:
    """Which leaves each of some nodes adds, shape ``(nodes, leaves)``."""
    adds = np.zeros((nodes.size, leaves.size))
    node, column = leaves.copy(), np.arange(leaves.size)
    while node.size:
        adds[np.searchsorted(nodes, node), column] = 1.0
        going = tree.above[node] != ROOT
        node, column = tree.above[node[going]], column[going]
    return adds


def _numbers(noisy: ArrayLike, variances: ArrayLike, tree: Tree) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Copies of the numbers and their variances; raise where they are not what a tree of noise can have."""
    value = np.array(noisy, dtype=np.float64)
    variance = np.array(variances, dtype=np.float64)
    if value.shape != tree.above.shape or variance.shape != value.shape:
        raise MethodError(
            f"Numbers of shape {value.shape} and variances of shape {variance.shape} do not fit {tree.above.size} nodes.",
            remedy="Give one of each for every node.",
        )
    if not (np.isfinite(value).all() and np.isfinite(variance).all() and (variance > 0).all()):
        raise MethodError("A noisy number is not finite, or its variance is not above 0.", remedy="Use variance_of.")
    return value, variance
