"""What stands on a map beside the hexagons, as HTML: title, key, notices, caveats, attribution."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from geointel import content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel.model import ClassStyle
    from geointel.notebook.view import View
    from geointel.snapshot import Edition

CAVEATS = 3
"""How many caveats stand on the map itself; the others stand in the manifest."""

FAINT = "Faint: fewer than {least} expected, so one more or less swings the ratio"
OUTLINE = "Strong outline: clearly higher or lower (90% level or stronger)"

_BOX = (
    "display:inline-block;box-sizing:border-box;width:16px;height:16px;margin-right:6px;vertical-align:-3px;"
    "border:1px solid #505a5f"
)


def attribution(edition: Edition) -> tuple[str, ...]:
    """What the sources' licences want to be said, each once."""
    return edition.credits


def marking(edition: Edition) -> dict[str, str]:
    """Protective marking of an edition and what may be done with it, as its manifest has them."""
    usual = content.edition_words(edition.name)
    return {name: edition.manifest.get(name, getattr(usual, name)) for name in ("marking", "handling")}


def describe(view: View, key: Sequence[ClassStyle], *, outlined: bool, faint: bool) -> str:
    """Description of a map; ``outlined`` and ``faint`` say whether these need a line in the key.

    Everything in it is escaped: names come from files.
    """
    edition = view.edition
    words, said = content.edition_words(edition.name), marking(edition)
    partnership = str(edition.manifest["partnership"]["name"])
    notice = [_bold(content.notice("synthetic"))] if edition.manifest["synthetic"] else []
    caveats = [content.caveat(name).short for name in view.spec["caveats"][:CAVEATS]]
    small = [
        f"{partnership}. {words.label}. Marking: {said['marking']}. {said['handling']}",
        f"{view.spec['value_label']}; H3 resolution {view.resolution}; snapshot {edition.snapshot}",
        *attribution(edition),
    ]
    return "".join(
        (
            '<div style="font:14px/1.35 arial,sans-serif;color:#0b0c0c;max-width:20em;padding:10px">',
            f'<h1 style="font-size:17px;margin:0 0 6px">{escape(view.heading)}</h1>',
            *notice,
            *(_entry(style.label, f"{_BOX};background:{style.colour}") for style in key),
            *([_line(FAINT.format(least=view.spec["notes"]["fill"]["faint_below"]))] if faint else []),
            *([_entry(OUTLINE, f"{_BOX};border:3px solid #0b0c0c")] if outlined else []),
            *(_line(text) for text in caveats),
            *(f'<p style="margin:6px 0 0;font-size:12px">{escape(text)}</p>' for text in small),
            "</div>",
        )
    )


def _bold(text: str) -> str:
    return f'<p style="margin:0 0 6px"><strong>{escape(text)}</strong></p>'


def _line(text: str) -> str:
    return f'<p style="margin:6px 0 0">{escape(text)}</p>'


def _entry(label: str, style: str) -> str:
    return f'<div><span style="{escape(style)}"></span>{escape(label)}</div>'
