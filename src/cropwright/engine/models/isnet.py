"""IS-Net for general use: any object, finer than u2netp; 178 MB (Qin and others, 2022)."""

from __future__ import annotations

from cropwright.engine.models.network import Network, stretched

NETWORK = Network(
    name="isnet",
    side=1024,
    mean=(0.5, 0.5, 0.5),
    deviation=(1.0, 1.0, 1.0),
    activate=stretched,
)
