"""Where hosted files are kept, as the operator says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where hosted files are kept."""

    url: str = ""
    """s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; memory: for trials; empty
    for the disk. Credentials come from the usual AWS_, GOOGLE_ or AZURE_ variables."""
    endpoint: str = ""
    """Address of a server other than the vendor's own, such as https://s3.example.net."""
    region: str = ""
    """Region of an S3 bucket; empty for the one in AWS_REGION, else us-east-1."""
    presigned_links: bool = False
    """Whether a GET of a picture is redirected to a link that the object store signs, for a minute.
    Readers then have to reach the endpoint."""
    free_bytes: int = 1_000_000_000
    """Space that stays free on the disk: what would take of it is refused, in bytes."""
    timeout_seconds: float = 30.0
    """Longest time for one request to an object store; one that fails sooner is tried again, three
    times at most."""
