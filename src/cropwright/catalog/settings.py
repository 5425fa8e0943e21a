"""Which database the catalog is in, as the operator says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    """The database of what is hosted and who may ask."""

    url: str = ""
    """sqlite:///path/of/file or postgresql://user@host/name; empty for a SQLite file in the data
    folder."""
    connections: int = 8
    """Most connections to the database that each process keeps."""
    timeout_seconds: float = 5.0
    """Longest wait for a connection, or for what another process has locked."""
