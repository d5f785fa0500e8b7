"""What is looked at: one layer, window, category and resolution, with the layer's defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.errors import SnapshotNotFoundError
from geointel_api.columns import integers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from geointel_api.opened import OpenEdition


@dataclass(frozen=True)
class Choice:
    """What a request asks for; ``None`` leaves it to the layer."""

    window: str | None = None
    category: str | None = None
    resolution: int | None = None


@dataclass(frozen=True)
class View:
    """One map of one edition."""

    edition: OpenEdition
    spec: Mapping[str, Any]
    window: str
    category: str
    resolution: int

    @property
    def layer(self) -> str:
        """Id of the layer."""
        return str(self.spec["id"])

    @property
    def address(self) -> dict[str, Any]:
        """The view under the names that addresses use."""
        return {
            "layer": self.layer,
            "window": self.window,
            "category": self.category,
            "resolution": self.resolution,
        }

    def rows(self) -> pa.Table:
        """Every study cell of the view, cells ascending."""
        return self.edition.edition.rows(
            self.layer, resolution=self.resolution, window=self.window, category=self.category
        )

    def cells(self) -> NDArray[Any]:
        """Study cells of the view, int64 ``(n,)``, ascending."""
        return integers(self.rows()["cell"])


def select(edition: OpenEdition, layer: str, choice: Choice | None = None) -> View:
    """Return the view of ``layer`` that ``choice`` describes.

    Raises ``SnapshotNotFoundError`` for a layer, window, category or resolution that the edition does not have.
    """
    choice = choice or Choice()
    spec = edition.edition.spec(layer)
    default = spec["default"]
    return View(
        edition=edition,
        spec=spec,
        window=_pick("window", choice.window, default["window"], spec["windows"]),
        category=_pick("category", choice.category, default["category"], spec["categories"]),
        resolution=_pick("resolution", choice.resolution, default["resolution"], spec["resolutions"]),
    )


def _pick(what: str, wanted: Any, default: Any, known: Collection[Any]) -> Any:
    if wanted is None:
        return default
    if wanted in known:
        return wanted
    message = f"This layer has no {what} {str(wanted)[:40]!r}."
    raise SnapshotNotFoundError(message, remedy=f"It has {', '.join(map(str, known))}.")


def window_label(edition: OpenEdition, window: str) -> str:
    """A window in words."""
    return next((found["label"] for found in edition.manifest["windows"] if found["id"] == window), window)


def title_of(view: View) -> str:
    """Layer, category and window in one line."""
    label = window_label(view.edition, view.window)
    try:
        return content.heading(
            view.spec["kind"],
            view.category,
            label,
            variant=variant_of(view),
            special_points=content.special_points_of(view.spec),
        )
    except KeyError:  # a layer kind of somebody else's
        return f"{view.spec['title']}: {content.category(view.category, view.spec['kind']).label}, {label}"


def variant_of(view: View) -> str:
    """Which words of its kind the layer has; blank for the usual ones."""
    return str(view.spec["notes"].get("variant", ""))


def accuracy_of(view: View) -> str | None:
    """How much of the next month the hottest cells of such a view held, in a sentence; None where it is not judged."""
    judged = view.spec.get("accuracy", {}).get("by", {}).get(str(view.resolution), {}).get(view.category, {})
    entry = judged.get(window_kind(view))
    return None if entry is None else str(entry["sentence"])


def window_kind(view: View) -> str:
    """``month``, ``quarter`` or ``year``."""
    return next((str(found["kind"]) for found in view.edition.manifest["windows"] if found["id"] == view.window), "")


def caveats_of(view: View, *, length: str = "short") -> list[str]:
    """The layer's caveats, in the words of its edition."""
    known = view.edition.manifest["caveats"]
    return [str(known[name][length]) for name in view.spec["caveats"] if name in known]
