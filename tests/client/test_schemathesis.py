"""The description is held against the service by requests that nobody thought of: no fault of ours, and answers as described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from geointel_api.app import create_api, create_app
from geointel_api.identity.issuing import create_key
from geointel_api.settings import Settings

from .conftest import api_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
WHERE = [(path, method) for path, methods in create_api().openapi()["paths"].items() for method in methods]
LEAKS = ("Traceback", "site-packages", "pyarrow", "sqlalchemy")


def described(snapshots: Path, role: str) -> Any:
    app = create_app(Settings(snapshots=snapshots, anonymous_role=role, audit="off"))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def public_api(snapshots: Path) -> Any:
    return described(snapshots, "public")


@pytest.fixture(scope="module")
def keyed_api(snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """The service, and a key that somebody issued for it."""
    state = f"sqlite:///{tmp_path_factory.mktemp('keyed')}/state.sqlite"
    settings = Settings(snapshots=snapshots, state=state, audit="off")
    app = create_app(settings)
    yield (
        schemathesis.openapi.from_asgi("/openapi.json", app),
        create_key(settings, "analyst", label="Tests", days=9)[1],
    )
    api_of(app).state.identity.close()
    api_of(app).state.alerts.stop()


def held(case: Any, key: str) -> None:
    """Ask, and hold the answer against the description."""
    answer = case.call(headers={"X-API-Key": key} if key else None)
    assert not any(leak in answer.text for leak in LEAKS)
    case.validate_response(answer, checks=HELD)


def refused(case: Any) -> None:
    """Ask with a credential that nobody issued."""
    probe = {"/metrics": 404, "/health/live": 200, "/health/ready": 200}
    answer = case.call(headers={"Authorization": "Bearer nobody"})
    assert answer.status_code in (probe.get(case.operation.path, 401), 400), "400: a control character in the address"


def asked(api: Any, where: tuple[str, str], ask: Callable[[Any], None], *, examples: int = EXAMPLES) -> None:
    """Ask one address in many ways, the same ones each time."""
    path, method = where
    settings(SETTINGS, max_examples=examples)(given(case=api[path][method].as_strategy())(ask))()


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("where", WHERE)
def test_the_public(public_api: Any, where: tuple[str, str]) -> None:
    asked(public_api, where, lambda case: held(case, ""))


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("where", WHERE)
def test_a_partner_with_a_key(keyed_api: tuple[Any, str], where: tuple[str, str]) -> None:
    api, key = keyed_api
    asked(api, where, lambda case: held(case, key))


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("where", WHERE)
def test_a_credential_that_nobody_issued(public_api: Any, where: tuple[str, str]) -> None:
    asked(public_api, where, refused, examples=2)
