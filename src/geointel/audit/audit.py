"""All attacks that need nothing but a snapshot's bytes, on one edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.audit.additivity import noise_of
from geointel.audit.allowed import faults_of
from geointel.audit.beside import against_editions, against_releases
from geointel.audit.estimate import best_estimate
from geointel.audit.intervals import may_be_small, narrowed
from geointel.audit.programme import system_of, widths
from geointel.audit.published import largest_change, open_edition, protected, read_published
from geointel.audit.report import Attack, AuditReport
from geointel.audit.twins import twins_of
from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from geointel.audit.published import Published
    from geointel.snapshot import Edition

OPEN, CLOSED = 3.0, 2.0
"""Least width of the bounds of a small count: where anybody may look, and where partners may."""
KEPT = {OPEN: 1.5, CLOSED: 0.5}
"""Least variance that must survive averaging, V·Π f, by the width that an edition needs: half of the 3 and the 1 that are usual there."""
BLOCKS = 2
"""Blocks of a table that get linear programmes."""
EXAMPLES = 3
SEED = 1
ENOUGH_SUMS = 200
"""With fewer sums the variance of the noise is too uncertain to judge."""
TOLERANCE = 0.4


def audit_edition(folder: Path, *, blocks: int = BLOCKS) -> AuditReport:
    """Attack the edition in a folder of a snapshot by its published bytes.

    ``blocks`` is how many blocks of each table get linear programmes, those with the most small numbers. Raises ``SnapshotError`` where there is no edition.
    """
    edition = open_edition(folder)
    sources = protected(edition.manifest)
    attacks: list[Attack] = []
    left = 0
    for published in read_published(edition):
        for attack in _on_table(published, required=required_width(edition.manifest), blocks=blocks):
            attacks.append(attack)
            left += int(attack.figures.get("of", 0)) - int(attack.figures.get("blocks", 0))
    for source, policy in sources.items():
        attacks += _on_source(edition, source, policy)
    attacks += _on_edition(edition, sources)
    words = content.audit_words("not-tried")
    more = [str(words["blocks"]).format(left=left)] if left > 0 else []
    unread = [source for source, policy in sources.items() if not policy.get("max_noise")]
    more += [str(words["method"]).format(sources=", ".join(unread))] if unread else []
    return AuditReport(
        snapshot=edition.snapshot,
        edition=edition.name,
        manifest=str(edition.manifest["digest"]),
        policies=sources,
        attacks=tuple(attacks),
        not_tried=(*(str(words[name]) for name in ("truth", "requests", "outside", "key", "place")), *more),
    )


def required_width(manifest: Mapping[str, Any]) -> float:
    """Least width of bounds in an edition: more where the public may look."""
    return OPEN if manifest["edition"] == "open" or "public" in manifest["roles"] else CLOSED


def _on_table(published: Published, *, required: float, blocks: int) -> Iterator[Attack]:
    """Attacks on one measure of one source in one year."""
    about = f"{published.source} {published.measure}, year to {published.year}"
    policy, lattice = published.policy, published.lattice
    if not policy.get("max_noise"):
        return
    max_noise, variance = largest_change(policy), float(policy["variance"])
    try:
        yield intervals(published, required=required, about=about)
        yield programmes(published, required=required, blocks=blocks, about=about)
    except MethodError as error:
        yield Attack("fits", "failed", about, {"why": error.message})
    found = best_estimate(lattice, variance)
    place, window, category = found.factors
    kept = variance * found.share
    figures = {"deviation": found.deviation, "share": found.share, "kept": kept, "required": KEPT[required]}
    factors = {"place": place, "window": window, "category": category, "least": found.least}
    yield Attack("estimate", "passed" if kept >= KEPT[required] else "failed", about, {**figures, **factors})
    noise = noise_of(lattice, least=2 * max_noise)
    told = {"sums": noise.sums, "variance": noise.variance, "expected": variance}
    if noise.sums < ENOUGH_SUMS:
        yield Attack("noise", "nothing", about, {"sums": noise.sums})
    else:
        near = abs(noise.variance / variance - 1) <= TOLERANCE
        yield Attack("noise", "passed" if near else "failed", about, told)


def intervals(published: Published, *, required: float, about: str = "") -> Attack:
    """Bounds passed along every sum."""
    bounds = narrowed(published.lattice, largest_change(published.policy))
    small = may_be_small(bounds)
    narrow = np.argwhere(small & (bounds.width < required))
    width = float(bounds.width[small].min()) if small.any() else float("inf")
    figures: dict[str, Any] = {
        "numbers": int(published.lattice.shown.sum()),
        "small": int(small.sum()),
        "required": required,
        "width": width,
        "narrow": len(narrow),
        "determined": int((small & (bounds.width == 0)).sum()),
        "examples": [published.lattice.name(tuple(at)) for at in narrow[:EXAMPLES].tolist()],
    }
    return Attack("intervals", "failed" if len(narrow) else "passed" if small.any() else "nothing", about, figures)


def programmes(published: Published, *, required: float, blocks: int, about: str = "") -> Attack:
    """Linear programmes on the blocks with the most small numbers."""
    lattice, max_noise = published.lattice, largest_change(published.policy)
    bounds = narrowed(lattice, max_noise)
    small = may_be_small(bounds) & lattice.shown & (bounds.width >= required)  # the others are known to be narrow
    per_block = np.bincount(lattice.block[lattice.block >= 0], weights=small.sum(axis=(1, 2))[lattice.block >= 0])
    chosen = [int(b) for b in np.argsort(-per_block, kind="stable")[:blocks] if per_block[b] > 0]
    narrow: list[str] = []
    targets = undecided = 0
    for block in chosen:
        part = lattice.part(block)
        aims = np.flatnonzero(small[lattice.block == block].ravel())
        found = widths(system_of(part, max_noise), aims, enough=required, seed=SEED)
        targets += len(aims)
        undecided += found.undecided
        tight = aims[found.narrow]
        narrow += [part.name(tuple(int(n) for n in np.unravel_index(at, part.value.shape))) for at in tight]
    figures: dict[str, Any] = {
        "blocks": len(chosen),
        "of": int((per_block > 0).sum()),
        "targets": targets - undecided,
        "undecided": undecided,
        "required": required,
        "narrow": len(narrow),
        "examples": narrow[:EXAMPLES],
    }
    return Attack("programme", "failed" if narrow else "passed" if targets else "nothing", about, figures)


def _on_source(edition: Edition, source: str, policy: Mapping[str, Any]) -> Iterator[Attack]:
    """Attacks on all rows of a source."""
    faults, rows = faults_of(edition, source, policy)
    yield Attack("allowed", "failed" if faults else "passed", source, {"rows": rows, "faults": faults})
    if not policy.get("max_noise") or policy.get("twin_of"):
        return
    copies = [twin for twin in twins_of(edition, source, largest_change(policy)) if twin.found]
    told = [{"source": source, "public": t.public, "near": t.near, "compared": t.compared} for t in copies]
    yield Attack("twins", "failed" if copies else "passed", source, told[0] if told else {})


def _on_edition(edition: Edition, sources: Mapping[str, Mapping[str, Any]]) -> Iterator[Attack]:
    """Attacks on the edition as a whole, beside other releases and other editions."""
    if not sources:
        return
    ledger = edition.manifest.get("disclosure", {}).get("ledger")
    yield Attack("ledger", "passed" if ledger else "failed", "", {"digest": str(ledger)})
    yield from against_releases(edition, sources)
    yield from against_editions(edition, sources, required=required_width(edition.manifest))
    blind = [source for source, policy in sources.items() if policy.get("persons") == "not-checked"]
    yield Attack("persons", "not-tried" if blind else "passed", ", ".join(blind), {"sources": blind})
