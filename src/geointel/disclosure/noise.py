"""The change of counts in one edition, made so that an edition with less noise gives nothing away beside it.

Two tables that share a key give a count away: where the open edition shows 4 and the partners' 2, the tables D = 5, V = 3, js = 2 and D = 2, V = 1
leave 1 alone. Independent keys do no better: two ranges around one number may meet in a single one. So an edition with more noise changes
what the edition with less noise shows, by a key of its own, and an edition that rounds does so too. Whoever sees both has what the less noisy one gives, and nothing beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.disclosure.perturbation import PerturbationTable, perturb, perturbation_table
from geointel.disclosure.rounding import by_key
from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.policy import Rule

STEP = 0x9E3779B97F4A7C15
SHIFTS = (30, 27, 31)
FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
"""Constants of SplitMix64 (Steele, Lea and Flood 2014), by which one key gives the next: every key has another, and they look unrelated."""
SLACK = 0.05
"""How much more variance than the difference of two policies a step may have, where the difference alone allows no table."""


@dataclass(frozen=True)
class Multiples:
    """Rounding to a multiple of ``base``, up or down by key."""

    base: int


@dataclass(frozen=True)
class Noise:
    """One change of counts, or several of which each changes what the one before shows."""

    steps: tuple[PerturbationTable | Multiples, ...]

    @property
    def most(self) -> int:
        """Largest size of the whole change."""
        return sum(
            step.base - 1 if isinstance(step, Multiples) else int(np.abs(step.change).max()) for step in self.steps
        )

    def shown(self, counts: NDArray[np.int64], keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """What may be shown of counts, shape ``(n,)``."""
        for number, step in enumerate(self.steps):
            own = turned(keys, number)
            counts = by_key(counts, own, step.base) if isinstance(step, Multiples) else perturb(counts, own, step)
        return counts


def noise_of(rule: Rule, finer: Sequence[Rule] = ()) -> Noise:
    """The noise of an edition's rule, upon that of the ``finer`` ones of other editions, least noise first.

    A step has what the rule has more of than the one before: its greatest change and variance. Where no table can have that, the step has
    the rule's own, and the whole change may be larger than the rule says (``Noise.most``).

    Raises
    ------
    MethodError
        If no table has the parameters of a rule.
    """
    steps: list[PerturbationTable | Multiples] = []
    so_far: Rule | None = None
    for each in (*finer, rule):
        steps.append(_step(each, so_far))
        so_far = each
    return Noise(tuple(steps))


def turned(keys: NDArray[np.uint64], number: int) -> NDArray[np.uint64]:
    """Keys of the step of a number; of the first, the keys themselves."""
    if not number:
        return keys
    with np.errstate(over="ignore"):  # arithmetic modulo 2⁶⁴ is meant
        mixed = keys + np.uint64(STEP * number % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(SHIFTS[0]))) * np.uint64(FACTORS[0])
        mixed = (mixed ^ (mixed >> np.uint64(SHIFTS[1]))) * np.uint64(FACTORS[1])
        turned: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(SHIFTS[2]))
    return turned


def _step(rule: Rule, before: Rule | None) -> PerturbationTable | Multiples:
    if rule.method == "rounding":
        return Multiples(rule.base)
    return _table(rule) if before is None or before.method == "rounding" else _beyond(rule, before)


def _table(rule: Rule) -> PerturbationTable:
    return perturbation_table(rule.max_noise, rule.variance, never_show=rule.never_show, stay=rule.stay)


def _beyond(rule: Rule, before: Rule) -> PerturbationTable:
    """The step from one rule's numbers to another's."""
    change, variance = rule.max_noise - before.max_noise, rule.variance - before.variance
    for more in (0.0, SLACK) if change > 0 and variance > 0 else ():
        try:
            return perturbation_table(change, variance + more, never_show=rule.never_show)
        except MethodError:
            continue
    return _table(rule)
