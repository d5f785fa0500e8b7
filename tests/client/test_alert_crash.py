"""The real server, killed twenty times while people act and webhooks leave: nothing is half done, and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
from sqlalchemy import select

from geointel_api.state.alert import after
from geointel_api.state.database import open_database, parse_url
from geointel_api.state.desk import Desk
from geointel_api.state.steps import MAY_FOLLOW
from geointel_api.state.tables import deliveries, items

from .desk import CHAIR, CHEMIST, DIRECTOR, DOCTOR, GRADE
from .http_desk import SENT
from .receivers import receiving

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

KILLS = 20
SEED = 20261128
ACTORS = 3
TEAMS = 2
PATIENCE = 60.0
NURSERY = """
import os, signal, sys
from pathlib import Path
import geointel_api.app
from geointel_api.serve import run
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(Path(sys.argv[1]), port=int(sys.argv[2]))
    print(child, flush=True)
"""
"""Has everything imported, and at each line begins the server as a process of its own: twenty starts in seconds."""


class Server:
    """The service as a process of its own, which may be killed and begun again at the same address."""

    def __init__(self, snapshots: Path, state: str) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        settings = {
            "ALERTS": "on",
            "STATE": state,
            "ANONYMOUS_ROLE": "analyst",
            "WEBHOOK_LOOPBACK": "on",
            "DELIVERY_ATTEMPTS": "60",
            "DELIVERY_PAUSE": "0.05",
            "DELIVERY_LEASE": "1",
        }
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        environment |= {f"GEOINTEL_{name}": text for name, text in settings.items()}
        self.nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY, str(snapshots), str(port)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.running = 0

    def begin(self) -> None:
        """Start it, and wait until it answers what people will ask."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("begin\n")
        self.nursery.stdin.flush()
        self.running = int(self.nursery.stdout.readline())
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, "the server does not answer"
            try:
                if httpx.get(f"{self.address}/v1/alerts", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)

    def kill(self) -> None:
        """End it without a warning."""
        if self.running:
            os.kill(self.running, signal.SIGKILL)
        self.running = 0

    def close(self) -> None:
        self.kill()
        self.nursery.communicate(timeout=PATIENCE)


@dataclass
class People:
    """Who report and act, each on alerts of their own, until the server is gone. ``promised`` is what it said was done."""

    address: str
    promised: Counter[str] = field(default_factory=Counter)
    cut_off: int = 0
    unexpected: list[str] = field(default_factory=list)

    def act(self, mine: list[str], chance: random.Random, stop: threading.Event) -> None:
        with httpx.Client(base_url=self.address, timeout=20) as http:
            while not stop.is_set():
                try:
                    self.one_step(http, mine, chance)
                except httpx.TransportError:
                    self.cut_off += 1
                    return

    def one_step(self, http: httpx.Client, mine: list[str], chance: random.Random) -> None:
        if not mine:
            name = str(UUID(int=chance.getrandbits(128), version=4))
            mine.append(name)  # before it is asked for: whether it was taken in is seen later
            answer = http.post("/v1/alerts", json={**SENT, "id": name})
            self.note(name, answer, 201)
            return
        name = mine[0]
        seen = http.get(f"/v1/alerts/{name}")
        if seen.status_code == 404:
            mine.pop(0)
            if self.promised[name]:
                self.unexpected.append(f"{name} was taken in, and is gone")
            return
        alert = seen.json()["alert"]
        step = next_step(alert)
        if step is None:
            mine.pop(0)
            return
        answer = http.post(
            f"/v1/alerts/{name}/transitions", json={**step, "why": "As agreed", "sequence": alert["sequence"]}
        )
        self.note(name, answer, 200)

    def note(self, name: str, answer: httpx.Response, good: int) -> None:
        if answer.status_code == good:
            self.promised[name] = answer.json()["alert"]["sequence"]
        else:
            self.unexpected.append(f"{answer.status_code} {answer.text[:200]}")


def next_step(alert: dict[str, Any]) -> dict[str, Any] | None:
    """What comes next for an alert, whoever began it. ``None`` when it is published."""
    if alert["state"] == "received":
        return {"action": "validate", "who": CHEMIST}
    if alert["state"] == "validated":
        return {**GRADE, "who": CHAIR, "expires": f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"}
    if len(alert["approvals"]) < 2:
        return {"action": "approve", "who": DOCTOR if alert["approvals"] else DIRECTOR}
    return None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_killed_twenty_times_it_loses_nothing_and_repeats_nothing(fresh_snapshots: Path, state_url: str) -> None:
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    slow = random.Random(SEED + 1)  # noqa: S311

    def answers(_: int) -> int:
        time.sleep(slow.uniform(0.0, 0.03))
        return 503 if slow.random() < 0.1 else 200

    server = Server(fresh_snapshots, state_url)
    people = People(server.address)
    own: list[list[str]] = [[] for _ in range(ACTORS)]
    with receiving(answers) as receiver:
        try:
            server.begin()
            for _ in range(TEAMS):
                channel = {"kind": "webhook", "url": receiver.url}
                made = httpx.post(
                    f"{server.address}/v1/subscriptions", json={"who": CHAIR, "label": "Team", "channel": channel}
                )
                assert made.status_code == 201
            for number in range(KILLS):
                if number:
                    server.begin()
                during(people, own, moments, lambda: (time.sleep(moments.uniform(0.1, 0.6)), server.kill()))
            server.begin()
            finish(people, own, moments)
            wait_for_the_outbox(server.address)
        finally:
            server.close()
        seen = Counter(receiver.keys)
    assert people.unexpected == []
    assert people.cut_off >= KILLS, "hardly anybody was cut off: the test shows nothing"
    judge(fresh_snapshots, state_url, people, seen)


def during(people: People, own: list[list[str]], moments: random.Random, happens: Any) -> None:
    """Let people act while something happens."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=people.act, args=(mine, random.Random(moments.getrandbits(64)), stop))  # noqa: S311
        for mine in own
    ]
    for thread in threads:
        thread.start()
    happens()
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)


def finish(people: People, own: list[list[str]], moments: random.Random) -> None:
    """Bring every alert that was begun to its end."""
    with httpx.Client(base_url=people.address, timeout=20) as http:
        for mine in own:
            while mine:
                people.one_step(http, mine, moments)


def wait_for_the_outbox(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        found = httpx.get(f"{address}/v1/subscriptions").json()["subscriptions"]
        if not any(one["deliveries"]["waiting"] for one in found):
            return
        assert time.monotonic() < end, found
        time.sleep(0.05)


def judge(snapshots: Path, state: str, people: People, seen: Counter[str]) -> None:
    """Look at what is left, without the server."""
    desk = Desk(open_database(parse_url(state, snapshots)))
    try:
        log, alerts = desk.log()
        with desk.database.reading() as connection:
            rows = connection.execute(select(deliveries)).all()
            inside = connection.execute(select(items)).all()
    finally:
        desk.database.close()
    assert log.broken is None
    assert [event.position for event in log.events] == list(range(1, len(log.events) + 1))
    for name, sequence in people.promised.items():
        assert alerts[name].sequence >= sequence, "what the server said was done is done"
    for alert in alerts.values():
        assert [event.sequence for event in alert.events] == list(range(1, alert.sequence + 1))
        before = None
        for event in alert.events:
            assert event.from_state == (before.state if before else None)
            assert before is None or before.state in MAY_FOLLOW[event.action]
            before = after(before, event)
        assert alert.published is not None
    assert len(alerts) >= KILLS // 2, "too little happened: the test shows nothing"
    told = {(row.subscription, item.position) for row in rows for item in inside if item.delivery == row.id}
    published = {alert.published.event.position for alert in alerts.values() if alert.published}
    assert len(rows) == len(told) == TEAMS * len(published), "each alert once for each subscription"
    assert {position for _, position in told} == published
    assert {row.state for row in rows} <= {"sent", "failed"}
    arrived = {row.id for row in rows if row.state == "sent"}
    assert arrived <= set(seen) <= {row.id for row in rows}, "what is called sent was seen, under its key and no other"
    assert any(row.attempts > 1 for row in rows)
