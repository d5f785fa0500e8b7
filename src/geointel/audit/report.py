"""What the audit of one edition found, as the table that an information-governance lead signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from geointel import content

if TYPE_CHECKING:
    from collections.abc import Mapping

Result = Literal["passed", "failed", "not-tried", "nothing"]


@dataclass(frozen=True)
class Attack:
    """One attack on one table or edition. ``figures`` are numbers for the words, ``about`` what was attacked."""

    id: str
    result: Result
    about: str = ""
    figures: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def title(self) -> str:
        """What it is called."""
        return str(content.audit_words(self.id)["title"])

    @property
    def tries(self) -> str:
        """What an intruder would do."""
        return str(content.audit_words(self.id)["tries"]).format_map(_Given(self.figures))

    @property
    def finding(self) -> str:
        """What came of it, and what to do where it succeeded."""
        words = content.audit_words(self.id)
        if self.result not in ("passed", "failed"):
            return ""
        found = str(words[self.result]).format_map(_Given(self.figures))
        return found if self.result == "passed" else f"{found} {words['remedy']}"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        told = {"id": self.id, "title": self.title, "about": self.about, "tries": self.tries}
        return {**told, "result": self.result, "finding": self.finding, "figures": dict(self.figures)}


@dataclass(frozen=True)
class AuditReport:
    """The audit of one edition. ``ok`` is false where an attack succeeded."""

    snapshot: str
    edition: str
    manifest: str
    """Digest of the manifest that was audited."""
    policies: Mapping[str, Mapping[str, Any]]
    attacks: tuple[Attack, ...]
    not_tried: tuple[str, ...]

    @property
    def failed(self) -> tuple[Attack, ...]:
        """Attacks that succeeded."""
        return tuple(attack for attack in self.attacks if attack.result == "failed")

    @property
    def ok(self) -> bool:
        """Whether nothing was given away."""
        return not self.failed

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "snapshot": self.snapshot,
            "edition": self.edition,
            "manifest": self.manifest,
            "ok": self.ok,
            "policies": {source: dict(policy) for source, policy in self.policies.items()},
            "attacks": [attack.to_json() for attack in self.attacks],
            "not_tried": list(self.not_tried),
        }

    def lines(self) -> list[str]:
        """The risk table in plain text, one line each."""
        words = content.audit_words("table")
        found = [str(words["title"]).format(edition=self.edition, snapshot=self.snapshot), ""]
        if not self.policies:
            return [*found, str(words["none"])]
        found += [f"{words['policy']}: {_policy(source, policy)}" for source, policy in self.policies.items()]
        for attack in self.attacks:
            about = f" ({attack.about})" if attack.about else ""
            found += ["", f"{attack.title}{about}: {words[attack.result]}", f"  {words['attack']}: {attack.tries}"]
            found += [f"  {words['finding']}: {attack.finding}"] if attack.finding else []
        found += ["", f"{content.audit_words('not-tried')['title']}:", *(f"  {line}" for line in self.not_tried)]
        tried = [attack for attack in self.attacks if attack.result in ("passed", "failed")]
        verdict = words["good"] if self.ok else words["bad"].format(failed=len(self.failed), tried=len(tried))
        return [*found, "", str(verdict), "", str(words["signed"])]


def _policy(source: str, policy: Mapping[str, Any]) -> str:
    words = content.audit_words("table")
    given = {"source": source, "persons": "not-checked", **policy}
    return str(words["protected" if policy.get("max_noise") else "protected-plain"]).format_map(_Given(given))


class _Given(dict[str, Any]):
    """Figures for a template; numbers are rounded as people read them."""

    def __init__(self, figures: Mapping[str, Any]) -> None:
        super().__init__({name: _spell(value) for name, value in figures.items()})


def _spell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    return str(value)
