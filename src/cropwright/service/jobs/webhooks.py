"""Sending word of jobs that are over, signed, until it arrives.

Two ways to know the word by: Crop.photo's header that has the secret itself (contract notes, 6.8),
and a signature as Standard Webhooks has it (specification 1.0: webhook-id, webhook-timestamp,
webhook-signature).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cropwright.errors import SourceBlockedError
from cropwright.service.jobs.filing import JobDoor, state_of

if TYPE_CHECKING:
    from cropwright.core.jobs import Delivery
    from cropwright.service.parts import Parts

log = logging.getLogger(__name__)

_ARRIVED = 200
"""The only status that counts (contract notes, 6.8)."""
_UNWANTED = 410
"""Who answers so wants no more (Standard Webhooks)."""
_ENCODED = "whsec_"
"""A secret that begins so is base64 (Standard Webhooks); any other is its own bytes."""


def send_one(parts: Parts, doors: Mapping[str, JobDoor]) -> bool:
    """Send the word that is due; False if there is none."""
    hooks, settings, now = parts.host.catalog.hooks, parts.jobs, parts.host.now_ms()
    # Who dies in between has it sent again, by whoever comes next after twice the time it may take.
    delivery = hooks.claim(now, now + round(settings.webhook_seconds * 2000))
    if delivery is None:
        return False
    arrived = _send(parts, doors, delivery)
    if arrived or delivery.tries >= settings.webhook_retries:
        hooks.settle(delivery, None)
        if not arrived:
            log.warning("word of job %d was given up", delivery.job.id)
    else:
        hooks.settle(delivery, parts.host.now_ms() + settings.webhook_wait_seconds * 1000)
    return True


def _send(parts: Parts, doors: Mapping[str, JobDoor], delivery: Delivery) -> bool:
    state = state_of(parts, delivery.job)
    if state.wish.door not in doors:
        return False
    body = json.dumps(doors[state.wish.door].told(parts, state), separators=(",", ":")).encode()
    headers = signed(delivery, body, parts.host.now_ms() // 1000)
    try:
        status = parts.fetcher.post(delivery.hook.url, body, headers, parts.jobs.webhook_seconds)
    except SourceBlockedError:
        log.info("word of job %d could not be sent", delivery.job.id, exc_info=True)
        return False
    return status in (_ARRIVED, _UNWANTED)


def signed(delivery: Delivery, body: bytes, seconds: int) -> dict[str, str]:
    """The headers of a webhook; the id stays the same however often it is sent."""
    name = f"msg_{delivery.job.draft.token}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
    }
    secret = delivery.hook.secret
    if secret:
        message = f"{name}.{seconds}.".encode() + body
        digest = hmac.digest(_key(secret), message, hashlib.sha256)
        headers["X-WEBHOOK-SECRET"] = secret
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def _key(secret: str) -> bytes:
    if secret.startswith(_ENCODED):
        try:
            return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
