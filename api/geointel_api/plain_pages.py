"""Small pages without script: where to begin, and what the addresses are."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from geointel import content
from geointel_api.links import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geointel_api.errors import Problem

_STYLE = (
    "body{font:1rem/1.5 arial,sans-serif;color:#0b0c0c;max-width:60rem;margin:1.5rem auto;padding:0 1rem}"
    "a{color:#1d70b8}a:focus{background:#fd0;color:#0b0c0c}code{background:#f3f2f1;padding:0 .2rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;"
    "border-bottom:1px solid #b1b4b6;vertical-align:top}h2{margin-top:2rem}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of these pages: their own style, and nothing else."""


def document(title: str, body: Iterable[str]) -> str:
    """A whole HTML document. ``body`` is HTML, ``title`` is text."""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{''.join(body)}</main></body></html>"
    )


def refusal_page(problem: Problem, sign_in: str) -> str:
    """Return the page that says why the map is not shown, with a link to sign in."""
    body = [f"<p>{escape(problem.detail)}</p>"]
    body.append(f'<p><a href="{escape(sign_in)}">{escape(content.notice("sign_in"))}</a></p>')
    return document(content.notice("not_signed_in"), body)


def way_in(query_string: bytes) -> str:
    """Address for signing in, from the page and back to what it was asked for."""
    query = query_string.decode("latin-1")
    return address(".", "/auth/sign-in", next=f"/map?{query}" if query else "/map")


def landing_page(landing: Mapping[str, Any]) -> str:
    """Return the landing page for people."""
    links = [
        f'<li><a href="{escape(entry["href"])}">{escape(entry["title"])}</a></li>'
        for entry in landing["links"]
        if entry["rel"] != "self" and entry.get("title")
    ]
    about = (f"<p>{escape(landing[name])}</p>" for name in ("description", "attribution"))
    return document(landing["title"], [*about, f"<ul>{''.join(links)}</ul>"])


def reference_page(description: Mapping[str, Any]) -> str:
    """Return the addresses of an OpenAPI description as a page that asks for nothing from elsewhere."""
    parts = [f"<p>{escape(description['info']['description'])}</p>"]
    parts.append('<p>For programs: <a href="./openapi.json">OpenAPI description</a>.</p>')
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            parts.append(f"<h2><code>{method.upper()} {escape(path)}</code></h2>")
            parts.append(
                f"<p><strong>{escape(operation['summary'])}.</strong> {escape(operation.get('description', ''))}</p>"
            )
            parts.append(_parameters(operation.get("parameters", ())))
    return document(f"{description['info']['title']}: addresses", parts)


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(entry['name'])}</code></th><td>{escape(entry['in'])}</td>"
        f"<td>{escape(entry.get('description', ''))}</td></tr>"
        for entry in parameters
    )
    head = "<thead><tr><th scope=col>Parameter</th><th scope=col>In</th><th scope=col>Meaning</th></tr></thead>"
    return f"<table>{head}<tbody>{rows}</tbody></table>" if rows else ""
