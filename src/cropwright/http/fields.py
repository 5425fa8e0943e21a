"""The named values of a request's body, whether they come as JSON or as a form.

Values stay as they arrived until somebody asks for them: a picture of some megabytes inside JSON is
found, not copied.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request

from cropwright.core.limits import BodyLimits
from cropwright.errors import InvalidValueError, MalformedRequestError
from cropwright.http.body import Hold, hold_any, read_body, read_form

MEMBERS = 200
"""Most members of a JSON body."""
DEPTH = 32
"""Deepest nesting of a JSON body."""

Value: TypeAlias = "msgspec.Raw | str | bytes"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_URL_ENCODED = _FORMS[0]
_LONG_BYTES = 64 * 1024
_SPACES = (b"\n", b"\r", b"\t", b"\v", b"\f")
_ESCAPE = re.compile(rb"\\")
_SURROGATE = re.compile("[\ud800-\udfff]")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Fields:
    """Named values: JSON as it was written, a form's text, or a file's bytes."""

    values: Mapping[str, Value]
    spaces_were_plus: bool = False
    """Whether "+" may have become a space on its way, as it does in a URL-encoded form."""
    repeated: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """Of a form's fields that came more than once, all values."""
    has_escapes: bool = True
    """Whether JSON's text may hold escapes: in megabytes without any, none need be looked for."""

    def fingerprint(self, address: str) -> str:
        """The same for the same names and values sent there, whatever the order they came in."""
        digest = hashlib.sha256(f"{address}\0".encode())
        for name, value in sorted(self.values.items(), key=lambda item: item[0]):
            written = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            digest.update(f"{name}\0{memoryview(written).nbytes}\0".encode())
            digest.update(written)
        return digest.hexdigest()

    def has(self, name: str) -> bool:
        """Whether there is anything under the name: not absent, null or empty."""
        value = self.values.get(name)
        if isinstance(value, msgspec.Raw):
            return memoryview(value).nbytes > 2 or bytes(value) != b'""'
        return bool(value)

    def get(self, name: str) -> Any:
        """The value: JSON's own types, a form's text, a file's bytes; None when absent or null.

        Raises MalformedRequestError for JSON that is wrong inside.
        """
        value = self.values.get(name)
        return _decoded(value, name) if isinstance(value, msgspec.Raw) else value

    def text(self, name: str) -> str | None:
        """The value where it has to be text. Raises InvalidValueError for anything else."""
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value
        raise InvalidValueError(name, _kind(value), "a string")

    def texts(self, name: str) -> tuple[str, ...]:
        """The value where it is a list of texts, or one text; a form may name it several times.

        Raises InvalidValueError for anything else.
        """
        value = self.repeated.get(name) or self.get(name)
        if value is None or value == "":
            return ()
        rows = (value,) if isinstance(value, str) else value
        if isinstance(rows, list | tuple) and all(isinstance(row, str) for row in rows):
            return tuple(rows)
        raise InvalidValueError(name, _kind(value), "a list of strings")

    def encoded(self, name: str) -> bytes | memoryview | None:
        """The value's base64 text, in ASCII where it is any. InvalidValueError if it is no text."""
        raw = self.values.get(name)
        if isinstance(raw, msgspec.Raw):
            written = memoryview(raw)
            is_plain = not self.has_escapes or not _ESCAPE.search(written)
            if written[:1].tobytes() == b'"' and is_plain:
                return written[1:-1]
        text = self.text(name)
        if text is None:
            return None
        if self.spaces_were_plus:
            head, comma, payload = text.rpartition(",")
            text = head + comma + _plus_restored(payload)
        return text.encode("utf-8", "surrogatepass")


async def read_fields(request: Request, limits: BodyLimits, hold: Hold = hold_any) -> Fields:
    """The fields of a request, by its content type; what declares none is read as JSON.

    Raises MalformedRequestError, LimitExceededError or SlowRequestError.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return from_json(await read_body(request, limits, hold))
    every: dict[str, list[Value]] = {}
    form = await read_form(request, limits, hold)
    for name, value in form.multi_items():
        read = await value.read() if isinstance(value, UploadFile) else value
        every.setdefault(name, []).append(read)
    await form.close()
    if not all(_is_text(text) for name, rows in every.items() for text in (name, *rows)):
        raise MalformedRequestError("body", "is a form with text that is none")
    values = {name: rows[-1] for name, rows in every.items()}
    repeated = {name: tuple(rows) for name, rows in every.items() if len(rows) > 1}
    return Fields(values, spaces_were_plus=kind == _URL_ENCODED, repeated=repeated)


def from_json(body: bytes) -> Fields:
    """The members of a JSON object; of one that comes twice the last. MalformedRequestError."""
    if not body.strip():
        raise MalformedRequestError("body", "is empty; expected a JSON object")
    try:
        if not body.isascii():
            body.decode()
        values = _around_one_long_string(body) or _OBJECT.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedRequestError("body", "is not a JSON object in UTF-8") from error
    if len(values) > MEMBERS:
        raise MalformedRequestError("body", f"has more than {MEMBERS} members")
    for name, raw in values.items():
        if bytes(memoryview(raw)[:1]) in (b"{", b"["):
            _decoded(raw, name)
    given = {name: raw for name, raw in values.items() if not _is_null(raw)}
    # One byte is found in bytes ten times as fast as an expression in a part of them.
    return Fields(given, has_escapes=b"\\" in body)


def _around_one_long_string(body: bytes) -> dict[str, msgspec.Raw] | None:
    """The members of an object most of which is one plain string, as a picture in base64 is; else
    None. Where it ends is found ten times as fast as by reading it as JSON.

    White space that JSON does not allow in a string is looked for here. What else it does not allow
    is found where the string is used: no base64 holds it, and all other text is read as JSON then.
    """
    middle = len(body) // 2
    begin, end = body.rfind(b'"', 0, middle) + 1, body.find(b'"', middle)
    if end - begin < max(_LONG_BYTES, middle) or b"\\" in body:
        return None
    if any(body.find(space, begin, end) >= 0 for space in _SPACES):
        return None
    mark = secrets.token_hex(16).encode()
    try:
        values = _OBJECT.decode(b"%b%b%b" % (body[:begin], mark, body[end:]))
    except msgspec.MsgspecError:
        return None
    name = next((name for name, raw in values.items() if bytes(raw) == b'"%b"' % mark), None)
    if name is None:  # it lay between strings
        return None
    return values | {name: msgspec.Raw(memoryview(body)[begin - 1 : end + 1])}


def _plus_restored(payload: str) -> str:
    """Base64 whose "+" came as spaces; other spaces are only before and after the whole of it.

    No kind of file that we host begins with "+", but any may end with it.
    """
    payload = payload.lstrip()
    bare = payload.rstrip()
    whole = bare if bare.endswith("=") or len(bare) % 4 == 0 else payload
    return whole.replace(" ", "+")


def _is_text(text: Value) -> bool:
    """Whether it can be said in UTF-8; what a form's own character set makes need not be."""
    return not isinstance(text, str) or text.isascii() or not _SURROGATE.search(text)


def _is_null(raw: msgspec.Raw) -> bool:
    return memoryview(raw).nbytes == len(b"null") and bytes(raw) == b"null"


def _decoded(raw: msgspec.Raw, name: str) -> Any:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MalformedRequestError(name, "is not JSON") from error
    if isinstance(value, dict | list) and _depth(value) >= DEPTH:
        raise MalformedRequestError(name, f"is nested deeper than {DEPTH} levels")
    return value


def _depth(document: Any) -> int:
    depth, level = 0, [document]
    while level:
        depth += 1
        inside = (v for one in level for v in (one.values() if isinstance(one, dict) else one))
        level = [value for value in inside if isinstance(value, dict | list)]
    return depth


_KINDS = ((bool, "true or false"), (int | float, "a number"), (dict, "an object"))


def _kind(value: object) -> str:
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "no text")
