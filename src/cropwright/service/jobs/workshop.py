"""The threads that jobs are worked on in: they take jobs, keep their leases, and send word."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from cropwright.core.jobs import Lease
from cropwright.errors import StorageUnavailableError
from cropwright.service.jobs.filing import JobDoor
from cropwright.service.jobs.webhooks import send_one
from cropwright.service.jobs.work import work

if TYPE_CHECKING:
    from cropwright.service.parts import Parts

log = logging.getLogger(__name__)

_SENDERS = 2
"""Words that are sent at once: one slow receiver does not keep the others waiting."""
_BEATS = 3
"""Times that a lease is lengthened before it would end."""


class Workshop:
    """So many jobs at once, on this machine; the pictures go to the renderer of `parts`."""

    def __init__(self, parts: Parts, doors: Mapping[str, JobDoor], count: int) -> None:
        self._parts, self._doors = parts, doors
        self._stopping = Event()
        self._lock = Lock()
        self._leases: dict[str, Lease] = {}
        errands = [self._work_one] * count + [self._send_one] * _SENDERS
        self._threads = [
            Thread(target=self._again, args=(errand,), name=errand.__name__.strip("_"))
            for errand in errands
        ]
        # It goes on until the last job is over or given back.
        self._over = Event()
        self._heart = Thread(target=self._beat, name="beat")

    def start(self) -> None:
        """Begin to take jobs."""
        for thread in (*self._threads, self._heart):
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; finish the pictures in hand, as far as there is time, and give the
        rest back."""
        self._stopping.set()
        ends = time.monotonic() + self._parts.jobs.drain_seconds
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        self._over.set()
        try:
            for lease in self._held():
                self._parts.host.catalog.jobs.release(lease, self._parts.host.now_ms())
        except StorageUnavailableError:
            log.warning("jobs in hand could not be given back; their leases will end")

    def join(self) -> None:
        """Wait for the threads, once their pictures were given up."""
        for thread in (*self._threads, self._heart):
            thread.join()

    def _again(self, errand: Callable[[], bool]) -> None:
        while not self._stopping.is_set():
            found = False
            try:
                found = errand()
            except StorageUnavailableError:
                log.warning("jobs wait for the storage", exc_info=True)
            except Exception:
                log.exception("a thread for jobs failed; it goes on")
            if not found:
                self._stopping.wait(self._parts.jobs.poll_seconds)

    def _work_one(self) -> bool:
        parts = self._parts
        now = parts.host.now_ms()
        lease = parts.host.catalog.jobs.claim(now, now + self._lease_ms())
        if lease is None:
            return False
        with self._lock:
            self._leases[lease.holder] = lease
        try:
            work(parts, self._doors, lease, self._stopping.is_set)
        finally:
            with self._lock:
                del self._leases[lease.holder]
        return True

    def _send_one(self) -> bool:
        return send_one(self._parts, self._doors)

    def _beat(self) -> None:
        jobs, settings = self._parts.host.catalog.jobs, self._parts.jobs
        reason = f"it was begun {settings.attempts} times, and its worker was lost each time"
        while not self._over.wait(settings.lease_seconds / _BEATS):
            try:
                for lease in self._held():
                    jobs.beat(lease, self._parts.host.now_ms() + self._lease_ms())
                jobs.reap(self._parts.host.now_ms(), settings.attempts, reason)
            except StorageUnavailableError:
                log.warning("leases of jobs could not be lengthened", exc_info=True)

    def _held(self) -> list[Lease]:
        with self._lock:
            return list(self._leases.values())

    def _lease_ms(self) -> int:
        return round(self._parts.jobs.lease_seconds * 1000)
