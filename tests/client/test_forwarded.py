"""What a proxy says counts as far as the operator trusts it, and no further."""

from __future__ import annotations

import pytest

from geointel_api.forwarded import Forwarded


def scope_of(*lines: tuple[bytes, bytes]) -> dict[str, object]:
    return {"client": ("10.0.0.9", 5), "scheme": "http", "headers": list(lines)}


@pytest.mark.parametrize(
    ("proxies", "said", "found"),
    [
        (0, ["192.0.2.1"], "10.0.0.9"),
        (1, ["192.0.2.1"], "192.0.2.1"),
        (1, ["198.51.100.7, 192.0.2.1"], "192.0.2.1"),
        (1, ["198.51.100.7", "192.0.2.1"], "192.0.2.1"),
        (2, ["198.51.100.7, 192.0.2.1, 10.0.0.8"], "192.0.2.1"),
        (2, ["192.0.2.1"], "10.0.0.9"),
        (1, ["2001:db8::1"], "2001:db8::1"),
        (1, ["unknown"], "10.0.0.9"),
        (1, ["192.0.2.1\r\nx: y"], "10.0.0.9"),
        (1, [" , ,"], "10.0.0.9"),
        (1, [], "10.0.0.9"),
    ],
)
def test_the_address_is_what_the_last_trusted_proxy_saw(proxies: int, said: list[str], found: str) -> None:
    scope = scope_of(*[(b"x-forwarded-for", line.encode()) for line in said])
    assert Forwarded(proxies).placed(scope)["client"][0] == found
    assert scope["client"] == ("10.0.0.9", 5), "the request itself is left as it was"


@pytest.mark.parametrize(
    ("proxies", "said", "found"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (2, "https", "https"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (1, "javascript", "http"),
    ],
)
def test_the_scheme_is_what_the_last_trusted_proxy_saw(proxies: int, said: str, found: str) -> None:
    assert Forwarded(proxies).placed(scope_of((b"x-forwarded-proto", said.encode())))["scheme"] == found


def test_an_unexpected_proxy_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    forwarded = Forwarded(0)
    for _ in range(3):
        forwarded.placed(scope_of((b"x-forwarded-for", b"192.0.2.1")))
    assert [record.message for record in caplog.records if "GEOINTEL_PROXY" in record.message] == [caplog.messages[0]]
    assert "192.0.2.1" not in caplog.text
