"""Which wards have the longest journeys to drug treatment and the greatest gaps, and what would change it: ``docs/validation/gaps.md``.

Run from the root of the repository with the files of one or more partnerships and the data folder that they need::

    python scripts/longest.py examples/pan-lancashire/partnership.toml --data ../shared/data

It builds the layers of need, access and gaps alone, with wards as one more level of areas, and asks one scenario and one plan of sites. All of it is
asked again without the services beyond the border (``longest_checks.py``): nothing says who may use them.
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
import longest_checks
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
from geointel.grid import centres, format_cells
from geointel.layers.base import EVENTS
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.answers.world import World
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
    districts: tuple[longest_checks.District, ...]
    beyond: tuple[Mapping[str, Any], ...]
    own: Own


@dataclass(frozen=True)
class Own:
    """The same where services beyond the border count for nobody; ``minutes`` by code of the ward."""

    minutes: Mapping[str, float]
    longest: tuple[str, ...]
    greatest: tuple[str, ...]
    scenario: Mapping[str, Any]
    sites: Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A built partnership: its edition, the world of its gaps, and rows by ward, the highest first."""

    edition: Edition
    world: World
    access: list[dict[str, Any]]
    gap: list[dict[str, Any]]


def measure(partnership: Partnership, data: Path) -> Findings:
    """Build, read the wards, and ask what if and where; then again without the services beyond the border."""
    asked, named = narrowed(partnership, data), districts_of(partnership, data)
    with tempfile.TemporaryDirectory() as folder:
        found = opened(asked, data, Path(folder) / "snapshots", named=named)
        own = longest_checks.inside(found.world)
        where = spot(found.world, found.edition, found.gap[0])
        return Findings(
            id=partnership.id,
            name=partnership.name,
            longest=by_name(found.access[:MOST]),
            greatest=by_name(found.gap[:MOST]),
            services=tuple(found.world.services.sort_by("name").to_pylist()),
            specs={layer: found.edition.spec(layer) for layer in (ACCESS, GAP)},
            sources=tuple(found.edition.manifest["sources"]),
            where={**where, "ward": found.gap[0]["name"]},
            scenario=what_if(found.world, found.edition.name, where),
            sites=plan(found.world),
            districts=longest_checks.districts(found.world, own),
            beyond=longest_checks.beyond(found.world),
            own=owned(found, own, where),
        )


def opened(partnership: Partnership, data: Path, out: Path, *, named: Mapping[str, str]) -> Asked:
    """Build a partnership and read its wards; ``named`` has the district of each."""
    report = build(partnership, data=data, out=out)
    edition = snapshot.open_snapshot(report.path).edition(next(iter(partnership.editions)))
    names = names_of(edition)
    access, gap = (
        sorted(rows_of(edition, layer, names, named), key=lambda row: -(row["value"] or 0)) for layer in (ACCESS, GAP)
    )
    people = {row["code"]: row["support"] for row in rows_of(edition, "need", names, named)}
    for row in (*access, *gap):
        row["residents"] = people[row["code"]]
    return Asked(edition, open_world(edition, GAP), access, gap)


def owned(found: Asked, own: World, where: Mapping[str, float]) -> Own:
    """What leaving out the neighbours' services changes."""
    minutes, index = longest_checks.by_area(own, WARD)
    names = {row["code"]: row["name"] for row in found.gap}

    def highest(values: Mapping[str, float]) -> tuple[str, ...]:
        return tuple(sorted(names[code] for code in sorted(names, key=lambda code: -values[code])[:MOST]))

    return Own(
        minutes=minutes,
        longest=highest(minutes),
        greatest=highest(index),
        scenario=what_if(own, found.edition.name, where),
        sites=plan(own),
    )


def what_if(world: World, edition: str, where: Mapping[str, float]) -> Mapping[str, Any]:
    """A new drug service at a place."""
    question = ScenarioRequest.model_validate(
        {"layer": GAP, "actions": [{"do": "open", "name": "New drug service", **where}], "intervals": True}
    )
    return scenario(world, question, edition=edition, today=DAY)


def plan(world: World) -> Mapping[str, Any]:
    """A proven plan of new sites, each with the ward that it lies in."""
    told = sites(world, SitesRequest.model_validate({"layer": GAP, "new": NEW, "prove": True}))
    level = world.areas[WARD]
    cells = {name: place for place, name in enumerate(format_cells(world.cells.tolist()))}
    for site in told["plans"][0]["sites"]:
        share = np.asarray(level.share[:, [cells[site["cell"]]]].todense()).ravel()
        site["ward"] = level.names[int(share.argmax())]
    return told


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


def districts_of(partnership: Partnership, data: Path) -> dict[str, str]:
    """District of each ward, by code: wards of several districts have one name."""
    path, _ = wards(partnership, data)
    frame = geopandas.read_file(f"/vsigzip/{data / path}")
    return dict(zip(frame["WD25CD"], frame["LAD25NM"], strict=True))


def names_of(edition: Edition) -> dict[str, str]:
    """Ward by code."""
    table = edition.areas()
    rows = zip(table["level"].to_pylist(), table["code"].to_pylist(), table["name"].to_pylist(), strict=True)
    return {code: name for level, code, name in rows if level == WARD}


def rows_of(edition: Edition, layer: str, names: Mapping[str, str], named: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of a layer by ward, with its name and district."""
    rows = edition.area_rows(layer, level=WARD).to_pylist()
    return [
        {**row, "name": names[row["code"]], "district": named[row["code"]]} for row in rows if row["status"] == "shown"
    ]


def spot(world: World, edition: Edition, ward: Mapping[str, Any]) -> dict[str, float]:
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
