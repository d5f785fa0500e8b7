"""What is left of hotspots when a police force's offences pass the gate: real builds, written to ``docs/validation/utility-built.md``.

    python scripts/utility_built.py --data ../shared/data

The street files of Lancashire are public. Here they are treated as if they were not, and built under several policies beside the true counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.stats import spearmanr

from geointel.build import build
from geointel.config import load

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "pan-lancashire" / "partnership.toml"
PAGE = ROOT / "docs" / "validation" / "utility-built.md"
KEYS = 5
WINDOW, CATEGORY, TOP = "12m:2022-03", "drugs", 20
OPEN = "max_noise = 8, variance = 3, never_show = 2, stay = 0.5"
POLICIES = {
    "partner": "max_noise = 5, variance = 1",
    "open-whole": OPEN,
    "open-5": f"{OPEN}, coarsen_below = 5",
    "open-10": f"{OPEN}, coarsen_below = 10",
    "open-10-100": f"{OPEN}, coarsen_below = 10, coarsen_population = 100",
    "open-10-500": f"{OPEN}, coarsen_below = 10, coarsen_population = 500",
}
MORE = """
[period]
from = "2021-04"
to = "2022-04"

[[source]]
id = "police"
kind = "police-uk-street"
files = "police-street/**/*-lancashire-street.csv*"
covers = "pan-lancashire"
public = false

[[source]]
id = "residents"
kind = "population"
files = "population/census2021-lsoa21-residents-households.csv"
reference = "2021-03"
outlines = { file = "boundaries/lancashire-lsoa21.geojson.gz", code = "LSOA21CD" }

[[layer]]
id = "hotspot"
kind = "hotspot"
categories = ["drugs"]
windows = ["year"]

[secrets]
cell_key = "env:UTILITY_KEY"

[role]
public = ["open-10"]

[edition.truth]
policy = { method = "none" }
"""


def config(folder: Path) -> Path:
    """The example's area, with the policies as editions."""
    head = EXAMPLE.read_text(encoding="utf-8")
    head = head[: head.index("# Without [period]")].replace("edge_km = 20", "edge_km = 0")
    editions = "".join(
        f'[edition.{name}]\npolicy = {{ method = "cell-key", {policy} }}\n' for name, policy in POLICIES.items()
    )
    path = folder / "partnership.toml"
    path.write_text(head + MORE + editions, encoding="utf-8")
    return path


def hotspots(edition: Path) -> dict[int, tuple[float, str | None]]:
    """Gi* z and class of every cell of resolution 8 that is shown."""
    table = pq.read_table(edition / "layers" / "hotspot.parquet")
    table = table.filter(pc.and_(pc.equal(table["resolution"], 8), pc.equal(table["window"].cast(pa.string()), WINDOW)))
    table = table.filter(pc.is_valid(table["value"]))
    columns = (table["cell"], table["value"], table["class"].cast(pa.string()))
    return {cell: (value, word) for cell, value, word in zip(*(c.to_pylist() for c in columns), strict=True)}


def counts(edition: Path) -> dict[tuple[str, object], float]:
    """Drug offences of the year by level and place."""
    found: dict[tuple[str, object], float] = {}
    for name, place in (("facts.parquet", "cell"), ("areas/facts.parquet", "code")):
        for row in pq.read_table(edition / name).to_pylist():
            if (row["window"], row["category"], row["measure"]) == (WINDOW, CATEGORY, "incidents"):
                level = f"resolution {row['resolution']}" if place == "cell" else row["level"]
                found[level, row[place]] = row["value"]
    return found


def gini(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Gini coefficient of counts."""
    ordered = np.sort(values)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum())) if ordered.sum() else 0.0


def compared(edition: Path, truth: Path) -> dict[str, object]:
    """What an edition keeps of the truth."""
    own, true = hotspots(edition), hotspots(truth)
    best = {
        name: {c for c, _ in sorted(m.items(), key=lambda kv: -kv[1][0])[:TOP]}
        for name, m in (("own", own), ("true", true))
    }
    both = [cell for cell in true if cell in own]
    gone = (
        {row["cell"] for row in pq.read_table(edition / "hidden.parquet").to_pylist()}
        if (edition / "hidden.parquet").is_file()
        else set()
    )
    shown, real = counts(edition), counts(truth)
    errors: dict[str, list[float]] = {}
    for (level, place), value in real.items():
        if place not in gone:
            errors.setdefault(level, []).append(abs(shown.get((level, place), 0.0) - value))
    eight = [(p, v) for (level, p), v in real.items() if level == "resolution 8" and p not in gone]
    moved = gini(np.array([shown.get(("resolution 8", p), 0.0) for p, _ in eight])) - gini(
        np.array([v for _, v in eight])
    )
    return {
        "top": len(best["own"] & best["true"]) / TOP,
        "rank": float(spearmanr([own[c][0] for c in both], [true[c][0] for c in both]).statistic),
        "class": float(np.mean([own[c][1] == true[c][1] for c in both])),
        "left": len(eight) / sum(level == "resolution 8" for level, _ in real),
        "gini": moved,
        "errors": {level: float(np.mean(found)) for level, found in sorted(errors.items())},
    }


def page(found: dict[str, dict[str, object]], offences: int) -> str:
    """The page."""
    levels = ("resolution 6", "resolution 7", "resolution 8", "lad")
    lines = [
        "# What changed counts are still good for: real builds",
        "",
        f"Written by `scripts/utility_built.py`: the product's own builds of Lancashire's street files of April 2021 to March 2022, treated as if they were not public. {offences:,} drug offences.",
        f"Means over {KEYS} keys (the least in brackets); the open editions are changed upon the partners' numbers. Hotspots are those of drug offences over the financial year at resolution 8, by Gi\\*; the true ones are the same layer on true counts.",
        "",
        "| edition | policy | top 20 kept | rank correlation of z | same class | hexagons with offences that are shown | Gini moved | mean error, resolution 6, 7, 8, district |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        errors = one["errors"]
        told = ", ".join(f"{errors[level]:.2f}" if level in errors else "–" for level in levels)  # type: ignore[operator, index]
        lines.append(
            f"| `{name}` | {POLICIES[name]} | {one['top']:.0%} ({one['least']:.0%}) | {one['rank']:.2f} | {one['class']:.1%} | {one['left']:.0%} | {one['gini']:+.3f} | {told} |"
        )
    return "\n".join([*lines, "", *NOTES, ""])


NOTES = (
    "Rank correlation, class, Gini and errors are those of places that are shown; errors are in offences. The coarsening counts all offences of the source, not those of drugs alone: the whole of recorded crime is",
    "the group. A source that has drug offences alone is coarsened far more ([the other page](utility.md): a quarter of the top 20 is kept at `coarsen_below = 10`).",
    "",
    "**What follows.** Partners keep 95 % of the top 20 or more. The open edition keeps 80 % or more with `coarsen_below` of 10 and no least population. A least population hides town centres, where offences are many and residents few:",
    "with 500 it does not keep 80 %. So we recommend `coarsen_below = 10` without a least population for a source with many records, and hexagons of resolution 7 for one with few.",
)


def together(found: list[dict[str, object]]) -> dict[str, object]:
    """Means over keys, and the least share of the top that is kept."""
    names = ("top", "rank", "class", "left", "gini")
    means: dict[str, object] = {name: float(np.mean([one[name] for one in found])) for name in names}  # type: ignore[misc]
    levels = [one["errors"] for one in found]
    errors = {level: float(np.mean([each[level] for each in levels])) for level in levels[0]}  # type: ignore[index, attr-defined]
    return {**means, "least": min(one["top"] for one in found), "errors": errors}  # type: ignore[type-var]


def main() -> None:
    """Build, compare and write the page."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, required=True)
    data = asked.parse_args().data
    every: dict[str, list[dict[str, object]]] = {name: [] for name in POLICIES}
    offences = 0
    for key in range(KEYS):
        with tempfile.TemporaryDirectory() as folder:
            secret = {"UTILITY_KEY": f"key number {key} of this measurement"}
            path = build(load(config(Path(folder))), data=data, out=Path(folder) / "out", environment=secret).path
            for name, each in every.items():
                each.append(compared(path / name, path / "truth"))
            offences = int(sum(v for (level, _), v in counts(path / "truth").items() if level == "resolution 6"))
    found = {name: together(each) for name, each in every.items()}
    PAGE.write_text(page(found, offences), encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
