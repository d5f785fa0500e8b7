"""The Atom feed: well-formed whatever people write, with outlines that other programs can read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geointel_api.atom import MOST_CORNERS, feed, outline
from geointel_api.opened import OpenSnapshot
from geointel_api.state.free_text import plain

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from geointel_api.opened import OpenEdition

NS = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}
ONE = {
    "id": "9da9bf8e-0a96-4926-8151-a36865a284ce",
    "version": 1,
    "title": "Tablets <b>&amp; more",
    "outcome": "alert",
    "criteria": {"acute_harm": "yes", "strength_spike": "no", "misleading": "yes", "hazardous_mixing": "unknown"},
    "category": "opioid",
    "substance": None,
    "harm": 'Harm ]]> & "more"',
    "advice": None,
    "place": {"level": "lad", "code": "E06000009", "name": "Blackpool"},
    "source": "report",
    "observed": "2026-11-20T10:00:00.000000Z",
    "received": "2026-11-21T10:00:00.000000Z",
    "latency_hours": 24.0,
    "published": "2026-11-22T10:00:00.000000Z",
    "expires": "2027-01-01T00:00:00.000000Z",
}
WORDS = {"opioid": "Opioids & more"}


@pytest.fixture(scope="module")
def edition(snapshots: Path) -> OpenEdition:
    from geointel.snapshot import open_snapshot

    return OpenSnapshot(open_snapshot(snapshots)).edition("open")


def read(found: list[dict[str, Any]], edition: OpenEdition) -> ET.Element:
    return ET.fromstring(feed(found, edition, base="https://map.test", words=WORDS))  # noqa: S314 - our own


def test_a_feed_has_what_the_standard_asks_for(edition: OpenEdition) -> None:
    root = read([ONE], edition)
    assert root.tag == f"{{{NS['a']}}}feed"
    for name in ("id", "title", "updated", "author/a:name"):
        assert root.find(f"a:{name}", NS).text  # type: ignore[union-attr]
    assert root.find("a:link[@rel='self']", NS).get("href") == "https://map.test/v1/alerts.atom"  # type: ignore[union-attr]
    (entry,) = root.findall("a:entry", NS)
    assert entry.findtext("a:id", None, NS) == f"urn:uuid:{ONE['id']}"
    assert entry.findtext("a:title", None, NS) == ONE["title"]
    assert entry.findtext("a:updated", None, NS) == ONE["published"]
    assert entry.find("a:category", NS).attrib == {"term": "opioid", "label": "Opioids & more"}  # type: ignore[union-attr]
    summary = entry.findtext("a:summary", "", NS)
    assert ONE["harm"] in summary
    assert "Acute harm; Sold as something else, or contaminated." in summary
    assert "First noticed 24 hours before it was reported." in summary
    assert "None" not in summary


def test_an_outline_is_that_of_the_area_latitude_first(edition: OpenEdition) -> None:
    entry = read([ONE], edition).find("a:entry", NS)
    assert entry is not None
    numbers = [float(text) for text in entry.findtext("g:polygon", "", NS).split()]
    points = list(zip(numbers[1::2], numbers[::2], strict=True))
    assert points[0] == points[-1]
    assert shapely.equals(shapely.Polygon(points), shapely.box(-3.10, 53.70, -3.00, 53.90))
    assert entry.findtext("g:featurename", None, NS) == "Blackpool"


def test_an_area_that_the_edition_no_longer_has_has_no_outline(edition: OpenEdition) -> None:
    entry = read([{**ONE, "place": {"level": "lad", "code": "E0", "name": "Gone"}}], edition).find("a:entry", NS)
    assert entry is not None
    assert entry.find("g:polygon", NS) is None
    assert entry.findtext("g:featurename", None, NS) == "Gone"


def test_an_empty_feed_is_a_feed(edition: OpenEdition) -> None:
    root = read([], edition)
    assert root.findtext("a:updated", None, NS) == edition.manifest["created"]
    assert root.findall("a:entry", NS) == []


def test_a_coast_is_simplified_and_its_largest_part_taken() -> None:
    angles = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = 0.5 + 0.02 * np.sin(400 * angles)
    island = shapely.Polygon(np.column_stack((radius * np.cos(angles) - 3, radius * np.sin(angles) + 54)))
    numbers = [float(text) for text in outline(shapely.MultiPolygon([island, shapely.box(0, 50, 0.1, 50.1)])).split()]
    assert 4 <= len(numbers) // 2 <= MOST_CORNERS
    drawn = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
    assert drawn.is_valid
    assert shapely.area(shapely.intersection(drawn, island)) > 0.9 * island.area


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(min_size=1, max_size=60))
def test_whatever_people_write_it_stays_well_formed(edition: OpenEdition, text: str) -> None:
    kept = plain(text)
    entry = read([{**ONE, "title": kept}], edition).find("a:entry", NS)
    assert entry is not None
    assert (entry.findtext("a:title", "", NS) or "") == kept
