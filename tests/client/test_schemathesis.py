"""The description is held against the service by requests that nobody thought of: no fault of ours, and answers as described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from geointel_api.app import create_app
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = 12
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
LEAKS = ("Traceback", "site-packages", "pyarrow", "sqlalchemy")


def described(snapshots: Path, role: str) -> Any:
    app = create_app(Settings(snapshots=snapshots, anonymous_role=role, audit="off"))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def public_api(snapshots: Path) -> Any:
    return described(snapshots, "public")


@pytest.fixture(scope="module")
def partner_api(snapshots: Path) -> Any:
    return described(snapshots, "analyst")


public = schemathesis.pytest.from_fixture("public_api")
partner = schemathesis.pytest.from_fixture("partner_api")


def held(case: Any, **headers: str) -> None:
    """Ask, and hold the answer against the description."""
    answer = case.call(headers=headers or None)
    assert not any(leak in answer.text for leak in LEAKS)
    case.validate_response(answer, checks=HELD)


@pytest.mark.usefixtures("built_page")
@public.parametrize()
@SETTINGS
def test_the_public(case: Any) -> None:
    held(case)


@pytest.mark.usefixtures("built_page")
@partner.parametrize()
@SETTINGS
def test_a_partner(case: Any) -> None:
    held(case)


@pytest.mark.usefixtures("built_page")
@public.parametrize()
@settings(SETTINGS, max_examples=3)
def test_a_credential_that_nobody_issued(case: Any) -> None:
    answer = case.call(headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == (200 if case.operation.path.startswith("/health/") else 404 if case.operation.path == "/metrics" else 401)
