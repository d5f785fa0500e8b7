"""The page of ``strongest.py``: tables ordered by name, and what stays without special points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from strongest import Findings

DASH = "\N{EN DASH}"
ALPHA = 0.05
WITHOUT = "-without"
HEAD = """\
# The strongest hexagons, and what they rest on

Which hexagons are strongest on the maps of twelve months of recorded drug offences (resolution 8), and which records make them so? This page
is for the people who check the maps. It is **not a ranking**: rows stand in the order of their names, not of their strength, and
no street and no premises are named. Two rows of one name are two hexagons of one ward.

- **ten strongest**: the strongest class first and, within it, the highest value. Of `excess`, only ratios that rest on at least 5 expected records.
- **records**: in the hexagon, and in it and the ones around it, on which z and ratio rest. A hexagon without a record of its own is strong by its neighbours.
- **trend**: Mann-Kendall over the twelve monthly counts of hexagon and ring, with the variance of Hamed and Rao and q over all
  hexagons of the map: `rising` or `falling` where q ≤ .05, with tau.
- **special**: share of all the hexagon's records that are at special points (police station, hospital, supermarket, nightclub …), in the tables without them too.
  Special points that the files call by a street's name are not among them.
- **stability**: share of hexagon and ring sizes at which the place is a hotspot; of `excess` too, it is that of the hotspot map.
- **driven by**: records in hexagon and ring by kind of map point, the three commonest; all that have a name of their own are `streets`.
- **busiest month**: its share of the hexagon's records of the year. Spread evenly it would be 8 %.

Run it again, for these or for other partnerships, with:

```
python scripts/strongest.py examples/pan-lancashire/partnership.toml examples/herefordshire-worcestershire/partnership.toml --data ../shared/data --out docs/validation/strongest.md
```
"""
JUDGED = {
    "pan-lancashire": """\
Do they make sense? The hotspots are the two largest town centres, Blackpool's with the streets behind its promenade and Preston's with its
edge: mostly streets, car parks and nightclubs, and 13 of the map's 15 hot hexagons are hot for all other crime too. The high ratios lie together in another place, the
port town of Fleetwood (Mount, Pharos, Warren) and its neighbours, where drug records are two to three times the usual share: no class, and a
question to ask those who know the town, not a finding.""",
    "herefordshire-worcestershire": """\
Do they make sense? The hotspots are the city centres of Worcester and Hereford; half of the records of one Hereford hexagon were made at special
points, and with these left out Kidderminster's centre takes the place of Hereford's and Worcester's edges. The high ratios lie
mostly in Herefordshire: some rest in part on records made at a police station and leave without them, others on fewer than 20 records.""",
}
"""What people made of the tables of the data to December 2025; a partnership without an entry has its figures alone."""
TITLES = {
    "hotspot": "Hotspots",
    "hotspot-without": "Hotspots without special points",
    "excess": "More than expected",
    "excess-without": "More than expected, without special points",
}


def page(all_findings: Sequence[Findings]) -> str:
    """The whole document."""
    return "\n".join([HEAD, *(line for found in all_findings for line in _section(found))])


def _section(found: Findings) -> Iterator[str]:
    yield f"## {found.name}, {found.window}\n"
    yield f"Names: {found.names_from}, the one with which a hexagon overlaps most.\n"
    yield _reading(found) + "\n"
    if found.id in JUDGED:
        yield JUDGED[found.id] + "\n"
    for name, rows in found.tables.items():
        yield f"### {TITLES[name]}\n"
        yield from _table(rows, "z" if name.startswith("hotspot") else "ratio")
        yield ""
        if name.endswith(WITHOUT):
            yield _moves(found.tables[name.removesuffix(WITHOUT)], rows) + "\n"
        for told in (_overlap(found.specs[name]), _accuracy(found.specs[name])):
            if told:
                yield told + "\n"


def _table(rows: Sequence[Mapping[str, Any]], value: str) -> Iterator[str]:
    yield f"| ward | district | {value} | class | q | records | trend | special | stability | driven by | busiest month |"
    yield "|---|---|--:|---|--:|--:|---|--:|--:|---|--:|"
    for row in rows:
        types = ", ".join(f"{kind} {count}" for kind, count in row["types"].items())
        cells = (
            row["name"], row["district"], f"{row['value']:.1f}", row["class"], _q(row["q"]),
            f"{row['count']:.0f}, {row['support']:.0f}", _trend(row["trend"]), _percent(row["special_share"]),
            _percent(row["stability"]), types, _percent(row["busiest"]),
        )  # fmt: skip
        yield "| " + " | ".join(cells) + " |"


def _q(q: float) -> str:
    return "< .001" if q < 0.001 else f"{q:.3f}".removeprefix("0")


def _trend(trend: Mapping[str, float]) -> str:
    """Whether hexagon and ring rise or fall; tau and q."""
    word = "none clear" if not trend["q"] <= ALPHA else "rising" if trend["tau"] > 0 else "falling"
    return f"{word} (tau {trend['tau']:+.2f}, q {_q(trend['q'])})"


def _percent(value: float | None) -> str:
    return DASH if value is None or np.isnan(value) else f"{value:.0%}".replace("%", " %")


def _moves(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> str:
    """Which hexagons leave the ten, and which enter, without special points."""
    old, new = ({row["cell"]: row["name"] for row in rows} for rows in (before, after))
    left, come = (", ".join(sorted(a[c] for c in a.keys() - b.keys())) for a, b in ((old, new), (new, old)))
    stay = len(old.keys() & new.keys())
    return f"Without special points {stay} of the ten stay. Leave: {left or 'none'}. Enter: {come or 'none'}."


def _overlap(spec: Mapping[str, Any]) -> str:
    """How many hotspots are hotspots of all other crime too."""
    default = spec["default"]
    windows = spec["notes"].get("overlap", {}).get(default["category"], {}).get(str(default["resolution"]), {})
    found = windows.get(default["window"])
    if found is None:
        return ""
    return f"Of the {found['hot']} hexagons on the whole map that are hot at 95 % or stronger, {found['also_hot']} are hot for all other recorded crime too."


def _accuracy(spec: Mapping[str, Any]) -> str:
    """The map's own sentence; where the months are too few for it, that of the maps of one month beside it."""
    by_kind = spec["accuracy"]["by"][str(spec["default"]["resolution"])][spec["default"]["category"]]
    kinds = ["year"] if by_kind["year"]["steps"] else ["year", "month"]
    return "Accuracy of the map: " + " ".join(by_kind[kind]["sentence"] for kind in kinds)


def _reading(found: Findings) -> str:
    """The figures that say what the strongest hexagons are."""
    rows = found.tables["hotspot"]
    wards, districts = len({row["name"] for row in rows}), sorted({row["district"] for row in rows})
    stay = len({row["cell"] for row in rows} & {row["cell"] for row in found.tables["hotspot-without"]})
    both = len({row["cell"] for row in rows} & {row["cell"] for row in found.tables["excess"]})
    return (
        f"The ten strongest hotspots lie in {wards} wards of {', '.join(districts)}; {stay} of them stay among the ten "
        f"without special points, and {both} are among the ten of `excess` too."
    )
