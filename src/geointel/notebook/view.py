"""What is looked at: one layer, window, category and resolution, the layer's defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel import content

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from geointel.snapshot import Edition


@dataclass(frozen=True)
class View:
    """One map of one edition."""

    edition: Edition
    spec: Mapping[str, Any]
    window: str
    category: str
    resolution: int

    @property
    def kind(self) -> str:
        """Kind of the layer."""
        return str(self.spec["kind"])

    @property
    def variant(self) -> str:
        """Which words of its kind the layer has; blank for the usual ones."""
        return str(self.spec["notes"].get("variant", ""))

    @property
    def window_label(self) -> str:
        """The window in words: "12 months to December 2025"."""
        return str(self._window["label"])

    @property
    def window_kind(self) -> str:
        """``month``, ``quarter`` or ``year``."""
        return str(self._window["kind"])

    @property
    def heading(self) -> str:
        """Title of the map."""
        try:
            return content.heading(
                self.kind,
                self.category,
                self.window_label,
                variant=self.variant,
                special_points=content.special_points_of(self.spec),
            )
        except KeyError:  # a kind from another package, whose words are all in its spec
            return f"{self.spec['title']}, {self.window_label}"

    def rows(self) -> pa.Table:
        """Every study cell, ascending, as the snapshot has it. Raises ``SnapshotNotFoundError``."""
        return self.edition.rows(
            str(self.spec["id"]), resolution=self.resolution, window=self.window, category=self.category
        )

    def sentence(self, row: Mapping[str, Any]) -> str:
        """What one row says, in plain English."""
        try:
            return content.sentence(
                self.kind,
                row,
                slug=self.category,
                window=self.window_label,
                variant=self.variant,
                special_points=content.special_points_of(self.spec),
            )
        except KeyError:
            value = content.number(row["value"], 2)
            return f"{self.spec['value_label']}: {value} {self.spec['unit']} in {content.when(self.window_label)}."

    @property
    def _window(self) -> Mapping[str, Any]:
        windows: list[dict[str, Any]] = self.edition.manifest["windows"]
        return next(window for window in windows if window["id"] == self.window)


def select(edition: Edition, layer: str, *, window: str | None, category: str | None, resolution: int | None) -> View:
    """Return the view asked for; what is ``None`` is what the layer shows first."""
    spec = edition.spec(layer)
    default = spec["default"]
    return View(
        edition=edition,
        spec=spec,
        window=default["window"] if window is None else window,
        category=default["category"] if category is None else category,
        resolution=default["resolution"] if resolution is None else resolution,
    )
