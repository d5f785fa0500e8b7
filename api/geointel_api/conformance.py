"""Which classes of the OGC API standards this version implements.

A class stands here only while ``tests/client/test_conformance.py`` proves it; ``/conformance``
says nothing else.
"""

from __future__ import annotations

_COMMON = "http://www.opengis.net/spec/ogcapi-common"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"

IMPLEMENTED = (
    f"{_COMMON}-1/1.0/conf/core",
    f"{_COMMON}-1/1.0/conf/landing-page",
    f"{_COMMON}-1/1.0/conf/json",
    f"{_COMMON}-2/1.0/conf/collections",
    f"{_FEATURES}/core",
    f"{_FEATURES}/geojson",
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/geodata-tilesets",
    f"{_TILES}/mvt",
)
