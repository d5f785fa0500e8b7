"""What a build tells the gate of a partnership: terms, geography, and what was released before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geointel.config import protected_in
from geointel.disclosure import ledger
from geointel.disclosure.geography import Geography
from geointel.disclosure.noise import noise_of
from geointel.disclosure.policy import KEYED, Rule, SourceTerms
from geointel.errors import DisclosureError
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from geointel.build.gather import Calendar
    from geointel.config import Partnership, Policy, Source
    from geointel.disclosure.ledger import Line
    from geointel.ingest.areas import StudyArea
    from geointel.model import ReleasedFacts


@dataclass(frozen=True)
class Entry:
    """What an edition adds to the release ledger: the content of each source's file, and the digest of all."""

    edition: str
    contents: Mapping[str, bytes]

    @property
    def digest(self) -> str | None:
        """Digest of the edition's part of the ledger; None where nothing stands in it."""
        return ledger.digest(self.contents) if self.contents else None

    def write(self, folder: Path) -> None:
        """Write the files, before what they hold is published."""
        for source, content in self.contents.items():
            ledger.write(folder, self.edition, source, content)


def ledger_folder(snapshots: Path) -> Path:
    """Where the release ledger of a snapshots folder is: beside it, never in it."""
    return snapshots.with_name(f"{snapshots.name}.ledger")


def terms(partnership: Partnership, edition: str) -> list[SourceTerms]:
    """How each source stands towards an edition."""
    chosen = partnership.editions[edition]
    return [
        SourceTerms(
            source=source.id,
            public=source.public,
            method=chosen.policy_for(source.id).method,
            admitted=source.editions is None or edition in source.editions,
            rule=(own := None if source.public else rule_of(chosen.policy_for(source.id))),
            finer=() if own is None else finer(partnership, source, own),
            twin_of=source.twin_of,
            categories=() if own is None else tuple(kinds()[source.kind].configured(source.options).categories),
        )
        for source in partnership.sources
    ]


def finer(partnership: Partnership, source: Source, rule: Rule) -> tuple[Rule, ...]:
    """Rules with less noise that other editions have for a source, least first, each noise once."""
    others = {}
    for name in protected_in(partnership, source):
        other = rule_of(partnership.editions[name].policy_for(source.id))
        if other is not None and other.method in KEYED and rule.method in KEYED and other.noise < rule.noise:
            others[other.noise] = other
    return tuple(others[noise] for noise in sorted(others))


def rule_of(policy: Policy) -> Rule | None:
    """How a policy changes counts; None where it does not."""
    if policy.method == "none":
        return None
    return Rule(
        method=policy.method,
        max_noise=policy.max_noise or 0,
        variance=policy.variance or 0.0,
        never_show=policy.never_show,
        stay=policy.stay,
        coarsen_below=policy.coarsen_below,
        coarsen_population=policy.coarsen_population,
        floor=policy.floor,
        min_contributors=policy.min_persons,
        max_share=policy.max_share,
        base=policy.base,
        max_small=policy.max_small,
        min_width=policy.min_width,
        epsilon=policy.epsilon or 0.0,
        max_records=policy.max_records,
        finest=policy.finest,
    )


def geography(partnership: Partnership, study: StudyArea) -> Geography:
    """Cells and areas of a partnership as the gate needs them."""
    first = study.levels[0]
    groups = {level.id: level for level in partnership.area.levels if level.members_of == first.id}
    mark = hashlib.sha256(repr((partnership.grid.leaf, partnership.grid.publish)).encode())
    mark.update(study.leaves.tobytes())
    for level in study.levels:
        mark.update(repr((level.id, level.codes)).encode())
        mark.update(level.of_leaf.tobytes())
    return Geography(
        cells={resolution: study.cells(resolution) for resolution in partnership.grid.publish},
        areas={level.id: tuple(level.codes) for level in study.levels},
        coarse=(first.id, *groups),
        groups={name: dict(level.members) for name, level in groups.items()},
        leaves=study.leaves,
        area_of_leaf={level.id: level.of_leaf for level in study.levels},
        digest=mark.hexdigest(),
    )


def allowed(calendar: Calendar, sources: Sequence[SourceTerms], late: Mapping[str, Collection[str]]) -> Calendar:
    """The calendar of an edition without the windows that it may not have of a source; ``late`` are those it comes too late for.

    Raises ``DisclosureError`` where it comes too late for all of them.
    """
    by_id = {term.source: term for term in sources}
    windows = {
        name: tuple(window for window in by_id[name].allowed(own) if window.id not in late.get(name, ()))
        for name, own in calendar.windows.items()
    }
    for name, left in windows.items():
        if late.get(name) and not left:
            message = f"An edition with more noise has shown every window of the source {name!r} before: both numbers together could give counts away."
            remedy = "Keep the source out of the new edition (`editions` of the source) until there is a month that no edition has shown."
            raise DisclosureError(message, remedy=remedy)
    return replace(calendar, windows=windows)


def too_late(partnership: Partnership, edition: str, folder: Path) -> dict[str, frozenset[str]]:
    """Windows of each source that an edition with more noise has released and this one has not.

    They were released without regard to this edition's noise: both numbers have one key, and together they can give a count away.
    """
    found: dict[str, frozenset[str]] = {}
    known = ledger.read(folder, edition)
    for source in partnership.sources:
        rule = None if source.public else rule_of(partnership.editions[edition].policy_for(source.id))
        for other in protected_in(partnership, source) if rule is not None else ():
            theirs = rule_of(partnership.editions[other].policy_for(source.id))
            line = ledger.read(folder, other).get(source.id)
            if rule is not None and theirs is not None and line is not None and theirs.noise > rule.noise:
                own = known[source.id].windows if source.id in known else frozenset()
                found[source.id] = found.get(source.id, frozenset()) | (line.windows - own)
    return found


def entry(
    released: ReleasedFacts,
    sources: Sequence[SourceTerms],
    *,
    before: Mapping[str, Line],
    calendar: Calendar,
    geography: Geography,
) -> Entry:
    """What an edition adds to the ledger. Lines of sources that it does not have any more stay."""
    lines = dict(before)
    for term in sources:
        if term.admitted and not term.rolling:
            shown = calendar.windows.get(term.source, ())
            lines[term.source] = ledger.extended(
                before.get(term.source), released, source=term.source, geography=geography.digest, shown=shown
            )
    return Entry(released.edition, {source: ledger.spelled(line) for source, line in lines.items()})


def told(partnership: Partnership, released: ReleasedFacts, added: Entry) -> dict[str, Any]:
    """What the manifest of an edition says of the policy that its numbers passed."""
    sources = {s.id: s for s in partnership.sources}
    found: dict[str, Any] = {}
    for term in terms(partnership, released.edition):
        if term.admitted and not term.rolling:
            policy = partnership.editions[released.edition].policy_for(term.source)
            found[term.source] = {
                **policy.model_dump(),
                "upon": len(term.finer),
                "max_change": noise_of(term.rule, term.finer).most if term.rule and term.rule.method in KEYED else None,
                "protects": _protects(policy, sources[term.source]),
                "persons": "checked"
                if policy.method != "dp" and _tells_persons(sources[term.source])
                else "not-checked",
                "twin_of": term.twin_of,
                "hidden": _hidden(released, term.source),
            }
    return {"sources": found, "ledger": added.digest}


def _tells_persons(source: Source) -> bool:
    columns = getattr(source.options, "columns", None)
    return any(getattr(columns, name, None) is not None for name in ("person", "place"))


def _protects(policy: Policy, source: Source) -> str | None:
    """Whose presence ``epsilon`` hides; None for a method that has none."""
    if policy.method != "dp":
        return None
    if getattr(getattr(source.options, "columns", None), "person", None) is not None:
        return "person"
    return "record" if policy.max_records == 1 else "person-of-max-records"


def _hidden(released: ReleasedFacts, source: str) -> dict[str, dict[str, int]]:
    """Financial year → resolution or level → how many places are not shown in it."""
    counts: dict[str, dict[str, int]] = {}
    for row in released.hidden.to_pylist():
        if row["source"] == source:
            place = row["level"] or str(row["resolution"])
            of_year = counts.setdefault(row["year"], {})
            of_year[place] = of_year.get(place, 0) + 1
    return counts
