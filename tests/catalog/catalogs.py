"""What tests of the catalog put into one, and programs that use one beside them."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Allowance, ApiKey, Draft, Upload

NOW = 1_700_000_000_000
HOUR = 3_600_000


def draft(key: ApiKey | None = None, **facts: object) -> Draft:
    """A file of 1,000 bytes that is about to be hosted for an hour."""
    usual = {
        "token": secrets.token_urlsafe(24),
        "extension": "png",
        "media_type": "image/png",
        "size_bytes": 1000,
        "sha256": "ab" * 32,
        "key_id": key.id if key else None,
        "created_ms": NOW,
        "expires_ms": NOW + HOUR,
    }
    return Draft(**usual | facts)


def published(catalog: Catalog, key: ApiKey | None = None, **facts: object) -> Upload:
    """A file whose link works."""
    upload = catalog.uploads.reserve(draft(key, **facts))
    catalog.uploads.publish(upload)
    return upload


def added(catalog: Catalog, name: str = "anna", **allowed: int) -> ApiKey:
    """A new key."""
    return catalog.keys.add(name, secrets.token_hex(6), b"digest", Allowance(**allowed), NOW)


@contextmanager
def programs(text: str, *arguments: object, count: int = 1) -> Iterator[list[subprocess.Popen]]:
    """The same program a number of times at once, killed in the end; output as lines of text."""
    command = [sys.executable, "-c", text, *map(str, arguments)]
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            started.append(stack.enter_context(process))
            stack.callback(process.kill)
        yield started
