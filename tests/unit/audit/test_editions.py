"""Two editions of the same counts."""

from __future__ import annotations

import numpy as np

from geointel.audit.editions import together
from geointel.disclosure.noise import noise_of
from geointel.disclosure.perturbation import perturb, perturbation_table
from geointel.disclosure.policy import Rule

TABLES = (perturbation_table(2, 1.0), perturbation_table(5, 3.0, never_show=2, stay=0.5))


def test_one_key_for_two_tables_gives_counts_away() -> None:
    draw = np.random.default_rng(2)
    true = draw.integers(0, 6, 4000)
    keys = draw.integers(0, 2**64, 4000, dtype=np.uint64)
    found = together(perturb(true, keys, TABLES[0]), perturb(true, keys, TABLES[1]), tables=TABLES)
    assert found.coupled
    assert ((found.least <= true) & (true <= found.most)).all()
    known = (found.least == found.most) & (true >= 1) & (true <= 4)
    assert known.sum() > 20


def test_keys_of_their_own_are_told_apart_and_the_bounds_hold() -> None:
    draw = np.random.default_rng(2)
    true = draw.integers(0, 6, 4000)
    keys = [draw.integers(0, 2**64, 4000, dtype=np.uint64) for _ in TABLES]
    shown = [perturb(true, key, table) for key, table in zip(keys, TABLES, strict=True)]
    found = together(shown[0], shown[1], tables=TABLES)
    assert not found.coupled
    assert ((found.least <= true) & (true <= found.most)).all()


def test_few_pairs_of_a_chain_are_not_taken_for_one_key() -> None:
    """The open edition is changed upon the partners' numbers: bounds hold, and none is narrower than the partners' own."""
    finer, rule = Rule(max_noise=5, variance=1), Rule(max_noise=8, variance=3, never_show=2)
    tables = (perturbation_table(8, 3.0, never_show=2), perturbation_table(5, 1.0))
    draw = np.random.default_rng(6)
    for turn in range(200):
        true = draw.integers(0, 6, 5)
        keys = draw.integers(0, 2**64, 5, dtype=np.uint64)
        shown = noise_of(rule, [finer]).shown(true, keys), noise_of(finer).shown(true, keys)
        found = together(*shown, tables=tables, chained=True)
        assert not found.coupled, turn
        assert ((found.least <= true) & (true <= found.most)).all()
        narrow = found.may_be_small & (found.most - found.least < 2) & ((shown[0] > 0) | (shown[1] > 0))
        assert not narrow.any()


def test_a_chain_that_is_none_is_not_believed() -> None:
    draw = np.random.default_rng(2)
    true = draw.integers(0, 6, 4000)
    keys = draw.integers(0, 2**64, 4000, dtype=np.uint64)
    wide = (perturbation_table(3, 1.0), perturbation_table(5, 3.0, never_show=2, stay=0.5))
    found = together(perturb(true, keys, wide[0]), perturb(true, keys, wide[1]), tables=wide, chained=True)
    assert found.coupled
