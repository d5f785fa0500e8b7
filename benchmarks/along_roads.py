"""The network kernel of a county's roads, against networkx on the same network in the same run.

A made-up county has streets of about a hundred metres; distances of up to half a kilometre are sought from the middle of each of them, and
collisions are summed and tested. The peer does the same from a sample of the streets, with one bounded search of Dijkstra
each, and its time is that of the sample times what the sample stands for. Run with ``python benchmarks/along_roads.py``.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass

import networkx as nx
import numpy as np

from geointel.hotspots import join_stretches, reach_along, road_windows

ACROSS, METRES, WITHIN, SAMPLE, COLLISIONS = 224, (60.0, 140.0), 500.0, 500, 6_000
BAR = 10.0
"""CPU seconds for a county."""


@dataclass(frozen=True)
class Found:
    """CPU seconds of both, and how far apart the sums are."""

    stretches: int
    pairs: int
    seconds: float
    peer_seconds: float
    ratio: float
    furthest: float
    within_bar: bool


def streets(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends and metres of the streets of a square grid."""
    node = np.arange(ACROSS * ACROSS).reshape(ACROSS, ACROSS)
    start = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    end = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    return start, end, random.uniform(*METRES, len(start))


def graph_of(start: np.ndarray, end: np.ndarray, metres: np.ndarray) -> nx.Graph:
    """The streets with a node in the middle of each."""
    graph = nx.Graph()
    for number, (one, other, length) in enumerate(zip(start.tolist(), end.tolist(), metres.tolist(), strict=True)):
        graph.add_edge(one, (number,), weight=length / 2)
        graph.add_edge((number,), other, weight=length / 2)
    return graph


def peer(graph: nx.Graph, chosen: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Sums around some streets."""
    sums = np.zeros(len(chosen))
    for place, number in enumerate(chosen.tolist()):
        reached = nx.single_source_dijkstra_path_length(graph, (number,), cutoff=WITHIN, weight="weight")
        sums[place] = sum(count[name[0]] for name in reached if isinstance(name, tuple))
    return sums


def main() -> int:
    """Measure both and print one JSON object; 1 where the bar is missed or the sums differ."""
    random = np.random.default_rng(1)
    start, end, metres = streets(random)
    count = np.bincount(random.integers(0, len(start), COLLISIONS), minlength=len(start)).astype(np.float64)
    began = time.process_time()
    near = reach_along(join_stretches(start, end, metres), WITHIN)
    ours = road_windows(count, metres * count.sum() / metres.sum(), near).observed
    seconds = time.process_time() - began
    graph = graph_of(start, end, metres)
    chosen = np.random.default_rng(2).choice(len(start), SAMPLE, replace=False)
    began = time.process_time()
    sums = peer(graph, chosen, count)
    theirs = (time.process_time() - began) * len(start) / SAMPLE
    furthest = float(np.abs(ours[chosen] - sums).max())
    found = Found(
        len(start), near.nnz, round(seconds, 2), round(theirs, 1), round(theirs / seconds, 1), furthest, seconds <= BAR
    )
    print(json.dumps(asdict(found)))
    return 0 if found.within_bar and furthest < 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main())
