"""Which services count as help for whom: what they treat, whom they take, and when they are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from geointel.gaps.by_pair import only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

YES, UNKNOWN = 1, -1
HALF = 0.5
_Said = TypeVar("_Said")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. None and blank ask for nothing.

    A service that does not say whether it offers it is not counted, and is reported: a map that counted it would hide a gap.
    An age limit that is not given is none.
    """

    substance: str = ""
    age: int | None = None
    nsp_level: int | None = None
    supervised: bool = False
    naloxone: bool = False


@dataclass(frozen=True)
class Offers:
    """What services say of themselves, one entry each; None where it is not supplied."""

    substances: Sequence[Sequence[str] | None]
    min_age: Sequence[int | None]
    max_age: Sequence[int | None]
    nsp_level: Sequence[int | None]
    supervised: Sequence[bool | None]
    naloxone: Sequence[bool | None]


def counts_for(offers: Offers, asked: Asked) -> NDArray[np.int8]:
    """Whether each service offers all that is asked: 1 yes, 0 no, −1 it does not say; shape ``(m,)``.

    One known no outweighs what is not said.
    """
    answers = [np.full(len(offers.min_age), YES, dtype=np.int8)]
    if asked.substance:
        answers.append(_known(offers.substances, lambda treated: asked.substance in treated))
    if asked.age is not None:
        age = asked.age
        young = np.array([lowest is None or lowest <= age for lowest in offers.min_age])
        answers.append((young & np.array([most is None or age <= most for most in offers.max_age])).astype(np.int8))
    if asked.nsp_level is not None:
        level = asked.nsp_level
        answers.append(_known(offers.nsp_level, lambda own: own >= level))
    answers += [_known(offers.supervised, bool)] if asked.supervised else []
    answers += [_known(offers.naloxone, bool)] if asked.naloxone else []
    every = np.stack(answers)
    no = (every == 0).any(axis=0)
    return np.where(no, 0, np.where((every == UNKNOWN).any(axis=0), UNKNOWN, YES)).astype(np.int8)


def _known(said: Sequence[_Said | None], test: Callable[[_Said], bool]) -> NDArray[np.int8]:
    return np.array([UNKNOWN if one is None else int(test(one)) for one in said], dtype=np.int8)


def for_residents_of(minutes: csr_array, eligible: Sequence[NDArray[np.float64] | None]) -> csr_array:
    """Pairs that are commissioned: those of origins at least half of whose residents a service is for.

    Parameters
    ----------
    minutes
        Origins × services, shape ``(n, m)``.
    eligible
        For each service the share of each origin's residents whom it is for, shape ``(n,)``; None where it is for everybody.
    """
    origin = np.repeat(np.arange(minutes.shape[0]), np.diff(minutes.indptr))
    keep = np.ones(minutes.nnz, dtype=bool)
    for service, share in enumerate(eligible):
        if share is not None:
            own = minutes.indices == service
            keep[own] = share[origin[own]] >= HALF
    return only(minutes, keep)
