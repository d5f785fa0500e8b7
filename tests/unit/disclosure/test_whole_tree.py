"""Whole numbers on a tree: they add up, and are next to what they were."""

import numpy as np
import pytest

from geointel.disclosure.noise_tree import ROOT, Tree
from geointel.disclosure.whole_tree import whole_tree


def grown(draw, branches, depth):
    """A tree with random branches, and random numbers on it that add up."""
    above, level = [ROOT] * 3, [0, 1, 2]
    for _ in range(depth):
        wider = []
        for node in level:
            for _ in range(int(draw.integers(1, branches + 1))):
                wider.append(len(above))
                above.append(node)
        level = wider
    numbers = np.zeros(len(above))
    numbers[level] = draw.choice([0.0, 1 / 3, 0.5, 2.0, 7.25], len(level)) + draw.choice([0.0, 1e-9], len(level))
    for node in reversed(range(len(above))):
        if above[node] != ROOT:
            numbers[above[node]] += numbers[node]
    return Tree(np.array(above)), numbers


@pytest.mark.parametrize("seed", range(40))
def test_they_add_up_and_go_to_a_neighbouring_whole_number(seed):
    tree, numbers = grown(np.random.default_rng(seed), 7, 1 + seed % 3)
    found = whole_tree(numbers, tree)
    below = np.bincount(tree.above[tree.above >= 0], weights=found[tree.above >= 0], minlength=found.size)
    inner = np.unique(tree.above[tree.above >= 0])
    np.testing.assert_array_equal(found[inner], below[inner])
    assert np.abs(found - numbers).max() < 1 + 1e-5
    assert found.min() >= 0
    roots = tree.above == ROOT
    assert (np.abs(found - numbers)[roots] <= 0.5 + 1e-5).all()


def test_largest_remainders_come_first():
    tree = Tree(np.array([ROOT, 0, 0, 0]))
    assert whole_tree(np.array([4.0, 1.2, 1.7, 1.1]), tree).tolist() == [4, 1, 2, 1]
    assert whole_tree(np.array([1.5, 0.5, 0.5, 0.5]), tree).tolist() == [2, 1, 1, 0]
