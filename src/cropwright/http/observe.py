"""Around every request: an id, a line in the log, a count; and no crash goes unlogged."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cropwright.http.metrics import Metrics

log = logging.getLogger("cropwright.requests")

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,}", re.ASCII)
"""What may be a link's name: it is all it takes to see the file, and stays out of the log."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_LONGEST = 200
_GONE = 499
"""What the log calls a request whose client did not wait for its answer."""
_UNREAD = frozenset({408, 413})
"""Answers to bodies that are not read to their end: nothing can follow on such a connection."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Observed:
    """An application, observed. `doors` are the prefixes that requests are counted by."""

    app: ASGIApp
    metrics: Metrics
    doors: tuple[str, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        asked = Headers(scope=scope).get("x-request-id", "")
        request_id = asked if _ID.fullmatch(asked) else secrets.token_urlsafe(12)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                if status in _UNREAD:
                    headers["connection"] = "close"
            await send(message)

        try:
            await self.app(scope, receive, send_marked)
        except ClientDisconnect:
            status = _GONE
        except Exception:
            log.exception("a request failed", extra={"facts": {"request_id": request_id}})
        finally:
            self._tell(scope, status, time.perf_counter() - started, request_id)

    def _tell(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        path: str = scope["path"]
        method = scope["method"] if scope["method"] in _METHODS else "other"
        door = next((prefix for prefix in self.doors if path.startswith(prefix)), "/")
        self.metrics.answered(door, method, status, seconds)
        facts = {
            "request_id": request_id,
            "method": method,
            "path": _TOKEN.sub("…", path)[:_LONGEST],
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.info("request", extra={"facts": facts})
