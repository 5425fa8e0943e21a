"""What is asked of the service, one row each, and the requests as bytes."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from bench.service.photos import FIVE, ONE, PHOTOS, Photo

CROP, KEEP = "crop", "keep"
"""The work: cut the largest square and keep it; or keep the file as it is, once it was verified."""

_CROP_PATH, _KEEP_PATH = "/api/v3/base64_crop", "/api/v6/base64_to_url"
JSON = "application/json"
SIDES = (512, 1500)
"""Sides of the squares that thumbor makes too."""


@dataclass(frozen=True, slots=True)
class Job:
    """A request of the ModelsLab doors."""

    key: str
    work: str
    photo: str

    @property
    def said(self) -> str:
        """How the tables call it."""
        name = _CROP_PATH if self.work == CROP else _KEEP_PATH
        return f"{name.rpartition('/')[2]}, {PHOTOS[self.photo].said}"

    @property
    def path(self) -> str:
        """Where it is posted."""
        return _CROP_PATH if self.work == CROP else _KEEP_PATH

    def body(self, folder: Path) -> bytes:
        """Its JSON, with the photograph as a data URI."""
        return json.dumps(self.fields(encoded(folder, PHOTOS[self.photo]))).encode()

    def fields(self, text: str) -> dict[str, str]:
        """What its JSON says."""
        uri = f"data:image/jpeg;base64,{text}"
        if self.work == CROP:
            return {"image": uri, "crop": "true"}
        return {"base64_string": uri}


SMALL_CROP = Job("crop1", CROP, ONE.key)
LARGE_CROP = Job("crop5", CROP, FIVE.key)
LARGE_KEEP = Job("keep5", KEEP, FIVE.key)
JOBS = {job.key: job for job in (SMALL_CROP, LARGE_CROP, LARGE_KEEP)}


def encoded(folder: Path, photo: Photo) -> str:
    """A photograph in base64."""
    return base64.b64encode((folder / photo.file).read_bytes()).decode()


def fill(side: int) -> dict[str, str]:
    """What our own API is asked for to fill a square."""
    return {"resize": f"{side}x{side}", "resize_mode": "fill"}


_BOUNDARY = "bench-boundary"
FORM = f"multipart/form-data; boundary={_BOUNDARY}"


def form(picture: bytes, fields: dict[str, str]) -> bytes:
    """The body of a form with a picture in it."""
    begin = f"--{_BOUNDARY}\r\ncontent-disposition: form-data; name="
    parts = [f'{begin}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    file = f'{begin}"image"; filename="a.jpeg"\r\ncontent-type: image/jpeg\r\n\r\n'
    return "".join([*parts, file]).encode() + picture + f"\r\n--{_BOUNDARY}--\r\n".encode()


def posted(path: str, body: bytes, key: str = "", media_type: str = JSON) -> bytes:
    """A whole POST request."""
    head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: {media_type}\r\n"
    head += f"authorization: Bearer {key}\r\n" if key else ""
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def got(path: str) -> bytes:
    """A whole GET request."""
    return f"GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n".encode()
