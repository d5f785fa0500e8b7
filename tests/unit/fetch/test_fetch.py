"""Fetching from a server that breaks off, is busy, changes its files, lies or sends one elsewhere."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import geointel
from geointel.errors import FetchError
from geointel.fetch import catalogue, run, transfer

from ...street import archive, row, text
from .conftest import Fetcher, Server

CSV = b"code,name\n" + b"".join(b"%d,place\n" % n for n in range(50_000))
Own = Callable[..., str]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def record(fetcher: Fetcher) -> dict[str, Any]:
    found = json.loads((fetcher.cache / "fetched.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def nothing_half_done(fetcher: Fetcher) -> bool:
    return not list(fetcher.cache.rglob("*.part*"))


# --- what is recorded --------------------------------------------------------------------------


def test_a_file_is_fetched_with_its_provenance(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/a/places.csv", CSV, modified="Wed, 01 Jan 2025 00:00:00 GMT")
    (found,) = fetcher(own(url))
    assert (found.name, found.status, found.fault) == ("own/places.csv", "fetched", "")
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV
    entry = record(fetcher)["own/places.csv"]
    assert entry.pop("date").startswith("20")
    assert entry == {
        "what": "own",
        "url": url,
        "final_url": url,
        "sha256": digest(CSV),
        "bytes": len(CSV),
        "publisher": "We",
        "licence": "OGL",
        "etag": server.files["/a/places.csv"].etag,
        "last_modified": "Wed, 01 Jan 2025 00:00:00 GMT",
    }
    assert nothing_half_done(fetcher)


def test_we_say_who_we_are(server: Server, fetcher: Fetcher, own: Own) -> None:
    fetcher(own(server.serve("/places.csv", CSV)))
    ((_, headers),) = server.requests
    assert headers["user-agent"].startswith(f"geointel/{geointel.__version__} ")
    assert headers["accept-encoding"] == "identity"


def test_progress_is_told(server: Server, fetcher: Fetcher, own: Own) -> None:
    told: list[tuple[str, int, int | None]] = []
    fetcher(own(server.serve("/places.csv", CSV)), tell=lambda *now: told.append(now))
    assert told[-1] == ("own/places.csv", len(CSV), len(CSV))
    assert [now for _, now, _ in told] == sorted(now for _, now, _ in told)


# --- once more ---------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [{}, {"etag": None, "modified": "Wed, 01 Jan 2025 00:00:00 GMT"}, {"etag": 'W/"1"'}])
def test_what_has_not_changed_is_not_fetched_again(
    server: Server, fetcher: Fetcher, own: Own, marks: dict[str, Any]
) -> None:
    table = own(server.serve("/places.csv", CSV, **marks))
    fetcher(table)
    before = record(fetcher)
    (found,) = fetcher(table)
    assert (found.status, found.file is not None, record(fetcher)) == ("unchanged", True, before)
    assert len(server.requests) == 2


def test_what_has_changed_is_fetched_again(server: Server, fetcher: Fetcher, own: Own) -> None:
    table = own(server.serve("/places.csv", CSV))
    fetcher(table)
    server.serve("/places.csv", CSV + b"1,new\n")
    (found,) = fetcher(table)
    assert found.status == "fetched"
    assert record(fetcher)["own/places.csv"]["sha256"] == digest(CSV + b"1,new\n")


def test_a_file_that_somebody_changed_here_is_fetched_again(server: Server, fetcher: Fetcher, own: Own) -> None:
    table = own(server.serve("/places.csv", CSV))
    fetcher(table)
    (fetcher.cache / "own" / "places.csv").write_bytes(CSV.replace(b"place", b"other"))
    assert [one.status for one in fetcher(table)] == ["fetched"]
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV


# --- transfers that break off ------------------------------------------------------------------


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", CSV, cut=[100_000, 50_000])
    (found,) = fetcher(own(url))
    assert found.status == "fetched"
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV
    ranges = [headers.get("range") for _, headers in server.requests]
    assert ranges[0] is None
    assert all(ranges[1:])
    assert len(ranges) == 3
    assert nothing_half_done(fetcher)


def test_a_later_run_goes_on_where_the_last_one_stopped(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", CSV, cut=[100_000, 0, 0, 0, 0])
    (failed,) = fetcher(own(url))
    assert (failed.status, "broke off" in failed.fault) == ("failed", True)
    assert not (fetcher.cache / "own" / "places.csv").exists()
    server.requests.clear()
    assert [one.status for one in fetcher(own(url))] == ["fetched"]
    assert [headers.get("range") for _, headers in server.requests] == ["bytes=100000-"]
    assert record(fetcher)["own/places.csv"]["sha256"] == digest(CSV)


def test_two_versions_of_a_file_are_never_joined(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", CSV, cut=[100_000, 0, 0, 0, 0])
    fetcher(own(url))
    server.serve("/places.csv", CSV.replace(b"place", b"other"))
    assert [one.status for one in fetcher(own(url))] == ["fetched"]
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV.replace(b"place", b"other")


@pytest.mark.parametrize("more", [{"ranges": False}, {"etag": None}, {"etag": 'W/"1"'}])
def test_where_it_cannot_go_on_it_begins_again(
    server: Server, fetcher: Fetcher, own: Own, more: dict[str, Any]
) -> None:
    fetcher(own(server.serve("/places.csv", CSV, cut=[100_000], **more)))
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV


def test_a_part_that_is_whole_already_is_fetched_again(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", CSV)
    part = fetcher.cache / "own" / "places.csv.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CSV)
    about = {"url": url, "etag": server.files["/places.csv"].etag, "last_modified": None}
    part.with_name("places.csv.part.json").write_text(json.dumps(about))
    assert [one.status for one in fetcher(own(url))] == ["fetched"]
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV


# --- busy servers ------------------------------------------------------------------------------


def test_a_busy_server_is_given_the_time_that_it_asks_for(
    server: Server, fetcher: Fetcher, own: Own, in_seconds: Callable[[float], str]
) -> None:
    busy = [
        (503, {"Retry-After": "7"}),
        (429, {"Retry-After": in_seconds(30)}),
        (502, {}),
        (500, {"Retry-After": "soon"}),
    ]
    assert [one.status for one in fetcher(own(server.serve("/places.csv", CSV, status=busy)))] == ["fetched"]
    first, second, third, fourth = fetcher.waits
    assert (first, third, fourth) == (7, 8, 16)
    assert 25 <= second <= 30


def test_nobody_waits_for_ever(server: Server, fetcher: Fetcher, own: Own) -> None:
    busy = [(503, {"Retry-After": "86400"})] * 9
    (found,) = fetcher(own(server.serve("/places.csv", CSV, status=busy)))
    assert (found.status, "503" in found.fault) == ("failed", True)
    assert fetcher.waits == [transfer.LONGEST_WAIT] * (transfer.TRIES - 1)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_file_that_is_not_there_is_told_at_once_and_the_next_one_is_fetched(
    server: Server, fetcher: Fetcher, own: Own, status: int
) -> None:
    gone = server.serve("/gone.csv", CSV, status=[(status, {})])
    missing, there = fetcher(own(gone) + own(server.serve("/places.csv", CSV)))
    assert (missing.status, there.status) == ("failed", "fetched")
    assert str(status) in missing.fault
    assert fetcher.waits == []


# --- wrong content -----------------------------------------------------------------------------

PAGE = b"\n<!DOCTYPE html><html><body>We are sorry</body></html>"


@pytest.mark.parametrize(
    ("what", "choose", "content", "wrong"),
    [
        ("census-2021", 'table = "ts001"', PAGE, "a web page"),
        ("census-2021", 'table = "ts001"', b"PK\x03\x04 broken", "no zip archive"),
        ("census-2021", 'table = "ts001"', b"", "empty"),
        ("imd-2025", "", PAGE, "a web page"),
        ("imd-2025", "", b"<Error><Code>AccessDenied</Code></Error>", "no table of text"),
        ("osm-county", 'county = "rutland"', b"PK", "no OpenStreetMap file"),
        ("ons-districts-2024", 'code = "E06000009"', b'{"error": {"code": 400}}', "no GeoJSON with features"),
        ("ons-districts-2024", 'code = "E06000009"', b"{", "no GeoJSON"),
        ("ons-districts-2024", 'code = "E06000009"', b'{"features": []}', "without any feature"),
        (
            "ons-districts-2024",
            'code = "E06000009"',
            b'{"features": [{}], "properties": {"exceededTransferLimit": true}}',
            "not complete",
        ),
    ],
)
def test_what_is_not_what_it_should_be_is_kept_aside(
    server: Server,
    fetcher: Fetcher,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    choose: str,
    content: bytes,
    wrong: str,
) -> None:
    entry = catalogue()[what].model_copy(update={"url": server.serve("/file", content)})
    monkeypatch.setattr("geointel.fetch.wanted.catalogue", lambda: {what: entry})
    (found,) = fetcher(f'\n[[fetch]]\nwhat = "{what}"\nchoose = {{ {choose} }}\n')
    assert (found.status, wrong in found.fault) == ("failed", True)
    (aside,) = fetcher.cache.rglob("*.refused")
    assert aside.read_bytes() == content
    assert not (fetcher.cache / "fetched.json").exists()


def test_another_sha256_than_the_one_asked_for_is_refused(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", CSV)
    right, wrong = (own(url, f'sha256 = {{ "places.csv" = "{it}" }}') for it in (digest(CSV), "0" * 64))
    (refused,) = fetcher(wrong)
    assert (refused.status, digest(CSV) in refused.fault) == ("failed", True)
    assert (fetcher.cache / "own" / "places.csv.refused").read_bytes() == CSV
    assert not (fetcher.cache / "own" / "places.csv").exists()
    assert [one.status for one in fetcher(right)] == ["fetched"]
    assert [one.status for one in fetcher(wrong)] == ["failed"]
    assert (fetcher.cache / "own" / "places.csv").read_bytes() == CSV


@pytest.mark.parametrize("limit", [1000, 600_000])
def test_no_more_is_fetched_than_the_limit(server: Server, fetcher: Fetcher, own: Own, limit: int) -> None:
    tables = own(server.serve("/a.csv", CSV)) + own(server.serve("/b.csv", CSV))
    outcomes = fetcher(tables, limit=limit)
    assert [one.status for one in outcomes] == ["failed" if limit < len(CSV) else "fetched", "failed"]
    assert "--limit" in outcomes[-1].remedy


# --- redirects ---------------------------------------------------------------------------------


def test_a_redirect_on_the_same_host_is_followed(server: Server, fetcher: Fetcher, own: Own) -> None:
    target = server.serve("/new/places.csv", CSV)
    url = server.serve("/places.csv", b"", status=[(302, {"Location": "/new/places.csv"})])
    (found,) = fetcher(own(url))
    assert found.file is not None
    assert (found.file.url, found.file.final_url) == (url, target)


@pytest.mark.parametrize(
    "target",
    [
        "https://10.0.0.1/places.csv",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/places.csv",
        "https://192.168.1.1/",
        "http://198.51.100.7/places.csv",
        "http://example.org/places.csv",
        "file:///etc/passwd",
        "ftp://example.org/places.csv",
    ],
)
def test_a_redirect_to_where_we_must_not_go_is_refused(server: Server, fetcher: Fetcher, own: Own, target: str) -> None:
    url = server.serve("/places.csv", b"", status=[(302, {"Location": target})])
    (found,) = fetcher(own(url))
    assert (found.status, "not a public https address" in found.fault) == ("failed", True)
    assert len(server.requests) == 1


def test_redirects_in_a_circle_end(server: Server, fetcher: Fetcher, own: Own) -> None:
    url = server.serve("/places.csv", b"", status=[(302, {"Location": "/places.csv"})] * 99)
    (found,) = fetcher(own(url))
    assert (found.status, "more than 5 times" in found.fault) == ("failed", True)


# --- archives ----------------------------------------------------------------------------------


@pytest.fixture
def police(server: Server, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small police archive, served at the catalogue's path."""
    members: dict[str, str | bytes] = {
        f"2025-01/2025-01-{force}-{kind}.csv": text(row())
        for force in ("lancashire", "kent")
        for kind in ("street", "outcomes", "stop-and-search")
    }
    content = archive({**members, "../evil-lancashire-street.csv": "x", "/x/y-lancashire-street.csv": "x"})
    url = server.serve("/data/archive/2025-01.zip", content).replace("2025-01", "{month}")
    entry = catalogue()["police-uk-archive"].model_copy(update={"url": url})
    monkeypatch.setattr("geointel.fetch.wanted.catalogue", lambda: {"police-uk-archive": entry})
    return content


POLICE = '\n[[fetch]]\nwhat = "police-uk-archive"\nchoose = { month = "2025-01", force = "FORCE" }\n'


def test_the_chosen_forces_are_taken_out_of_an_archive(police: bytes, fetcher: Fetcher) -> None:
    (found,) = fetcher(POLICE.replace("FORCE", "lancashire"))
    folder = fetcher.cache / "police-uk-archive" / "2025-01"
    taken = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert taken == [f"2025-01-lancashire-{kind}.csv" for kind in ("outcomes", "stop-and-search", "street")]
    assert len(found.members) == 3
    assert all((fetcher.cache / member).is_file() for member in found.members)
    assert not (fetcher.folder / "evil-lancashire-street.csv").exists()
    assert found.file is not None
    assert found.file.sha256 == digest(police)


def test_a_force_that_the_archive_has_not_is_a_fault_and_the_archive_stays(
    police: bytes, server: Server, fetcher: Fetcher
) -> None:
    (found,) = fetcher(POLICE.replace("FORCE", "lancashir"))
    assert (found.status, "has no file like" in found.fault) == ("failed", True)
    server.requests.clear()
    assert [one.status for one in fetcher(POLICE.replace("FORCE", "lancashire"))] == ["unchanged"]
    assert (fetcher.cache / "police-uk-archive" / "2025-01.zip").read_bytes() == police


# --- the folder --------------------------------------------------------------------------------


def test_one_run_at_a_time(fetcher: Fetcher) -> None:
    with run._held(fetcher.cache), pytest.raises(FetchError, match="Another run"), run._held(fetcher.cache):
        pass


def test_a_record_that_cannot_be_read_is_named(fetcher: Fetcher, own: Own, server: Server) -> None:
    fetcher.cache.mkdir()
    (fetcher.cache / "fetched.json").write_text("[")
    with pytest.raises(FetchError, match=r"fetched\.json cannot be read"):
        fetcher(own(server.serve("/places.csv", CSV)))


def test_nothing_named_is_nothing_fetched(fetcher: Fetcher) -> None:
    assert fetcher("") == []
    assert not fetcher.cache.exists()


def test_what_to_fetch_is_known_without_a_client() -> None:
    code = "import geointel.fetch, sys; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
