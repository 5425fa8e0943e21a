"""Settings of the service itself: where it listens, who may ask, how long links live."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class GeneralSettings:
    """What has no section of its own."""

    data: str = "cropwright-data"
    """Folder of the embedded store and database, made if absent."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The HTTP service."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all."""
    port: int = 8000
    """Port to listen on."""
    public_url: str = ""
    """What links begin with, such as https://pictures.example; empty takes the request's own host."""
    proxies: str = "127.0.0.1, ::1"
    """Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks,
    separated by commas."""
    picture_bytes: int = 5 * MEBIBYTE
    """Largest picture or file taken, decoded, in bytes."""
    body_bytes: int = 8 * MEBIBYTE
    """Largest request body, in bytes."""
    body_seconds: float = 30.0
    """Time for a request's body to arrive."""
    drain_seconds: int = 20
    """Time for requests to finish when the service is told to stop."""
    studio: bool = True
    """Whether the studio, a page to try everything with, answers at /."""
    metrics: bool = True
    """Whether /metrics answers, to anybody who can reach it."""


@dataclass(frozen=True, slots=True)
class KeySettings:
    """API keys."""

    required: bool = True
    """Whether a key is needed; without one everybody may do everything."""
    secret: str = ""
    """Proves keys; at least 32 characters, the same on all machines. Empty: a file in the data folder."""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How long links live; 0 keeps them until they are deleted."""

    v3_seconds: int = 0
    """Links of /api/v3/base64_crop."""
    v6_seconds: int = DAY_SECONDS
    """Links of /api/v6/base64_to_url and its siblings."""
    native_seconds: int = DAY_SECONDS
    """Links of /api/v1, where the request names no time of its own."""
    cropphoto_seconds: int = DAY_SECONDS
    """Links of /v1, Crop.photo's contract."""
    sweep_seconds: int = 30
    """How often expired files are looked for."""


@dataclass(frozen=True, slots=True)
class SquareSettings:
    """What /api/v3/base64_crop makes of a picture when asked to crop it; /iiif/3 has the gravity."""

    gravity: str = "center"
    """Where the square goes: a compass point, entropy, attention, face, person or auto."""
    size: int = 0
    """Sides of the result in pixels; 0 keeps the square's own, and nothing is enlarged."""


@dataclass(frozen=True, slots=True)
class IiifSettings:
    """The IIIF Image API at /iiif/3, for uploads and for a folder of pictures."""

    pictures: str = ""
    """Folder whose pictures everybody may see, by their path in it; empty for none."""
    picture_bytes: int = 512 * MEBIBYTE
    """Largest file of that folder that is opened, in bytes."""
    picture_pixels: int = 500_000_000
    """Most pixels of a picture in that folder; those of uploads have their own limit."""
    max_area: int = 16_777_216
    """Most pixels of one answer."""
    max_age_seconds: int = 60 * 60
    """How long caches may keep answers, never longer than an upload lives; 0 has them ask each time."""
    pyramid_pixels: int = 4_000_000
    """Pictures with more pixels are decoded once, to tiles that are kept on disk."""
    pyramid_bytes: int = 4096 * MEBIBYTE
    """Disk that those tiles may take together; what was not asked for longest goes first."""
    pyramid_seconds: float = 60.0
    """Time to make the tiles of one picture; then its worker is killed."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Jobs: work that is accepted now and done later, and webhooks that tell of it."""

    workers: int = 1
    """Jobs that the service itself works on at once, in workers of their own that give way to
    requests; 0 leaves all jobs to cropwright worker."""
    pictures: int = 100
    """Most pictures of one job."""
    waiting: int = 10_000
    """Jobs that may wait before more are refused."""
    attempts: int = 5
    """How often a job is begun before it is given up."""
    retry_seconds: int = 10
    """How long a job waits after what may pass by itself; twice as long each time."""
    lease_seconds: float = 30.0
    """How long after a worker was lost its job is given to another."""
    poll_seconds: float = 1.0
    """How often a worker without work looks for some."""
    drain_seconds: int = 10
    """Time for pictures in hand when a worker is told to stop; then their jobs are given back."""
    keep_seconds: int = 30 * DAY_SECONDS
    """How long after it was accepted a job that is over can be asked about; 0 for good."""
    webhook_seconds: float = 15.0
    """Longest time that sending one webhook may take."""
    webhook_retries: int = 3
    """How often a webhook is sent again when its receiver did not answer 200; 0 for never."""
    webhook_wait_seconds: int = 30 * 60
    """How long is waited before each of these."""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How many requests may wait, and how often a key may ask; on each machine."""

    queue_per_worker: int = 2
    """Pictures that may wait for each worker before more are refused."""
    bodies: int = 1000
    """Requests whose bodies may be arriving at once."""
    arriving_bytes: int = 256 * MEBIBYTE
    """Memory that arriving bodies may take together, in bytes."""
    per_key: int = 0
    """Requests of one key that may wait at once; 0 for as many as there is room for."""
    rate_per_minute: int = 0
    """Requests a minute that one key may make; 0 for any number."""
    failures_per_minute: int = 10
    """Wrong keys a minute from one address before it is told to wait."""
