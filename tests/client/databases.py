"""Databases for the tests of alerts: a file of SQLite, and a real server of PostgreSQL where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0
WHY_NOT = "PostgreSQL is not installed (Debian's package postgresql): alerts are tested on SQLite alone"


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is: on the path, or where Debian puts it."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


def _as_somebody() -> tuple[list[str], str | None]:
    """PostgreSQL does not run as root: how to begin its commands, and as whom."""
    if os.getuid() != 0:
        return [], None
    known = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in known else "nobody"
    return ["runuser", "-u", name, "--"], name


@contextmanager
def postgres() -> Iterator[str | None]:
    """A server of this test run's own, on a loopback port; its address without a database, or ``None`` where there is none."""
    initdb, server = program("initdb"), program("postgres")
    before, somebody = _as_somebody()
    if initdb is None or server is None or (before and shutil.which("runuser") is None):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="geointel-postgres-"))
    try:
        if somebody:
            shutil.chown(folder, somebody)
        data = str(folder / "data")
        made = [*before, initdb, "-D", data, "-U", "geointel", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(made, cwd="/", check=True, capture_output=True, timeout=120)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [
            "-D",
            data,
            "-k",
            str(folder),
            "-p",
            str(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]
        running = subprocess.Popen(
            [*before, server, *options], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(port)
            yield f"postgresql://geointel@127.0.0.1:{port}"
        finally:
            _stop(folder / "data" / "postmaster.pid")
            running.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(pid_file: Path) -> None:
    """Ask the server to end at once, by the number that it wrote down."""
    import signal

    os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGINT)


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(f"postgresql://geointel@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            assert time.monotonic() < end, "PostgreSQL does not answer"
            time.sleep(0.05)
        else:
            return


def new_database(server: str) -> str:
    """A new, empty database of a server."""
    name = f"alerts_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
