"""Jobs on two workers, one of them killed every few seconds; and a receiver of their webhooks.

    python -m tests.e2e.jobs_harness --jobs 200 [--postgres]

Prints one line of JSON: how many jobs were completed, how many results there are, how often word
of them arrived and with which signatures.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import httpx2
from PIL import Image
from tests.e2e.server import Server, metric, running

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes, or so").decode()
PATIENCE_SECONDS = 400
REFUSED = 7
"""Every so many words are refused the first time."""
SETTINGS = {
    "JOBS_WORKERS": "0",
    "JOBS_ATTEMPTS": "100",
    "JOBS_LEASE_SECONDS": "2",
    "JOBS_POLL_SECONDS": "0.1",
    "JOBS_WEBHOOK_SECONDS": "2",
    "JOBS_WEBHOOK_WAIT_SECONDS": "1",
    "SOURCES_ALLOW": "127.0.0.0/8",
}


class Receiver:
    """Notes every word that arrives, and whether it is what it says it is."""

    def __init__(self, refused: int = REFUSED) -> None:
        self.words: Counter[str] = Counter()
        self.bodies: dict[str, dict[str, Any]] = {}
        self.wrong: list[str] = []
        self._refused, self._lock = refused, Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.received(dict(self.headers.items()), body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def received(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer."""
        name = headers["webhook-id"]
        with self._lock:
            if not genuine(headers, body) or headers["X-WEBHOOK-SECRET"] != SECRET:
                self.wrong.append(name)
            self.words[name] += 1
            self.bodies[name] = json.loads(body)
            first = self.words[name] == 1
            return 503 if first and len(self.words) % self._refused == 0 else 200

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        """Answers for as long as the block runs."""
        thread = Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def genuine(headers: dict[str, str], body: bytes, secret: str = SECRET) -> bool:
    """Whether the signature is that of Standard Webhooks; written from its text, not our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and hmac.compare_digest(headers["webhook-signature"], f"v1,{expected}")


def measured(folder: Path, jobs: int, every: float, **settings: str) -> dict[str, Any]:
    """What came of so many jobs with a worker killed every so many seconds."""
    receiver = Receiver()
    with ExitStack() as stack:
        server = stack.enter_context(running(Server(folder, **SETTINGS | settings)))
        stack.enter_context(receiver.listening())
        client = stack.enter_context(_client(server))
        begun = time.monotonic()
        tokens = _filed(client, jobs, receiver.url)
        kills = _worked_on(server, client, receiver, jobs, every)
        states = [client.get(f"/api/v1/jobs/{token}").json() for token in tokens]
        hosted = metric(client.get("/metrics").text, "cropwright_hosted_files")
        links = {row["upload"]["url"] for state in states for row in state["results"]}
        return {
            "jobs": jobs,
            "completed": sum(state["state"] == "completed" for state in states),
            "begun_again": sum(state["attempts"] > 1 for state in states),
            "kills": kills,
            "results": len(links),
            "hosted_files_beside_the_source": hosted - 1,
            "links_that_work": sum(client.get(link).status_code == 200 for link in links),
            "jobs_told_of": len(receiver.words.keys() & {f"msg_{token}" for token in tokens}),
            "words_sent": receiver.words.total(),
            "wrong_signatures": len(receiver.wrong),
            "seconds": round(time.monotonic() - begun, 1),
        }


def _client(server: Server) -> httpx2.Client:
    bearer = {"authorization": f"Bearer {server.key('harness')}"}
    return httpx2.Client(base_url=server.base, headers=bearer, timeout=30, trust_env=False)


def _filed(client: httpx2.Client, count: int, hook: str) -> list[str]:
    with tempfile.TemporaryFile() as file:
        Image.effect_noise((1000, 750), 60).convert("RGB").save(file, "JPEG", quality=85)
        file.seek(0)
        kept = client.post("/api/v1/uploads", files={"image": file.read()}).json()["id"]
    job = {"upload": kept, "format": "webp", "lossless": True, "aspect": "1:1"}
    told = {"webhook": hook, "webhook_secret": SECRET, "labels": ["harness"]}
    answers = [client.post("/api/v1/jobs", json=job | told) for _ in range(count)]
    assert {answer.status_code for answer in answers} == {202}, answers[-1].text
    return [answer.json()["id"] for answer in answers]


def _worked_on(
    server: Server, client: httpx2.Client, receiver: Receiver, jobs: int, every: float
) -> int:
    """Two workers until all is done and told of; how often one of them was killed."""
    workers = [_worker(server), _worker(server)]
    ends, kills = time.monotonic() + PATIENCE_SECONDS, 0
    try:
        due = time.monotonic() + every
        for doomed in cycle(range(len(workers))):
            while time.monotonic() < due:
                if _is_over(client) and len(receiver.words) >= jobs:
                    return kills
                time.sleep(0.1)
            assert time.monotonic() < ends, f"{len(receiver.words)} of {jobs} told of"
            _killed(workers[doomed])
            workers[doomed], kills, due = _worker(server), kills + 1, due + every
    finally:
        for worker in workers:
            _killed(worker)
    return kills


def _is_over(client: httpx2.Client) -> bool:
    page = client.get("/metrics").text
    return metric(page, "cropwright_jobs_pending") + metric(page, "cropwright_jobs_running") == 0


def _worker(server: Server) -> subprocess.Popen[bytes]:
    return server.beside("worker", "--count", "1")


def _killed(worker: subprocess.Popen[bytes]) -> None:
    """The worker and its own processes, at once, as a power cut would."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(30)


def main() -> None:
    """Run it as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between kills")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {}
        if asked.postgres:
            sys.path.insert(0, str(Path(__file__).parents[1] / "catalog"))
            from postgres_server import postgres_running

            database = stack.enter_context(postgres_running())
            settings = {"CATALOG_URL": database.url(), "KEYS_SECRET": "k" * 40}
        print(json.dumps(measured(folder, asked.jobs, asked.every, **settings)))


if __name__ == "__main__":
    main()
