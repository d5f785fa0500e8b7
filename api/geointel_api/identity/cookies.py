"""Cookies of the page. ``__Host-``: only this host sets them, only over https, for all of it (RFC 6265bis)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response


@dataclass(frozen=True)
class Cookie:
    """A cookie that scripts cannot read and other sites' forms do not send. Over http, on loopback only, it is a plain one."""

    plain_name: str
    secure: bool

    @property
    def name(self) -> str:
        """Its name in the browser."""
        return f"__Host-{self.plain_name}" if self.secure else self.plain_name

    def set(self, answer: Response, value: str, seconds: float) -> None:
        """Let the browser keep it."""
        answer.set_cookie(
            self.name, value, max_age=int(seconds), path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def clear(self, answer: Response) -> None:
        """Let the browser forget it."""
        answer.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")
