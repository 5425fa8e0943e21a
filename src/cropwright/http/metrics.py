"""What Prometheus asks for: requests as they are answered, and gauges read when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("door", "method", "status")
        self._requests = Counter(
            "cropwright_requests", "Requests answered.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "cropwright_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("door",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def answered(self, door: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(door, method, str(status)).inc()
        self._seconds.labels(door).observe(seconds)

    def watch(
        self,
        gauges: Mapping[str, tuple[str, Callable[[], float]]],
        together: Callable[[], Mapping[str, tuple[str, float]]],
    ) -> None:
        """Have gauges read whenever somebody asks: name -> what it is, how it is read.

        Those whose name ends in "_total" only ever rise. `together` reads several at once.
        """
        self.registry.register(_Watched(gauges, together))

    def page(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Watched(Collector):
    def __init__(
        self,
        gauges: Mapping[str, tuple[str, Callable[[], float]]],
        together: Callable[[], Mapping[str, tuple[str, float]]],
    ) -> None:
        self._gauges, self._together = gauges, together

    def describe(self) -> Iterable[Metric]:
        """Nothing: asking for the names must not read the values."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Every gauge, read now."""
        for name, (words, read) in self._gauges.items():
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield kind(name, words, value=read())
        for name, (words, value) in self._together().items():
            yield GaugeMetricFamily(name, words, value=value)
