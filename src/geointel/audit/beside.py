"""An edition beside the other snapshots of its folder, and beside the other editions of its snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.audit.editions import together
from geointel.audit.published import open_edition, protected, read_published
from geointel.audit.releases import compare
from geointel.audit.report import Attack
from geointel.disclosure.perturbation import perturbation_table
from geointel.snapshot import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from geointel.audit.lattice import Lattice
    from geointel.audit.published import Published
    from geointel.audit.report import Result
    from geointel.snapshot import Edition

    Policy = Mapping[str, Any]

TABLE_KEYS = ("max_noise", "variance", "never_show", "stay")
EXAMPLES = 3
CLOSED = 2.0
"""Least width of what two editions say together: at best the tighter of them says it alone."""


def against_releases(edition: Edition, sources: Mapping[str, Policy]) -> Iterator[Attack]:
    """Compare with the same edition of every other snapshot in the folder."""
    snapshot = edition.path.parent
    folders = [
        folder
        for folder in sorted(snapshot.parent.iterdir())
        if layout.ID.fullmatch(folder.name) and folder != snapshot
    ]
    others = [
        open_edition(folder / edition.name) for folder in folders if (folder / edition.name / layout.MANIFEST).is_file()
    ]
    if not others:
        yield Attack("releases", "nothing", "", {"others": "none"})
        return
    found = [compare(edition, other, source) for other in others for source in sources]
    figures = {
        "others": [other.snapshot for other in others],
        "compared": sum(each.compared for each in found),
        "different": sum(each.different for each in found),
        "examples": [example for each in found for example in each.examples][:EXAMPLES],
    }
    yield Attack("releases", "failed" if figures["different"] else "passed", "", figures)


def against_editions(edition: Edition, sources: Mapping[str, Policy], *, required: float) -> Iterator[Attack]:
    """Combine with every other edition of the snapshot that changes the same source by another table."""
    for folder in sorted(path.parent for path in edition.path.parent.glob(f"*/{layout.MANIFEST}")):
        other = open_edition(folder) if folder != edition.path else edition
        theirs = protected(other.manifest)
        for source, policy in sources.items():
            if source in theirs and _table(theirs[source]) != _table(policy) and policy.get("max_noise"):
                yield _pair(edition, other, source, policies=(policy, theirs[source]), required=required)


def _pair(edition: Edition, other: Edition, source: str, *, policies: tuple[Policy, Policy], required: float) -> Attack:
    """Numbers that both show, of which at least one is not 0."""
    theirs = {_part(table): table for table in read_published(other) if table.source == source}
    ours = [table for table in read_published(edition) if table.source == source]
    pairs = [_shared(table.lattice, theirs[_part(table)].lattice) for table in ours if _part(table) in theirs]
    names = [name for found, _ in pairs for name in found]
    shown = np.concatenate([values for _, values in pairs] or [np.empty((0, 2))]).astype(np.int64)
    tables = (perturbation_table(**_arguments(policies[0])), perturbation_table(**_arguments(policies[1])))
    chained = policies[0].get("upon", 0) != policies[1].get("upon", 0)
    found = together(shown[:, 0], shown[:, 1], tables=tables, chained=chained)
    limit = min(required, CLOSED)
    narrow = np.flatnonzero(found.may_be_small & (found.most - found.least < limit))
    figures = {
        "others": other.name,
        "compared": int(found.may_be_small.sum()),
        "narrow": len(narrow),
        "required": limit,
        "coupled": found.coupled,
        "examples": [names[at] for at in narrow[:EXAMPLES].tolist()],
    }
    result: Result = "failed" if len(narrow) else "passed" if figures["compared"] else "nothing"
    return Attack("editions", result, source, figures)


def _part(table: Published) -> tuple[str, str]:
    return table.measure, table.year


def _shared(first: Lattice, second: Lattice) -> tuple[list[str], NDArray[np.float64]]:
    """Numbers that two tables both show, one of them not 0: names, and values of shape ``(n, 2)``."""
    axes = ((first.places, second.places), (first.windows, second.windows), (first.categories, second.categories))
    at = [[(ours.index(word), n) for n, word in enumerate(theirs) if word in set(ours)] for ours, theirs in axes]
    mine, other = (np.ix_(*([pair[side] for pair in axis] for axis in at)) for side in (0, 1))
    values = np.stack([first.value[mine], second.value[other]], axis=-1)
    use = ~np.isnan(values).any(axis=-1) & (values > 0).any(axis=-1)
    words = [[theirs[pair[1]] for pair in axis] for axis, (_, theirs) in zip(at, axes, strict=True)]
    names = [" ".join(words[axis][n] for axis, n in enumerate(position)) for position in np.argwhere(use).tolist()]
    return names, values[use]


def _table(policy: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(policy.get(key) for key in TABLE_KEYS)


def _arguments(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {key: policy[key] for key in TABLE_KEYS if policy.get(key) is not None}
