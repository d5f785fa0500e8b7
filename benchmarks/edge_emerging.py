"""The land beyond the border in emerging hotspots: which rows it changes, and how far from the border.

Run from the repository's root where the real files of the examples are to hand::

    python benchmarks/edge_emerging.py ../shared/data --out docs/validation/edge-emerging.md

Each example is built as for ``edge.py``, from its street files alone.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import edge
import h3.api.basic_int as h3
import numpy as np
import pyarrow.parquet as pq

from geointel.config import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel.config import Partnership

KIND = "emerging"
OWN = ("support", "trend_z", "trend_p", "last_z")
"""What a cell and its neighbours alone decide. The pattern (``value``) follows from q, of all cells of a map."""
PAGE = """# The land beyond the border in emerging hotspots

The layer `emerging` of both examples, with neighbours beyond the border ([how](../methods.md#beyond-the-border)) against without: all of the 20 km, or
the part that the source covers. Rows of all categories and resolutions; the sum around a cell, its trend and its last month depend on its neighbours
alone, the pattern on q, which is adjusted over all cells of a map. Run it again with:

```
python benchmarks/edge_emerging.py ../shared/data --out docs/validation/edge-emerging.md
```

| example | land beyond | rows | sum | trend | last month | further away than one ring | pattern | further away |
|---|---|--:|--:|--:|--:|--:|--:|--:|
"""


def main() -> None:
    """Build, compare, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    lines: list[str] = []
    for title, name in edge.EXAMPLES.items():
        lines += _lines(title, _reduced(load(Path("examples") / name / "partnership.toml")), asked.data)
    asked.out.write_text("".join([PAGE, *lines]), encoding="utf-8")


def _reduced(whole: Partnership) -> Partnership:
    """The partnership with its street files and this layer, in its first edition."""
    first = next(iter(whole.editions))
    return replace(
        whole,
        sources=tuple(source for source in whole.sources if source.id == edge.SOURCE),
        layers=tuple(layer for layer in whole.layers if layer.kind == KIND),
        editions={first: whole.editions[first]},
        roles=dict.fromkeys(whole.roles, (first,)),
    )


def _lines(title: str, partnership: Partnership, data: Path) -> Iterator[str]:
    plain = replace(partnership, sources=(replace(partnership.sources[0], extent=None),))
    runs = {
        "none": replace(plain, area=plain.area.model_copy(update={"edge_km": 0})),
        "all": plain,
        "covered": partnership,
    }
    layer = partnership.layers[0].id
    with tempfile.TemporaryDirectory() as folder:
        maps = {
            word: pq.read_table(edge.built(run, data, Path(folder) / word) / "layers" / f"{layer}.parquet")
            for word, run in runs.items()
        }
    near = _near(maps["none"])
    for word in ("all", "covered"):
        differ = {name: _differ(maps["none"], maps[word], name) for name in (*OWN, "value")}
        any_own = np.any([differ[name] for name in OWN], axis=0)
        numbers = [len(near), *(differ[name].sum() for name in ("support", "trend_z", "last_z"))]
        numbers += [(any_own & ~near).sum(), differ["value"].sum(), (differ["value"] & ~near).sum()]
        yield f"| {title} | {word} | {' | '.join(f'{number:,}' for number in numbers)} |\n"


def _near(table: pa.Table) -> NDArray[np.bool_]:
    """Which rows are of cells within one ring of one that is no study cell."""
    cells, place = np.unique(table["cell"].to_numpy(), return_inverse=True)
    own = set(cells.tolist())
    return np.array([not own.issuperset(h3.grid_disk(cell, 1)) for cell in cells.tolist()])[place]


def _differ(one: pa.Table, other: pa.Table, name: str) -> NDArray[np.bool_]:
    """Rows in which a column differs; numbers only beyond their last digits."""
    assert one["cell"].equals(other["cell"])  # noqa: S101 - a script
    a: NDArray[Any]
    b: NDArray[Any]
    a, b = (table[name].to_numpy() for table in (one, other))
    if a.dtype.kind != "f":
        return np.asarray(a != b, dtype=np.bool_)
    return ~np.isclose(a, b, rtol=1e-12, atol=0.0, equal_nan=True)


if __name__ == "__main__":
    main()
