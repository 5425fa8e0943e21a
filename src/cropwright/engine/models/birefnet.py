"""BiRefNet lite: the finest, only where the operator asked for it; 224 MB (Zheng and others, 2024)."""

from __future__ import annotations

from cropwright.core.models import ModelSettings
from cropwright.engine.models.network import Network, logistic
from cropwright.errors import ModelUnusableError

NETWORK = Network(
    name="birefnet",
    side=1024,
    mean=(0.485, 0.456, 0.406),
    deviation=(0.229, 0.224, 0.225),
    activate=logistic,
    by_maximum=False,
)


def check_wanted(settings: ModelSettings) -> None:
    """Refuse it unless the operator opened it: its memory is a server's (ModelUnusableError)."""
    if not settings.birefnet:
        raise ModelUnusableError(NETWORK.name, "it is not opened by CROPWRIGHT_MODELS_BIREFNET")
