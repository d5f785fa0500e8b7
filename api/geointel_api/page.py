"""The map page with its first answers filled in, so that it says something before any script runs."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.model import month_label, parse_month
from geointel.snapshot import credits_of
from geointel_api.links import address
from geointel_api.snapshot_document import snapshot_document
from geointel_api.strongest import table_html
from geointel_api.view import Choice, View, accuracy_of, caveats_of, select, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel_api.access import Visitor
    from geointel_api.door import Visit

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; style-src-elem 'self'; "
    "style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'"
)
"""No script and no style sheet but the page's own files, and nothing fetched from elsewhere.

The map library places its parts by style attributes. Browsers that know no rule for attributes alone have the wider one.
"""
NO_FRAMES = "'none'"


BESIDE_MAP = 2
"""Caveats that stand beside the map; all of them stand below it."""


def content_policy(frames: Sequence[str] = ()) -> str:
    """Content security policy of the page, and whose pages may have it in a frame: none unless they are named."""
    return f"{POLICY}; frame-ancestors {' '.join(frames) or NO_FRAMES}"


def fill(template: str, visit: Visit, *, sign_in: str = "") -> str:
    """Put the view that the address asks for into the page, or that there is none in this edition.

    ``sign_in`` is the address for signing in; empty where people cannot.
    """
    manifest = visit.edition.manifest
    parts = {
        "service": escape(manifest["partnership"]["name"]),
        "banner": _banner() if manifest["synthetic"] else "",
        "facts": _facts(visit),
        "person": person_html(visit.visitor, sign_in) if sign_in else "",
        **(_of_view(visit) if manifest["layers"] else _of_no_view()),
    }
    for name, text in parts.items():
        template = template.replace(f"<!--geointel:{name}-->", text)
    return template


def _of_view(visit: Visit) -> dict[str, str]:
    view = page_view(visit)
    title = escape(title_of(view))
    return {
        "title": title,
        "caveat": "".join(f"<p>{escape(caveat)}</p>" for caveat in caveats_of(view)[:BESIDE_MAP]),
        "accuracy": escape(accuracy_of(view) or ""),
        "picture": f'<img src="{escape(_picture(visit, view))}" alt="{title}">',
        "table": table_html(view),
        "boot": boot_block(visit, view),
    }


def _of_no_view() -> dict[str, str]:
    """Without a boot block the script asks for the layers itself, and says that there are none."""
    words = escape(content.notice("no-layers"))
    return {"title": words, "caveat": f"<p>{words}</p>", "accuracy": "", "picture": "", "table": "", "boot": ""}


def page_view(visit: Visit) -> View:
    """Return the view that the address asks for; what it names wrongly is replaced by the default.

    Raises ``SnapshotNotFoundError`` for an edition without layers.
    """
    specs = {spec["id"]: spec for spec in visit.edition.manifest["layers"]}
    spec = specs.get(visit.parameter("layer") or "", visit.edition.first_layer)
    window, category = visit.parameter("window"), visit.parameter("category")
    choice = Choice(window if window in spec["windows"] else None, category if category in spec["categories"] else None)
    return select(visit.edition, spec["id"], choice)


def boot_block(visit: Visit, view: View) -> str:
    """What the script would have to ask for first, as a block of data; no ``<`` in it ends the block."""
    document: dict[str, Any] = {
        "snapshot": snapshot_document(visit),
        "layers": visit.edition.manifest["layers"],
        "view": {"edition": visit.edition.name, **view.address},
    }
    spelt = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f'<script type="application/json" id="geointel-boot">{spelt.replace("<", chr(92) + "u003c")}</script>'


def person_html(visitor: Visitor, sign_in: str) -> str:
    """Who is signed in with a way out, or a way in."""
    if visitor.how != "session":
        return f'<a id="sign-in" href="{escape(sign_in)}">{content.notice("sign_in")}</a>'
    who = escape(content.notice("signed_in_as", person=visitor.name))
    return (
        f'<span id="person">{who}</span><form method="post" action="./auth/sign-out">'
        f'<button type="submit">{content.notice("sign_out")}</button></form>'
    )


def _banner() -> str:
    return f'<p class="app-banner" id="synthetic">{escape(content.notice("synthetic"))}</p>'


def _picture(visit: Visit, view: View) -> str:
    asked = {name: value for name, value in view.address.items() if name != "layer"}
    return address(".", f"/v1/layers/{view.layer}/map.svg", **asked, edition=visit.parameter("edition"))


def _facts(visit: Visit) -> str:
    manifest = visit.edition.manifest
    through = manifest["period"]["data_through"]
    facts = {
        **({"Data to": month_label(parse_month(through))} if through else {}),
        "Loaded": manifest["created"][:10],
        "Source": " ".join(credits_of(manifest)),
        "Version": f"{manifest['version']}, snapshot {visit.snapshot.id}",
    }
    return "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts.items())
