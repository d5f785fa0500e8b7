"""Where the golden cases lie, and how one is read and compared.

Cases are found by the beginning of their file name under ``$GEOINTEL_GOLDEN/hotspots`` (default
``../shared/golden``, from the repository's root), so further cases need no change here. A column that a
case does not have, and a kind of which there is no case, are skipped with a reason.
"""

from __future__ import annotations

import csv
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

from geointel.grid import neighbours, parse_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.str_]]

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / os.environ.get("GEOINTEL_GOLDEN", "../shared/golden")
ROOM = GOLDEN / "hotspots"

needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden cases: GEOINTEL_GOLDEN is not a folder")


def cases(prefix: str) -> list[Path]:
    """Files of one kind; side files of other kinds that share the beginning are not cases."""
    return sorted(path for path in ROOM.glob(f"{prefix}*") if path.suffix in {".csv", ".json"})


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def each(prefix: str, columns: Callable[[Path], Iterable[str]], *, suffix: str = "") -> pytest.MarkDecorator:
    """One test for every case of a kind and every column, or one that says there is no case."""
    found = [
        pytest.param(path, name, id=f"{path.stem}-{name}")
        for path in cases(prefix)
        if path.name.endswith(suffix)
        for name in columns(path)
    ]
    none = pytest.param(None, "", id=f"{prefix}none", marks=pytest.mark.skip(reason=f"no case of kind {prefix}"))
    return pytest.mark.parametrize(("path", "column"), found or [none])


@cache
def read(path: Path) -> Columns:
    """Columns of a CSV file as text."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {name: np.array(values) for name, *values in zip(*rows, strict=True)}


@cache
def load(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def numbers(text: NDArray[np.str_]) -> NDArray[np.float64]:
    """Text as numbers, NaN where it is empty: undefined in the producer."""
    return np.where(text == "", "nan", text).astype(np.float64)


def agree(found: NDArray[Any], columns: Columns, column: str, *, rtol: float = 1e-9, atol: float = 1e-9) -> None:
    if column not in columns:
        pytest.skip(f"the case has no column {column}")
    np.testing.assert_allclose(found, numbers(columns[column]), rtol=rtol, atol=atol, equal_nan=True)


def close(found: Any, expected: Any, case: str, *, rtol: float = 1e-9, atol: float = 1e-9) -> None:
    """Compare with JSON numbers, in which null is undefined."""
    np.testing.assert_allclose(found, np.array(expected, dtype=float), rtol=rtol, atol=atol, err_msg=case)


def given(case: Mapping[str, Any], *names: str) -> None:
    """Skip what a case says nothing of."""
    missing = [name for name in names if name not in case]
    if missing:
        pytest.skip(f"the case has no {', '.join(missing)}")


def beside(path: Path, name: str) -> Path:
    """Another file of the case; skip if it has none."""
    other = path.with_name(name)
    if not other.exists():
        pytest.skip(f"the case has no {name}")
    return other


def edges_to_adjacency(pairs: Iterable[tuple[int, int]], n: int) -> sparse.csr_array:
    rows, columns = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))


def listed_neighbours(columns: Columns) -> sparse.csr_array:
    """Adjacency of areas that name their neighbours by row number."""
    listed = [text.split() for text in columns["neighbours"].tolist()]
    return edges_to_adjacency(((row, int(other)) for row, others in enumerate(listed) for other in others), len(listed))


def cell_neighbours(texts: NDArray[np.str_], k: int = 1) -> sparse.csr_array:
    """Adjacency of H3 cells, in the order in which the file has them."""
    cells = np.array([parse_cell(text) for text in texts.tolist()])
    order = np.argsort(cells)
    back = np.argsort(order)
    return sparse.csr_array(neighbours(cells[order], k)[back][:, back])
