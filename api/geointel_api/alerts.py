"""Alerts as the web service has them: whose they are to see and to act on, and the worker that sends them."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import shapely

from geointel.content import alert_words
from geointel.errors import QuestionError, SnapshotNotFoundError
from geointel_api.access import is_open, may_act, person_of
from geointel_api.errors import WritingRefusedError
from geointel_api.signals import known_signals
from geointel_api.state import requests
from geointel_api.state.database import NOTHING, exists, open_database, parse_url
from geointel_api.state.desk import Desk, find_alert, same_area
from geointel_api.state.mail import About, Post
from geointel_api.state.outbox import Retries
from geointel_api.state.webhook import Posting
from geointel_api.state.worker import Sending, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geointel_api.current import Current
    from geointel_api.door import Visit
    from geointel_api.opened import OpenEdition, Outlines
    from geointel_api.settings import Settings
    from geointel_api.state.alert import Alert
    from geointel_api.state.log import Log

    Area = Mapping[str, str]

FRESH = 5.0
"""Seconds for which the log is taken to be as it was read, while its end is the same."""
OVERLAP = 0.01
"""Share of the smaller of two areas that must lie in the other: borders that only touch are no overlap."""


@dataclass(frozen=True)
class _Kept:
    """What was read of a log with this end, and when."""

    end: tuple[int, str]
    at: float
    log: Log
    alerts: dict[str, Alert]


class Alerts:
    """The desk of one server. Without the setting it is read, if it is there, and nothing is written or sent."""

    def __init__(self, settings: Settings, current: Current) -> None:
        self.on = settings.alerts
        self.settings = settings
        self.url = parse_url(settings.state.get_secret_value(), settings.snapshots)
        self.current = current
        self._desk: Desk | None = None
        self._lock = Lock()
        self._worker: Worker | None = None
        self._kept: _Kept | None = None
        if self.on:
            self.desk()

    def desk(self) -> Desk | None:
        """The desk; ``None`` where alerts are off and there never were any."""
        with self._lock:
            if self._desk is None and (self.on or exists(self.url)):
                self._desk = Desk(open_database(self.url), self.settings.digest_hour)
            return self._desk

    def read(self) -> tuple[Log, dict[str, Alert]] | None:
        """The log and its alerts; ``None`` where there never were any.

        The whole log is read and verified when it has grown, or a few seconds have passed: many readers at once cost as much as one.
        """
        desk = self.desk()
        if desk is None:
            return None
        end, kept = desk.end(), self._kept
        if not self.on and end == (0, NOTHING):
            return None  # a database that only the log of accesses uses
        if kept is None or kept.end != end or time.monotonic() - kept.at > FRESH:
            self._kept = kept = _Kept(end, time.monotonic(), *desk.log())
        return kept.log, kept.alerts

    def writing(self, visit: Visit) -> Desk:
        """The desk, for somebody who may act. Raises ``WritingRefusedError`` for others."""
        desk = self.desk()
        if not may_act(visit.edition):
            message = "Reports, grades and subscriptions are not for the open edition."
            raise WritingRefusedError(message, remedy="Use an edition for partners, if your role may open one.")
        if not self.on or desk is None:
            message = "This server takes no reports."
            raise WritingRefusedError(
                message, remedy="Whoever runs it can set GEOINTEL_ALERTS=on: read docs/alerts.md first."
            )
        return desk

    def start(self) -> None:
        """Begin to send what is due, if alerts are on."""
        desk = self.desk() if self.on else None
        if desk is not None:
            self._worker = Worker(desk, sending_of(self.settings, self._about))
            self._worker.start()

    def stop(self) -> None:
        """Stop sending, and let go of the database."""
        if self._worker is not None:
            self._worker.stop()
        with self._lock:
            if self._desk is not None:
                self._desk.database.close()

    def wake(self) -> None:
        """Send what has just become due."""
        if self._worker is not None:
            self._worker.wake()

    def _about(self) -> About:
        manifest = next(iter(self.current.pin().editions.values())).manifest
        return About(manifest["partnership"]["name"], manifest["synthetic"])


def sending_of(settings: Settings, about: Callable[[], About]) -> Sending:
    """How a server with these settings sends."""
    return Sending(
        Retries(settings.delivery_attempts, settings.delivery_pause, lease=settings.delivery_lease),
        Posting(settings.webhook_loopback),
        Post(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_sender,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
            settings.smtp_security,
        ),
        about,
        random.SystemRandom(),
    )


def take_report(alerts: Alerts, visit: Visit, report: requests.Report) -> Alert:
    """Take in a report about an area and category of the edition. Raises ``QuestionError`` for others."""
    desk = alerts.writing(visit)
    check_category(visit.edition, report.category, "category")
    place = place_of(visit.edition, report.place, "place")
    check_source(visit.edition, report.source)
    return desk.report(report, person_of(report.who, visit.role, visit.visitor), place=place)


def take_step(alerts: Alerts, visit: Visit, name: str, step: requests.AnyStep) -> Alert:
    """Take one step of an alert."""
    desk = alerts.writing(visit)
    place = None
    if isinstance(step, requests.Correct):
        if step.changes.category is not None:
            check_category(visit.edition, step.changes.category, "changes.category")
        if step.changes.place is not None:
            place = place_of(visit.edition, step.changes.place, "changes.place")
    alert = find_alert(desk.log()[1], name)
    public = step.public if isinstance(step, requests.Grade) else bool((alert.grade or {}).get("public"))
    if public and not isinstance(step, requests.Withdraw | requests.Expire):
        check_public(visit, place or alert.content["place"])
    person = person_of(step.who, visit.role, visit.visitor)
    after = desk.step(name, step, person=person, place=place, overlap=overlap_of(visit.edition.outlines))
    alerts.wake()
    return after


def check_category(edition: OpenEdition, category: str, field: str) -> None:
    """Refuse a category that is neither a class of substances nor one of the snapshot's. Raises ``QuestionError``."""
    known = [*alert_words("category"), *(one["id"] for one in edition.manifest["categories"])]
    if category not in known:
        message = f"There is no category {category!r}."
        raise QuestionError(message, field=field, remedy=f"Give one of: {', '.join(known)}.")


def check_source(edition: OpenEdition, source: requests.ManualSource | requests.SignalSource) -> None:
    """Refuse a signal that the edition does not have, where it has signals. Raises ``QuestionError``."""
    if not isinstance(source, requests.SignalSource):
        return
    known = known_signals(edition)
    if known is not None and source.id not in known:
        message = f"There is no signal {source.id!r}."
        raise QuestionError(message, field="source.signal.id", remedy="GET /v1/signals lists the signals.")


def place_of(edition: OpenEdition, place: requests.Place, field: str) -> dict[str, str]:
    """An area of the edition with its name. Raises ``QuestionError`` for any other."""
    try:
        row = edition.outlines.find(place.level, place.code)
    except SnapshotNotFoundError as error:
        raise QuestionError(error.message, field=field, remedy="GET /v1/areas lists the areas.") from None
    return {"level": place.level, "code": place.code, "name": edition.outlines.names[row]}


def check_public(visit: Visit, place: Area) -> None:
    """Refuse to make public what the open edition could not show. Raises ``QuestionError``."""
    everybody = [edition for edition in visit.snapshot.editions.values() if is_open(edition)]
    if not any(edition.outlines.rows(place["level"], place["code"]) for edition in everybody):
        message = f"The open edition does not have the area {place['level']}:{place['code']}."
        raise QuestionError(message, field="public", remedy="Name a larger area, or do not make it public.")


def overlap_of(outlines: Outlines) -> Callable[[Area, Area], bool]:
    """Whether two areas have ground in common, by the outlines of an edition."""

    @cache
    def ground(*areas: tuple[str, str]) -> bool:
        rows = [outlines.rows(*area) for area in areas]
        if not all(rows):
            return False
        shapes = [outlines.geometries[found[0]] for found in rows]
        smaller = min(float(shapely.area(shape)) for shape in shapes)
        return float(shapely.area(shapely.intersection(*shapes))) > OVERLAP * smaller

    def overlap(one: Area, other: Area) -> bool:
        return same_area(one, other) or ground(*sorted((area["level"], area["code"]) for area in (one, other)))

    return overlap


def area_asked(edition: OpenEdition, text: str) -> dict[str, str]:
    """An area as ``level:code``. Raises ``SnapshotNotFoundError`` for one that the edition does not have."""
    level, _, code = text.partition(":")
    edition.outlines.find(level, code)
    return {"level": level, "code": code}


def words_of_category(edition: OpenEdition, slug: str) -> str:
    """A category in words."""
    own = {one["id"]: str(one["label"]) for one in edition.manifest["categories"]}
    return alert_words("category").get(slug) or own.get(slug, slug)


def desk_view(alerts: Alerts, visit: Visit) -> tuple[Log | None, dict[str, Alert]]:
    """The log and its alerts, or nothing where there never were any. The open edition sees an intact log or none."""
    known = alerts.read()
    if known is None:
        return None, {}
    log, found = known
    if not may_act(visit.edition):
        log.intact()
    return log, found
