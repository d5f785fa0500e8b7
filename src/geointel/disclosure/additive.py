"""Tables of one financial year that add up: small counts are hidden, and others so that none follows from what is left.

All that is published of the source in the year is in one system: every cell of every published resolution, every area, every category and
all of them together. Months and quarters are not in it, and so not published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array, kron

from geointel.disclosure.contributors import concentrated
from geointel.disclosure.suppression import hide
from geointel.disclosure.yearly import categories_of, counts_of, places_of
from geointel.errors import DisclosureError
from geointel.model import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.policy import Rule
    from geointel.disclosure.yearly import Places

MOST_SUMS = 4_000
MOST_WORK = 4_000_000
"""The greatest system: sums that are not 0, and these times the secret ones. Each secret sum takes two linear programs over all that is
published; the greatest take some minutes."""


def additive(
    cells: pa.Table, areas: pa.Table, few: pa.Table, *, rule: Rule, geography: Geography, known: Sequence[str]
) -> tuple[pa.Table, pa.Table]:
    """Rows of cells and of areas as they may be shown: the true count, or none and the status ``suppressed``.

    Counts up to ``max_small`` are secret, and so are those of places that few persons make up, whatever they are: these get a range at
    least as wide as themselves. A count that is hidden for the sake of another looks the same. Zeros are shown.

    Parameters
    ----------
    cells, areas
        Raw rows of one source, window and measure.
    few
        Rows of ``CONCENTRATION`` of the same window.
    known
        Categories that the source may have.

    Raises
    ------
    DisclosureError
        If the counts do not add up, or are too many for the method.
    """
    if not cells.num_rows:
        return cells, areas
    categories = categories_of(cells, known)
    places = places_of(geography)
    counts = counts_of([cells, areas], places, categories)
    source = cells["source"][0].as_py()
    _require_sums(counts, places, categories, source=source)
    ours = _secret_places(few, rule, places)
    secret = (counts > 0) & ((counts <= max(rule.max_small, rule.min_contributors - 1)) | ours[:, None])
    widths = np.where(ours[:, None], np.maximum(counts, rule.min_width), rule.min_width)
    hidden = _solved(_system(places, categories), counts, secret=secret, widths=widths, source=source)
    order = {category: at for at, category in enumerate(categories)}
    return _blanked(cells, places, hidden, order), _blanked(areas, places, hidden, order)


def _solved(
    system: csr_array,
    counts: NDArray[np.int64],
    *,
    secret: NDArray[np.bool_],
    widths: NDArray[np.float64],
    source: str,
) -> NDArray[np.bool_]:
    """Which counts are hidden, of the shape of ``counts``. Sums of 0 are known to all, and leave nothing of what they add."""
    values = counts.ravel()
    unknown = np.asarray(system[values == 0].sum(axis=0)).ravel() == 0
    left = values > 0
    work = int(left.sum()) * int(secret.sum())
    if left.sum() > MOST_SUMS or work > MOST_WORK:
        message = (
            f"A year of the source {source!r} has {int(left.sum())} counts above 0, of which {int(secret.sum())} are small: "
            f"that is more than can be hidden from each other in good time ({MOST_SUMS} counts, and {MOST_WORK} for both multiplied)."
        )
        raise DisclosureError(
            message, remedy='Publish fewer resolutions or categories, or give it the method "cell-key".'
        )
    hidden = np.zeros(values.shape, dtype=np.bool_)
    hidden[left] = hide(
        csr_array(system[left][:, unknown]),
        values[left],
        secret=secret.ravel()[left],
        least_width=widths.ravel()[left],
    )
    return hidden.reshape(counts.shape)


def _system(places: Places, categories: Sequence[str]) -> csr_array:
    """Which numbers each count adds: a number for every category and every part of the area that no boundary cuts."""
    of_leaf = np.stack([places.of_leaf[kind] for kind in places.names])
    parts = np.unique(of_leaf, axis=1)
    rows, columns = [], []
    for kind, own in zip(places.names, parts, strict=True):
        (inside,) = np.nonzero(own >= 0)
        rows.append(places.start[kind] + own[inside])
        columns.append(inside)
    row, column = np.concatenate(rows), np.concatenate(columns)
    by_part = csr_array((np.ones(row.size), (row, column)), shape=(places.size, parts.shape[1]))
    single = [category for category in categories if category != ALL]
    by_category = np.array([[category in (ALL, each) for each in single] for category in categories], dtype=np.float64)
    return csr_array(kron(by_part, by_category, format="csr"))


def _secret_places(few: pa.Table, rule: Rule, places: Places) -> NDArray[np.bool_]:
    """Places of which few persons or places make up some count, shape ``(places,)``."""
    cells, by_level = concentrated(few, rule)
    found = np.zeros(places.size, dtype=np.bool_)
    for kind, names in places.names.items():
        wanted = list(by_level.get(kind, ())) if isinstance(kind, str) else cells
        found[places.of(kind)] = np.isin(np.asarray(names), wanted)
    return found


def _require_sums(counts: NDArray[np.int64], places: Places, categories: Sequence[str], *, source: str) -> None:
    """Raise ``DisclosureError`` unless categories add up to all, and every kind of place that covers all leaves to the same."""
    wrong = ALL in categories and (counts[:, 0] != counts[:, 1:].sum(axis=1)).any()
    totals = [counts[places.of(kind)].sum(axis=0) for kind, leaf in places.of_leaf.items() if (leaf >= 0).all()]
    if wrong or any((total != totals[0]).any() for total in totals):
        message = f"Counts of the source {source!r} do not add up: some of its records have an area and no place."
        raise DisclosureError(message, remedy='Give it the method "cell-key" or "rounding".')


def _blanked(rows: pa.Table, places: Places, hidden: NDArray[np.bool_], order: dict[str, int]) -> pa.Table:
    """Rows of study places without the values that are hidden."""
    at = places.position(rows)
    rows, at = rows.filter(pa.array(at >= 0)), at[at >= 0]
    gone = hidden[at, np.array([order[name] for name in rows["category"].to_pylist()], dtype=np.int64)]
    value = pa.array(rows["value"].to_numpy(), pa.float64(), mask=gone)
    status = pa.array(np.where(gone, "suppressed", "shown"), pa.string()).dictionary_encode()
    for name, column in (("value", value), ("status", status)):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), column.cast(rows.schema.field(place).type))
    return rows
