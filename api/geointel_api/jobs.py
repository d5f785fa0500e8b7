"""Answers that take longer than a request: worked out one after another, asked for again by an id that nobody can guess."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotNotFoundError
from geointel_api.errors import Problem, TooLargeError, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 64
"""Most jobs whose answers are kept; the oldest finished one goes first."""
WAITING = 8
"""Most jobs that may wait."""
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


@dataclass
class Job:
    """One answer in the making, and of which edition and snapshot it is: no other may see it, nor anybody once that is gone."""

    id: str
    edition: str
    snapshot: str = ""
    state: str = QUEUED
    stage: str = "Waiting"
    answer: dict[str, Any] | None = None
    problem: Problem | None = None
    lock: Lock = field(default_factory=Lock, repr=False)

    def told(self) -> dict[str, Any]:
        """The job as ``GET /v1/jobs/{id}`` answers."""
        with self.lock:
            problem = None if self.problem is None else {"detail": self.problem.detail, "remedy": self.problem.remedy}
            return {"id": self.id, "state": self.state, "stage": self.stage, "answer": self.answer, "problem": problem}


class Jobs:
    """Jobs of one server, worked on one at a time: proofs would otherwise starve the map."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="geointel-job")

    def begin(
        self, edition: str, work: Callable[[Callable[[str], None]], dict[str, Any]], *, snapshot: str = ""
    ) -> Job:
        """Take work on. ``work`` is given a function to say at which stage it is. Raises ``TooLargeError`` when too many wait."""
        with self._lock:
            waiting = sum(job.state in {QUEUED, RUNNING} for job in self._jobs.values())
            if waiting >= WAITING:
                message = f"{waiting} long answers are being worked out already."
                raise TooLargeError(message, remedy="Ask again in a few minutes.")
            job = Job(secrets.token_urlsafe(16), edition, snapshot)
            self._jobs[job.id] = job
            self._forget()
        self._pool.submit(_work, job, work)
        return job

    def find(self, name: str, editions: tuple[str, ...]) -> Job:
        """A job of one of some editions. Raises ``SnapshotNotFoundError`` for any other, as for one that is not there."""
        with self._lock:
            job = self._jobs.get(name)
        if job is None or job.edition not in editions:
            message = "There is no such job, or its answer is no longer kept."
            raise SnapshotNotFoundError(message, remedy="Ask the question again.")
        return job

    def _forget(self) -> None:
        finished = [name for name, job in self._jobs.items() if job.state in {DONE, FAILED}]
        for name in finished[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[name]


def _work(job: Job, work: Callable[[Callable[[str], None]], dict[str, Any]]) -> None:
    def announce(stage: str) -> None:
        with job.lock:
            job.stage = stage

    with job.lock:
        job.state = RUNNING
    try:
        answer, problem = work(announce), None
    except Exception as error:  # noqa: BLE001 - told to whoever asks for the job, and logged there
        answer, problem = None, problem_of(error)
    with job.lock:
        job.answer, job.problem = answer, problem
        job.state = DONE if problem is None else FAILED
        job.stage = "Finished" if problem is None else "Stopped"
