"""Exit codes and what goes to which stream: 0 done, 1 failed, 2 wrong use or configuration."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import geointel
from geointel import snapshot
from geointel.cli.later import LATER
from geointel.cli.main import app
from geointel.snapshot import layout

from ..street import gzipped
from .small_partnership import FEW_LAYERS, MONTHS, Written, write_partnership

if TYPE_CHECKING:
    from pathlib import Path

VERBS = {
    *(
        "init",
        "check",
        "fetch",
        "evaluate",
        "build",
        "demo",
        "serve",
        "snapshots",
        "verify",
        "rollback",
        "prune",
        "sources",
        "layers",
        "scenario",
        "approve",
        "withdraw",
    ),
    *LATER,
}


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def only_json(done: Any) -> dict[str, Any]:
    """The one JSON object on stdout."""
    assert done.stdout.endswith("\n")
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


Built = tuple[Written, "Path", dict[str, Any]]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A partnership and its two snapshots, built by the command; the answer of the second build."""
    folder = tmp_path_factory.mktemp("twice")
    written = write_partnership(folder, months=MONTHS[:1], layers=FEW_LAYERS)
    command = ("build", written.config, "--data", written.data, "--out", folder / "out", "--json")
    answers = [only_json(run(*command)) for _ in range(2)]
    return written, folder / "out", answers[1]


@pytest.fixture
def built(twice: Built, tmp_path: Path) -> Built:
    """The same, for one test to change."""
    written, out, answer = twice
    shutil.copytree(out.parent, tmp_path, dirs_exist_ok=True)
    return Written(tmp_path / "partnership.toml", tmp_path / "data", written.rows), tmp_path / "out", answer


def test_every_verb_of_the_contract_is_there() -> None:
    assert {command.name or command.callback.__name__ for command in app.registered_commands} == VERBS
    assert {group.name for group in app.registered_groups} == {"keys"}


def test_help_and_version() -> None:
    assert run("--version").stdout == f"{geointel.__version__}\n"
    assert run("--help").exit_code == 0
    for verb in sorted({*VERBS, "keys"}):
        assert run(verb, "--help").exit_code == 0, verb


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["--nothing"], ["build"], ["build", "--data"], ["prune", "x"]])
def test_wrong_use_is_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("verb", sorted(LATER))
@pytest.mark.parametrize("more", [[], ["anything", "--at", "all"]])
def test_what_this_version_does_not_have_is_2_and_says_so(verb: str, more: list[str]) -> None:
    done = run(verb, *more)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"geointel {verb}: not in this version." in done.stderr


def test_other_engines_are_2_and_an_audit_of_public_rows_has_nothing_to_attack(built: Built) -> None:
    written, out, _ = built
    assert run("build", written.config, "--data", written.data, "--engine", "spark://here").exit_code == 2
    done = run("verify", out, "--audit")
    assert (done.exit_code, "There is nothing to attack." in done.stdout) == (0, True)


def test_init_writes_a_partnership_once(tmp_path: Path) -> None:
    done = run("init", tmp_path / "new")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "new" / "partnership.toml").is_file()
    before = (tmp_path / "new" / "partnership.toml").read_bytes()
    assert run("init", tmp_path / "new").exit_code in {1, 2}
    assert (tmp_path / "new" / "partnership.toml").read_bytes() == before


def test_build_prints_one_json_object(twice: Built) -> None:
    written, out, answer = twice
    assert set(answer) == {"snapshot", "path", "editions", "seconds", "sources", "layers"}
    assert answer["snapshot"] == snapshot.current_id(out)
    assert answer["path"] == str(out / answer["snapshot"])
    assert answer["editions"] == ["open", "partner"]
    (source,) = answer["sources"]
    assert set(source) == {"id", "kind", "files", "read", "mapped", "unmapped"}
    assert source["read"] == source["mapped"] + sum(source["unmapped"].values()) == written.rows
    assert [set(layer) for layer in answer["layers"]] == [{"id", "kind", "editions", "rows"}]
    assert answer["seconds"] > 0


def test_build_says_on_stderr_what_it_does(tmp_path: Path) -> None:
    written = write_partnership(tmp_path, months=MONTHS[:1], layers=FEW_LAYERS)
    done = run("build", written.config, "--data", written.data)
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.search(r"police: 62 rows read from 1 files, \d+ mapped; not mapped: bad-row 1, ", done.stderr)
    assert "1 lines are not rows" in done.stderr
    assert "Next: geointel serve" in done.stderr
    assert snapshot.current_id(tmp_path / "snapshots") in done.stderr


def test_a_quick_check_of_what_is_right_reads_no_row(built: Built) -> None:
    written, _, _ = built
    done = run("check", written.config, "--data", written.data, "--quick", "--json")
    assert done.exit_code == 0
    assert only_json(done) == {"config": str(written.config), "ok": True, "faults": []}


def test_check_tells_what_a_build_would_make_of_every_source(built: Built) -> None:
    written, _, answer = built
    before = sorted(written.config.parent.rglob("*"))
    done = run("check", written.config, "--data", written.data, "--json")
    assert done.exit_code == 0
    found = only_json(done)
    assert set(found) == {"config", "ok", "faults", "sources"}
    (source,), (of_build,) = found["sources"], answer["sources"]
    assert {key: source[key] for key in of_build} == of_build
    assert (source["first"], source["last"], source["missing"]) == (MONTHS[0], MONTHS[0], [])
    lost = of_build["unmapped"]
    asked = source["read"] - lost["bad-row"]
    assert source["located"] == round((asked - lost["no-location"] - lost["bad-coordinates"]) / asked, 4)
    assert source["mapped_share"] == round(source["mapped"] / source["read"], 4)
    assert any("lines are not rows" in note for note in source["notes"])
    assert sorted(written.config.parent.rglob("*")) == before


def test_check_tells_people_of_gaps_and_reasons(tmp_path: Path) -> None:
    months = tuple(month for month in MONTHS if month not in {"2025-04", "2025-05", "2025-09"})
    written = write_partnership(tmp_path, months=months, layers=FEW_LAYERS)
    done = run("check", written.config, "--data", written.data)
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.search(r"^police +9 +558 +9\d\.\d% +\d\d\.\d% +2025-01 to 2025-12 *$", done.stderr, re.MULTILINE)
    assert "police: no file for 2025-04 to 2025-05, 2025-09\n" in done.stderr
    assert "police: not mapped: bad-row 9, " in done.stderr
    assert "Next: geointel build" in done.stderr
    assert not (tmp_path / "snapshots.work").exists()


def test_months_that_the_period_asks_for_are_missing(built: Built) -> None:
    written, _, _ = built
    text = written.config.read_text().replace("[grid]", '[period]\nfrom = "2024-12"\nto = "2025-03"\n\n[grid]')
    written.config.write_text(text)
    (source,) = only_json(run("check", written.config, "--data", written.data, "--json"))["sources"]
    assert source["missing"] == ["2024-12", "2025-02"]


def test_check_names_every_source_that_cannot_be_read(tmp_path: Path) -> None:
    written = write_partnership(tmp_path, months=MONTHS[:2], layers=FEW_LAYERS, own=True)
    bad = written.data / "street" / "2025-02" / "2025-02-square-street.csv"
    bad.write_bytes(bad.read_bytes() + b"\xff" * 9)
    (written.data / "own" / "2025-01.csv.zip").write_bytes(b"PK")
    (written.data / "street" / "2025-02-square-street.csv.gz").write_bytes(gzipped(bad.read_text("latin-1"))[:-9])
    written.config.write_text(written.config.read_text().replace('"own/*.csv"', '"own/*"'))
    done = run("check", written.config, "--data", written.data, "--json")
    assert done.exit_code == 2
    found = only_json(done)
    assert (found["ok"], found["sources"]) == (False, [])
    assert [fault["key"] for fault in found["faults"]] == ["source[0]", "source[1]"]
    assert all(fault["message"] in done.stderr and fault["remedy"] for fault in found["faults"])


def test_check_of_what_is_wrong_names_every_fault(built: Built) -> None:
    written, _, _ = built
    text = written.config.read_text().replace("leaf = 9", "leaf = 99").replace('id = "police"', 'id = "p!"')
    written.config.write_text(text)
    done = run("check", written.config, "--data", written.data, "--json")
    assert done.exit_code == 2
    faults = only_json(done)["faults"]
    assert {fault["key"] for fault in faults} >= {"grid.leaf", "source[0].id"}
    assert all(fault["message"] and fault["remedy"] for fault in faults)
    assert all(fault["key"] in done.stderr for fault in faults)


@pytest.mark.parametrize("verb", ["check", "build"])
def test_a_configuration_that_is_not_there_or_names_no_file_is_2(tmp_path: Path, verb: str) -> None:
    assert run(verb, tmp_path / "none.toml").exit_code == 2
    written = write_partnership(tmp_path, months=MONTHS[:1])
    assert run(verb, written.config, "--data", tmp_path / "none").exit_code == 2
    assert not (tmp_path / "snapshots").exists()


def test_fetch_of_nothing_is_done_and_says_what_to_add(built: Built) -> None:
    written, _, _ = built
    done = run("fetch", written.config, "--data", written.data, "--json")
    assert done.exit_code == 0
    assert only_json(done) == {"config": str(written.config), "ok": True, "files": []}
    assert "[[fetch]]" in done.stderr


@pytest.mark.parametrize("verb", ["fetch", "check", "build"])
def test_a_wrong_fetch_table_is_a_fault_for_every_verb(built: Built, verb: str) -> None:
    written, out, _ = built
    before = snapshot.current_id(out)
    written.config.write_text(written.config.read_text() + '\n[[fetch]]\nwhat = "census-2012"\n')
    done = run(verb, written.config, "--data", written.data)
    assert (done.exit_code, "fetch[0].what" in done.stderr) == (2, True)
    assert "census-2021" in done.stderr
    assert snapshot.current_id(out) == before


@pytest.mark.parametrize(("content", "code"), [(b"a,b\n1,2\n", 0), (b"<html>sorry</html>", 1)])
def test_fetch_tells_what_it_fetched(built: Built, content: bytes, code: int) -> None:
    written, _, _ = built

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{http.server_address[1]}/a.csv"
        written.config.write_text(written.config.read_text() + f'\n[[fetch]]\nurl = "{url}"\nlicence = "OGL"\n')
        done = run("fetch", written.config, "--data", written.data, "--json")
        http.shutdown()
        thread.join()
    answer = only_json(done)
    assert (done.exit_code, answer["ok"]) == (code, code == 0)
    (file,) = answer["files"]
    assert (file["name"], file["status"]) == ("own/a.csv", "failed" if code else "fetched")
    assert ("sha256" in file, "fault" in file) == (code == 0, code == 1)
    assert "own/a.csv: " in done.stderr


def test_snapshots_are_listed(built: Built) -> None:
    _, out, answer = built
    listed = only_json(run("snapshots", out, "--json"))["snapshots"]
    assert [one["current"] for one in listed] == [False, True]
    assert listed[1]["id"] == answer["snapshot"]
    lines = run("snapshots", out).stdout.splitlines()
    assert [line[0] for line in lines] == [" ", "*"]


def test_verify(built: Built) -> None:
    _, out, answer = built
    folder = out / answer["snapshot"]
    for path in (out, folder):
        done = run("verify", path, "--json")
        assert (done.exit_code, only_json(done)) == (0, {"snapshot": folder.name, "ok": True, "problems": []})
    damaged = folder / "open" / layout.FACTS
    content = bytearray(damaged.read_bytes())
    content[50] ^= 1
    damaged.write_bytes(bytes(content))
    done = run("verify", out, "--json")
    assert (done.exit_code, only_json(done)["problems"][0]["path"]) == (1, "open/facts.parquet")
    assert "open/facts.parquet" in run("verify", folder).stderr


def test_rollback_and_prune(built: Built) -> None:
    _, out, answer = built
    assert run("rollback", out).exit_code == 0
    assert snapshot.current_id(out) != answer["snapshot"]
    assert run("rollback", out).exit_code == 1
    assert run("rollback", out, "20200101T000000Z-00000000").exit_code == 1
    assert run("rollback", out, answer["snapshot"]).exit_code == 0
    assert run("prune", out, "--keep", "0").exit_code == 2
    done = run("prune", out, "--keep", "1")
    assert (done.exit_code, "1 snapshots deleted" in done.stderr) == (0, True)
    assert [listed.id for listed in snapshot.list_snapshots(out)] == [answer["snapshot"]]


@pytest.mark.parametrize("arguments", [["snapshots"], ["verify"], ["rollback"], ["prune", "--keep", "1"], ["serve"]])
def test_a_folder_without_snapshots_is_1(tmp_path: Path, arguments: list[str]) -> None:
    verb, *more = arguments
    done = run(verb, tmp_path / "none", *more)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["sources", "layers"])
def test_kinds_are_listed(verb: str) -> None:
    done = run(verb, "--json")
    assert done.exit_code == 0
    kinds = only_json(done)[verb]
    assert [line.split("\t")[0] for line in run(verb).stdout.splitlines()] == [kind["kind"] for kind in kinds]


def test_demo_refuses_a_scale_that_is_none(tmp_path: Path) -> None:
    assert run("demo", tmp_path / "demo", "--scale", "galaxy", "--no-serve").exit_code == 2


def test_the_installed_command_ends_with_the_same_codes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "geointel.cli"]
    codes = {
        (): 2,
        ("sources", "--json"): 0,
        ("fetch", "x"): 2,
        ("verify", str(tmp_path)): 1,
    }
    for arguments, code in codes.items():
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, arguments
        assert "Traceback" not in done.stderr
