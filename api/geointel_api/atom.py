"""Alerts as an Atom feed (RFC 4287) with the outlines of their areas (GeoRSS Simple)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

import shapely

from geointel.content import alert_words
from geointel_api.state.mail import basis_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel_api.opened import OpenEdition

ATOM_TYPE = "application/atom+xml"
ATOM, GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
ET.register_namespace("georss", GEORSS)
FINEST = 0.001
"""Outlines are simplified to about 100 metres, and have at most so many corners:"""
MOST_CORNERS = 200


def feed(found: Sequence[Mapping[str, Any]], edition: OpenEdition, *, base: str, words: Mapping[str, str]) -> bytes:
    """The feed of some published versions, the last published first. ``words`` are labels of their categories."""
    manifest = edition.manifest
    about = alert_words("feed")
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    name = f"{manifest['partnership']['id']}/{edition.name}/alerts"
    _add(root, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, name)}")
    _add(root, "title", about["title"].format(partnership=manifest["partnership"]["name"]))
    _add(root, "subtitle", alert_words("mail")["synthetic"] if manifest["synthetic"] else about["about"])
    _add(root, "updated", found[0]["published"] if found else manifest["created"])
    ET.SubElement(root, "link", {"rel": "self", "type": ATOM_TYPE, "href": f"{base}/v1/alerts.atom"})
    _add(ET.SubElement(root, "author"), "name", manifest["partnership"]["name"])
    for one in found:
        _entry(root, one, edition, base=base, words=words)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(
    root: ET.Element, one: Mapping[str, Any], edition: OpenEdition, *, base: str, words: Mapping[str, str]
) -> None:
    entry = ET.SubElement(root, "entry")
    _add(entry, "id", f"urn:uuid:{one['id']}")
    _add(entry, "title", one["title"])
    _add(entry, "updated", one["published"])
    _add(entry, "published", one["published"])
    ET.SubElement(
        entry, "link", {"rel": "alternate", "type": "application/json", "href": f"{base}/v1/alerts/{one['id']}"}
    )
    ET.SubElement(entry, "category", {"term": one["category"], "label": words[one["category"]]})
    _add(entry, "summary", _summary(one), type="text")
    place = one["place"]
    _add(entry, f"{{{GEORSS}}}featurename", place["name"])
    rows = edition.outlines.rows(place["level"], place["code"])
    if rows:
        _add(entry, f"{{{GEORSS}}}polygon", outline(edition.outlines.geometries[rows[0]]))


def _summary(one: Mapping[str, Any]) -> str:
    mail = alert_words("mail")
    lines = [
        mail["place"].format(place=one["place"]["name"]),
        *(mail[name].format(**{name: one[name]}) for name in ("substance", "harm", "advice") if one[name]),
        *basis_words(one),
    ]
    return "\n".join(lines)


def outline(shape: Any) -> str:
    """The largest part of an area, simplified, as ``lat lng lat lng …`` and closed."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    tolerance = FINEST
    ring = shapely.get_exterior_ring(shapely.simplify(largest, tolerance))
    while shapely.get_num_coordinates(ring) > MOST_CORNERS:
        tolerance *= 2
        ring = shapely.get_exterior_ring(shapely.simplify(largest, tolerance))
    return " ".join(f"{lat:.4f} {lng:.4f}" for lng, lat in shapely.get_coordinates(ring).tolist())


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
