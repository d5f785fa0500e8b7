"""Two editions of the same counts."""

from __future__ import annotations

import numpy as np

from geointel.audit.editions import together
from geointel.disclosure.perturbation import perturb, perturbation_table

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
