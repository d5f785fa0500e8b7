"""Where the service runs: ``GEOINTEL_*`` environment variables, read once by ``create_app``.

What is published is the partnership's TOML; nothing of that stands here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from limits import parse
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from geointel.errors import ConfigError, Fault
from geointel_api.identity.addresses import is_safe

MEGABYTE = 1_000_000
OFF, EVERYBODY = "off", "*"
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")


def _rate(text: str) -> str:
    """A rule such as ``600/minute``, or ``off``."""
    if text != OFF and parse(text).amount < 1:  # raises ValueError
        message = "a limit lets at least one request through"
        raise ValueError(message)
    return text


Rate = Annotated[str, AfterValidator(_rate)]


class Settings(BaseSettings):
    """Settings of one server process. Lists are written with commas: ``GEOINTEL_CORS_ORIGINS=https://a,https://b``."""

    model_config = SettingsConfigDict(env_prefix="GEOINTEL_", frozen=True, extra="ignore", hide_input_in_errors=True)

    snapshots: Path = Field(description="snapshots folder (with its pointer `current`), or one snapshot's folder")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on")
    anonymous_role: str = Field(default="public", description="role of a visitor without a credential")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins whose pages may read the answers; `*` for every origin"
    )
    root_path: str = Field(default="", description="path prefix under which a proxy shows the service")
    tile_cache_bytes: int = Field(default=64 * MEGABYTE, ge=0, description="memory for encoded tiles, in bytes")

    proxy: int = Field(
        default=0, ge=0, le=10, description="proxies in front, whose word on the visitor's address counts"
    )
    hsts: int = Field(
        default=0, ge=0, description="seconds for which browsers shall use TLS only, said over TLS; 0: not said"
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",), description="whose pages may have `/map?embed=1` in a frame; `none` for nobody's"
    )
    time_limit: float = Field(
        default=60, gt=0, description="seconds until an answer is given up; also for a body to arrive"
    )
    rate_limit: Rate = Field(default="600/minute", description="requests of one visitor; `off` for no limit")
    rate_limit_tiles: Rate = Field(default="6000/minute", description="tiles and files of the page of one visitor")
    rate_limit_heavy: Rate = Field(
        default="60/minute", description="questions of one visitor that are worked out: scenarios, sites, drawn areas"
    )
    rate_limit_credentials: Rate = Field(
        default="60/minute", description="refused credentials from one address, after which it has to wait"
    )
    rate_limit_storage: SecretStr = Field(
        default=SecretStr("memory://"), description="where requests are counted, for several processes: `redis://host`"
    )
    audit: Literal["closed", "all", "off"] = Field(
        default="closed", description="accesses that are logged: to editions not for everybody, and refusals; all; none"
    )
    audit_days: int = Field(default=365, ge=1, description="days for which an access stays in the log")
    audit_address: bool = Field(default=False, description="whether the log has the visitor's network address")
    metrics: bool = Field(default=False, description="`on`: `/metrics` answers, to everybody who reaches it")

    state: SecretStr = Field(
        default=SecretStr(""),
        description="address of the service's own database; default: an SQLite file beside the snapshots folder",
    )
    alerts: bool = Field(default=False, description="`on`: reports are taken in, and alerts are sent")
    delivery_attempts: int = Field(default=12, ge=1, le=100, description="attempts before a delivery has failed")
    delivery_pause: float = Field(
        default=30, gt=0, description="seconds before the second attempt; each pause is twice as long"
    )
    delivery_lease: float = Field(
        default=60, gt=0, description="seconds after which an attempt that was cut off is made again"
    )
    digest_hour: int = Field(
        default=7, ge=0, le=23, description="hour at which digests are sent, by the clock in England"
    )
    webhook_loopback: bool = Field(
        default=False, description="for tests: webhooks may go to this machine, also by http"
    )
    smtp_host: str = Field(default="", description="server that takes our e-mail; without it, none is sent")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="how it is spoken to")
    smtp_sender: str = Field(default="", description="address that e-mail comes from")
    smtp_user: str = Field(default="", description="name to log in with")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="password to log in with")

    public_url: str = Field(
        default="", description="address at which people open the service, such as `https://map.example.org`"
    )
    oidc_issuer: str = Field(default="", description="OpenID issuer whose tokens are taken; without it, none are")
    oidc_audience: str = Field(default="", description="whom a bearer token must be meant for (`aud`)")
    oidc_jwks: str = Field(default="", description="address of the issuer's keys; default: the one that it names")
    oidc_role_claim: str = Field(
        default="groups", description="claim that lists groups; dots lead inside, as in `realm_access.roles`"
    )
    oidc_roles: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(),
        description="roles of groups, `group=role,group=role`; the first that fits decides the default edition",
    )
    oidc_person_claim: str = Field(
        default="sub", description="claim that names who acts; people must not be able to change it themselves"
    )
    oidc_client_id: str = Field(
        default="", description="our name at the issuer; with it, people can sign in on the page"
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="our secret at the issuer; none for a public client"
    )
    oidc_scope: str = Field(default="openid profile", description="what is asked of the issuer when people sign in")
    session_idle: float = Field(default=60, gt=0, description="minutes without a request after which a session is over")
    session_longest: float = Field(default=600, gt=0, description="minutes after which a session is over in any case")

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().rpartition("=") for part in value.split(",") if part.strip()]
        if not all(group.strip() and role.strip() for group, _, role in pairs):
            message = "write group=role, with commas between"
            raise ValueError(message)
        return tuple((group.strip(), role.strip()) for group, _, role in pairs)

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        """Refuse half a configuration: it would look like access control, and be none."""
        for name in ("public_url", "oidc_issuer", "oidc_jwks"):
            if getattr(self, name) and not is_safe(getattr(self, name)):
                message = f"GEOINTEL_{name.upper()} must be https (http only on this machine)"
                raise ValueError(message)
        needs = {
            "oidc_audience": ("oidc_issuer",),
            "oidc_jwks": ("oidc_issuer",),
            "oidc_issuer": ("oidc_roles",),
            "oidc_client_id": ("oidc_issuer", "public_url"),
        }
        for name, others in needs.items():
            missing = [other for other in others if getattr(self, name) and not getattr(self, other)]
            if missing:
                message = f"GEOINTEL_{name.upper()} needs GEOINTEL_{missing[0].upper()}"
                raise ValueError(message)
        return self

    @field_validator("cors_origins", "frame_ancestors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if origin != EVERYBODY and ("*" in origin or not _ORIGIN.fullmatch(origin)):
                message = f"{origin!r} is not an origin such as https://example.org"
                raise ValueError(message)
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _frames(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value == ("none",):
            return ()
        for origin in value:
            if origin not in (EVERYBODY, "'self'") and not _ORIGIN.fullmatch(origin):
                message = f"{origin!r} is not an origin such as https://example.org"
                raise ValueError(message)
        return value

    @field_validator("root_path")
    @classmethod
    def _prefix(cls, value: str) -> str:
        trimmed = value.strip("/")
        return f"/{trimmed}" if trimmed else ""


def read_settings(**given: Any) -> Settings:
    """Settings from the environment, and what is given. Raises ``ConfigError`` with every fault by its variable."""
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = [_fault(one["loc"], one["msg"]) for one in error.errors(include_input=False, include_context=False)]
        raise ConfigError(Path("environment"), faults) from None


def _fault(place: tuple[int | str, ...], message: str) -> Fault:
    words = message.removeprefix("Value error, ")
    name = f"GEOINTEL_{str(place[0]).upper()}" if place else words.partition(" ")[0]
    return Fault(name, f"{words}.", "See docs/access.md and docs/api.md for what the variables mean.")
