"""Faults of policies that do not stand beside each other: two editions that together give away what each hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.config.editions import edition_names
from geointel.config.faults import key_path
from geointel.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.config.document import SourceTable
    from geointel.config.draft import Draft
    from geointel.config.policy import Policy

_SUPPRESS = "suppress"


def beside_suppression(draft: Draft, source: SourceTable) -> Iterator[Fault]:
    """A source that is not public, and whose small counts an edition hides, is hidden in the same way or true in every other edition.

    True sums and a changed count of what they hide leave a narrow range; two patterns of what is hidden leave the difference of both.
    """
    policies = _changing(draft, source)
    hiding = [edition for edition, policy in policies.items() if policy.method == _SUPPRESS]
    if not hiding:
        return
    first = hiding[0]
    if source.twin_of is not None:
        message = (
            f"The source {source.id!r} repeats public rows: true counts less those would be counts that nothing hides."
        )
        yield Fault(key_path(("edition", first, "policy")), message, 'Use "cell-key" or "rounding" for it.')
    for edition, policy in policies.items():
        if policy != policies[first]:
            message = (
                f"Small counts of the source {source.id!r} are hidden in the edition {first!r} and otherwise in {edition!r}: "
                "whoever has both could work them out."
            )
            remedy = "Give both editions the same policy for it, or keep it out of one with `editions`."
            yield Fault(key_path(("edition", edition, "policy")), message, remedy)


def _changing(draft: Draft, source: SourceTable) -> dict[str, Policy]:
    """Policies that the source meets in the editions that admit it, but for those that change nothing."""
    names = source.editions or edition_names(draft)
    found = {name: draft.editions[name].policy_for(source.id) for name in names if name in draft.editions}
    return {name: policy for name, policy in found.items() if policy.method != "none"}
