"""Which wards have the longest journeys to drug treatment and the greatest gaps, and what would change it: ``docs/validation/gaps.md``.

Run from the root of the repository with the files of one or more partnerships and the data folder that they need::

    python scripts/longest.py examples/pan-lancashire/partnership.toml --data ../shared/data

It builds the layers of need, access and gaps alone, with wards as one more level of areas, and asks one scenario and one plan of sites.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import longest_page
import numpy as np
import pyarrow.compute as pc

from geointel import snapshot
from geointel.answers.actions import ScenarioRequest
from geointel.answers.opening import open_world
from geointel.answers.places_wanted import SitesRequest
from geointel.answers.scenario import scenario
from geointel.answers.sites import sites
from geointel.build import build
from geointel.config import load
from geointel.config.area import AreaLevel
from geointel.grid import centres
from geointel.layers.base import EVENTS
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.config import Partnership
    from geointel.snapshot import Edition

MOST, NEW, GAP, ACCESS, WARD = 10, 3, "treatment-gap", "treatment-access", "ward"
KEPT = {"need", "access", "gap"}
LEFT_OUT = {EVENTS, "outcomes"}
DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Findings:
    """What the page says of one partnership."""

    id: str
    name: str
    longest: tuple[Mapping[str, Any], ...]
    greatest: tuple[Mapping[str, Any], ...]
    services: tuple[Mapping[str, Any], ...]
    specs: Mapping[str, Mapping[str, Any]]
    sources: tuple[Mapping[str, Any], ...]
    where: Mapping[str, Any]
    scenario: Mapping[str, Any]
    sites: Mapping[str, Any]


def measure(partnership: Partnership, data: Path) -> Findings:
    """Build, read the wards, and ask what if and where."""
    with tempfile.TemporaryDirectory() as folder:
        report = build(narrowed(partnership, data), data=data, out=Path(folder) / "snapshots")
        edition = snapshot.open_snapshot(report.path).edition(next(iter(partnership.editions)))
        names = names_of(edition)
        access, gap = (rows_of(edition, layer, names) for layer in (ACCESS, GAP))
        by_gap = sorted(gap, key=lambda row: -(row["value"] or 0))
        world = open_world(edition, GAP)
        where = spot(world, edition, by_gap[0])
        question = ScenarioRequest.model_validate(
            {"layer": GAP, "actions": [{"do": "open", "name": "New drug service", **where}], "intervals": True}
        )
        return Findings(
            id=partnership.id,
            name=partnership.name,
            longest=by_name(sorted(access, key=lambda row: -(row["value"] or 0))[:MOST]),
            greatest=by_name(by_gap[:MOST]),
            services=tuple(world.services.sort_by("name").to_pylist()),
            specs={layer: edition.spec(layer) for layer in (ACCESS, GAP)},
            sources=tuple(edition.manifest["sources"]),
            where={**where, "ward": by_gap[0]["name"]},
            scenario=scenario(world, question, edition=edition.name, today=DAY),
            sites=sites(world, SitesRequest.model_validate({"layer": GAP, "new": NEW, "prove": True})),
        )


def narrowed(partnership: Partnership, data: Path) -> Partnership:
    """Without recorded crime, with wards, and with one edition."""
    path, codes = wards(partnership, data)
    level = AreaLevel(id=WARD, title="Ward", file=path, code="WD25CD", name="WD25NM", only=codes)
    area = partnership.area.model_copy(update={"levels": (*partnership.area.levels, level)})
    sources = tuple(s for s in partnership.sources if kinds()[s.kind].grain not in LEFT_OUT)
    layers = tuple(layer for layer in partnership.layers if layer.kind in KEPT)
    first = next(iter(partnership.editions))
    editions = {first: partnership.editions[first]}
    roles = {role: (first,) for role, own in partnership.roles.items() if first in own}
    return replace(partnership, area=area, sources=sources, layers=layers, editions=editions, roles=roles)


def wards(partnership: Partnership, data: Path) -> tuple[str, tuple[str, ...]]:
    """File of the outlines of wards, and codes of those in the partnership's districts."""
    districts = {code for level in partnership.area.levels for codes in level.members.values() for code in codes}
    for path in sorted((data / "boundaries").glob("*ward25*.geojson.gz")):
        frame = geopandas.read_file(f"/vsigzip/{path}")
        own = frame[frame["LAD25CD"].isin(districts)]
        if len(own):
            return path.relative_to(data).as_posix(), tuple(sorted(own["WD25CD"]))
    message = "no outlines of wards of 2025 for these districts"
    raise SystemExit(message)


def names_of(edition: Edition) -> dict[str, str]:
    """Ward by code."""
    table = edition.areas()
    rows = zip(table["level"].to_pylist(), table["code"].to_pylist(), table["name"].to_pylist(), strict=True)
    return {code: name for level, code, name in rows if level == WARD}


def rows_of(edition: Edition, layer: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of a layer by ward, with its name."""
    rows = edition.area_rows(layer, level=WARD).to_pylist()
    return [{**row, "name": names[row["code"]]} for row in rows if row["status"] == "shown"]


def spot(world: Any, edition: Edition, ward: Mapping[str, Any]) -> dict[str, float]:
    """Middle of the hexagon of a ward in which most people live."""
    levels = edition.areas().filter(pc.equal(edition.areas()["level"].cast("string"), WARD)).sort_by("code")
    place = levels["code"].cast("string").to_pylist().index(ward["code"])
    share = np.asarray(world.areas[WARD].share[[place]].todense()).ravel()
    lng, lat = centres(world.cells[[int((share * world.residents).argmax())]])[0]
    return {"lat": round(float(lat), 5), "lng": round(float(lng), 5)}


def by_name(rows: list[dict[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Rows in the order of their names: the page is no ranking."""
    return tuple(sorted(rows, key=lambda row: (row["name"], row["code"])))


def main() -> int:
    """Measure every partnership named and write, or print, the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("partnership", type=Path, nargs="+", help="partnership.toml")
    parser.add_argument("--data", type=Path, required=True, help="data folder")
    parser.add_argument("--out", type=Path, help="file to write; default: print")
    options = parser.parse_args()
    text = longest_page.page([measure(load(path), options.data.resolve()) for path in options.partnership])
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
