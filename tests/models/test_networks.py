"""What networks get and how their answers are read."""

from __future__ import annotations

import numpy as np
import pytest

from cropwright.engine.models import birefnet, isnet, u2netp
from cropwright.engine.models.network import confidence, logistic, stretched
from cropwright.engine.vips import pyvips

NETWORKS = [u2netp.NETWORK, isnet.NETWORK, birefnet.NETWORK]


def plain(*channels: int) -> pyvips.Image:
    image = pyvips.Image.black(50, 30, bands=3) + list(channels)
    return image.cast("uchar").copy(interpretation="srgb")


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_a_picture_is_squashed_to_the_network_s_square(network):
    batch = network.prepare(plain(10, 20, 30))
    assert (batch.shape, batch.dtype) == ((1, 3, network.side, network.side), np.float32)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (u2netp.NETWORK, [(0.5 - 0.485) / 0.229, (1 - 0.456) / 0.224, (0 - 0.406) / 0.225]),
        (isnet.NETWORK, [0.0, 0.5, -0.5]),
        (birefnet.NETWORK, [(50 / 255 - 0.485) / 0.229, (100 / 255 - 0.456) / 0.224, -1.8044]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_colours_are_scaled_as_the_network_was_trained(network, expected):
    batch = network.prepare(plain(50, 100, 0))
    assert batch[0, :, 5, 5] == pytest.approx(expected, abs=2e-4)


def test_a_mask_is_stretched_to_its_own_range_unless_it_shows_nothing():
    seen = np.array([[0.1, 0.9]], np.float32)
    assert stretched(seen) == pytest.approx(np.array([[0, 1]]))
    assert stretched(seen / 3).max() == 0
    assert stretched(np.full((2, 2), 0.7, np.float32)).max() == 0


def test_logits_become_coverage_without_overflow():
    made = logistic(np.array([-1e9, 0, 1e9], np.float32))
    assert made == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert made.dtype == np.float32


def test_confidence_is_how_decided_a_mask_is():
    assert confidence(np.array([0, 0, 1, 1], np.float32)) == 1
    assert confidence(np.array([0, 0.5, 0.5], np.float32)) == 0
    assert confidence(np.zeros(4, np.float32)) == 0
