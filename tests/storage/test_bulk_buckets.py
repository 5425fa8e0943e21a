"""`cropwright bulk` from one prefix of a bucket to another, on a real S3 server."""

from __future__ import annotations

import json
import secrets

from conftest import cropwright, decoded, encoded, gradient
from cropwright.storage.places import open_place
from cropwright.storage.settings import StorageSettings

pytest_plugins = ["s3_server"]


def test_a_prefix_is_cropped_into_another_and_gone_on_with(s3_access, tmp_path, monkeypatch):
    monkeypatch.setenv("CROPWRIGHT_STORAGE_ENDPOINT", s3_access.endpoint)
    base = f"s3://{s3_access.bucket}/bulk/{secrets.token_hex(8)}"
    settings = StorageSettings(endpoint=s3_access.endpoint)
    source, out = open_place(f"{base}/raw", settings), open_place(f"{base}/out", settings)
    for name in ("a.jpg", "inner/b.png", "notes.txt"):
        form = "PNG" if name.endswith("png") else "JPEG"
        source.write(name, encoded(gradient(64, 40), form))
    manifest = tmp_path / "bulk.jsonl"
    call = ("bulk", f"{base}/raw", f"{base}/out", "--aspect", "1:1", "--manifest", manifest)
    first = cropwright(*call)
    assert first.returncode == 0, first.stderr
    made = {item.name: decoded(out.read(item, 10**6)).size for item in out.items()}
    assert made == {"a.jpg": (40, 40), "inner/b.png": (40, 40)}
    source.write("c.png", b"no picture")
    second = cropwright(*call)
    assert second.stderr.startswith("1 of 3 pictures to do")
    last = json.loads(manifest.read_text().splitlines()[-1])
    assert (last["name"], last["state"], last["code"]) == ("c.png", "failed", "unsupported_format")
