"""Asking the issuer: JSON from an address, within limits of time and size, and without following it elsewhere."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx

from geointel_api.errors import UnavailableError
from geointel_api.identity.addresses import is_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 5.0
"""Seconds for a whole answer."""
LARGEST = 512_000
"""Bytes of an answer."""


def ask_json(url: str, form: Mapping[str, str] | None = None, *, user: tuple[str, str] | None = None) -> dict[str, Any]:
    """A JSON object from an address; ``form`` is posted, ``user`` is a name and secret for HTTP Basic.

    Raises ``UnavailableError`` for anything else than a whole answer of 200. Neither address nor answer is told to visitors.
    """
    if not is_safe(url):
        raise unavailable("its address is not https")
    end = time.monotonic() + LONGEST
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=LONGEST, follow_redirects=False) as client,
            client.stream("GET" if form is None else "POST", url, data=form, auth=user, headers=_ACCEPT) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise unavailable(f"it answered {answer.status_code}")
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST or time.monotonic() > end:
                    raise unavailable("its answer is too long")
        found = json.loads(bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unavailable(type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise unavailable("its answer is no JSON") from error
    if not isinstance(found, dict):
        raise unavailable("its answer is no JSON object")
    return found


_ACCEPT = {"accept": "application/json"}


def unavailable(why: str) -> UnavailableError:
    """The issuer cannot be asked; ``why`` is for the log."""
    error = UnavailableError("Sign-in cannot be checked at the moment.", remedy="Try again in a minute.")
    error.add_note(f"The issuer: {why}.")
    return error
