"""Who may ask: API keys, made once, kept only as what proves them."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Allowance, ApiKey
from cropwright.errors import KeyMissingError, KeyRejectedError

_MARK = "cw"
_HANDLE_BYTES, _SECRET_BYTES = 9, 32
_KEY = re.compile(r"cw_([A-Za-z0-9-]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = ("-" * 12, "-" * 43)
"""What is looked up and compared for text that is no key, so that it takes as long."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Makes keys and recognises them."""

    catalog: Catalog
    pepper: bytes
    """Without it the catalog's digests prove nothing: the operator's secret."""
    now_ms: Callable[[], int]

    def create(self, name: str, allowance: Allowance) -> str:
        """A new key, shown this once. InvalidValueError if a key of that name is in use."""
        handle = secrets.token_urlsafe(_HANDLE_BYTES).replace("_", "-")
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        self.catalog.keys.add(name, handle, self._digest(secret), allowance, self.now_ms())
        return f"{_MARK}_{handle}_{secret}"

    def check(self, text: str | None) -> ApiKey:
        """The key that `text` is.

        Raises KeyMissingError if it is empty, KeyRejectedError if it is no key, an unknown, a
        wrong or a revoked one: the same answer, after the same work.
        """
        if not text:
            raise KeyMissingError
        found = _KEY.fullmatch(text)
        handle, secret = found.groups() if found else _NOBODY
        key = self.catalog.keys.find(handle)
        expected = key.digest if key is not None else self._digest(_NOBODY[1])
        right = hmac.compare_digest(self._digest(secret), expected)
        if key is None or found is None or not right or key.revoked_ms is not None:
            raise KeyRejectedError
        return key

    def _digest(self, secret: str) -> bytes:
        return hmac.digest(self.pepper, secret.encode(), hashlib.sha256)
