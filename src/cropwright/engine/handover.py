"""Handing things to a worker and back: one message each way, through a pipe that is its alone.

Large bytes travel beside the message, in a Parcel: pickled among the rest they would be copied
once more on each side.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_BESIDE = 255
"""Most parcels of one message: their number is its first byte."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some bytes on their way, or where they lie."""

    inline: bytes = b""
    path: str = ""

    def unpacked(self) -> bytes:
        """The bytes."""
        return Path(self.path).read_bytes() if self.path else self.inline

    def __reduce__(self) -> tuple[type[Parcel], tuple[pickle.PickleBuffer, str]]:
        return Parcel, (pickle.PickleBuffer(self.inline), self.path)


def sent(message: Any) -> list[bytes | memoryview]:
    """A message as the pieces that `send` sends: pickling may fail, and then nothing was sent."""
    beside: list[pickle.PickleBuffer] = []
    text = pickle.dumps(message, protocol=5, buffer_callback=beside.append)
    if len(beside) > _BESIDE:
        raise ValueError(f"{len(beside)} parcels in one message")
    return [bytes([len(beside)]) + text, *(buffer.raw() for buffer in beside)]


def send(pipe: Connection, pieces: list[bytes | memoryview]) -> None:
    """Send a message's pieces. OSError if nobody listens."""
    for piece in pieces:
        pipe.send_bytes(piece)


def receive(pipe: Connection) -> Any:
    """The next message. EOFError if nobody can send one any more, OSError if it breaks off."""
    text = pipe.recv_bytes()
    beside = [pipe.recv_bytes() for _ in range(text[0])]
    return pickle.loads(memoryview(text)[1:], buffers=beside)  # noqa: S301  # between our processes
