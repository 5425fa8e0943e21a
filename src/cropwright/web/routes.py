"""GET and HEAD of the studio and of its files: compressed, cached, and closed to other hosts."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cropwright.http.ranges import sliced
from cropwright.web.files import PageFile, read_page

_SEADRAGON_STYLE = "'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE='"
"""The one style that a library writes into the page itself: OpenSeadragon's, on touch screens."""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {_SEADRAGON_STYLE}",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SAFE = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer: nothing of another host is loaded, nothing runs that is not a file of ours."""
_ASK_AGAIN = "no-cache"
_FOR_GOOD = "public, max-age=31536000, immutable"
_REFUSED = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})


def routes() -> list[Route]:
    """The page's paths."""
    files = read_page()

    async def page(request: Request) -> Response:
        """The studio."""
        return _sent(request, files.page, _ASK_AGAIN)

    async def other(request: Request) -> Response:
        """Something that the page loads."""
        file = files.others.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return _sent(request, file, _FOR_GOOD)

    return [Route("/", page), Route(f"{files.root}/{{name:path}}", other)]


def _sent(request: Request, file: PageFile, caching: str) -> Response:
    takes_gzip = _takes_gzip(request.headers.get("accept-encoding", ""))
    data = file.compressed if takes_gzip else file.data
    # A representation each has its own tag (RFC 9110, 8.8.3.3).
    etag = f'"{file.digest}-gzip"' if takes_gzip else f'"{file.digest}"'
    answer = sliced(request.method, request.headers, etag, len(data))
    headers = SAFE | answer.headers | {"etag": etag, "cache-control": caching}
    headers |= {"vary": "accept-encoding", "content-type": file.media_type}
    if takes_gzip:
        headers["content-encoding"] = "gzip"
    return Response(data[answer.start : answer.start + answer.length], answer.status, headers)


def _takes_gzip(accepted: str) -> bool:
    """Whether Accept-Encoding names gzip, and not with a weight of 0 (RFC 9110, 12.5.3)."""
    codings = (coding.lower().replace(" ", "").partition(";") for coding in accepted.split(","))
    return any(name == "gzip" and weight not in _REFUSED for name, _, weight in codings)
