"""Services as a layer of access counts them: whom they are for, what they offer, and how many they can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pydantic

from geointel.errors import MethodError
from geointel.gaps.opening import open_in
from geointel.gaps.supply import Asked, Offers, counts_for, for_residents_of
from geointel.model import ALL, Window, parse_month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.layers.base import LayerRequest
    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube

OLD_MONTHS = 24
MONTH = len("2025-07")


class OfferOptions(pydantic.BaseModel):
    """Which services count, and for whom."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    substance: str = ""
    """Only services that treat this: `opiates`, `crack`, `non-opiates`, `alcohol` …"""
    age: int | None = pydantic.Field(default=None, ge=0, le=120)
    """Only services that take people of this age."""
    nsp_level: int | None = pydantic.Field(default=None, ge=1, le=3)
    """Only needle and syringe programmes of this level or a higher one."""
    supervised: bool = False
    """Only services that supervise consumption."""
    naloxone: bool = False
    """Only services that hand out naloxone."""
    open: Literal["any", "evening", "saturday", "sunday"] = "any"
    """Only services that are open then."""
    borders: Literal["as-commissioned", "open"] = "as-commissioned"
    """Whether services with `eligible_areas` are for these alone, or for everybody: as if borders were open."""
    old_after: int = pydantic.Field(default=OLD_MONTHS, ge=1)
    """Months after which a list of services is called old, against the newest data here."""


@dataclass(frozen=True)
class Offered:
    """Services that count in a layer, as positions of one table of services, and what was found about them."""

    services: pa.Table
    counts: NDArray[np.bool_]
    facts: Mapping[str, Any]

    def of(self, category: str) -> NDArray[np.int64]:
        """Positions of those of one kind of service."""
        own = self.counts.copy()
        if category != ALL:
            own &= np.asarray(
                pc.equal(self.services["category"].cast(pa.string()), category).to_numpy(zero_copy_only=False)
            )
        return np.flatnonzero(own)

    def open(self, slot: Any) -> NDArray[np.bool_]:
        """Whether each service is known to be open in a part of the week."""
        return np.asarray(open_in(self.services["hours"].to_pylist(), slot) == 1)

    @property
    def capacity(self) -> NDArray[np.float64]:
        """Places of each service; NaN where not supplied."""
        found: NDArray[np.float64] = self.services["capacity"].to_numpy(zero_copy_only=False).astype(np.float64)
        return found


def offered(services: pa.Table, options: OfferOptions) -> Offered:
    """Services that are what the options ask for. Raises ``MethodError`` when none says that it is."""
    asked = Asked(options.substance, options.age, options.nsp_level, options.supervised, options.naloxone)
    answer = counts_for(offers_of(services), asked)
    if options.open != "any":
        then = open_in(services["hours"].to_pylist(), options.open)
        answer = np.where((answer == 0) | (then == 0), 0, np.minimum(answer, then))
    if services.num_rows and not (answer == 1).any():
        message = f"None of {services.num_rows} services says that it is what the layer asks for."
        raise MethodError(message, remedy="Say it in the list of services, or in [source.service.ID], or ask for less.")
    found = {
        "services": int((answer == 1).sum()),
        "not_stated": int((answer == -1).sum()),
        "others": int((answer == 0).sum()),
    }
    return Offered(services, answer == 1, found)


def offers_of(services: pa.Table) -> Offers:
    """What the services of a table say of themselves."""
    names = ("substances", "min_age", "max_age", "nsp_level", "supervised", "naloxone")
    return Offers(**{name: services[name].to_pylist() for name in names})


def commissioned(minutes: csr_array, ground: Ground, services: pa.Table) -> csr_array:
    """Travel times of the pairs for which services are commissioned."""
    eligible = [None if codes is None else ground.share_of(codes) for codes in services["eligible_areas"].to_pylist()]
    return minutes if all(one is None for one in eligible) else for_residents_of(minutes, eligible)


def list_window(services: pa.Table, cube: Cube, request: LayerRequest) -> Window:
    """Month of the newest list; of the newest record of any source where no list has a date. Raises ``MethodError``."""
    newest = pc.max(services["as_of"]).as_py()
    if newest is not None:
        month = str(newest)[:MONTH]
        return Window(month, "month", (parse_month(month),))
    if cube.latest is None:
        message = f"The layer {request.id!r} has no date: no list of services says from when it is."
        raise MethodError(message, remedy='Give `as_of = "2025-01"` to the sources of services.')
    return cube.latest


def caveats_of(cube: Cube, found: Offered, how: str, options: OfferOptions) -> tuple[str, ...]:
    """Caveats that hold for these services and these travel times."""
    dates = found.services["as_of"]
    said = {"straight-line": "straight-line", "roads": "modelled-roads", "matrix": "travel-matrix"}
    caveats = [said[how]]
    caveats += ["services-undated"] if dates.null_count else []
    caveats += ["services-old"] if old_sources(cube, found.services, options.old_after) else []
    return tuple(caveats)


def old_sources(cube: Cube, services: pa.Table, months: int) -> dict[str, str]:
    """Sources of services whose list is older than so many months, against the newest data of the edition."""
    dates = _dates(services)
    newest = max(
        [parse_month(date[:MONTH]) for date in dates.values()]
        + ([] if cube.latest is None else list(cube.latest.months)),
        default=0,
    )
    return {source: date for source, date in dates.items() if newest - parse_month(date[:MONTH]) > months}


def notes_of(found: Offered, travel: Mapping[str, Any]) -> dict[str, Any]:
    """What the layer was computed from, for those who write sentences: services, their dates, and how times were found."""
    return {"offered": dict(found.facts), "lists": _dates(found.services), "travel": dict(travel)}


def _dates(services: pa.Table) -> dict[str, str]:
    """Newest date of each source of services that has one."""
    found: dict[str, str] = {}
    for source, date in zip(
        services["source"].cast(pa.string()).to_pylist(), services["as_of"].to_pylist(), strict=True
    ):
        if date is not None:
            found[source] = max(date, found.get(source, ""))
    return dict(sorted(found.items()))
