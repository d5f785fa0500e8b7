"""Answers about where to open services, as documents."""

from __future__ import annotations

from typing import Any, Literal

from geointel_api.documents import Answer


class SitesDocument(Answer):
    """Plans for new services, each with whom it reaches and how much better any plan could be."""

    snapshot: str
    edition: str
    layer: str
    category: str
    help: str
    model: str
    minutes: float
    candidates: int
    existing: int
    before: dict[str, Any]
    plans: list[dict[str, Any]]
    curve: list[dict[str, Any]] | None
    words: dict[str, str]
    caveats: dict[str, str]


class JobDocument(Answer):
    """A long answer: ``answer`` is that of its question once ``state`` is ``done``."""

    id: str
    state: Literal["queued", "running", "done", "failed"]
    stage: str
    answer: dict[str, Any] | None
    problem: dict[str, str] | None
    href: str
