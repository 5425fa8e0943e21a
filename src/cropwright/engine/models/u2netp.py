"""U-2-Net's small version: any object, the default; 4.6 MB (Qin and others, 2020)."""

from __future__ import annotations

from cropwright.engine.models.network import Network, stretched

NETWORK = Network(
    name="u2netp",
    side=320,
    mean=(0.485, 0.456, 0.406),
    deviation=(0.229, 0.224, 0.225),
    activate=stretched,
)
