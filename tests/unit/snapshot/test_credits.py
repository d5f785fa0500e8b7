"""Whose data an edition or one of its layers shows."""

from __future__ import annotations

from geointel.snapshot import credits_of

MANIFEST = {
    "sources": [
        {"id": "police", "attribution": "Home Office."},
        {"id": "lists", "attribution": "NHS."},
        {"id": "own", "attribution": None},
        {"id": "again", "attribution": "NHS."},
    ],
    "area": {"attribution": ["Ordnance Survey."]},
}


def test_an_edition_credits_every_source_once() -> None:
    assert credits_of(MANIFEST) == ("Home Office.", "NHS.", "Ordnance Survey.")


def test_a_layer_credits_its_own_sources_and_the_outlines() -> None:
    assert credits_of(MANIFEST, {"sources": ["police"]}) == ("Home Office.", "Ordnance Survey.")
    assert credits_of(MANIFEST, {"sources": ["again", "own"]}) == ("NHS.", "Ordnance Survey.")


def test_a_layer_that_names_no_source_credits_all() -> None:
    assert credits_of(MANIFEST, {"sources": []}) == credits_of(MANIFEST, {}) == credits_of(MANIFEST)
