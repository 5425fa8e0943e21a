"""What a few seconds of load showed, and what many of them show together."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Burst:
    """Some seconds of one request after another on so many connections; or of a bare loop."""

    requests: int
    rate: float
    """Requests a second."""
    latencies_ms: tuple[float, ...]
    cpu_ms: float
    """Processor time of all processes that did the work."""
    client_cpu_ms: float
    peak_mb: float

    @property
    def cpu_each_ms(self) -> float:
        """Processor milliseconds of one request."""
        return self.cpu_ms / self.requests

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Burst:
        """What a driver answered."""
        return cls(**{**answer, "latencies_ms": tuple(answer["latencies_ms"])})

    @classmethod
    def together(cls, bursts: list[Burst]) -> Burst:
        """What processes did beside one another."""
        return cls(
            sum(burst.requests for burst in bursts),
            sum(burst.rate for burst in bursts),
            tuple(latency for burst in bursts for latency in burst.latencies_ms),
            sum(burst.cpu_ms for burst in bursts),
            sum(burst.client_cpu_ms for burst in bursts),
            sum(burst.peak_mb for burst in bursts),
        )


@dataclass(frozen=True, slots=True)
class Series:
    """The bursts of all rounds."""

    bursts: list[Burst]

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(burst.requests for burst in self.bursts)

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return median(burst.rate for burst in self.bursts)

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds a request: the median of the rounds."""
        return median(burst.cpu_each_ms for burst in self.bursts)

    @property
    def client_cpu_ms(self) -> float:
        """The same for the client."""
        return median(burst.client_cpu_ms / burst.requests for burst in self.bursts)

    @property
    def peak_mb(self) -> float:
        """The largest of all rounds."""
        return max(burst.peak_mb for burst in self.bursts)

    def latency_ms(self, share: float) -> float:
        """The latency that so many of all requests kept within; 0.5 for the median."""
        ordered = sorted(latency for burst in self.bursts for latency in burst.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def faster_than(self, other: Series) -> float:
        """How many times the rate of another series: the median of the rounds' ratios."""
        pairs = zip(self.bursts, other.bursts, strict=True)
        return median(one.rate / two.rate for one, two in pairs)

    def cheaper_than(self, other: Series) -> float:
        """The processor time of a request beside another series': the rounds' median ratio."""
        pairs = zip(self.bursts, other.bursts, strict=True)
        return median(one.cpu_each_ms / two.cpu_each_ms for one, two in pairs)
